"""Doors of search."""

from datetime import timedelta

from starlette.responses import Response

from portal.core.clock import now
from portal.core.web import Ctx, Door, get
from portal.search import index
from portal.search.quote import mark, quote, words_of
from portal.search.sitemap import write_sitemap
from portal.search.sources import KIND_WORDS

SIZE = 20
LONGEST = 80
STALE = timedelta(minutes=5)


def search(ctx: Ctx) -> Response:
    """Everything public that holds these words, newest first."""
    typed = ctx.query("q")
    asked = typed[:LONGEST]
    kind = ctx.query("kind") if ctx.query("kind") in KIND_WORDS else ""
    _keep_fresh(ctx)
    hits = index.find(ctx.db, asked, kind, _before(ctx), SIZE + 1)
    found = index.load(ctx.db, ctx.portal, hits[:SIZE])
    return ctx.render(
        "search/search.html",
        typed=asked,
        is_cut=len(typed) > LONGEST,
        is_searchable=bool(words_of(asked)),
        kind=kind,
        kinds=[(key, str(word)) for key, word in KIND_WORDS.items()],
        words={key: str(word) for key, word in KIND_WORDS.items()},
        found=[(one, mark(one.title, asked), quote(one.rest, asked)) for one in found],
        after=hits[SIZE - 1].id if len(hits) > SIZE else None,
    )


def _before(ctx: Ctx) -> int | None:
    after = ctx.query("after")
    return int(after) if after.isascii() and after.isdigit() and len(after) < 10 else None


def _keep_fresh(ctx: Ctx) -> None:
    """Build the index before the first search; where no worker keeps it up, bring it up to date after the answer."""
    looked = index.last_look(ctx.portal)
    if looked is None:
        index.refresh(ctx.portal)
    elif now() - looked > STALE:
        ctx.later(index.refresh, ctx.portal)


def sitemap(ctx: Ctx) -> Response:
    """Every public page, for crawlers."""
    return Response(write_sitemap(ctx.db, ctx.portal), media_type="application/xml")


doors: list[Door] = [
    get("/search", search, limit="120/minute"),
    get("/sitemap.xml", sitemap, limit="60/hour"),
]
