"""Fits linear scores to labels that allow several columns: a loss of logistic regression, solved where it is small.

Weights that a descent reaches from nothing are combinations of the rows, W = X' A. So A (a number for each row and
column) is kept instead of W (a number for each feature and column): limited-memory BFGS on A, with the scalar product
that W would have, takes the very steps it would take on W, in a tenth of the memory. Scores are linear along a step,
so its length is found without another product of matrices.
Source: Nocedal and Wright 2006, Numerical Optimization, 3.5 and 7.2; Kimeldorf and Wahba 1971 (representer theorem).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np

from ml.features import Floats

MEMORY = 4
STEPS = 60
TOLERANCE = 3e-3
"""A descent ends when the slope is this small beside the first one."""
TRIES = 12
ENOUGH_GAIN = 1e-4
"""Part of the promised gain that a step must bring."""
TINY = np.float32(1e-30)

Loss = Callable[[Floats], tuple[float, Floats]]
"""Scores (n, t) to the loss and its slope (n, t)."""


class Part(Protocol):
    """A linear part of the scores. Coefficients c have an image M c, so that their scalar product is c' M c."""

    penalised: ClassVar[bool]
    """Whether half the squares of the weights behind the coefficients are added to the loss."""

    def image(self, coefficients: Floats) -> Floats:
        """M c."""

    def scores(self, image: Floats) -> Floats:
        """What these coefficients add to the scores, as an array that broadcasts to (n, t)."""

    def slope(self, error: Floats) -> Floats:
        """The slope of the loss by the coefficients, before M, from its slope (n, t) by the scores."""


@dataclass(frozen=True)
class Features:
    """Weights of features by row: product takes coefficients (n, m) to X X' c; columns (t, m) spread them on scores."""

    product: Callable[[Floats], Floats]
    columns: Floats
    penalised: ClassVar[bool] = True

    def image(self, coefficients: Floats) -> Floats:
        return self.product(coefficients)

    def scores(self, image: Floats) -> Floats:
        spread: Floats = image @ self.columns.T
        return spread

    def slope(self, error: Floats) -> Floats:
        gathered: Floats = error @ self.columns
        return gathered


@dataclass(frozen=True)
class Bias:
    """One number for each column of `columns` (t, m), the same for all rows."""

    columns: Floats
    penalised: ClassVar[bool] = True

    def image(self, coefficients: Floats) -> Floats:
        return coefficients

    def scores(self, image: Floats) -> Floats:
        spread: Floats = image @ self.columns.T
        return spread

    def slope(self, error: Floats) -> Floats:
        gathered: Floats = error.sum(axis=0) @ self.columns
        return gathered


@dataclass(frozen=True)
class Factor:
    """One factor on scores that are given (n, t)."""

    given: Floats
    unit: float
    penalised: ClassVar[bool] = False

    def image(self, coefficients: Floats) -> Floats:
        return coefficients

    def scores(self, image: Floats) -> Floats:
        scaled: Floats = np.float32(self.unit) * image[0] * self.given
        return scaled

    def slope(self, error: Floats) -> Floats:
        return np.array([self.unit * np.vdot(error, self.given)], np.float32)


class Point(NamedTuple):
    """Coefficients of all parts, with their images: a place, a slope or a way."""

    own: tuple[Floats, ...]
    images: tuple[Floats, ...]

    def plus(self, factor: float, other: Point) -> Point:
        """This and so much of the other."""
        f = np.float32(factor)
        return Point(*(tuple(a + f * b for a, b in zip(*both, strict=True)) for both in zip(self, other, strict=True)))

    def times(self, factor: float) -> Point:
        """So much of this."""
        f = np.float32(factor)
        return Point(*(tuple(f * a for a in side) for side in self))

    def dot(self, other: Point) -> float:
        """The scalar product of the weights behind the two."""
        return sum(float(np.vdot(a, b)) for a, b in zip(self.own, other.images, strict=True))


def descend(
    parts: Sequence[Part], loss: Loss, start: Sequence[Floats], steps: int = STEPS, tolerance: float = TOLERANCE
) -> tuple[Floats, ...]:
    """The coefficients of the parts, one array each, where loss and penalties together are least."""
    task = _Task(tuple(parts), loss)
    here = task.point([np.asarray(own, np.float32) for own in start])
    scores = task.scores(here)
    value, error = loss(scores)
    value, slope = value + task.held(here, here) / 2, task.slope(here, error)
    first = slope.dot(slope)
    past: deque[tuple[Point, Point, float]] = deque(maxlen=MEMORY)
    for _ in range(steps):
        way = _way(slope, past)
        stride = 1.0 if past else min(1.0, max(first, 1e-30) ** -0.5)
        found = task.step(here, scores, way, value, slope.dot(way), stride, grows=not past)
        if found is None:
            break
        went, before = way.times(found.reach), slope
        here, scores, value = here.plus(1.0, went), found.scores, found.value
        slope = task.slope(here, found.error)
        turned = slope.plus(-1.0, before)
        if (bend := went.dot(turned)) > 0:
            past.append((went, turned, bend))
        if slope.dot(slope) < tolerance**2 * first:
            break
    return here.own


def _way(slope: Point, past: Sequence[tuple[Point, Point, float]]) -> Point:
    """Where to go from here: down the slope, as bent as the past steps found it."""
    way, shares = slope.times(-1.0), []
    for went, turned, bend in reversed(past):
        shares.append(went.dot(way) / bend)
        way = way.plus(-shares[-1], turned)
    if past:
        _, turned, bend = past[-1]
        way = way.times(bend / turned.dot(turned))
    for (went, turned, bend), share in zip(past, reversed(shares), strict=True):
        way = way.plus(share - turned.dot(way) / bend, went)
    return way


class _Step(NamedTuple):
    """How far to go, and what is there: scores, loss with penalties, and the slope of the loss by the scores."""

    reach: float
    scores: Floats
    value: float
    error: Floats


class _Task(NamedTuple):
    parts: tuple[Part, ...]
    loss: Loss

    def point(self, own: Sequence[Floats]) -> Point:
        return Point(tuple(own), tuple(part.image(c) for part, c in zip(self.parts, own, strict=True)))

    def scores(self, point: Point) -> Floats:
        first, *rest = [part.scores(image) for part, image in zip(self.parts, point.images, strict=True)]
        return sum(rest, first)

    def slope(self, here: Point, error: Floats) -> Point:
        """The slope of loss and penalties, from that of the loss by the scores."""
        slope = self.point([part.slope(error) for part in self.parts])
        return slope.plus(1.0, Point(*map(self._penalised, here)))

    def _penalised(self, side: tuple[Floats, ...]) -> tuple[Floats, ...]:
        return tuple(c if part.penalised else np.zeros_like(c) for part, c in zip(self.parts, side, strict=True))

    def held(self, a: Point, b: Point) -> float:
        """The scalar product over the penalised parts."""
        both = zip(self.parts, a.own, b.images, strict=True)
        return sum(float(np.vdot(own, image)) for part, own, image in both if part.penalised)

    def step(
        self, here: Point, scores: Floats, way: Point, value: float, down: float, reach: float, grows: bool
    ) -> _Step | None:
        """How much of the way to go, so that it pays; None when nothing does. grows: a first step may become longer."""
        move = self.scores(way)
        flat, across, along = self.held(here, here), self.held(here, way), self.held(way, way)
        for _ in range(TRIES):
            moved = scores + np.float32(reach) * move
            there, error = self.loss(moved)
            there += (flat + 2 * reach * across + reach * reach * along) / 2
            if there > value + ENOUGH_GAIN * reach * down:
                # Back to where a parabola through the values and the slope would be least, by half at least.
                reach *= min(max(-down * reach / (2 * (there - value - down * reach)), 0.1), 0.5)
            elif grows and float(np.vdot(error, move)) + across + reach * along < 0.5 * down:
                reach *= 4.0
            else:
                return _Step(reach, moved, there, error)
        return None


def set_loss(allowed: Floats) -> Loss:
    """The sum of -log of the part of the softmax that lies in a row's allowed columns, by their shares (n, t)."""

    def loss(scores: Floats) -> tuple[float, Floats]:
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        every = powers.sum(axis=1, keepdims=True)
        fitting = powers * allowed
        right = np.maximum(fitting.sum(axis=1, keepdims=True), TINY)
        return float(np.log(every / right).sum(dtype=float)), powers / every - fitting / right

    return loss


def zeros(*shapes: tuple[int, ...]) -> list[Any]:
    """Coefficients to start from."""
    return [np.zeros(shape, np.float32) for shape in shapes]
