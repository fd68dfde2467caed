"""Routing of a text: which group of a city is meant, how sure that is, and which words said so.

Serving needs numpy and opencc only. A model is loaded once and is safe to use from many threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ml import archive
from ml.archive import BadModel
from ml.features import Floats
from ml.scorer import Groups, Plan, Scored, Scorer, Weights, softmax
from ml.text import normalise
from ml.words import Word, pieces, sign_heat

__all__ = ["BadModel", "Groups", "Model", "Routing", "Word", "threshold"]

NEVER = 2.0
"""The threshold of a group that has none: a person looks at all of its cases."""
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


@dataclass(frozen=True)
class Routing:
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

    def to_json(self, id: str | None) -> dict[str, Any]:  # noqa: A002 - the member's name in the contract
        """The routing as one object of the JSON lines of the contract, section 6."""
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
        self._plans: dict[tuple[Any, ...], Plan] = {}

    @classmethod
    def load(cls, path: Path | str) -> Model:
        """The model in this file; raise BadModel, with one clear line, when it cannot be trusted."""
        content, card = archive.read(Path(path))
        return cls(Weights.from_content(content), card)

    def plan(self, groups: Groups) -> Plan:
        """The groups as arrays; kept, because a city's groups stay the same from text to text."""
        key = tuple((group, *members.items()) for group, members in groups.items())
        plan = self._plans.get(key)
        if plan is None:
            if not groups:
                raise ValueError("a city needs at least one group")
            plan = Plan.of(groups, self.weights.topics)
            if len(self._plans) < 64:
                self._plans[key] = plan
        return plan

    def route(
        self, text: str, groups: Groups, thresholds: Mapping[str, float], outside_prior: float | None = None
    ) -> Routing:
        """Route one text of any kind and length, without ever raising on it.

        thresholds: least probability for dispatch without a person, by group; a group without one never is.
        outside_prior: share of texts that no group of the city is meant by, 0–1 (a general hotline has about 0.8);
        None keeps what the model was trained to expect. Raises ValueError when there are no groups.
        """
        plan = self.plan(groups)
        normal = normalise(text)
        scored = self._scorer.score(normal.text)
        topics = softmax(scored.scores)
        odds = self._outside_odds(plan, outside_prior)
        mass = self._mass(topics, plan, odds)
        best = int(mass[:-1].argmax())
        words, score, rest = self._explain(text, normal, scored, self._direction(topics, plan, odds, best))
        order = np.argsort(-mass[:-1], kind="stable")
        probability = float(mass[best])
        return Routing(
            group=plan.keys[best],
            probability=probability,
            auto=bool(scored.known.columns.size) and probability >= thresholds.get(plan.keys[best], NEVER),
            outside=float(mass[-1]),
            ranked=tuple((plan.keys[i], float(mass[i])) for i in order),
            words=words,
            topic=self.weights.topics[int(topics.argmax())],
            model=self.name,
            score=score,
            rest=rest,
        )

    def _outside_odds(self, plan: Plan, outside_prior: float | None) -> float:
        """The factor by which the stated share of outside texts changes the odds of outside."""
        if outside_prior is None:
            return 1.0
        learned = min(max(float(self.weights.prior @ plan.outside), 0.01), 0.99)
        cases = self.weights.corrections
        stated = min(max(outside_prior, 0.01), 0.99)
        wanted = (PRIOR_CASES * stated + cases * learned) / (PRIOR_CASES + cases)
        return wanted / (1 - wanted) * (1 - learned) / learned

    @staticmethod
    def _mass(topics: Floats, plan: Plan, odds: float) -> Floats:
        """Probability of each group and, last, of outside; sums to 1."""
        mass = np.append(topics @ plan.shares, odds * (topics @ plan.outside))
        total: Floats = mass / mass.sum()
        return total

    @staticmethod
    def _direction(topics: Floats, plan: Plan, odds: float, best: int) -> Floats:
        """Gradient of the log-odds of group `best` by topic scores: shares within it less those within the rest."""
        inside = topics * plan.shares[:, best]
        others = topics * (plan.shares.sum(axis=1) - plan.shares[:, best] + odds * plan.outside)
        result: Floats = inside / max(inside.sum(), 1e-300) - others / max(others.sum(), 1e-300)
        return result

    def _explain(
        self, raw: str, normal: Any, scored: Scored, direction: Floats
    ) -> tuple[tuple[Word, ...], float, float]:
        contributions = self._scorer.contributions(scored, direction)
        words = pieces(raw, normal, sign_heat(scored.known, contributions, len(normal.text)))
        score = float(direction @ scored.scores)
        return words, score, score - sum(word.weight for word in words)
