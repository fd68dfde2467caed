"""One place, two books: what inspections found at a site and what citizens reported about it, side by side.

Board and cases do not know each other, so the desk, which reads both, joins them by the site's name.
"""

from typing import Any

from starlette.responses import Response

from portal.board import BoardSite, find_site, list_findings_at, list_sites_named_in
from portal.cases import QueueFilter, State, find_case, list_queue, state_name
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.roles import CASE_STAFF, Role
from portal.core.web import Ctx

BOARD_STAFF = frozenset({Role.EDITOR, Role.REVIEWER, Role.SUPERVISOR, Role.GROUP, Role.UNIT})
LIMITED = (Role.GROUP, Role.UNIT)


def _findings(ctx: Ctx, site: BoardSite) -> Any:
    is_whole = ctx.staff.may(*(BOARD_STAFF - set(LIMITED)))
    return list_findings_at(ctx.db, site, None if is_whole else ctx.staff)


def place(ctx: Ctx) -> Response:
    """A site with its findings and the cases that name it, each as far as this person may see them."""
    site = find_site(ctx.db, ctx.arg("key"))
    if site is None:
        raise NotFound(_("没有这个点位。"))
    sees_cases = ctx.staff.may(*CASE_STAFF)
    wanted = QueueFilter(view="all", text=site.name)
    return ctx.render(
        "desk/place.html",
        site=site,
        sees_board=ctx.staff.may(*BOARD_STAFF),
        sees_cases=sees_cases,
        findings=_findings(ctx, site) if ctx.staff.may(*BOARD_STAFF) else [],
        cases=list_queue(ctx.db, ctx.city, ctx.staff, wanted).rows if sees_cases else [],
        states={str(state): state_name(ctx.city, state) for state in State},
        units={unit.key: unit.name for unit in ctx.city.units},
        types={one.key: one.name for one in ctx.city.site_types},
        districts={district.key: district.name for district in ctx.city.districts},
    )


def places_of_case(ctx: Ctx) -> Response:
    """The sites a case names, with what inspections found there."""
    # The person's own queue says whether they may see the case at all.
    rows = list_queue(ctx.db, ctx.city, ctx.staff, QueueFilter(view="all", text=ctx.arg("case_no"))).rows
    is_seen = any(one.case_no == ctx.arg("case_no") for one in rows)
    case = find_case(ctx.db, ctx.arg("case_no")) if is_seen else None
    if case is None:
        raise NotFound(_("没有这件诉求。"))
    sites = list_sites_named_in(ctx.db, f"{case.place}\n{case.text_raw}")
    if len(sites) == 1:
        return ctx.redirect("desk:place", key=sites[0].key)
    return ctx.render("desk/places_of_case.html", case_no=case.case_no, sites=sites)
