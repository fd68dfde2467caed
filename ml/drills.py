"""Drills of the gate: does it refuse mislabelled corrections, and does it let honest ones through?

Each drill puts the corrections in an order of its own. Half of the drills leave the labels as they are; in the others a
tenth of one group's labels, drawn by chance, goes to another group or to outside, before anything else happens. What
the challenger is worth is measured by the labels as they were.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ml.data import OTHER, Correction
from ml.gate import GROUP_MARGIN, Verdict, answers, try_out, unseen_answers
from ml.learning import Learned
from ml.predict import Model
from ml.scorer import Groups, Weights

SHARE = 0.1
FEWEST = 20
"""Labels that a group needs to be poisoned: a tenth of fewer is one label, which nobody can find."""
FIRST = 1000
"""The first drill's seed: those before it were looked at while the gate's margins were set."""


@dataclass(frozen=True)
class Drill:
    """One drill: the group whose labels were moved and how many (none in an honest one), and what the gate said.

    found: how many of them it named. gain: the challenger's accuracy less the champion's, by the labels as they were.
    again: what the gate said after somebody had looked at the labels it doubted, put the moved ones right and kept the
    others; None when it doubted none.
    """

    group: str
    moved: int
    found: int
    verdict: Verdict
    gain: float
    again: Verdict | None = None

    @property
    def doubted(self) -> bool:
        """Whether the labels themselves were refused."""
        return bool(self.verdict.doubtful)


def run(
    taught: Weights,
    corrections: Sequence[Correction],
    groups: Groups,
    outside_prior: float | None,
    number: int,
    poisoned: bool,
) -> Iterator[Drill]:
    """So many drills, each with a champion that the corpus alone taught."""
    champion = Model(taught, {})
    for seed in range(FIRST, FIRST + number):
        random = np.random.default_rng(seed)
        rows = [corrections[i] for i in random.permutation(len(corrections))]
        right = {row.text: row.label for row in rows}
        group, moved = _poison(rows, [*groups, OTHER], random) if poisoned else ("", [])
        dated = [Correction(row.text, row.label, f"{i:06d}") for i, row in enumerate(rows)]
        trial = try_out(champion, taught, dated, groups, outside_prior)
        judged = [Correction(row.text, right[row.text]) for row in (*trial.earlier, *trial.later)]
        gain, doubted = _gain(champion, trial.learned, judged, groups, outside_prior), set(trial.verdict.doubtful)
        again = None
        if doubted:
            seen = [
                replace(row, label=right[row.text], is_reviewed=True) if i in doubted else row
                for i, row in enumerate(dated)
            ]
            again = try_out(champion, taught, seen, groups, outside_prior).verdict
        yield Drill(group, len(moved), len(doubted.intersection(moved)), trial.verdict, gain, again)


def _gain(
    champion: Model, learned: Learned, rows: Sequence[Correction], groups: Groups, outside_prior: float | None
) -> float:
    """The challenger's accuracy less the champion's on all rows, earlier and later, each unseen."""
    keys = [*groups, OTHER]
    truth = np.array([keys.index(row.label) for row in rows])
    challenger = Model(learned.weights, {})
    new = challenger.with_prior(unseen_answers(challenger, learned, rows, groups), groups, outside_prior)
    old = answers(champion, rows, groups, outside_prior)
    return float((new.argmax(axis=1) == truth).mean() - (old.argmax(axis=1) == truth).mean())


def summary(done: Sequence[Drill]) -> str:
    """What came of these drills, in words."""
    refused, doubted = sum(not one.verdict.promote for one in done), sum(one.doubted for one in done)
    words = f"{len(done)} 次中拒绝 {refused} 次，其中因标签 {doubted} 次"
    if doubted:
        words += f"，复核点名的以后仍拒绝 {sum(one.again is not None and not one.again.promote for one in done)} 次"
    if moved := sum(one.moved for one in done):
        words += f"；标错 {moved} 条，点名 {sum(one.found for one in done)} 条"
        for name, some in (("错 2 条的", (2,)), ("错 3–5 条的", range(3, 6)), ("更多的", range(6, len(done) + 1000))):
            mine = [one for one in done if one.moved in some]
            words += f"；{name} {sum(not one.verdict.promote for one in mine)}/{len(mine)}"
    elif fallen := _fallen(done):
        words += f"；F1 平均下降超过 {GROUP_MARGIN:.0%} 的组：" + "、".join(fallen)
    if let := [one.gain for one in done if one.verdict.promote]:
        words += f"；放行的按原来的标签正确率平均 {np.mean(let):+.1%}，最差 {min(let):+.1%}"
    return words


def _fallen(done: Sequence[Drill]) -> list[str]:
    """Groups that lose more than the gate allows on average over drills, with what they lose: no fault of chance."""
    changes: dict[str, list[float]] = {}
    for one in done:
        for key, (_, was, now) in one.verdict.groups.items():
            changes.setdefault(key, []).append(now - was)
    return [f"{key} {np.mean(some):+.1%}" for key, some in changes.items() if np.mean(some) < -GROUP_MARGIN]


def _poison(rows: list[Correction], keys: Sequence[str], random: np.random.Generator) -> tuple[str, list[int]]:
    """Move, in place, a tenth of one group's labels to another; the group and the places."""
    places = {key: [i for i, row in enumerate(rows) if row.label == key] for key in keys}
    group = str(random.choice([key for key in keys if len(places[key]) >= FEWEST]))
    named = str(random.choice([key for key in keys if key != group]))
    mine = places[group]
    moved = [int(i) for i in random.choice(mine, round(len(mine) * SHARE), replace=False)]
    for i in moved:
        rows[i] = Correction(rows[i].text, named)
    return group, moved
