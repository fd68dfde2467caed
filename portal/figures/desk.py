"""The figures at the desk: by group, unit, district or month, on the page, as plots and as a file."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from portal.cases import GroupCount, count_by_group
from portal.core.clock import today
from portal.core.estimates import Share, percent_text, share
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.plots import svg
from portal.core.roles import Person, Role
from portal.core.tables import write_csv, write_xlsx
from portal.core.web import Ctx
from portal.figures import queries, words
from portal.figures.fair import COMPARED, VERDICT_WORDS, Funnel, compare
from portal.figures.measures import Measures, figures_of
from portal.figures.models import FigureCell
from portal.figures.plots import plot_funnel, plot_waiting
from portal.figures.public import download
from portal.figures.veil import LEAST
from portal.groups import City

KINDS_OF_LINE: dict[str, tuple[object, Callable[[queries.Cell], str]]] = {
    "group": (lazy("按专项组"), lambda cell: cell.group),
    "unit": (lazy("按单位"), lambda cell: cell.unit),
    "district": (lazy("按区"), lambda cell: cell.district),
    "month": (lazy("按月"), lambda cell: cell.month),
}
"""What a line of the table may be: the tab's words, and where the sums of a place belong."""


@dataclass(frozen=True)
class Wanted:
    """What the figures are narrowed to. by: the lines of the table; fair: what units are compared in."""

    by: str
    group: str
    unit: str
    district: str
    period: queries.Period
    fair: str

    @property
    def kept(self) -> dict[str, str]:
        """The filter, for links that keep it."""
        return {"group": self.group, "unit": self.unit, "district": self.district, "month": self.period.month}


@dataclass(frozen=True)
class Table:
    """All together and each line: (key, name, figures, deferred now, the router's audit sample)."""

    total: Measures
    lines: Sequence[tuple[str, str, Measures, int | None, Share]]
    deferred: int
    right: Share
    has_samples: bool


def _wanted(ctx: Ctx) -> Wanted:
    city: City = ctx.city
    by = ctx.query("by") if ctx.query("by") in KINDS_OF_LINE else "group"
    return Wanted(
        by=by,
        group=ctx.query("group") if city.find_group(ctx.query("group")) else "",
        unit=ctx.query("unit") if city.find_unit(ctx.query("unit")) else "",
        district=ctx.query("district") if city.find_district(ctx.query("district")) else "",
        period=queries.last_year() if by == "month" else queries.period_of(ctx.query("month")),
        fair=ctx.query("fair") if ctx.query("fair") in COMPARED else "response",
    )


def _table(ctx: Ctx, wanted: Wanted) -> Table:
    city: City = ctx.city
    within = queries.own_cases(ctx.staff, FigureCell)
    cells = queries.list_cells(ctx.db, wanted.period, wanted.group or None, wanted.unit, wanted.district, within)
    whole, parts = queries.total(cells), queries.totals(cells, KINDS_OF_LINE[wanted.by][1])
    deferred = _deferred(ctx, wanted)
    judged = _judged(ctx, wanted)
    lines = []
    for key, part in parts.items():
        if not part.counts["base"]:
            continue
        figures = figures_of(part, city.score)
        standing = None if wanted.by == "month" else deferred.get(key, 0)
        right = share(*judged.get(key, (0, 0))) if wanted.by == "group" else share(0, 0)
        lines.append((key, _name(city, wanted.by, key), figures, standing, right))
    return Table(
        figures_of(whole, city.score),
        sorted(lines, key=lambda line: line[0] if wanted.by == "month" else (-line[2].base, line[0])),
        sum(deferred.values()),
        share(sum(right for right, _n in judged.values()), sum(n for _right, n in judged.values())),
        whole.counts["samples"] > 0,
    )


def _deferred(ctx: Ctx, wanted: Wanted) -> Mapping[str, int]:
    """Cases on the ledger now, by the key of their line."""
    found: Counter[str] = Counter()
    for one in queries.list_deferred(ctx.db, queries.own_cases(ctx.staff)):
        wants = ((wanted.group, one.group), (wanted.unit, one.unit), (wanted.district, one.district))
        if all(not want or want == has for want, has in wants):
            found[getattr(one, wanted.by, "")] += one.count
    return found


def _judged(ctx: Ctx, wanted: Wanted) -> Mapping[str, tuple[int, int]]:
    """The router's audit sample by group, as far as this person counts those groups."""
    found = queries.count_judged(ctx.db, wanted.period)
    if wanted.unit or wanted.district:
        return {}
    own = {key for key, _name in _own_groups(ctx.city, ctx.staff)}
    return {key: counts for key, counts in found.items() if key in own and wanted.group in {"", key}}


def _name(city: City, by: str, key: str) -> str:
    if by == "month":
        return key
    if by == "district":
        district = city.find_district(key)
        return district.name if district else key or _("未写区")
    found = city.find_unit(key) if by == "unit" else city.find_group(key)
    return found.short if found else key or _("未分组")


def desk_index(ctx: Ctx) -> Response:
    """The table, with what it is narrowed to; kept until the cases are counted again."""
    run = queries.find_run(ctx.db)
    return ctx.portal.kept_pages.answer(ctx, ("figures", run.at if run else None), _index)


def _index(ctx: Ctx) -> Response:
    wanted = _wanted(ctx)
    table = _table(ctx, wanted)
    total = table.total
    return ctx.render(
        "figures/desk_index.html",
        least=LEAST,
        wanted=wanted,
        table=table,
        measures=total,
        flow=total.flow,
        lost=words.lost_text(total.flow),
        weights=words.weights_text(ctx.city.score),
        both=words.both,
        percent_text=percent_text,
        head=words.page_head(),
        rows=[words.page_row(name, figures, standing) for _key, name, figures, standing, _right in table.lines],
        rights=[[name, str(int(right.base)), words.interval_text(right)] for _k, name, _m, _d, right in table.lines],
        waiting=(words.waiting_sentence(total.resolve), words.waiting_head(), words.waiting_rows(*_curves(total))),
        funnel=_funnel_words(_funnel(wanted, table), wanted),
        compared=[(key, str(word)) for key, (word, _pick) in COMPARED.items()],
        tabs=[(str(word), key) for key, (word, _place) in KINDS_OF_LINE.items()],
        counted_at=run.at if (run := queries.find_run(ctx.db)) else None,
        months=queries.list_months(today()),
        groups=_own_groups(ctx.city, ctx.staff),
        is_whole=queries.own_cases(ctx.staff) is None,
    )


def _curves(measures: Measures) -> tuple[Any, Any]:
    return measures.contact, measures.resolve


def _funnel(wanted: Wanted, table: Table) -> Funnel | None:
    pick = COMPARED[wanted.fair][1]
    return compare([(name, pick(figures)) for _key, name, figures, _deferred, _right in table.lines])


def _funnel_words(funnel: Funnel | None, wanted: Wanted) -> dict[str, Any] | None:
    """The funnel as a sentence and a table; None when there is nothing to compare."""
    if funnel is None or wanted.by == "month":
        return None
    word = str(COMPARED[wanted.fair][0])
    named = "、".join(place.name for place in funnel.standing_out)
    if named:
        sentence = _("%(what)s整体为 %(common)s；超出随机波动范围、值得查一查的：%(names)s。")
    else:
        sentence = _("%(what)s整体为 %(common)s；各行的差别都在随机波动的范围内，不宜排名。")
    return {
        "sentence": sentence % {"what": word, "common": words.share_text(funnel.common), "names": named},
        "head": [_("名称"), _("件数"), word, _("外限（99.8%）"), _("结论")],
        "rows": [
            [
                place.name,
                str(int(place.share.base)),
                words.share_text(place.share),
                f"{percent_text(place.limits.alarm.low)}–{percent_text(place.limits.alarm.high)}",
                str(VERDICT_WORDS[place.verdict]),
            ]
            for place in funnel.places
        ],
    }


def _own_groups(city: City, person: Person) -> list[tuple[str, str]]:
    is_whole = queries.own_cases(person) is None or person.may(Role.UNIT)
    return [(one.key, one.short) for one in city.groups if is_whole or one.key in person.groups]


def desk_waiting(ctx: Ctx) -> Response:
    """How long people wait, as a plot."""
    return svg(plot_waiting(*_curves(_table(ctx, _wanted(ctx)).total)), is_private=True)


def desk_funnel(ctx: Ctx) -> Response:
    """The lines of the table, compared fairly, as a plot."""
    wanted = _wanted(ctx)
    return svg(plot_funnel(_funnel(wanted, _table(ctx, wanted)), str(COMPARED[wanted.fair][0])), is_private=True)


def _file_rows(ctx: Ctx) -> list[list[Any]]:
    wanted = _wanted(ctx)
    is_whole = wanted.by == "group" and queries.own_cases(ctx.staff) is None
    counts = count_by_group(ctx.db) if is_whole else {}
    rows = []
    for key, name, figures, deferred, right in _table(ctx, wanted).lines:
        standing = counts.get(key, GroupCount()).open if is_whole else None
        period = wanted.period
        rows.append(words.file_row(key, name, period.first, period.last, figures, (standing, deferred), right))
    return rows


def desk_csv(ctx: Ctx) -> Response:
    """The table as CSV."""
    return download(write_csv(words.FILE_HEAD, _file_rows(ctx)), f"figures-{today()}.csv")


def desk_xlsx(ctx: Ctx) -> Response:
    """The table for Excel."""
    return download(write_xlsx(words.FILE_HEAD, _file_rows(ctx), "统计"), f"figures-{today()}.xlsx")
