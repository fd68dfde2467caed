"""Remarks and findings beside the text: the words they are about are marked where they stand."""

import re
from collections.abc import Iterable
from html import escape

_TAGS = re.compile(r"(<[^>]*>)")


def mark_words(html: str, marks: Iterable[tuple[str, str]]) -> str:
    """Cleaned HTML in which the first place of each mark's words leads to the note about them, and can be led to.

    marks: the id of a note on the same page, and the words it is about; the marked words get the id `at-…`.
    Words that run over a link, a bold word or the end of a paragraph stay unmarked; the note shows them anyway.
    """
    for note, words in marks:
        html = _mark(html, escape(words, quote=False), note)
    return html


def _mark(html: str, words: str, note: str) -> str:
    parts = _TAGS.split(html)
    inside = 0  # within a link or another mark, where no further link may stand
    for place, part in enumerate(parts):
        if place % 2:
            inside += 1 if part.startswith(("<a ", "<mark")) else -1 if part in {"</a>", "</mark>"} else 0
        elif not inside and words in part:
            link = f'<mark id="at-{note}"><a href="#{note}">{words}</a></mark>'
            parts[place] = part.replace(words, link, 1)
            return "".join(parts)
    return html
