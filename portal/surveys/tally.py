"""What answers come to: counts, shares with intervals, and the official indices, weighted or not."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from portal.core.estimates import Interval, Share, grades, share
from portal.core.i18n import gettext as _
from portal.surveys.definition import NO_OPINION, OPEN, Definition, Kind, Part, Question, is_asked

Floats = npt.NDArray[np.float64]
Answer = Mapping[str, Any]
TOP2 = frozenset({"5", "4"})
BASIC = frozenset({"5", "4", "3"})


@dataclass(frozen=True)
class Cell:
    """One answer that could be ticked: how many did, and which share that is (weighted, where weights are given)."""

    value: str
    label: str
    count: int
    share: Share


@dataclass(frozen=True)
class Figure:
    """A named figure of a question.

    share: for rates, else None.  value, low, high: for scores, in their own unit.
    made_of: the cells whose sum it is; None when every cell goes into it.
    """

    key: str
    label: str
    share: Share | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    made_of: frozenset[str] | None = None


@dataclass(frozen=True)
class Tally:
    """One question, or one row of a matrix.

    n: answers that count.  missing: of those asked, who said nothing or had no opinion.  is_list: several cells may
    be ticked by one person, so that they do not sum to n.
    """

    key: str
    number: int
    label: str
    kind: Kind
    part: Part
    n: int
    missing: int
    effective: float
    cells: tuple[Cell, ...] = ()
    figures: tuple[Figure, ...] = ()
    is_list: bool = False

    def figure(self, key: str) -> Figure | None:
        """The figure with this key, or None."""
        return next((one for one in self.figures if one.key == key), None)


@dataclass(frozen=True)
class _Base:
    """Those who answered one question: their values and weights."""

    values: list[Any]
    weights: Floats | None
    missing: int

    @property
    def n(self) -> int:
        return len(self.values)

    @property
    def effective(self) -> float:
        """Kish's effective size of the answers at hand."""
        if self.weights is None or not self.n:
            return float(self.n)
        return float(self.weights.sum() ** 2 / (self.weights**2).sum())

    def share(self, is_yes: Callable[[Any], bool]) -> Share:
        """The share of those for whom it is so."""
        told = [is_yes(value) for value in self.values]
        if self.weights is None or not self.n:
            return share(sum(told), self.n)
        part = float(self.weights[np.array(told, dtype=bool)].sum() / self.weights.sum())
        return share(min(part * self.n, float(self.n)), self.n, self.effective)

    def cell(self, value: str, label: str, is_yes: Callable[[Any], bool]) -> Cell:
        return Cell(value, label, sum(is_yes(given) for given in self.values), self.share(is_yes))

    def moments(self, scores: Iterable[float]) -> tuple[float, Interval | None]:
        """Mean and its normal 95% interval."""
        x = np.array(list(scores), dtype=float)
        w = np.ones(len(x)) if self.weights is None else self.weights
        mean = float((w * x).sum() / w.sum())
        size = self.effective
        if size < 2:
            return mean, None
        variance = float((w * (x - mean) ** 2).sum() / w.sum()) * size / (size - 1)
        half = 1.959964 * math.sqrt(variance / size)
        return mean, Interval(mean - half, mean + half)

    def quantile(self, scores: Sequence[float], part: float) -> float:
        x = np.array(scores, dtype=float)
        w = np.ones(len(x)) if self.weights is None else self.weights
        order = np.argsort(x, kind="stable")
        reached = np.cumsum(w[order]) / w.sum()
        return float(x[order][int(np.searchsorted(reached, part - 1e-12))])


def tabulate(definition: Definition, answers: Sequence[Answer], weights: Floats | None = None) -> list[Tally]:
    """Every question that can be counted, in order. weights: one for each answer, with mean 1."""
    tallies: list[Tally] = []
    for number, question in enumerate(definition, 1):
        if question.kind is Kind.MATRIX:
            tallies += _matrix(number, question, answers, weights)
        elif question.kind not in OPEN:
            find = _aware(question) if question.part is Part.AWARENESS else None
            tallies.append(_TALLIES[question.kind](number, question, _base(question, answers, weights, find)))
    return tallies


def _base(
    question: Question,
    answers: Sequence[Answer],
    weights: Floats | None,
    find: Callable[[Answer], Any] | None = None,
) -> _Base:
    """find: how to read the value of an answer; by the question's key when not given."""
    values, kept, missing = [], [], 0
    for number, answer in enumerate(answers):
        if not is_asked(question, answer):
            continue
        value = find(answer) if find else answer.get(question.key)
        if value is None or value == NO_OPINION:
            missing += 1
        else:
            values.append(value)
            kept.append(number)
    return _Base(values, None if weights is None else weights[kept], missing)


def _aware(question: Question) -> Callable[[Answer], Any]:
    # Who says nothing does not know of it: refusals stay in, as "no".
    return lambda answer: answer.get(question.key) or "no"


def _tally(number: int, question: Question, base: _Base, **rest: Any) -> Tally:
    return Tally(
        key=question.key,
        number=number,
        label=question.label,
        kind=question.kind,
        part=question.part,
        n=base.n,
        missing=base.missing,
        effective=base.effective,
        **rest,
    )


def _one_of(number: int, question: Question, base: _Base) -> Tally:
    cells = tuple(base.cell(value, words, value.__eq__) for value, words in question.choices())
    figures: tuple[Figure, ...] = ()
    if question.part is Part.AWARENESS:
        figures = (Figure("awareness", _("知晓率"), cells[0].share, made_of=frozenset({"yes"})),)
    elif question.part is Part.SUPPORT:
        figures = (Figure("support", _("支持率"), cells[0].share, made_of=frozenset({"1"})),)
    return _tally(number, question, base, cells=cells, figures=figures)


def _several_of(number: int, question: Question, base: _Base) -> Tally:
    def ticked(value: str) -> Callable[[Any], bool]:
        return lambda given: value in given

    cells = tuple(base.cell(value, words, ticked(value)) for value, words in question.choices())
    figures: tuple[Figure, ...] = ()
    none = question.none_value
    if question.part is Part.PARTICIPATION:
        took_part = base.share(lambda given: any(value != none for value in given))
        figures = (Figure("participation", _("参与率"), took_part, made_of=frozenset({none} if none else set())),)
    return _tally(number, question, base, cells=cells, figures=figures, is_list=True)


def _graded(number: int, question: Question, base: _Base) -> Tally:
    cells = tuple(base.cell(value, words, value.__eq__) for value, words in question.choices())
    return _tally(number, question, base, cells=cells, figures=_grade_figures(base, cells))


def _grade_figures(base: _Base, cells: Sequence[Cell]) -> tuple[Figure, ...]:
    if not base.n:
        return ()
    counts = {int(cell.value): cell.share.count for cell in cells}
    found = grades(counts, effective=None if base.weights is None else base.effective)
    mean, index = found.mean_interval, found.index100_interval
    return (
        Figure("top2", _("满意及以上（非常满意＋满意）"), found.top2, made_of=TOP2),
        Figure("basic_or_better", _("基本满意及以上"), found.basic_or_better, made_of=BASIC),
        Figure("mean", _("平均分（1–5 分）"), None, found.mean, *_ends(mean)),
        Figure("index100", _("指数（0–100）"), None, found.index100, *_ends(index)),
    )


def _ends(interval: Interval | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else (interval.low, interval.high)


def _matrix(number: int, question: Question, answers: Sequence[Answer], weights: Floats | None) -> list[Tally]:
    def reader(row: str) -> Callable[[Answer], Any]:
        return lambda answer: (answer.get(question.key) or {}).get(row)

    found = []
    for name, words in question.row_keys():
        base = _base(question, answers, weights, reader(name.rpartition(".")[2]))
        tally = _graded(number, question, base)
        found.append(replace(tally, key=name, label=f"{question.label} · {words}"))
    return found


def _numbers(number: int, question: Question, base: _Base) -> Tally:
    if not base.n:
        return _tally(number, question, base)
    scores = [float(value) for value in base.values]
    mean, interval = base.moments(scores)
    figures = [Figure("mean", _("平均"), None, mean, *_ends(interval))]
    for key, label, part in (
        ("lower", _("四分之一低于"), 0.25),
        ("median", _("中位数"), 0.5),
        ("upper", _("四分之一高于"), 0.75),
    ):
        figures.append(Figure(key, label, None, base.quantile(scores, part)))
    return _tally(number, question, base, figures=tuple(figures))


def _ranked(number: int, question: Question, base: _Base) -> Tally:
    def first(value: str) -> Callable[[Any], bool]:
        return lambda given: bool(given) and given[0] == value

    cells = tuple(base.cell(value, words, first(value)) for value, words in question.choices())
    figures = []
    for value, words in question.choices() if base.n else ():
        most = len(question.options)
        places = [given.index(value) + 1 if value in given else most for given in base.values]
        mean, interval = base.moments(places)
        figures.append(
            Figure(f"place_{value}", _("“%(option)s”平均名次") % {"option": words}, None, mean, *_ends(interval))
        )
    return _tally(number, question, base, cells=cells, figures=tuple(figures))


_TALLIES: dict[Kind, Callable[[int, Question, _Base], Tally]] = {
    Kind.YES_NO: _one_of,
    Kind.SINGLE: _one_of,
    Kind.MULTIPLE: _several_of,
    Kind.GRADE5: _graded,
    Kind.NUMBER: _numbers,
    Kind.RANKING: _ranked,
}
