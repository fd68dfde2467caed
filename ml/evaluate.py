"""Evaluation of a model on labelled texts: the figures that the project promises, in one report."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml import metrics
from ml.data import OTHER, BadCorpus, decode
from ml.metrics import Bools, Floats, Ints
from ml.predict import NEVER, Groups, Model

ENOUGH = 9
"""Texts that a group needs to count in the macro F1; groups with fewer are only looked for in the first three."""


@dataclass(frozen=True)
class Row:
    """A labelled text: the right group or OTHER, and what else would be acceptable."""

    text: str
    label: str
    also_ok: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """Figures on n rows, of which `inside` belong to a group of the city; all shares 0–1, nan where undefined.

    strict counts the first label only, lenient also the accepted ones. inside_*: the best group, for rows of a group.
    macro_f1: mean over the groups with at least ENOUGH rows, among rows of a group. top3: the right group among the
    first three. rare_top3: the same for the groups with fewer rows. outside_auroc: how well the probability of outside
    tells rows of no group. way12_*: best of all groups and outside, all rows. coverage90/95: rows that can be
    dispatched to their best group, surest first, while 90/95 % of those are accepted, over the rows of a group (it
    passes 1 when rows of no group may go to a group too). calibration_*: 15 bins, confidence of the best of all.
    auto_share, auto_right: what the thresholds given would dispatch, over all rows, and the accepted share of it.
    """

    rows: int
    inside: int
    inside_strict: float
    inside_lenient: float
    macro_f1: float
    top3: float
    rare_top3: float
    outside_auroc: float
    way12_strict: float
    way12_lenient: float
    coverage90: float
    coverage95: float
    calibration_strict: float
    calibration_lenient: float
    auto_share: float
    auto_right: float
    f1: dict[str, float]
    confusions: tuple[tuple[str, str, int], ...]

    def to_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)

    def to_text(self) -> str:
        """The report as a table to read."""
        lines = [f"{name:<22}{self._shown(name)}" for name in _SHOWN]
        lines += ["", "F1 各组", *(f"  {group:<24}{value:.3f}" for group, value in self.f1.items())]
        lines += ["", "最多的误判", *(f"  {right} → {said}：{count}" for right, said, count in self.confusions)]
        return "\n".join(lines)

    def _shown(self, name: str) -> str:
        value = getattr(self, name)
        return f"{value:.3f}" if isinstance(value, float) else str(value)


_SHOWN = [name for name in Report.__dataclass_fields__ if name not in {"f1", "confusions"}]


def read_rows(path: Path) -> list[Row]:
    """Labelled texts from a CSV with columns text, label and optionally also_ok; raise BadCorpus as data does."""
    reader = csv.DictReader(io.StringIO(decode(path)))
    if not {"text", "label"} <= set(reader.fieldnames or ()):
        raise BadCorpus(f"{path}：缺少列 text 或 label")
    return [
        Row(row["text"] or "", (row["label"] or "").strip(), tuple((row.get("also_ok") or "").split()))
        for row in reader
    ]


def evaluate(
    model: Model,
    rows: Sequence[Row],
    groups: Groups,
    thresholds: Mapping[str, float],
    outside_prior: float | None = None,
    groups_for: Callable[[str], Groups] | None = None,
) -> Report:
    """Route every row and compare; labels that are neither a group nor OTHER raise BadCorpus with their line.

    groups_for: the groups of a text where a city's borders depend on it, with the same keys in the same order.
    """
    keys = tuple(groups)
    truth, accepted = targets(rows, keys)
    mass = np.array(
        [model.distribution(row.text, groups_for(row.text) if groups_for else groups, outside_prior) for row in rows]
    ).reshape(-1, len(keys) + 1)
    limits = np.array([thresholds.get(key, NEVER) for key in keys])
    return report(mass, truth, accepted, keys, limits)


def targets(rows: Sequence[Row], keys: Sequence[str]) -> tuple[Ints, Bools]:
    """truth (n,) and accepted (n, g + 1) of rows, in the sense of ml.metrics."""
    number = {key: i for i, key in enumerate([*keys, OTHER])}
    accepted = np.zeros((len(rows), len(number)), dtype=bool)
    truth = np.zeros(len(rows), dtype=np.intp)
    for line, row in enumerate(rows):
        if row.label not in number:
            raise BadCorpus(f"第 {line + 2} 行：没有名为 {row.label} 的组")
        truth[line] = number[row.label]
        accepted[line, [number[key] for key in (row.label, *row.also_ok) if key in number]] = True
    return truth, accepted


def report(mass: Floats, truth: Ints, accepted: Bools, keys: Sequence[str], limits: Floats) -> Report:
    """All figures from probabilities; limits (g,) are the thresholds of the groups."""
    groups = len(keys)
    inside = truth < groups
    best, every = mass[:, :groups].argmax(axis=1), mass.argmax(axis=1)
    line = np.arange(len(truth))
    probability, fits = mass[line, best], accepted[line, best]
    counts = np.bincount(truth, minlength=groups + 1)
    common = [i for i in range(groups) if counts[i] >= ENOUGH]
    rare = inside & (counts[truth] < ENOUGH)
    f1 = metrics.f1_by_column(best[inside], truth[inside], range(groups))
    dispatched = probability >= limits[best]
    covered = [metrics.coverage_at_precision(probability, fits, share) / max(inside.sum(), 1) for share in (0.9, 0.95)]
    confidence = mass[line, every]
    strict = np.eye(groups + 1, dtype=bool)[truth]
    return Report(
        rows=len(truth),
        inside=int(inside.sum()),
        inside_strict=metrics.share_right(best[inside], strict[inside]),
        inside_lenient=metrics.share_right(best[inside], accepted[inside]),
        macro_f1=float(np.mean([f1[i] for i in common])) if common else float("nan"),
        top3=metrics.top_share(mass[inside, :groups], truth[inside]),
        rare_top3=metrics.top_share(mass[rare, :groups], truth[rare]),
        outside_auroc=metrics.auroc(mass[:, groups], ~inside),
        way12_strict=metrics.share_right(every, strict),
        way12_lenient=metrics.share_right(every, accepted),
        coverage90=covered[0],
        coverage95=covered[1],
        calibration_strict=metrics.calibration_error(confidence, strict[line, every]),
        calibration_lenient=metrics.calibration_error(confidence, accepted[line, every]),
        auto_share=float(dispatched.mean()) if len(truth) else float("nan"),
        auto_right=float(fits[dispatched].mean()) if dispatched.any() else float("nan"),
        f1={keys[i]: value for i, value in f1.items()},
        confusions=_confusions(every, truth, accepted, [*keys, OTHER]),
    )


def _confusions(
    every: Ints, truth: Ints, accepted: Bools, names: Sequence[str], most: int = 8
) -> tuple[tuple[str, str, int], ...]:
    """The commonest unaccepted answers: (right, said, rows)."""
    wrong = ~accepted[np.arange(len(truth)), every]
    pairs, counts = np.unique(np.stack([truth[wrong], every[wrong]], axis=1), axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:most]
    return tuple((names[pairs[i, 0]], names[pairs[i, 1]], int(counts[i])) for i in order)
