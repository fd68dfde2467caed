"""Cases that may be about the same thing: alike in their words, and where both say it in their place."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, hypot, radians

from portal.cases.lines import OtherCase
from portal.cases.models import Case

LEAST_ALIKE = 0.28
LEAST_WORDS = 0.12
"""Below this the words have nothing in common but grammar, and the same place alone makes no same thing."""
NEAR_M = 200.0
PLACE_WEIGHT = 0.35


@dataclass(frozen=True)
class Alike:
    """A case and how alike it is, 0-1."""

    case: OtherCase
    score: float


def bigrams(text: str) -> frozenset[str]:
    """The pairs of neighbouring letters and characters of a text."""
    signs = "".join(sign for sign in text if sign.isalnum())
    return frozenset(signs[place : place + 2] for place in range(len(signs) - 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the shorter text's bigrams that the other has too (overlap coefficient), 0-1."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def metres(lat: float, lng: float, other_lat: float, other_lng: float) -> float:
    """The distance of two points of one city, on a flat earth: well under a metre wrong at 200 m."""
    return 111_320 * hypot(lat - other_lat, (lng - other_lng) * cos(radians(lat)))


def is_near(one: Case | OtherCase, other: OtherCase) -> bool:
    """Whether both have a point and lie within 200 m."""
    if one.lat is None or one.lng is None or other.lat is None or other.lng is None:
        return False
    return metres(one.lat, one.lng, other.lat, other.lng) <= NEAR_M


def is_close(text: str, case: OtherCase) -> bool:
    """Whether a case near by shares enough words to be worth a look."""
    return likeness(bigrams(text), bigrams(case.text_public)) >= LEAST_WORDS


def find_alike(text: str, place: str, cases: Iterable[OtherCase], most: int = 3, skip_id: int = 0) -> list[Alike]:
    """The cases most alike, best first; a place in both that is not the same lowers the score."""
    words, where = bigrams(text), bigrams(place)
    found = []
    for case in cases:
        if case.id == skip_id:
            continue
        score = likeness(words, bigrams(case.text_public))
        if score < LEAST_WORDS:
            continue
        place_words = bigrams(case.place_public)
        if where and place_words:
            score = (1 - PLACE_WEIGHT) * score + PLACE_WEIGHT * likeness(where, place_words)
        if score >= LEAST_ALIKE:
            found.append(Alike(case, score))
    return sorted(found, key=lambda alike: -alike.score)[:most]
