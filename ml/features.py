"""Features of a text: its single signs and its pairs of signs, each weighted by how rare it is.

One definition for training (ml.counting, many texts at once), for serving (here, one text at a time) and for checking
both (ml.reference, by scikit-learn): term frequency 1 + ln n times inverse document frequency; signs together scaled to
length SIGNS_LENGTH, pairs to 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import local
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ml.text import LONGEST

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.intp]

PLANE = 0x10000
"""Signs of the basic plane; a rarer sign is never in a vocabulary."""
SIGNS_LENGTH = 0.6
"""Length of the part of single signs beside that of pairs: pairs tell more."""


class Known(NamedTuple):
    """The features of a text, one row an occurrence: first the sign at each place, then the pair from there on.

    columns (n,) feature numbers, one past the last where a feature is unknown; values (n,): a feature's scaled tf-idf
    value in even parts among its occurrences, 0 where unknown; the first `singles` rows are of single signs.
    """

    columns: Ints
    values: Floats
    singles: int


class Lookup:
    """Finds the features of a text without a loop over its signs.

    A sign has a number below the count of distinct signs; a pair is the number first * count + second, found by
    bisection. The vocabulary must be single signs, then pairs; all values are multiplied by `length`.
    """

    def __init__(self, vocabulary: Sequence[str], idf: Floats, length: float = 1.0) -> None:
        distinct = sorted({sign for gram in vocabulary for sign in gram})
        number = {sign: i for i, sign in enumerate(distinct, start=1)}
        self._length, self._unknown = length, len(vocabulary)
        self._idf = np.append(idf, 0.0)
        self._count = len(distinct) + 1
        self._numbers = np.zeros(PLANE, dtype=np.int64)
        self._numbers[[ord(sign) for sign in distinct]] = range(1, self._count)
        singles = sum(len(gram) == 1 for gram in vocabulary)
        self._single = np.full(self._count, self._unknown, dtype=np.intp)
        self._single[[number[sign] for sign in vocabulary[:singles]]] = range(singles)
        keys = np.array([number[pair[0]] * self._count + number[pair[1]] for pair in vocabulary[singles:]], np.int64)
        order = keys.argsort()
        # A last impossible pair keeps the bisection inside the table.
        self._pair_keys = np.append(keys[order], np.iinfo(np.int64).max)
        self._pair_columns = np.append(order + singles, self._unknown)
        self._scratch = local()
        self._places = np.arange(2 * LONGEST)
        # What each of n occurrences of a feature weighs.
        times = np.arange(1.0, 2 * LONGEST + 1)
        self._weight = np.concatenate(([0.0], (1.0 + np.log(times)) / times))

    def __call__(self, text: str) -> Known:
        """The features of a text in its normal form."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        # A sign beyond the plane is clipped to its last place, which is no character and so unknown.
        numbers = self._numbers.take(codes, mode="clip")
        keys = numbers[:-1] * self._count
        keys += numbers[1:]
        slots = self._pair_keys.searchsorted(keys)
        pairs = self._pair_columns.take(slots)
        pairs[self._pair_keys.take(slots) != keys] = self._unknown
        columns = np.concatenate((self._single.take(numbers), pairs))
        counts = self._counts(columns)
        values = self._weight.take(counts)
        values *= self._idf.take(columns)
        whole, singles = values * counts, len(numbers)
        _scale(values[:singles], whole[:singles], SIGNS_LENGTH * self._length)
        _scale(values[singles:], whole[singles:], self._length)
        return Known(columns, values, singles)

    def _counts(self, columns: Ints) -> Ints:
        """How often the column of each place occurs in all: (n,) from (n,) columns."""
        try:
            last: Ints = self._scratch.last
        except AttributeError:
            last = self._scratch.last = np.empty(len(self._idf), dtype=np.intp)
        # Only what is written here is read, so the scratch need not be cleared.
        last[columns] = self._places[: len(columns)]
        slots = last.take(columns)
        found: Ints = np.bincount(slots, minlength=len(columns)).take(slots)
        return found


def _scale(values: Floats, whole: Any, length: float) -> None:
    """Scale, in place, so that the features have this length; whole: values before they were parted by occurrence."""
    squares = float(values @ whole)
    if squares:
        values *= length / squares**0.5
