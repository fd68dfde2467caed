"""What the public sees of the board: the issues, each with before and after."""

from typing import Any

from starlette.responses import Response

from portal.board import issues, queries
from portal.board.models import BoardIssue, Colour
from portal.core.web import Ctx
from portal.editorial import picture_path
from portal.groups import City


def words_of(city: City) -> dict[str, Any]:
    """Names of keys and the address of pictures, for the templates."""
    return {
        "units": {unit.key: unit.name for unit in city.units},
        "districts": {district.key: district.name for district in city.districts},
        "types": {one.key: one.name for one in city.site_types},
        "group_shorts": {group.key: group.short for group in city.groups},
        "group_names": {group.key: group.name for group in city.groups},
        "picture": picture_path,
    }


def parts_of(ctx: Ctx, issue: BoardIssue) -> dict[str, Any]:
    """Everything an issue's page shows, on the public page and at the desk."""
    findings = queries.list_findings_of(ctx.db, issue)
    previous = queries.find_previous(ctx.db, issue)
    return {
        "red": [one for one in findings if one.colour == Colour.RED],
        "black": [one for one in reversed(findings) if one.colour == Colour.BLACK],
        "standings": issues.standings(findings),
        "rate": queries.rate_of(ctx.db, issue.starts_on, issue.ends_on, issue),
        "previous": previous,
        "previous_black": queries.list_findings_of(ctx.db, previous, Colour.BLACK) if previous else [],
        "draws": queries.list_draws(ctx.db, issue),
        **words_of(ctx.city),
    }


def index(ctx: Ctx) -> Response:
    """The issues, newest period first, and the newest one's figures."""
    page = queries.list_issues(ctx.db, ctx.query("after") or None)
    newest = page.rows[0] if page.rows and not ctx.query("after") else None
    return ctx.render(
        "board/index.html",
        page=page,
        newest=newest,
        rate=queries.rate_of(ctx.db, newest.starts_on, newest.ends_on, newest) if newest else None,
    )


def show(ctx: Ctx) -> Response:
    """One issue: red, black with before and after, ranks, and what became of the last one's."""
    issue = queries.get_issue(ctx.db, ctx.arg("issue_no"))
    return ctx.render("board/show.html", issue=issue, **parts_of(ctx, issue))
