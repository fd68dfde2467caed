"""Quoting a text around the words that were searched for, with those words marked. Works on the text as it reads."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from portal.core.chinese import to_simplified

BEFORE = 24
LENGTH = 110
WORD = re.compile(r"[0-9]+|[a-z]+|[^\W0-9a-z_]+")

Pieces = list[tuple[str, bool]]


def _folded(text: str) -> str:
    """The text with each character in the form it is compared in; positions stay what they were."""
    return "".join(_fold(character) for character in to_simplified(text))


def _fold(character: str) -> str:
    form = unicodedata.normalize("NFKC", character).lower()
    return form if len(form) == 1 else character


def words_of(typed: str) -> list[str]:
    """What to mark for this query, the longest first."""
    found = WORD.findall(unicodedata.normalize("NFKC", to_simplified(typed)).lower())
    return sorted(set(found), key=len, reverse=True)


def mark(text: str, typed: str) -> Pieces:
    """The text in pieces, with True for those that were searched for."""
    return _cut(text, _spans(text, typed))


def quote(text: str, typed: str) -> Pieces:
    """A part of the text, about two lines, around the first place that was searched for."""
    line = " ".join(text.split())
    spans = _spans(line, typed)
    start = max(0, spans[0][0] - BEFORE) if spans else 0
    part = line[start : start + LENGTH]
    inside = [(begin - start, min(end - start, len(part))) for begin, end in spans if begin - start < len(part)]
    pieces = _cut(part, inside)
    if start:
        pieces.insert(0, ("…", False))
    if start + LENGTH < len(line):
        pieces.append(("…", False))
    return pieces


def _spans(text: str, typed: str) -> list[tuple[int, int]]:
    words = words_of(typed)
    if not words:
        return []
    pattern = re.compile("|".join(map(re.escape, words)))
    return [found.span() for found in pattern.finditer(_folded(text))]


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> Pieces:
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    pieces = [(text[begin:end], number % 2 == 1) for number, (begin, end) in enumerate(pairwise(edges))]
    return [piece for piece in pieces if piece[0]]
