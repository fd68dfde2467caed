"""Atom feeds: one shape of answer for every slice that has something to follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import feedgenerator
from starlette.responses import Response

from portal.core.clock import now


@dataclass(frozen=True)
class Entry:
    """One thing to read. link: its whole address, by which readers know it.  author: empty for the feed's own."""

    title: str
    link: str
    text: str
    at: datetime | None
    changed_at: datetime | None = None
    author: str = ""
    categories: tuple[str, ...] = ()


def answer_atom(*, title: str, about: str, link: str, here: str, author: str, entries: Iterable[Entry]) -> Response:
    """An Atom feed, newest entry first. link: whole address of the page it follows; here: the feed's own."""
    atom = feedgenerator.Atom1Feed(
        title=title, link=link, description=about, language="zh-Hans", feed_url=here, author_name=author
    )
    for entry in entries:
        more = {"author_name": entry.author} if entry.author else {}
        atom.add_item(
            title=entry.title,
            link=entry.link,
            description=entry.text,
            unique_id=entry.link,
            pubdate=entry.at,
            updateddate=entry.changed_at or entry.at,
            categories=list(entry.categories),
            **more,
        )
    if not atom.items:
        atom.feed["updated"] = now()  # a feed without entries must say when it was looked at
    return Response(atom.writeString("utf-8"), media_type="application/atom+xml", headers={"Cache-Control": "no-cache"})
