"""Pages of everybody: all groups, one group, and their figures as a table for machines."""

from collections.abc import Callable, Sequence
from typing import Any

from starlette.responses import Response

from portal.board import list_group_findings
from portal.cases import GroupCount, State, count_by_group, list_public_newest, state_name
from portal.core.clock import now, today
from portal.core.errors import NotFound
from portal.core.estimates import percent_text, share
from portal.core.i18n import gettext as _
from portal.core.plots import svg
from portal.core.tables import write_csv
from portal.core.web import Ctx
from portal.figures import queries, satisfaction, words
from portal.figures.measures import Measures, Tally, figures_of
from portal.figures.plots import plot_waiting
from portal.figures.veil import LEAST, veil, veiled
from portal.figures.year import count_concerns
from portal.groups import City, District, Group, Unit
from portal.publishing import list_newest_news
from portal.surveys import headline_of, list_results

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
        concerns={},
        names={},
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
    cells, run = queries.list_cells(ctx.db, period, found.key), queries.find_run(ctx.db)
    tally = queries.total(cells)
    measures = _measure(city, tally)
    right = veiled(share(*queries.count_judged(ctx.db, period).get(found.key, (0, 0))))
    cases = list_public_newest(ctx.db, NEWEST, found.key)
    goals = [goal for goal in city.goals if goal.group == found.key]
    surveys = list_results(ctx.db, found.key, NEWEST)
    headlines = [one for pair in surveys if (one := headline_of(*pair, prefer="basic_or_better"))]
    return ctx.render(
        "figures/group.html",
        group=found,
        lead=city.find_unit(found.lead_unit),
        units=[unit for key in found.units if (unit := city.find_unit(key))],
        phases=city.phases_on(today()),
        goals=goals,
        concerns=count_concerns(ctx.db, goals),
        names={},
        period=period,
        counts=count_by_group(ctx.db).get(found.key, GroupCount()),
        measures=measures,
        flow=measures.flow,
        lost=words.lost_text(measures.flow),
        right=right,
        right_text=words.interval_text(right),
        weights=words.weights_text(city.score),
        times=(words.median(measures.contact), words.median(measures.resolve)),
        both=words.both,
        waiting=(
            words.waiting_sentence(measures.resolve),
            words.waiting_head(),
            words.waiting_rows(measures.contact, measures.resolve),
        ),
        parts=_parts(city, cells),
        part_head=[_("名称"), _("到期件数"), _("响应率"), _("解决率"), _("满意率"), _("评价覆盖率"), _("超期未办结")],
        least=LEAST,
        percent_text=percent_text,
        cases=[(case, state_name(city, State(case.state))) for case in cases],
        counted_at=run.at if run else None,
        has_samples=tally.counts["samples"] > 0,
        news=list_newest_news(ctx.db, NEWEST, group=found.key),
        findings=list_group_findings(ctx.db, found.key, NEWEST),
        surveys=[survey for survey, _result in surveys],
        opinions=satisfaction.side_by_side(measures, headlines),
        opinion_head=satisfaction.head(),
    )


def _measure(city: City, tally: Tally) -> Measures:
    return veil(figures_of(tally, city.score))


def _parts(city: City, cells: Sequence[queries.Cell]) -> list[tuple[str, list[list[str]]]]:
    """The same figures by month, unit and district: (title, lines), as far as enough cases stand behind a line."""
    places: list[tuple[str, Callable[[queries.Cell], str]]] = [
        (_("按月"), lambda cell: cell.month),
        (_("按承办单位"), lambda cell: _short(city.find_unit(cell.unit))),
        (_("按区"), lambda cell: _called(city.find_district(cell.district))),
    ]
    found = []
    for title, place in places:
        parts = queries.totals(cells, place)
        lines = [(name, part) for name, part in sorted(parts.items()) if name and part.counts["base"] >= LEAST]
        if lines:
            found.append((title, [_part(name, _measure(city, part)) for name, part in lines]))
    return found


def _short(unit: Unit | None) -> str:
    return unit.short if unit else ""


def _called(district: District | None) -> str:
    return district.name if district else ""


def _part(name: str, measures: Measures) -> list[str]:
    rates = measures.rates
    shares = (rates.response, rates.resolution, rates.satisfaction, rates.coverage)
    return [name, str(measures.base), *map(words.share_text, shares), str(measures.overdue)]


def waiting(ctx: Ctx) -> Response:
    """How long people wait in a group, as a plot."""
    found = ctx.city.find_group(ctx.arg("key"))
    if found is None:
        raise NotFound(_("没有这个专项组。"), _("请从专项组的列表里选择。"))
    cells = queries.list_cells(ctx.db, queries.period_of(""), found.key)
    measures = _measure(ctx.city, queries.total(cells))
    return svg(plot_waiting(measures.contact, measures.resolve))


def _file_rows(ctx: Ctx) -> list[list[Any]]:
    city: City = ctx.city
    period, counts = queries.period_of(""), count_by_group(ctx.db)
    judged = queries.count_judged(ctx.db, period)
    by_group = queries.totals(queries.list_cells(ctx.db, period), lambda cell: cell.group)
    rows = []
    for one in (*city.groups, city.coordination):
        now_open = counts.get(one.key, GroupCount())
        measures = _measure(city, by_group[one.key])
        both = (now_open.open, now_open.deferred)
        right = veiled(share(*judged.get(one.key, (0, 0))))
        rows.append(words.file_row(one.key, one.name, period.first, period.last, measures, both, right))
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
