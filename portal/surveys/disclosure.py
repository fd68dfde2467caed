"""What of a tally may be shown: no percentage under 30, no small count, and none that others would give away."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal.core.estimates import Share, percent_text, round_half_up, wilson
from portal.core.i18n import gettext as _
from portal.core.weighting import LEAST_COUNT, Protected, may_show_percentage, protect_list, protect_table
from portal.surveys.definition import Kind
from portal.surveys.tally import Cell, Figure, Tally
from portal.surveys.weighing import Trait

HIDDEN = "—"
SMALL = "<5"
Row = dict[str, Any]


def show_tally(tally: Tally, is_weighted: bool, cross: "Cross | None" = None) -> Row:
    """A question as it may be published: plain values for JSON, pages and files.

    cross: the same answers by a trait of the population. Its totals then stand for the question's own counts, so
    that nothing can be worked out from the one with the help of the other.
    """
    texts, hidden, n_text = _counts(tally, cross)
    has_percent = may_show_percentage(tally.n) and n_text == str(tally.n)
    row: Row = {
        "key": tally.key,
        "number": tally.number,
        "label": tally.label,
        "kind": tally.kind.value,
        "part": tally.part.value,
        "n": tally.n if n_text == str(tally.n) else None,
        "n_text": n_text,
        "effective": round(tally.effective, 1),
        "has_percent": has_percent,
        "cells": [
            _cell(cell, text, has_percent and cell.value not in hidden)
            for cell, text in zip(tally.cells, texts, strict=True)
        ],
        "figures": [_figure(figure) for figure in tally.figures if has_percent and _may_show(figure, tally, hidden)],
        "note": _note(tally, hidden, has_percent),
    }
    row["bounded"] = []
    if has_percent and not is_weighted and not tally.is_list:
        row["bounded"] = [
            bounded
            for figure in tally.figures
            if not _may_show(figure, tally, hidden)
            if (bounded := _bounded(figure, row["cells"], tally.n)) is not None
        ]
        _add_bounds(row["cells"], tally)
    row["breakdown"] = cross.show(tally) if cross is not None else None
    return row


def _counts(tally: Tally, cross: "Cross | None") -> tuple[list[str], set[str], str]:
    """The text of each count, the values of the hidden ones, and the text of n."""
    if tally.is_list:
        return _list_counts(tally)
    if not tally.cells:
        return [], set(), str(tally.n) if not 0 < tally.n < LEAST_COUNT else SMALL
    if cross is not None:
        table, last = cross.protected, len(cross.protected.cells)
        texts = [table.text(last, column) for column in range(len(tally.cells) + 1)]
    else:
        shown = protect_list([cell.count for cell in tally.cells])
        texts = [shown.text(0, column) for column in range(len(tally.cells) + 1)]
    hidden = {cell.value for cell, text in zip(tally.cells, texts, strict=False) if text in {SMALL, HIDDEN}}
    return texts[:-1], hidden, texts[-1]


def _list_counts(tally: Tally) -> tuple[list[str], set[str], str]:
    """Counts of boxes: each stands alone beside n, so a box that nearly everybody ticked tells of the few others."""
    texts, hidden = [], set()
    for cell in tally.cells:
        few_ticked, few_did_not = 0 < cell.count < LEAST_COUNT, 0 < tally.n - cell.count < LEAST_COUNT
        texts.append(SMALL if few_ticked else HIDDEN if few_did_not else str(cell.count))
        if few_ticked or few_did_not:
            hidden.add(cell.value)
    return texts, hidden, SMALL if 0 < tally.n < LEAST_COUNT else str(tally.n)


def _may_show(figure: Figure, tally: Tally, hidden: set[str]) -> bool:
    """Whether the figure tells nothing that the shown counts do not tell already."""
    if not hidden:
        return True
    if figure.made_of is None:
        return False
    if tally.is_list:
        # The share of those who ticked anything is told by the box "none of these", and by nothing else.
        return bool(figure.made_of) and not figure.made_of & hidden
    return not figure.made_of & hidden or hidden <= figure.made_of


def _interval(share: Share) -> tuple[float | None, float | None]:
    if share.interval is None:
        return None, None
    return share.interval.low, share.interval.high


def _thousandth(value: float | None) -> float | None:
    return None if value is None else float(round_half_up(value, 3))


def _share_values(share: Share) -> Row:
    low, high = _interval(share)
    return {
        "share": _thousandth(share.value),
        "low": _thousandth(low),
        "high": _thousandth(high),
        "share_text": f"{percent_text(share.value)}%",
        "interval_text": f"{percent_text(low)}%–{percent_text(high)}%",
    }


_NO_SHARE = {"share": None, "low": None, "high": None, "share_text": HIDDEN, "interval_text": HIDDEN}


def _cell(cell: Cell, text: str, has_share: bool) -> Row:
    is_shown = text not in {SMALL, HIDDEN}
    values = _share_values(cell.share) if has_share and cell.share.value is not None else _NO_SHARE
    return {
        "value": cell.value,
        "label": cell.label,
        "count": cell.count if is_shown else None,
        "count_text": text,
        **values,
    }


def _figure(figure: Figure) -> Row:
    row: Row = {"key": figure.key, "label": figure.label}
    if figure.share is not None:
        return {
            **row,
            **_share_values(figure.share),
            "is_share": True,
            "count": round(figure.share.count, 6),
            "base": figure.share.base,
        }
    ends = (figure.low, figure.high)
    text = HIDDEN if figure.value is None else str(round_half_up(figure.value, 2))
    interval = HIDDEN if None in ends else "–".join(str(round_half_up(end, 2)) for end in ends if end is not None)
    return {
        **row,
        "share_text": text,
        "interval_text": interval,
        "is_share": False,
        "low": None if figure.low is None else float(round_half_up(figure.low, 2)),
        "high": None if figure.high is None else float(round_half_up(figure.high, 2)),
        "value": None if figure.value is None else float(text),
    }


def _bounded(figure: Figure, cells: Sequence[Row], n: int) -> Row | None:
    """A rate whose count is hidden, as far as the printed counts tell of it; None where they tell nothing.

    With "<5" for 1 to 4, any reader can work these bounds out, and a target of 99% can be checked by them.
    """
    if figure.share is None or figure.made_of is None:
        return None
    inside = [cell for cell in cells if cell["value"] in figure.made_of]
    outside = [cell for cell in cells if cell["value"] not in figure.made_of]
    if (ends := _sum_of(outside)) is not None:
        least, most = n - ends[1], n - ends[0]
    elif (ends := _sum_of(inside)) is not None:
        least, most = ends
    else:
        return None
    least, most = max(least, 0), min(most, n)
    low, high = wilson(least, n).low, wilson(most, n).high
    return {
        "key": figure.key,
        "label": figure.label,
        "is_share": True,
        "share": None,
        "least": least,
        "most": most,
        "base": n,
        "low": _thousandth(low),
        "high": _thousandth(high),
        "share_text": f"{percent_text(least / n)}%–{percent_text(most / n)}%",
        "interval_text": f"{percent_text(low)}%–{percent_text(high)}%",
    }


def _sum_of(cells: Sequence[Row]) -> tuple[int, int] | None:
    """The least and the greatest sum of these printed counts; None when one is hidden without being small."""
    if any(cell["count_text"] == HIDDEN for cell in cells):
        return None
    shown = sum(cell["count"] or 0 for cell in cells)
    smalls = sum(cell["count_text"] == SMALL for cell in cells)
    return shown + smalls, shown + (LEAST_COUNT - 1) * smalls


def show_trait(trait: Trait) -> Row:
    """The sample beside the population, as it may be published: small counts hidden with what would tell them."""
    counts = [n for *_rest, n in trait.rows]
    shown, total = protect_list(counts), sum(counts)
    rows = []
    for place, (label, size, sample, _n) in enumerate(trait.rows):
        text = shown.text(0, place)
        is_told = text not in {SMALL, HIDDEN} and may_show_percentage(total)
        rows.append(
            {
                "label": label,
                "count_text": text,
                "sample_text": f"{percent_text(sample)}%" if is_told else HIDDEN,
                "population_text": f"{percent_text(size)}%",
            }
        )
    return {"name": trait.name, "source": trait.source, "is_sample": trait.is_sample, "rows": rows}


def _add_bounds(cells: list[Row], tally: Tally) -> None:
    """Say "at least" for the one hidden count that is no small one: any reader can work that out."""
    large = [cell for cell in cells if cell["count_text"] == HIDDEN]
    if len(large) != 1 or not tally.n:
        return
    shown = sum(cell["count"] for cell in cells if cell["count"] is not None)
    smalls = sum(cell["count_text"] == SMALL for cell in cells)
    least = tally.n - shown - (LEAST_COUNT - 1) * smalls
    if least >= LEAST_COUNT:
        large[0]["count_text"] = _("至少 %(least)s") % {"least": least}
        large[0]["share_text"] = _("不低于 %(share)s%%") % {"share": percent_text(least / tally.n)}
        large[0]["interval_text"] = _("下限 %(low)s%%") % {"low": percent_text(wilson(least, tally.n).low)}


def _note(tally: Tally, hidden: set[str], has_percent: bool) -> str:
    if not has_percent:
        return _("答卷不足 30 份，只列份数，不报百分比。")
    if hidden and tally.kind is Kind.GRADE5:
        return _("有的选项不足 5 人，为保护答卷人不列具体数，也不列由它能推算出的平均分。")
    if hidden:
        return _("有的选项不足 5 人，为保护答卷人不列具体数；相邻的一项也不列，以免由合计推算出来。")
    return ""


class Cross:
    """One question by one trait: rows are the trait's categories and those who did not tell, columns the answers."""

    def __init__(self, name: str, rows: Mapping[str, Sequence[int]]) -> None:
        self.name = name
        self.labels = list(rows)
        self.protected: Protected = protect_table(list(rows.values()))

    def show(self, tally: Tally) -> Row:
        """The table as it may be published, with the question's first rate for each row that is large enough."""
        width = len(tally.cells)
        rows = []
        for number, label in enumerate(self.labels):
            texts = [self.protected.text(number, column) for column in range(width + 1)]
            rows.append([label, *texts, self._rate(number, tally)])
        figure = tally.figures[0].label if tally.figures else tally.cells[0].label
        head = [
            "",
            *(cell.label for cell in tally.cells),
            _("份数"),
            _("%(rate)s（未加权，95%% 区间）") % {"rate": figure},
        ]
        return {"by": self.name, "head": head, "rows": rows}

    def _rate(self, number: int, tally: Tally) -> str:
        cells, total = self.protected.cells[number], self.protected.row_totals[number]
        if total is None or not may_show_percentage(total, is_cell=True) or None in cells:
            return HIDDEN
        made_of = tally.figures[0].made_of if tally.figures else frozenset({tally.cells[0].value})
        count = sum(n or 0 for cell, n in zip(tally.cells, cells, strict=True) if cell.value in (made_of or ()))
        ends = wilson(count, total)
        return f"{percent_text(count / total)}%（{percent_text(ends.low)}%–{percent_text(ends.high)}%）"
