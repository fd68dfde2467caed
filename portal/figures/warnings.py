"""The desk's page of early warnings: where more came in last week than usual."""

from datetime import date, timedelta

from starlette.responses import Response

from portal.core.clock import today
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.figures.queries import find_run
from portal.figures.warning import Alarm, count_weeks, find_alarms, last_monday
from portal.groups import City


def warnings(ctx: Ctx) -> Response:
    """Groups and districts with more cases than usual in the newest whole week."""
    city: City = ctx.city
    end = last_monday(today())
    run = find_run(ctx.db)
    openings = (
        [(group, district, date.fromisoformat(day), n) for group, district, day, n in run.openings] if run else []
    )
    weeks = count_weeks(openings, end)
    return ctx.render(
        "figures/warnings.html",
        first=end - timedelta(days=7),
        last=end - timedelta(days=1),
        total=weeks[-1].total(),
        alarms=[(alarm, *_names(city, alarm), _odds(alarm.chance)) for alarm in find_alarms(weeks)],
    )


def _names(city: City, alarm: Alarm) -> tuple[str, str]:
    group, district = city.find_group(alarm.group), city.find_district(alarm.district)
    return group.short if group else _("未分组"), district.name if district else _("未写明区")


def _odds(chance: float) -> str:
    """How seldom this happens by chance, e.g. 每 2400 次一次."""
    if chance < 1e-6:
        return _("百万次里不到一次")
    return _("约 %(count)s 次里一次") % {"count": round(1 / chance)}
