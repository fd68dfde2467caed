"""Routing of a text: which group of a city is meant, how sure that is, and which words said so.

Serving needs numpy and opencc only. A model is loaded once and is safe to use from many threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ml import archive
from ml.archive import BadModel
from ml.features import Floats
from ml.scorer import Groups, Plan, Scorer, Weights, contributions, powers_of
from ml.text import normalise
from ml.words import Word, pieces, sign_heat

__all__ = ["BadModel", "Groups", "Model", "Routing", "Word", "threshold"]

NEVER = 2.0
"""The threshold of a group that has none: a person looks at all of its cases."""
MOST_PLANS = 64
PRIOR_CASES = 100.0
"""How many corrections the city's stated share of outside texts is worth."""


def threshold(wrong_cost: float, look_cost: float) -> float:
    """Least probability at which dispatching alone costs no more than a person's look; 0–1.

    Costs in one unit, both at least 0. Alone costs (1 - p) * wrong_cost, a look costs look_cost, so alone is right
    from p = 1 - look_cost / wrong_cost on. Raises ValueError for negative costs.
    Source: Chow 1970, On optimum recognition error and reject tradeoff.
    """
    if wrong_cost < 0 or look_cost < 0:
        raise ValueError("costs are not negative")
    return 0.0 if wrong_cost <= look_cost else 1.0 - look_cost / wrong_cost


class Routing(NamedTuple):
    """What the router says about one text.

    group: the best guess among the city's groups, even when unsure; probability: of that group; auto: whether the
    portal dispatches without a person; outside: probability that no group of the city is meant; ranked: every group
    with its probability, best first (their sum and outside make 1); words: the pieces that raised the score most,
    strongest first; topic: the likeliest topic of all; model: name of the model.

    score is the decision score of the group: with topic scores z, sum over topics of (r - s) z, where r are the shares
    of the topics inside the group's probability and s their shares inside the rest. It has the same gradient as the
    log-odds of the group, and is linear in the features: score = rest + sum of the words' weights, exactly; rest holds
    the bias and the signs that are in no word shown.
    """

    group: str
    probability: float
    auto: bool
    outside: float
    ranked: tuple[tuple[str, float], ...]
    words: tuple[Word, ...]
    topic: str
    model: str
    score: float
    rest: float

    def to_json(self, id: str | None) -> dict[str, Any]:  # noqa: A002 - the name that readers of the lines know
        """The routing as one object of the JSON lines that `portal route` writes."""
        return {
            "id": id,
            "group": self.group,
            "probability": self.probability,
            "auto": self.auto,
            "outside": self.outside,
            "ranked": [{"group": group, "probability": probability} for group, probability in self.ranked],
            "words": [{"word": word.word, "weight": word.weight} for word in self.words],
            "topic": self.topic,
            "model": self.model,
        }


class Model:
    """A loaded model; `card` says what it was trained on, `name` is the same for the same data."""

    def __init__(self, weights: Weights, card: dict[str, Any]) -> None:
        self.card = card
        self.name = str(card.get("name", ""))
        self.weights = weights
        self._scorer = Scorer(weights)
        self._plans: dict[tuple[int, float | None], tuple[Groups, Plan]] = {}

    @classmethod
    def load(cls, path: Path | str) -> Model:
        """The model in this file; raise BadModel, with one clear line, when it cannot be trusted."""
        content, card = archive.read(Path(path))
        return cls(Weights.from_content(content), card)

    def plan(self, groups: Groups, outside_prior: float | None = None) -> Plan:
        """The groups as arrays; kept for the same mapping, which must not be changed afterwards."""
        key = (id(groups), outside_prior)
        kept = self._plans.get(key)
        if kept is not None and kept[0] is groups:
            return kept[1]
        if not groups:
            raise ValueError("a city needs at least one group")
        plan = Plan.of(groups, self.weights.topics)
        if outside_prior is not None:
            plan = Plan.of(groups, self.weights.topics, self._outside_odds(plan, outside_prior))
        if len(self._plans) >= MOST_PLANS:
            self._plans.clear()
        self._plans[key] = (groups, plan)
        return plan

    def _outside_odds(self, plan: Plan, stated: float) -> float:
        """The factor by which the city's stated share of outside texts changes the odds of outside."""
        learned = min(max(float(self.weights.prior @ plan.shares[:, -1]), 0.01), 0.99)
        stated = min(max(stated, 0.01), 0.99)
        cases = self.weights.corrections
        wanted = (PRIOR_CASES * stated + cases * learned) / (PRIOR_CASES + cases)
        return wanted / (1 - wanted) * (1 - learned) / learned

    def with_prior(self, mass: Floats, groups: Groups, outside_prior: float | None) -> Floats:
        """Probabilities (n, g + 1) that were found without a stated share of outside, as they are with it."""
        if outside_prior is None:
            return mass
        moved = mass.copy()
        moved[:, -1] *= self._outside_odds(self.plan(groups), outside_prior)
        moved /= moved.sum(axis=1, keepdims=True)
        return moved

    def route(
        self, text: str, groups: Groups, thresholds: Mapping[str, float], outside_prior: float | None = None
    ) -> Routing:
        """Route one text of any kind and length, without ever raising on it.

        thresholds: least probability for dispatch without a person, by group; a group without one never is.
        outside_prior: share of texts that no group of the city is meant by, 0–1 (a general hotline has about 0.8);
        None keeps what the model was trained to expect. Once the model has learned from staff decisions, what it saw
        there counts beside the stated share. Raises ValueError when there are no groups.
        """
        plan = self.plan(groups, outside_prior)
        normal = normalise(text)
        scored = self._scorer.score(normal.text)
        powers = powers_of(scored.scores)
        *mass, outside = plan.mass(powers)
        order = sorted(range(len(mass)), key=mass.__getitem__, reverse=True)
        best = order[0]
        direction = plan.direction(powers, best)
        heat = sign_heat(scored.known, contributions(scored, direction))
        words = pieces(text, normal, heat)
        score = float(direction @ scored.scores)
        group = plan.keys[best]
        return Routing(
            group=group,
            probability=mass[best],
            auto=mass[best] >= thresholds.get(group, NEVER) and bool(scored.known.values.any()),
            outside=outside,
            ranked=tuple([(plan.keys[i], mass[i]) for i in order]),
            words=words,
            topic=self.weights.topics[int(powers.argmax())],
            model=self.name,
            score=score,
            rest=score - sum([word.weight for word in words]),
        )

    def distribution(self, text: str, groups: Groups, outside_prior: float | None = None) -> Floats:
        """Probabilities (g + 1,) of the groups, in their order, and last of outside: routing without its words."""
        plan = self.plan(groups, outside_prior)
        return np.array(plan.mass(powers_of(self._scorer.score(normalise(text).text).scores)))
