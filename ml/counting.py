"""The features of many texts at once, for training: counted, chosen and weighed with numpy, a few passes in all.

The same features as ml.features looks up for one text, and as scikit-learn's TfidfVectorizer would make them. A sign
is its number in Unicode; a pair is a number beyond all signs made of its two, so sorted numbers are sorted features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ml.features import PLANE, SIGNS_LENGTH, Floats, Ints
from ml.text import MARK, normalise

WIDTH = 33
"""Bits of a feature's number: two signs of the plane, and one more bit for the pairs."""


class Counted(NamedTuple):
    """How often each feature occurs in each text: row, feature number, times; sorted by row, then feature."""

    rows: Ints
    numbers: Ints
    times: Ints
    texts: int


def count(texts: Sequence[str]) -> Counted:
    """Signs and pairs of signs of each text in its normal form, marks left out, no pair across a mark."""
    normal = [normalise(text).text + MARK for text in texts]
    codes = np.frombuffer("".join(normal).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    row = np.repeat(np.arange(len(normal)), [len(text) for text in normal])
    read = (codes != ord(MARK)) & (codes < PLANE)
    both = read[:-1] & read[1:]
    numbers = np.concatenate((codes[read], _pair(codes[:-1], codes[1:])[both]))
    rows = np.concatenate((row[read], row[:-1][both]))
    found, times = np.unique(rows << WIDTH | numbers, return_counts=True)
    return Counted(found >> WIDTH, found & ((1 << WIDTH) - 1), times, len(normal))


def _pair(first: Any, second: Any) -> Any:
    """The number of a pair of signs, beyond all numbers of signs."""
    return PLANE * PLANE + first * PLANE + second


@dataclass(frozen=True)
class Vocabulary:
    """Features that are read: numbers (k,), sorted, so single signs come first; idf (k,)."""

    numbers: Ints
    idf: Floats

    @classmethod
    def of(cls, counted: Counted, least_texts: int = 2) -> Vocabulary:
        """The features that occur in at least so many of these texts, and how rare they are."""
        numbers, frequency = np.unique(counted.numbers, return_counts=True)
        kept = frequency >= least_texts
        return cls(numbers[kept], np.log((1 + counted.texts) / (1 + frequency[kept])) + 1.0)

    @classmethod
    def read(cls, words: Sequence[str], idf: Floats) -> Vocabulary:
        """The vocabulary with these features as they are written, single signs first, each kind sorted."""
        codes = np.array(words, dtype="U2").view(np.uint32).reshape(-1, 2).astype(np.int64)
        return cls(np.where(codes[:, 1] == 0, codes[:, 0], _pair(codes[:, 0], codes[:, 1])), idf)

    @property
    def singles(self) -> int:
        """How many of the features are single signs."""
        return int(self.numbers.searchsorted(PLANE * PLANE))

    def words(self) -> tuple[str, ...]:
        """The features as they are written."""
        cut = self.singles
        pairs = [divmod(number - PLANE * PLANE, PLANE) for number in self.numbers[cut:].tolist()]
        return (*map(chr, self.numbers[:cut].tolist()), *(chr(a) + chr(b) for a, b in pairs))

    def matrix(self, counted: Counted) -> Any:
        """Scaled tf-idf values (n, k), sparse, in single precision."""
        from scipy import sparse

        slots = self.numbers.searchsorted(counted.numbers).clip(max=max(len(self.numbers) - 1, 0))
        known = self.numbers[slots] == counted.numbers
        rows, columns = counted.rows[known], slots[known]
        values = (1.0 + np.log(counted.times[known])) * self.idf[columns]
        # Signs and pairs have a length of their own: two sums of squares a row.
        part = rows * 2 + (columns >= self.singles)
        squares = np.bincount(part, values * values, 2 * counted.texts)
        length = np.where(columns >= self.singles, 1.0, SIGNS_LENGTH)
        values *= length / np.sqrt(squares[part])
        starts = np.concatenate(([0], np.bincount(rows, minlength=counted.texts).cumsum()))
        shape = (counted.texts, len(self.numbers))
        return sparse.csr_matrix((values.astype(np.float32), columns.astype(np.int32), starts), shape=shape)
