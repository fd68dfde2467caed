"""Do staff decisions hang together? Finds labels of one group that stand under another more often than can be.

A mixture is fitted for every pair of groups: of the texts that a model means for group a, a share e was labelled b
instead. What the model itself is unsure about explains much of that, and a little noise everywhere the rest; what is
left must be a habit, a mistake or malice, and a person has to look. The model must not have seen the labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.metrics import Bools, Floats, Ints

SURE = 8.0
"""Twice the logarithm of how much likelier the labels become: one honest set in ten or fewer reaches it somewhere."""
LEAST_SHARE = 0.05
"""Part of a group's texts below which it is a border that model and people draw differently, not bad labels."""
SHARES = (0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.35, 0.5)
NOISE = (0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12)
LEAST_ROWS = 2
TINY = 1e-12


@dataclass(frozen=True)
class Mixed:
    """Labels of group `meant` that stand under `named` (None: under any other), as columns.

    share: the likeliest part of the texts of `meant`, 0-1.  texts: how many there are.  surprise: as SURE.
    rows: places of the labels that are likelier wrong than right.
    """

    meant: int
    named: int | None
    share: float
    texts: int
    surprise: float
    rows: tuple[int, ...]


def find_mixed(mass: Floats, labels: Ints, reviewed: Bools | None = None) -> list[Mixed]:
    """Pairs of groups whose labels were mixed, most surprising first; empty when the labels are believable.

    mass (n, g): probabilities, each row by a model that did not learn from that row; labels (n,): columns that staff
    chose; reviewed (n,): labels that a second person looked at and kept, which nobody needs to doubt again. Source:
    mixture of labels as in Northcutt et al. 2021, Confident learning; likelihood ratio as in Wilks 1938 (at the edge of
    the parameter half of chi-square with one degree of freedom).
    """
    likely = _with_noise(mass, labels)
    columns = range(mass.shape[1])
    settled = np.zeros(len(labels), dtype=bool) if reviewed is None else reviewed
    found = [_pair(likely, labels, settled, a, b) for a in columns for b in (*columns, None) if a != b]
    sure = sorted((one for one in found if one is not None), key=lambda one: -one.surprise)
    pairs = {one.meant for one in sure if one.named is not None}
    return [one for one in sure if one.named is not None or one.meant not in pairs]


def _with_noise(mass: Floats, labels: Ints) -> Floats:
    """The probabilities with the share of plain noise that makes the labels likeliest: nobody is always right."""
    line, common = np.arange(len(labels)), np.bincount(labels, minlength=mass.shape[1]) / max(len(labels), 1)

    def fit(noise: float) -> float:
        return float(np.log((1 - noise) * mass[line, labels] + noise * common[labels] + TINY).sum())

    noise = max(NOISE, key=fit)
    mixed: Floats = (1 - noise) * mass + noise * common + TINY
    return mixed


def _pair(likely: Floats, labels: Ints, settled: Bools, meant: int, named: int | None) -> Mixed | None:
    own = likely[np.arange(len(labels)), labels]
    stays = labels == meant
    goes = np.where(stays, 0.0, 1 / (likely.shape[1] - 1)) if named is None else (labels == named).astype(float)
    stray = likely[:, meant] * goes

    def surprise(share: float) -> float:
        moved = np.where(settled, own, own * np.where(stays, 1 - share, 1.0) + share * stray)
        return 2 * float(np.log(moved / own).sum())

    share = max(SHARES, key=surprise)
    rows = tuple(int(row) for row in np.flatnonzero(~settled & (share * stray > own)))
    if share < LEAST_SHARE or surprise(share) < SURE or len(rows) < LEAST_ROWS:
        return None
    texts = int(stays.sum()) + len(rows)
    return Mixed(meant, named, share, texts, surprise(share), rows)
