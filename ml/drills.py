"""Drills of the gate: does it refuse mislabelled corrections, and does it let honest ones through?

Each drill puts the corrections in an order of its own. Half of the drills leave the labels as they are; in the others a
tenth of one group's labels, drawn by chance, goes to another group or to outside, before anything else happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ml.data import OTHER, Corpus, Correction
from ml.gate import Verdict, clusters, examine, split
from ml.learning import learn
from ml.predict import Model
from ml.scorer import Groups, Weights

NO_CORPUS = Corpus((), ())
SHARE = 0.1
FEWEST = 20
"""Labels that a group needs to be poisoned: a tenth of fewer is one label, which nobody can find."""


@dataclass(frozen=True)
class Drill:
    """One drill: the group whose labels were moved and how many (none in an honest one), and what the gate said."""

    group: str
    moved: int
    found: int
    verdict: Verdict

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
    for seed in range(number):
        random = np.random.default_rng(seed)
        rows = [corrections[i] for i in random.permutation(len(corrections))]
        group, moved = _poison(rows, [*groups, OTHER], random) if poisoned else ("", [])
        dated = [Correction(row.text, row.label, f"{i:06d}") for i, row in enumerate(rows)]
        earlier, later = split(dated)
        learned = learn(NO_CORPUS, earlier, groups, taught=taught, cluster=clusters([row.text for row in earlier]))
        verdict = examine(champion, learned, earlier, later, groups, outside_prior)
        yield Drill(group, len(moved), len(set(moved) & set(verdict.doubtful)), verdict)


def summary(done: Sequence[Drill]) -> str:
    """What came of these drills, in words."""
    refused, doubted = sum(not one.verdict.promote for one in done), sum(one.doubted for one in done)
    words = f"{len(done)} 次中拒绝 {refused} 次，其中因标签 {doubted} 次"
    if moved := sum(one.moved for one in done):
        words += f"；标错 {moved} 条，点名 {sum(one.found for one in done)} 条"
        for name, some in (("错 2 条的", (2,)), ("错 3–5 条的", range(3, 6)), ("更多的", range(6, len(done) + 1000))):
            mine = [one for one in done if one.moved in some]
            words += f"；{name} {sum(not one.verdict.promote for one in mine)}/{len(mine)}"
    return words


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
