"""What a cell means, however it was typed."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from portal.core.chinese import clean

Cell = str | int | float | bool | date | datetime | time | timedelta | None

# Excel counts days from here; it believes that 1900 was a leap year, which this start makes good for.
_EXCEL_START = date(1899, 12, 30)
_EXCEL_DAYS = range(10_000, 100_000)
_EXACT_LIMIT = 10**15
_DATE = re.compile(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})[日号]?|([0-9]{2})([0-9]{2}))"
    r"(?:[T ]?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)?"
)
_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_DATE = re.compile(
    "([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_DEFUSED = re.compile("'+[=+@＝＋－＠-]")
_YES = frozenset({"是", "有", "对", "√", "✓", "✔", "y", "yes", "true", "1"})
_NO = frozenset({"否", "无", "不", "×", "✗", "✘", "x", "n", "no", "false", "0"})


def cell_text(value: Cell) -> str:
    """The cell as text: trimmed, whole numbers without `.0`, dates as 2026-11-03, without the quote of `defuse`.

    Raises ValueError for a number of 16 and more digits: Excel has already lost the last ones.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (int, float)):
        return _number_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    text = clean(str(value)).strip()
    if re.fullmatch(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2}", text) and float(text) >= _EXACT_LIMIT:
        raise ValueError("the number has lost its last digits")
    return text[1:] if _DEFUSED.match(text) else text


def _number_text(value: int | float) -> str:
    if abs(value) >= _EXACT_LIMIT and isinstance(value, float):
        raise ValueError("the number has lost its last digits")
    return str(int(value)) if value == int(value) else repr(value)


def parse_date(value: Cell) -> date:
    """The day that a cell means, in any spelling of Chinese offices.

    2026-11-03, 2026/11/3, 2026.11.3, 2026年11月3日, 20261103, 二〇二六年十一月三日, or a day number of Excel.
    Full-width digits and a time of day are forgiven. Raises ValueError for anything else, also for a day that the
    calendar does not have.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _from_number(value)
    text = re.sub(r"\s*([-/.年月日号:])\s*", r"\1", unicodedata.normalize("NFKC", str(value or "")).strip())
    found = _DATE.fullmatch(text)
    if found:
        year, _, *rest = found.groups()
        month, day = (part for part in rest if part)
        return date(int(year), int(month), int(day))
    chinese = _CHINESE_DATE.fullmatch(text)
    if chinese:
        return date(int(chinese[1].translate(_NUMERALS)), _chinese_number(chinese[2]), _chinese_number(chinese[3]))
    if re.fullmatch(r"[0-9]{5}", text):
        return _from_number(int(text))
    raise ValueError("not a date")


def _from_number(value: float) -> date:
    if value == int(value) and len(str(int(value))) == 8:
        return parse_date(str(int(value)))
    if int(value) not in _EXCEL_DAYS:
        raise ValueError("not a date")
    return _EXCEL_START + timedelta(days=int(value))


def _chinese_number(text: str) -> int:
    """1–99 in Chinese numerals: 三, 十, 十一, 二十, 三十一."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        if len(text) != 1:
            raise ValueError("not a number")
        return int(text.translate(_NUMERALS))
    if len(tens) > 1 or len(ones) > 1 or "十" in tens:
        raise ValueError("not a number")
    return int(tens.translate(_NUMERALS) or 1) * 10 + int(ones.translate(_NUMERALS) or 0)


def parse_whole(value: Cell) -> int:
    """A whole number; full-width digits, thousands commas and a unit behind it (`12人`) are forgiven.

    Raises ValueError for anything else.
    """
    text = re.sub(r"[\s,]", "", unicodedata.normalize("NFKC", cell_text(value)))
    found = re.fullmatch(r"([-+]?[0-9]{1,15})(?:\.0+)?[人次件个处家条份]?", text)
    if not found:
        raise ValueError("not a whole number")
    return int(found[1])


def parse_yes(value: Cell) -> bool:
    """Yes or no as offices tick it: 是 √ 1, 否 × 0; an empty cell is no. Raises ValueError for anything else."""
    text = unicodedata.normalize("NFKC", cell_text(value)).lower()
    if text in _YES:
        return True
    if not text or text in _NO:
        return False
    raise ValueError("neither yes nor no")
