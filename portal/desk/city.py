"""The city's profile at the desk: what the portal runs with, what is wrong in it, whether the calendar is settled."""

from datetime import date

from starlette.responses import Response

from portal.core.clock import today
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.groups import CalendarMissing, City, check_city

MIDSUMMER = (7, 1)


def city(ctx: Ctx) -> Response:
    """The profile, read only: it is changed in its files, checked there and loaded at the next start."""
    profile: City = ctx.city
    day = today()
    return ctx.render(
        "desk/city.html",
        faults=[str(fault) for fault in check_city(ctx.settings.city_dir, profile.key)],
        years=[(year, _is_settled(profile, year)) for year in (day.year, day.year + 1)],
        overrides=[
            [on.isoformat(), _("上班") if works else _("放假")]
            for on, works in sorted(profile.calendar.items())
            if on.year >= day.year
        ],
        phases=[(phase, *phase.span(day.year), phase.contains(day)) for phase in profile.phases],
        kinds=[[kind.name, _("%(days)s 个工作日") % {"days": kind.working_days}] for kind in profile.kinds],
        groups=[
            [
                group.short,
                _name(profile, group.lead_unit),
                str(len(group.topics)),
                f"{group.threshold:.2f}",
                _("示例") if group.placeholder else "",
            ]
            for group in profile.groups
        ],
        columns=[[column.name, _("%(days)s 天") % {"days": column.max_age_days}] for column in profile.news_columns],
        placeholders=_placeholders(profile),
    )


def _name(profile: City, key: str | None) -> str:
    unit = profile.find_unit(key)
    return unit.short if unit else "—"


def _is_settled(profile: City, year: int) -> bool:
    """Whether the make-up days of a year are known; any day of it that is not overridden tells."""
    try:
        profile.is_workday(date(year, *MIDSUMMER))
    except CalendarMissing:
        return False
    return True


def _placeholders(profile: City) -> list[str]:
    """What still awaits the office, so that an administrator sees what to ask for."""
    units = [unit.name for unit in profile.units if unit.placeholder]
    goals = [goal.name for goal in profile.goals if goal.placeholder]
    phases = [phase.name for phase in profile.phases if phase.placeholder]
    named = ((_("单位"), units), (_("目标"), goals), (_("阶段日期"), phases))
    return [_("%(what)s：%(names)s") % {"what": what, "names": "、".join(names)} for what, names in named if names]
