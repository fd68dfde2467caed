"""Features of a text: its single signs and its pairs of signs, each weighted by how rare it is.

One definition for training (through scikit-learn's TfidfVectorizer) and for serving (by hand, without scikit-learn):
term frequency 1 + ln n times inverse document frequency; signs together scaled to length SIGNS_LENGTH, pairs to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.text import normalise

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.intp]

PLANE = 0x10000
"""Signs of the basic plane; a rarer sign is never in a vocabulary."""
SIGNS_LENGTH = 0.6
"""Length of the part of single signs beside that of pairs: pairs tell more."""


def signs(raw: str) -> list[str]:
    """Single signs of the normal form of a text."""
    return [sign for sign in normalise(raw).text if ord(sign) < PLANE]


def pairs(raw: str) -> list[str]:
    """Pairs of neighbouring signs of the normal form of a text."""
    text = normalise(raw).text
    return [a + b for a, b in zip(text, text[1:], strict=False) if ord(a) < PLANE and ord(b) < PLANE]


def build_vectorizer(least_texts: int = 2) -> Any:
    """The scikit-learn vectoriser of these features; least_texts: a feature in fewer texts is left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    parts = [
        (name, TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, min_df=least_texts))
        for name, analyzer in (("signs", signs), ("pairs", pairs))
    ]
    return FeatureUnion(parts, transformer_weights={"signs": SIGNS_LENGTH})


def rarity(vectorizer: Any) -> tuple[list[str], Floats]:
    """Vocabulary and inverse document frequencies of a fitted vectoriser, signs first."""
    fitted = [part for _, part in vectorizer.transformer_list]
    vocabulary = [gram for part in fitted for gram in part.get_feature_names_out().tolist()]
    return vocabulary, np.concatenate([part.idf_ for part in fitted])


@dataclass(frozen=True)
class Known:
    """The known features of one text.

    columns (k,) feature numbers, rising; values (k,) their scaled tf-idf values; counts (k,) how often each occurs. The
    first `singles` occurrences are of single signs, the rest of pairs: occurrence i begins at places[i] in the normal
    form and belongs to columns[slots[i]].
    """

    columns: Ints
    values: Floats
    counts: Ints
    places: Ints
    slots: Ints
    singles: int


class Lookup:
    """Finds the known features of a text without a loop over its signs.

    A sign has a number below the count of distinct signs; a pair is the number first * count + second, found by
    bisection. The vocabulary must be single signs, then pairs.
    """

    def __init__(self, vocabulary: Sequence[str], idf: Floats) -> None:
        distinct = sorted({sign for gram in vocabulary for sign in gram})
        number = {sign: i for i, sign in enumerate(distinct, start=1)}
        self._idf = idf
        self._count = len(distinct) + 1
        self._numbers = np.zeros(PLANE, dtype=np.int64)
        self._numbers[[ord(sign) for sign in distinct]] = range(1, self._count)
        self._signs = sum(len(gram) == 1 for gram in vocabulary)
        self._single = np.full(self._count, -1, dtype=np.intp)
        self._single[[number[sign] for sign in vocabulary[: self._signs]]] = range(self._signs)
        keys = np.array(
            [number[pair[0]] * self._count + number[pair[1]] for pair in vocabulary[self._signs :]], dtype=np.int64
        )
        order = keys.argsort()
        # A last impossible pair keeps the bisection inside the table.
        self._pair_keys = np.append(keys[order], np.iinfo(np.int64).max)
        self._pair_columns = np.append(order + self._signs, -1)

    def __call__(self, text: str) -> Known:
        """The known features of a text in its normal form."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        # A sign beyond the plane is clipped to its last place, which is no character and so unknown.
        numbers = self._numbers.take(codes, mode="clip")
        single = self._single.take(numbers)
        keys = numbers[:-1] * self._count + numbers[1:]
        slot = self._pair_keys.searchsorted(keys)
        pair_at = (self._pair_keys.take(slot) == keys).nonzero()[0]
        single_at = (single >= 0).nonzero()[0]
        found = np.concatenate((single[single_at], self._pair_columns.take(slot[pair_at])))
        columns, slots, counts = _distinct(found)
        values = (1.0 + np.log(counts)) * self._idf.take(columns)
        cut = int(columns.searchsorted(self._signs))
        _scale(values[:cut], SIGNS_LENGTH)
        _scale(values[cut:], 1.0)
        return Known(columns, values, counts, np.concatenate((single_at, pair_at)), slots, len(single_at))


def _scale(values: Floats, length: float) -> None:
    squares = float(values @ values)
    if squares:
        values *= length / squares**0.5


def _distinct(found: Ints) -> tuple[Ints, Ints, Ints]:
    """Distinct values, rising, the place of each value among them, and counts: np.unique without its ceremony."""
    order = found.argsort()
    ordered = found[order]
    is_new = np.ones(len(found), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    slots = np.empty(len(found), dtype=np.intp)
    slots[order] = is_new.cumsum() - 1
    return ordered[is_new], slots, np.bincount(slots)
