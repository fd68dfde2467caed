"""Features of a text: its single signs and pairs of signs, weighted by how rare they are.

One definition for training (through scikit-learn's TfidfVectorizer) and for serving (by hand, without scikit-learn):
term frequency 1 + ln n, times inverse document frequency, scaled to length 1.
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

SIGNS = 0x10000
"""Signs of the basic plane; a rarer sign is never in a vocabulary."""


def grams(raw: str) -> list[str]:
    """Single signs, then pairs of signs, of the normal form of a text: what the vectoriser counts."""
    text = normalise(raw).text
    found = [*text, *map("".join, zip(text, text[1:], strict=False))]
    return [gram for gram in found if max(map(ord, gram)) < SIGNS]


def build_vectorizer(least_texts: int = 2, vocabulary: list[str] | None = None) -> Any:
    """The scikit-learn vectoriser of these features; least_texts: a feature in fewer texts is left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        analyzer=grams, sublinear_tf=True, min_df=1 if vocabulary else least_texts, vocabulary=vocabulary
    )


@dataclass(frozen=True)
class Known:
    """The known features of one text.

    columns (k,) feature numbers, rising; values (k,) their tf-idf values, of length 1; counts (k,) how often each
    occurs. The first `singles` occurrences are of single signs, the rest of pairs: occurrence i begins at places[i] in
    the normal form and belongs to columns[slots[i]].
    """

    columns: Ints
    values: Floats
    counts: Ints
    places: Ints
    slots: Ints
    singles: int


class Lookup:
    """Finds the known features of a text without a loop over its signs.

    A sign has a number below the count of distinct signs; a pair is the number first * signs + second, found by
    bisection. The vocabulary must be single signs and pairs of them, in any order.
    """

    def __init__(self, vocabulary: Sequence[str], idf: Floats) -> None:
        signs = sorted({sign for gram in vocabulary for sign in gram})
        self._idf = idf
        self._count = len(signs) + 1
        number = {sign: i for i, sign in enumerate(signs, start=1)}
        self._numbers = np.zeros(SIGNS, dtype=np.int64)
        self._numbers[[ord(sign) for sign in signs]] = range(1, self._count)
        self._single = np.full(self._count, -1, dtype=np.intp)
        pairs = []
        for column, gram in enumerate(vocabulary):
            if len(gram) == 1:
                self._single[number[gram]] = column
            else:
                pairs.append((number[gram[0]] * self._count + number[gram[1]], column))
        pairs.sort()
        # A last impossible pair keeps the bisection inside the table.
        self._pair_keys = np.array([*(key for key, _ in pairs), np.iinfo(np.int64).max], dtype=np.int64)
        self._pair_columns = np.array([*(column for _, column in pairs), -1], dtype=np.intp)

    def __call__(self, text: str) -> Known:
        """The known features of a text in its normal form."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        numbers = self._numbers.take(codes, mode="clip")
        single = self._single.take(numbers)
        keys = numbers[:-1] * self._count + numbers[1:]
        slot = self._pair_keys.searchsorted(keys)
        pair = np.where(self._pair_keys.take(slot) == keys, self._pair_columns.take(slot), -1)
        single_at, pair_at = (single >= 0).nonzero()[0], (pair >= 0).nonzero()[0]
        found = np.concatenate((single[single_at], pair[pair_at]))
        columns, slots, counts = _distinct(found)
        values = (1.0 + np.log(counts)) * self._idf.take(columns)
        length = float(values @ values) ** 0.5
        if length:
            values /= length
        return Known(columns, values, counts, np.concatenate((single_at, pair_at)), slots, len(single_at))


def _distinct(found: Ints) -> tuple[Ints, Ints, Ints]:
    """Distinct values, rising, the place of each value among them, and counts: np.unique without its ceremony."""
    order = found.argsort(kind="stable")
    ordered = found[order]
    is_new = np.ones(len(found), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    slots = np.empty(len(found), dtype=np.intp)
    slots[order] = is_new.cumsum() - 1
    return ordered[is_new], slots, np.bincount(slots)
