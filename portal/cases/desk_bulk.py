"""Doing one thing with many cases of the desk's list at once."""

from starlette.responses import Response

from portal.cases import teamwork, triage
from portal.cases.lifecycle import as_staff
from portal.cases.models import Case
from portal.cases.queries import find_case, get_whole_case, may_see
from portal.cases.queue_filters import back_to
from portal.cases.states import State
from portal.core.audit import record
from portal.core.errors import Conflict, NotFound, Refusal
from portal.core.i18n import gettext as _
from portal.core.web import Ctx

MOST_AT_ONCE = 50


def desk_bulk(ctx: Ctx) -> Response:
    """Do one thing with every chosen case it can be done with; the others are left as they are and named."""
    numbers = list(dict.fromkeys(str(value) for value in ctx.data.getlist("case_no")))[:MOST_AT_ONCE]
    doing = str(ctx.data.get("do", "dispatch"))
    acts = {"dispatch": _dispatch_suggested, "dispatch-to": _dispatch_to, "assign": _assign}
    if doing not in acts:
        raise NotFound(_("没有这个操作。"))
    done, left = 0, []
    for number in numbers:
        case = find_case(ctx.db, number)
        if case is None or not may_see(ctx.staff, case):
            left.append(number[:24])
            continue
        try:
            # A refusal half-way must leave nothing of its case behind.
            with ctx.db.begin_nested():
                acts[doing](ctx, get_whole_case(ctx.db, number))
            done += 1
        except Refusal:
            left.append(case.case_no)
    words = _("已办 %(count)s 件。") % {"count": done}
    if left:
        words += _("%(count)s 件没有办成，仍在原处：%(numbers)s。") % {
            "count": len(left),
            "numbers": "、".join(left[:5]),
        }
    ctx.flash(words if numbers else _("还没有勾选诉求。"), "ok" if done and not left else "warn")
    return ctx.redirect_to(back_to(ctx))


def _dispatch_suggested(ctx: Ctx, case: Case) -> None:
    group = ctx.city.find_group(case.suggested_group)
    if group is None or case.stands is not State.TRIAGE or case.is_confidential:
        raise Conflict(_("这件诉求要由人看过再派。"))
    _send(ctx, case, group.key, ctx.city.units_for(group.key, case.district)[0].key)


def _dispatch_to(ctx: Ctx, case: Case) -> None:
    group, unit = str(ctx.data.get("to_group", "")), str(ctx.data.get("to_unit", ""))
    if ctx.city.find_group(group) is None:
        raise Conflict(_("没有选择专项组。"))
    _send(ctx, case, group, unit or ctx.city.units_for(group, case.district)[0].key)


def _send(ctx: Ctx, case: Case, group: str, unit: str) -> None:
    triage.dispatch(ctx.db, as_staff(ctx.portal, ctx.staff, case), case, triage.Assignment(group, unit))
    record(ctx.db, ctx.staff, "case.dispatch", f"case {case.case_no}", group=group, unit=unit)


def _assign(ctx: Ctx, case: Case) -> None:
    officer = str(ctx.data.get("officer", ""))[:60]
    teamwork.assign(ctx.db, as_staff(ctx.portal, ctx.staff, case), case, officer)
    record(ctx.db, ctx.staff, "case.assign", f"case {case.case_no}", officer=officer)
