"""Words behind a decision: what each sign of a text adds to the score, joined to readable pieces.

A feature's contribution is shared evenly among its occurrences, and a pair's share evenly between its two signs; so
every sign has a heat, and the heats sum to what all features add. Neighbouring warm signs make a piece.
"""

from __future__ import annotations

from typing import NamedTuple

from ml.features import Floats, Known
from ml.text import Normal

FAINT = 0.12
"""Signs below this share of the hottest sign belong to no piece."""
LONGEST_PIECE = 8
MOST_PIECES = 8


class Word(NamedTuple):
    """A piece of the raw text: raw[start:end] is word; weight is what its signs add to the score."""

    word: str
    weight: float
    start: int
    end: int


def sign_heat(known: Known, contributions: Floats) -> Floats:
    """What each sign of the normal form adds, one number a sign; sums to contributions.sum()."""
    heat = contributions[: known.singles].copy()
    halves = contributions[known.singles :] / 2
    heat[:-1] += halves
    heat[1:] += halves
    return heat


def pieces(raw: str, normal: Normal, heat: Floats, most: int = MOST_PIECES) -> tuple[Word, ...]:
    """The pieces that raise the score most, strongest first, at most `most` of them."""
    hottest = float(heat.max()) if len(heat) else 0.0
    if hottest <= 0:
        return ()
    # A mark is in no feature, so it is cold and ends a run.
    warm = (heat > FAINT * hottest).nonzero()[0]
    first = ((warm[1:] - warm[:-1]) > 1).nonzero()[0].tolist()
    places, values = warm.tolist(), heat.tolist()
    starts, ends = [places[0], *[places[i + 1] for i in first]], [*[places[i] + 1 for i in first], places[-1] + 1]
    spans = [part for span in zip(starts, ends, strict=True) for part in _cut(values, *span)]
    weighed = sorted([(-sum(values[start:end]), start, end) for start, end in spans])[:most]
    return tuple([_word(raw, normal, -weight, start, end) for weight, start, end in weighed])


def _cut(heat: list[float], start: int, end: int) -> list[tuple[int, int]]:
    """A run of warm signs, cut before its coolest inner sign until no part is longer than LONGEST_PIECE."""
    if end - start <= LONGEST_PIECE:
        return [(start, end)]
    todo, done = [(start, end)], []
    while todo:
        start, end = todo.pop()
        if end - start <= LONGEST_PIECE:
            done.append((start, end))
            continue
        # Two signs stay on either side, so that a cut leaves words and not crumbs.
        at = min(range(start + 2, end - 1), key=heat.__getitem__)
        todo += [(start, at), (at, end)]
    return done


def _word(raw: str, normal: Normal, weight: float, start: int, end: int) -> Word:
    first, last = normal.origins[start], normal.origins[end - 1] + 1
    return Word(raw[first:last], weight, first, last)
