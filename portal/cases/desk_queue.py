"""The list a dispatcher lives in: filters that are links, one case beside it, and what changed since a step."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from portal.cases import queue, views
from portal.cases.desk import case_context
from portal.cases.queries import find_case, get_whole_case, may_see
from portal.cases.queue_filters import read_filter
from portal.cases.queue_parts import show_lines, values_around
from portal.core import pages
from portal.core.roles import Role
from portal.core.web import Ctx
from portal.groups import City

PAGE, ROWS = "cases/desk_index.html", "rows"


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
    lines: dict[str, Any] = {"rows": show_lines(ctx, page.rows), "after": page.after, "kept": kept}
    if ctx.partial:
        return ctx.render(PAGE, fragment=ROWS, **lines)
    beside = _beside(ctx, kept)
    if beside or ctx.has_message:
        return ctx.render(PAGE, **lines, **values_around(ctx, version, wanted), page=beside)
    rows = pages.render(PAGE, lines, ROWS)
    above, below = ctx.portal.kept_values.value(
        ctx,
        ("the page around the rows", ctx.prefs, wanted, bool(page.rows)),
        version,
        lambda: _around(ctx, rows, {**lines, **values_around(ctx, version, wanted)}),
    )
    return ctx.page(f"{above}{rows}{below}")


def _around(ctx: Ctx, rows: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """The page above and below its rows: the same for a person, a filter and a version, whichever cases are shown."""
    above, _rows, below = ctx.write(PAGE, **values, page=None).partition(rows)
    return above, below


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
