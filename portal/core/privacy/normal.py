"""Undo what hides a number from a pattern: full-width and circled digits, invisible signs, Chinese numerals."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from portal.core.chinese import to_simplified

# Signs that show as nothing though Unicode counts them as letters or symbols.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_NUMERALS = str.maketrans("〇零○一壹幺二贰两三叁参四肆五伍六陆七柒八捌九玖", "000111222333445566778899")
_NUMERAL = "[0-9〇零○一壹幺二贰两三叁参四肆五伍六陆七柒八捌九玖]"
# Seven and more in a row are a number; 三楼 and 五一路 are words.
_NUMERAL_RUN = re.compile(f"{_NUMERAL}(?:[ -]?{_NUMERAL}){{6,}}+")

# A mobile number and an identity number are known by their length, whatever one sign is.
_TELLING_LENGTHS = {11, 18}


@dataclass(frozen=True)
class Normal:
    """A text as the patterns read it, and where each of its signs stood in the raw text.

    starts: one raw position for each sign of `text`, and the raw length at the end.
    worded: the same signs with Chinese numerals left as they were written.
    """

    text: str
    worded: str
    starts: list[int]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """The raw positions of text[start:end], with the invisible signs that follow it."""
        first = self.starts[start]
        last = self.starts[end]
        # A raw sign that became several is taken whole, even when only its first part was found.
        following = end
        while last <= self.starts[end - 1]:
            following += 1
            last = self.starts[following]
        return first, last


def normalise(text: str) -> Normal:
    """The text in plain signs: NFKC, simplified, without invisible and combining signs, long numerals as digits."""
    parts: list[str] = []
    starts: list[int] = []
    if text.isascii():
        parts, starts = [text], list(range(len(text)))
    else:
        for place, sign in enumerate(text):
            plain = sign if sign < "\x80" else _plain(sign)
            if plain:
                parts.append(plain)
                starts.extend([place] * len(plain))
    starts.append(len(text))
    worded = to_simplified("".join(parts))
    return Normal(_NUMERAL_RUN.sub(_in_digits, worded), worded, starts)


def _in_digits(run: re.Match[str]) -> str:
    """The run in digits, unless it is a number with a word behind it: 963666一直打不通."""
    digits = run.group().translate(_NUMERALS)
    changed = sum(one != other for one, other in zip(run.group(), digits, strict=True))
    bare = len(re.sub("[ -]", "", digits))
    return run.group() if changed == 1 and bare not in _TELLING_LENGTHS else digits


@lru_cache(maxsize=8192)
def _plain(sign: str) -> str:
    category = unicodedata.category(sign)
    if category in {"Mn", "Me", "Cf", "Cs"} or sign in _BLANKS:
        return ""
    digit = unicodedata.digit(sign, None)
    if digit is not None:
        return str(digit)
    return unicodedata.normalize("NFKC", sign)
