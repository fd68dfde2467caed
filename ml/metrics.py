"""Figures of merit for routers, over plain arrays.

Everywhere: mass (n, g + 1) are probabilities of g groups and, last, of outside; rows sum to 1. truth (n,) is the
number of the right column; accepted (n, g + 1) is true where a column is right or also acceptable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]
BINS = 15


def share_right(picked: Ints, accepted: Bools) -> float:
    """Share of rows whose picked column is accepted, 0–1; nan for no rows."""
    return float(accepted[np.arange(len(picked)), picked].mean()) if len(picked) else float("nan")


def f1_by_column(picked: Ints, truth: Ints, columns: Sequence[int]) -> dict[int, float]:
    """F1 of each column; 0 where a column is neither right nor picked."""
    found = {}
    for column in columns:
        hits = int(((picked == column) & (truth == column)).sum())
        total = int((picked == column).sum() + (truth == column).sum())
        found[column] = 2 * hits / total if total else 0.0
    return found


def top_share(scores: Floats, truth: Ints, best: int = 3) -> float:
    """Share of rows whose truth is among the `best` highest scores of (n, k); nan for no rows."""
    if not len(truth):
        return float("nan")
    ranked = np.argsort(-scores, axis=1, kind="stable")[:, :best]
    return float((ranked == truth[:, None]).any(axis=1).mean())


def auroc(scores: Floats, positive: Bools) -> float:
    """Chance that a positive row scores above a negative one (ties count half); nan when one kind is missing."""
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ordered = scores[order]
    first = np.searchsorted(ordered, ordered, side="left")
    last = np.searchsorted(ordered, ordered, side="right")
    ranks[order] = (first + last + 1) / 2
    yes, no = int(positive.sum()), int((~positive).sum())
    if not yes or not no:
        return float("nan")
    return float((ranks[positive].sum() - yes * (yes + 1) / 2) / (yes * no))


def coverage_at_precision(confidence: Floats, right: Bools, precision: float) -> int:
    """How many rows can be taken, surest first, while at least `precision` of them are right."""
    order = np.argsort(-confidence, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(share >= precision)
    return int(reached[-1]) + 1 if reached.size else 0


@dataclass(frozen=True)
class Bin:
    """One bar of a reliability plot: mean confidence, share right, number of rows."""

    confidence: float
    right: float
    rows: int


def reliability(confidence: Floats, right: Bools, bins: int = BINS) -> list[Bin]:
    """Rows by confidence in `bins` bins of equal width over 0–1; empty bins are left out."""
    numbers = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        Bin(float(confidence[numbers == i].mean()), float(right[numbers == i].mean()), int((numbers == i).sum()))
        for i in range(bins)
        if (numbers == i).any()
    ]


def calibration_error(confidence: Floats, right: Bools, bins: int = BINS) -> float:
    """Expected calibration error: mean distance of confidence and share right over bins, weighted by rows; 0–1.

    Source: Guo et al. 2017, On calibration of modern neural networks.
    """
    total = max(len(confidence), 1)
    return sum(bar.rows * abs(bar.confidence - bar.right) for bar in reliability(confidence, right, bins)) / total


def simulated_cost(chosen: Bools, right: Bools, wrong_cost: float, look_cost: float) -> float:
    """Mean cost of a row: a look for each row not chosen, the price of a wrong dispatch for each chosen wrongly."""
    return float((np.where(chosen, (~right) * wrong_cost, look_cost)).mean()) if len(chosen) else float("nan")
