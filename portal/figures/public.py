"""Pages of everybody: all groups, one group, and their figures as a table for machines."""

from typing import Any

from starlette.responses import Response

from portal.board import list_group_findings
from portal.cases import STATE_WORDS, GroupCount, State, count_by_group, list_public_newest
from portal.core.clock import now, today
from portal.core.errors import NotFound
from portal.core.estimates import percent_text
from portal.core.i18n import gettext as _
from portal.core.tables import write_csv
from portal.core.web import Ctx
from portal.figures import queries, words
from portal.figures.measures import Row, measure
from portal.groups import City, Group
from portal.publishing import list_newest_news
from portal.surveys import list_published_for

NEWEST = 5


def groups(ctx: Ctx) -> Response:
    """Every group of the city with what it covers and how many cases it has."""
    city: City = ctx.city
    counts = count_by_group(ctx.db)
    shown = [(group, counts.get(group.key, GroupCount())) for group in list_groups(city)]
    return ctx.render(
        "figures/groups.html",
        groups=shown,
        phases=city.phases_on(today()),
        goals=[goal for goal in city.goals if goal.group is None],
        day=today(),
    )


def list_groups(city: City) -> list[Group]:
    """The groups that work today."""
    return [group for group in city.groups if group.is_valid_on(today())]


def group(ctx: Ctx) -> Response:
    """One group: what it covers, who leads it, its goals, figures, cases, news and places."""
    city: City = ctx.city
    found = city.find_group(ctx.arg("key"))
    if found is None:
        raise NotFound(_("没有这个专项组。"), _("请从专项组的列表里选择。"))
    period = queries.period_of("")
    measures = measure(queries.list_rows(ctx.db, period, found.key), now())
    cases = list_public_newest(ctx.db, NEWEST, found.key)
    return ctx.render(
        "figures/group.html",
        group=found,
        lead=city.find_unit(found.lead_unit),
        units=[unit for key in found.units if (unit := city.find_unit(key))],
        phases=city.phases_on(today()),
        goals=[goal for goal in city.goals if goal.group == found.key],
        period=period,
        counts=count_by_group(ctx.db).get(found.key, GroupCount()),
        measures=measures,
        times=(words.median(measures.contact), words.median(measures.resolve)),
        percent_text=percent_text,
        cases=[(case, str(STATE_WORDS[State(case.state)])) for case in cases],
        has_samples=any(case.is_sample for case in cases),
        news=list_newest_news(ctx.db, NEWEST, group=found.key),
        findings=list_group_findings(ctx.db, found.key, NEWEST),
        surveys=list_published_for(ctx.db, found.key, NEWEST),
    )


def _file_rows(ctx: Ctx) -> list[list[Any]]:
    city: City = ctx.city
    period, counts = queries.period_of(""), count_by_group(ctx.db)
    by_group: dict[str, list[Row]] = {}
    for row in queries.list_rows(ctx.db, period):
        by_group.setdefault(row.group, []).append(row)
    rows = []
    for one in (*city.groups, city.coordination):
        now_open = counts.get(one.key, GroupCount())
        measures = measure(by_group.get(one.key, []), now())
        both = (now_open.open, now_open.deferred)
        rows.append(words.file_row(one.key, one.name, period.first, period.last, measures, both))
    return rows


def figures_csv(ctx: Ctx) -> Response:
    """The figures of all groups as CSV, a part of the open data."""
    return download(write_csv(words.FILE_HEAD, _file_rows(ctx)), "figures.csv")


def figures_json(ctx: Ctx) -> Response:
    """The same as JSON."""
    rows = [dict(zip(words.FILE_HEAD, map(_plain, row), strict=True)) for row in _file_rows(ctx)]
    return ctx.json({"name": "figures", "generated_at": now().isoformat(), "rows": rows})


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def download(body: bytes, name: str) -> Response:
    """A file to keep; its type follows from the name's end."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-cache"}
    return Response(body, media_type=TYPES[name.rpartition(".")[2]], headers=headers)
