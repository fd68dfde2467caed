"""Features of a text: its single signs and pairs of signs, weighted by how rare they are.

One definition for training (through scikit-learn's TfidfVectorizer) and for serving (by hand, without scikit-learn):
term frequency 1 + ln n, times inverse document frequency, scaled to length 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.text import normalise

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.intp]


def grams(raw: str) -> list[str]:
    """Single signs, then pairs of signs, of the normal form of a text: what the vectoriser counts."""
    text = normalise(raw).text
    return [*text, *map("".join, zip(text, text[1:], strict=False))]


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
    occurs. places (m,) and slots (m,): occurrence number i of a feature begins at places[i] in the normal form and
    belongs to columns[slots[i]]; is_pair (m,) tells whether it covers two signs.
    """

    columns: Ints
    values: Floats
    counts: Ints
    places: Ints
    slots: Ints
    is_pair: npt.NDArray[np.bool_]


def look_up(text: str, numbers: dict[str, int], idf: Floats) -> Known:
    """The known features of a text in its normal form."""
    find = numbers.get
    found = [find(sign, -1) for sign in text]
    singles = len(found)
    found += [find(first + second, -1) for first, second in zip(text, text[1:], strict=False)]
    every = np.array(found, dtype=np.intp)
    at = np.flatnonzero(every >= 0)
    columns, slots, counts = np.unique(every[at], return_inverse=True, return_counts=True)
    values = (1.0 + np.log(counts)) * idf[columns]
    length = np.sqrt(values @ values)
    is_pair = at >= singles
    places = at - singles * is_pair
    return Known(columns, values / length if length else values, counts, places, slots, is_pair)
