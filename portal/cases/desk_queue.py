"""The list a dispatcher lives in: filters that are links, one case beside it, and what changed since a step."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from portal.cases import queue, queue_parts, views
from portal.cases.desk import case_context
from portal.cases.queries import find_case, get_whole_case, may_see
from portal.cases.queue_filters import read_filter
from portal.core.roles import Role
from portal.core.web import Ctx
from portal.groups import City


def desk_index(ctx: Ctx) -> Response:
    """The list: unsorted first, then by promise; ?open= shows a case beside it.

    Who looks every twenty seconds gets the same page again as long as nothing happened to any case.
    """
    version = queue.queue_version(ctx.db)
    if ctx.query("open") or ctx.query("view") == "short":
        return _queue_page(ctx, version)
    return ctx.portal.kept_pages.answer(ctx, version, lambda asked: _queue_page(asked, version))


def _queue_page(ctx: Ctx, version: queue.Version) -> Response:
    wanted = read_filter(ctx.city, ctx.request.query_params)
    page = queue.list_queue(ctx.db, ctx.city, ctx.staff, wanted, ctx.query("after") or None)
    kept = wanted.as_query()
    return ctx.render(
        "cases/desk_index.html",
        fragment="rows" if ctx.partial else None,
        rows=queue_parts.show_lines(ctx, page.rows),
        around=None if ctx.partial else queue_parts.show_around(ctx, version, wanted),
        after=page.after,
        kept=kept,
        page=_beside(ctx, kept),
    )


def _beside(ctx: Ctx, kept: Mapping[str, str]) -> dict[str, Any] | None:
    """Everything the case's own page has, for the case named by ?open=; None when there is none to be seen."""
    case = find_case(ctx.db, ctx.query("open")) if ctx.query("open") else None
    if case is None or not may_see(ctx.staff, case):
        return None
    back = f"{ctx.url('cases:desk_index')}?{urlencode(kept)}"
    return case_context(ctx, get_whole_case(ctx.db, case.case_no), back=back)


def desk_changes(ctx: Ctx) -> Response:
    """What changed in a list since ?since=: only those rows, for the page that asks every so often; else nothing."""
    city: City = ctx.city
    since = ctx.query("since")
    if not since.isdecimal() or not since.isascii() or len(since) > 18:
        return Response(status_code=204)
    wanted = read_filter(city, ctx.request.query_params)
    found = queue.list_changes(ctx.db, city, ctx.staff, wanted, int(since))
    if found is None:
        return Response(status_code=204)
    return ctx.render(
        "cases/desk_changes.html",
        rows=[views.queue_row(case, city) for case in found.rows],
        gone=found.gone,
        upto=found.upto,
        kept=wanted.as_query(),
        may_dispatch=ctx.staff.may(Role.DISPATCHER),
    )
