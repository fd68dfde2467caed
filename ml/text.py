"""Normalisation: one spelling for simplified, traditional, full-width, spaced and emoji-ridden text, with offsets.

The router reads the normal form; the words it shows are highlighted in what the citizen typed, so each sign of the
normal form remembers where it came from. Conversion is sign by sign (never by phrase): offsets stay true, and the
cost is one look-up a sign. Source of the rules: domain notes 8.1 and 8.2.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

import opencc

LONGEST = 6000
"""Signs of a text that are read; a form takes 5,000, so only hostile input is cut."""

MARK = ","
"""What every punctuation mark becomes: the border of a clause."""


@dataclass(frozen=True)
class Normal:
    """A text in its normal form; origins[i] is the place in the raw text of sign i."""

    text: str
    origins: range | list[int]


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


class _Table(dict[str, str]):
    """Raw sign to normal form, filled as signs are met; the empty string means that the sign is dropped."""

    def __missing__(self, sign: str) -> str:
        normal = "".join(_fold(part) for part in unicodedata.normalize("NFKC", sign))
        if len(self) < 50_000:  # Hostile input may hold every sign of Unicode; the memory stays bounded.
            self[sign] = normal
        return normal


def _fold(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind[0] in "ZC" or kind in {"So", "Sk", "Mn", "Me"}:
        # Spaces join what people space out; surrogates, zero-width signs and emoji carry nothing.
        return ""
    if kind[0] in "PS":
        return MARK
    if kind[0] == "N":
        return "0"
    return str(_converter().convert(sign.lower()))


_TABLE = _Table()


def normalise(raw: str) -> Normal:
    """The normal form of a text and where each of its signs stood; reads the first LONGEST signs only."""
    if len(raw) > LONGEST:
        raw = raw[:LONGEST]
    parts = list(map(_TABLE.__getitem__, raw))
    text = "".join(parts)
    if len(text) == len(parts) and all(parts):
        return Normal(text, range(len(text)))
    origins = [place for place, part in enumerate(parts) for _ in part]
    return Normal(text, origins)
