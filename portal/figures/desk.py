"""The figures at the desk: by group or by unit, for a month or the last half year, on the page and as a file."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from portal.cases import GroupCount, count_by_group
from portal.core.clock import now, today
from portal.core.estimates import percent_text
from portal.core.i18n import gettext as _
from portal.core.roles import Person, Role
from portal.core.tables import write_csv, write_xlsx
from portal.core.web import Ctx
from portal.figures import queries, words
from portal.figures.measures import Measures, Row, measure
from portal.figures.public import download
from portal.groups import City


@dataclass(frozen=True)
class Wanted:
    """What the figures are narrowed to. by: group or unit, the lines of the table."""

    by: str
    group: str
    unit: str
    district: str
    period: queries.Period


def _wanted(ctx: Ctx) -> Wanted:
    city: City = ctx.city
    return Wanted(
        by="unit" if ctx.query("by") == "unit" else "group",
        group=ctx.query("group") if city.find_group(ctx.query("group")) else "",
        unit=ctx.query("unit") if city.find_unit(ctx.query("unit")) else "",
        district=ctx.query("district") if city.find_district(ctx.query("district")) else "",
        period=queries.period_of(ctx.query("month")),
    )


def _measures(ctx: Ctx, wanted: Wanted) -> tuple[Measures, list[tuple[str, str, Measures]]]:
    """All together, and (key, name, figures) of each group or unit that has any."""
    rows = queries.list_rows(
        ctx.db, wanted.period, wanted.group or None, wanted.unit, wanted.district, queries.own_cases(ctx.staff)
    )
    parts: dict[str, list[Row]] = {}
    for row in rows:
        parts.setdefault((row.unit if wanted.by == "unit" else row.group) or "", []).append(row)
    moment = now()
    lines = [(key, _name(ctx.city, wanted.by, key), measure(part, moment)) for key, part in parts.items()]
    return measure(rows, moment), sorted(lines, key=lambda line: -line[2].base)


def _name(city: City, by: str, key: str) -> str:
    found = city.find_unit(key) if by == "unit" else city.find_group(key)
    return found.short if found else key or _("未分组")


def desk_index(ctx: Ctx) -> Response:
    """The table, with what it is narrowed to."""
    wanted = _wanted(ctx)
    total, lines = _measures(ctx, wanted)
    return ctx.render(
        "figures/desk_index.html",
        wanted=wanted,
        total=total,
        times=(words.median(total.contact), words.median(total.resolve)),
        percent_text=percent_text,
        head=words.page_head(),
        rows=[words.page_row(name, measures) for key, name, measures in lines],
        months=queries.list_months(today()),
        groups=_own_groups(ctx.city, ctx.staff),
        is_whole=queries.own_cases(ctx.staff) is None,
    )


def _own_groups(city: City, person: Person) -> list[tuple[str, str]]:
    is_whole = queries.own_cases(person) is None or person.may(Role.UNIT)
    return [(one.key, one.short) for one in city.groups if is_whole or one.key in person.groups]


def _file_rows(ctx: Ctx) -> list[list[Any]]:
    wanted = _wanted(ctx)
    counts = count_by_group(ctx.db) if wanted.by == "group" and queries.own_cases(ctx.staff) is None else {}
    rows = []
    for key, name, measures in _measures(ctx, wanted)[1]:
        standing = counts.get(key)
        both: Any = _standing(standing) if standing else (None, None)
        rows.append(words.file_row(key, name, wanted.period.first, wanted.period.last, measures, both))
    return rows


def _standing(count: GroupCount) -> tuple[int, int]:
    return count.open, count.deferred


def desk_csv(ctx: Ctx) -> Response:
    """The table as CSV."""
    return download(write_csv(words.FILE_HEAD, _file_rows(ctx)), f"figures-{today()}.csv")


def desk_xlsx(ctx: Ctx) -> Response:
    """The table for Excel."""
    return download(write_xlsx(words.FILE_HEAD, _file_rows(ctx), "统计"), f"figures-{today()}.xlsx")
