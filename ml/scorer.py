"""The lean scorer: topic scores, group probabilities and the words behind them, with numpy alone.

Topic scores are linear, z = x W + b, over the tf-idf features x of ml.features. Topic probabilities are
softmax(z / T). A group's probability is the weighted sum of its topics' probabilities; what no group takes is outside.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ml.archive import BadModel
from ml.features import PLANE, Floats, Known, Lookup

LEVELS = 127
"""The file keeps weights as whole numbers from -127 to 127 times a factor for each feature."""
Groups = Mapping[str, Mapping[str, float]]
"""Group key to topic key to weight, 0–1."""


@dataclass(frozen=True)
class Weights:
    """A trained model as arrays: k features (single signs, then pairs), t topics.

    vocabulary (k,) text; idf (k,); levels (k, t) whole numbers from -127 to 127 and factors (k,), whose product are the
    weights; bias (t,); prior (t,) share of each topic the model was trained to expect; temperature > 0 divides the
    scores; corrections: how many staff decisions it has learned from. Numbers are as the file keeps them, so a model
    says the same before and after it was saved.
    """

    topics: tuple[str, ...]
    vocabulary: tuple[str, ...]
    idf: Floats
    levels: npt.NDArray[np.int8]
    factors: Floats
    bias: Floats
    prior: Floats
    temperature: float
    corrections: int

    @classmethod
    def of(cls, matrix: Floats, bias: Floats, idf: Floats, prior: Floats, **others: Any) -> Weights:
        """The weights whose matrix (k, t) comes nearest to this one; others: the fields that are kept as they are."""
        units = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / LEVELS
        factors = _single(units)
        levels = np.rint(matrix / factors[:, None]).astype(np.int8, order="C")
        return cls(levels=levels, factors=factors, bias=_single(bias), idf=_single(idf), prior=_single(prior), **others)

    @property
    def matrix(self) -> Floats:
        """The weights (k, t), made anew with every call."""
        product: Floats = self.levels * self.factors[:, None]
        return product

    def to_content(self, fmt: str) -> dict[str, Any]:
        """What ml.archive writes; numbers as stored, so that reading gives the same Weights."""
        meta = {"topics": self.topics, "temperature": self.temperature, "corrections": self.corrections}
        return {
            "format": fmt,
            "meta": json.dumps(meta, ensure_ascii=False),
            "vocabulary": np.array(self.vocabulary),
            "idf": self.idf.astype(np.float32),
            "levels": self.levels,
            "factors": self.factors[:, None].astype(np.float32),
            "bias": self.bias.astype(np.float32),
            "prior": self.prior.astype(np.float32),
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any]) -> Weights:
        """The weights in an archive; raise BadModel when a part is missing or the shapes do not fit."""
        try:
            meta = json.loads(content["meta"])
            topics, vocabulary = tuple(meta["topics"]), _words(content["vocabulary"])
            k, t = len(vocabulary), len(topics)
            shapes = {"idf": (k,), "factors": (k, 1), "bias": (t,), "prior": (t,)}
            arrays = {name: _numbers(content[name], shape) for name, shape in shapes.items()}
            levels = content["levels"]
            if levels.dtype != np.int8 or levels.shape != (k, t):
                raise ValueError("权重不是整数或大小不符")
            weights = cls(
                topics,
                vocabulary,
                levels=np.ascontiguousarray(levels),
                factors=arrays.pop("factors")[:, 0],
                temperature=float(meta["temperature"]),
                corrections=int(meta["corrections"]),
                **arrays,
            )
        except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, MemoryError) as error:
            raise BadModel(f"模型文件内容不全或不符：{' '.join(str(error).split())[:200]}") from error
        if not weights.temperature > 0:
            raise BadModel("模型文件里的温度不是正数")
        return weights


def _single(numbers: Any) -> Floats:
    """Numbers in single precision as the file keeps them."""
    rounded: Floats = np.asarray(numbers).astype(np.float32).astype(np.float64)
    return rounded


def _numbers(array: Any, shape: tuple[int, ...]) -> Floats:
    """A finite array of this shape; raise ValueError for any other."""
    with np.errstate(all="ignore"):  # What is not finite is refused below.
        numbers: Floats = array.astype(np.float64)
    if numbers.shape != shape or not np.isfinite(numbers).all():
        raise ValueError("数组大小不一致或含有无效数值")
    return numbers


def _words(array: Any) -> tuple[str, ...]:
    """The texts of an array; raise ValueError for signs beyond those that are looked up, or beyond Unicode."""
    if array.dtype.kind != "U" or array.ndim != 1:
        raise ValueError("词表不是文字")
    if array.size and array.view(f"{array.dtype.byteorder}u4".replace("|", "=")).max() >= PLANE:
        raise ValueError("词表里有不存在的字符")
    return tuple(array.tolist())


@dataclass(frozen=True)
class Plan:
    """A city's groups as arrays over t topics: shares (t, g + 1) of each topic in each group and, last, outside.

    The column of outside is scaled by the odds that the city's share of outside texts asks for. taken (t,) sums rows;
    members (g + 1, t) is shares with its columns laid out as rows.
    """

    keys: tuple[str, ...]
    shares: Floats
    taken: Floats
    members: Floats

    @classmethod
    def of(cls, groups: Groups, topics: tuple[str, ...], outside_odds: float = 1.0) -> Plan:
        """The plan of these groups; topics that the model does not know are passed over, and shares above 1 scaled.

        outside_odds: the odds of outside in the city over those the model was trained to expect.
        """
        number = {topic: i for i, topic in enumerate(topics)}
        shares = np.zeros((len(topics), len(groups) + 1))
        for column, members in enumerate(groups.values()):
            for topic, weight in members.items():
                if topic in number:
                    shares[number[topic], column] = min(max(float(weight), 0.0), 1.0)
        shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1.0)
        shares[:, -1] = (1.0 - shares.sum(axis=1)) * outside_odds
        return cls(tuple(groups), shares, shares.sum(axis=1), np.ascontiguousarray(shares.T))

    def mass(self, powers: Floats) -> list[float]:
        """Probability of each group and, last, of outside, from the powers (t,) of the topics; sums to 1."""
        raw = (powers @ self.shares).tolist()
        total = sum(raw)
        return [part / total for part in raw]

    def direction(self, powers: Floats, group: int) -> Floats:
        """Gradient (t,) of the log-odds of a group by the topic scores: shares within it less those within the rest."""
        mine = self.members[group]
        inside, every = float(powers @ mine), float(powers @ self.taken)
        part, other = 1.0 / max(inside, 1e-300), 1.0 / max(every - inside, 1e-300)
        result: Floats = powers * (mine * (part + other) - self.taken * other)
        return result


class Scored(NamedTuple):
    """A text's known features, their levels by topic, what each level counts, and the topics' scores."""

    known: Known
    levels: Floats
    counts: Floats
    scores: Floats


class Scorer:
    """Scores one text at a time."""

    def __init__(self, weights: Weights) -> None:
        self._levels = weights.levels
        self._factors = np.append(weights.factors, 0.0)
        self._bias = weights.bias / weights.temperature
        self._look_up = Lookup(weights.vocabulary, weights.idf, 1.0 / weights.temperature)

    def score(self, text: str) -> Scored:
        """Topic scores over temperature of a text in its normal form."""
        known = self._look_up(text)
        # A feature that is unknown has the value 0, so any row will do for it.
        levels = self._levels.take(known.columns, axis=0, mode="clip").astype(np.float64)
        counts = known.values * self._factors.take(known.columns)
        return Scored(known, levels, counts, counts @ levels + self._bias)


def contributions(scored: Scored, direction: Floats) -> Floats:
    """What each occurrence of a feature adds to the score sum(direction * scores), in the order of known.columns."""
    product: Floats = scored.counts * (scored.levels @ direction)
    return product


def powers_of(scores: Floats) -> Floats:
    """What each topic's probability (t,) is in proportion to, from the topics' scores; the largest is 1."""
    powers: Floats = np.exp(scores - scores.max())
    return powers
