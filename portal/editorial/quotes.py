"""Remarks beside the text: the words a remark is about are marked where they stand."""

import re
from collections.abc import Sequence
from html import escape

from portal.editorial.models import Comment

_TAGS = re.compile(r"(<[^>]*>)")


def mark_quotes(html: str, comments: Sequence[Comment]) -> str:
    """Cleaned HTML in which the first place of each open remark's quote leads to the remark, and back.

    A quote that runs over a link, a bold word or the end of a paragraph stays unmarked; the remark shows it anyway.
    """
    for comment in comments:
        if comment.quote and comment.settled_at is None:
            html = _mark(html, escape(comment.quote, quote=False), comment.id)
    return html


def _mark(html: str, quote: str, number: int) -> str:
    parts = _TAGS.split(html)
    inside = 0  # within a link or another mark, where no further link may stand
    for place, part in enumerate(parts):
        if place % 2:
            inside += 1 if part.startswith(("<a ", "<mark")) else -1 if part in {"</a>", "</mark>"} else 0
        elif not inside and quote in part:
            link = f'<mark id="quote-{number}"><a href="#comment-{number}">{quote}</a></mark>'
            parts[place] = part.replace(quote, link, 1)
            return "".join(parts)
    return html
