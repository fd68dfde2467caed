"""Dates, numbers and ticks are understood in every spelling that offices use."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.tables import cell_text, column_letters, parse_date, parse_whole, parse_yes

DAY = date(2026, 11, 3)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-03",
        "2026-11-3",
        "2026/11/3",
        "2026.11.3",
        "2026年11月3日",
        "2026 年 11 月 3 日",
        "2026年11月3号",
        "20261103",
        "２０２６年１１月３日",
        "２０２６／１１／３",
        "2026-11-03 08:30:00",
        "2026-11-03T08:30",
        " 2026-11-03 ",
        "二〇二六年十一月三日",
        "46329",
        46329,
        46329.35,
        20261103,
        DAY,
        datetime(2026, 11, 3, 8, 30),
    ],
)
def test_one_day_in_all_its_spellings(written) -> None:
    assert parse_date(written) == DAY


@pytest.mark.parametrize(
    "written",
    [
        "",
        "明天",
        "2026-11",
        "26.11.3",
        "2026-13-01",
        "2026-02-30",
        "03/11/2026",
        "2026-11/03",
        None,
        3,
        True,
        "1" * 5000,
    ],
)
def test_what_is_no_day_is_refused(written) -> None:
    with pytest.raises(ValueError, match=".+"):
        parse_date(written)


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_every_day_is_read_back(day: date) -> None:
    numerals = str.maketrans("0123456789", "〇一二三四五六七八九")

    def spoken(number: int) -> str:
        tens, ones = divmod(number, 10)
        return (
            ("" if tens < 2 else "一二三"[tens - 1])
            + "十" * (tens > 0)
            + (str(ones).translate(numerals) if ones else "")
        )

    serial = (day - date(1899, 12, 30)).days
    assert parse_date(serial) == day
    assert parse_date(f"{day:%Y%m%d}") == day
    assert parse_date(f"{day.year}年{day.month}月{day.day}日") == day
    assert parse_date(f"{str(day.year).translate(numerals)}年{spoken(day.month)}月{spoken(day.day)}日") == day


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (13812345678.0, "13812345678"),
        (1.5, "1.5"),
        (True, "是"),
        (DAY, "2026-11-03"),
        (datetime(2026, 11, 3), "2026-11-03"),
        (datetime(2026, 11, 3, 8, 30), "2026-11-03 08:30"),
        ("  甲\x00乙 ", "甲乙"),
        ("'=1+1", "=1+1"),
        ("'甲", "'甲"),
    ],
)
def test_a_cell_becomes_the_text_that_was_meant(value, text: str) -> None:
    assert cell_text(value) == text


@pytest.mark.parametrize("value", [3.2030019900101e17, "3.2030019900101E+17"])
def test_a_number_that_lost_its_digits_is_refused(value) -> None:
    with pytest.raises(ValueError, match="digits"):
        cell_text(value)


@pytest.mark.parametrize(
    ("value", "number"), [("１２", 12), ("1,234", 1234), ("12人", 12), (7.0, 7), ("-3", -3), ("5.0", 5)]
)
def test_whole_numbers_are_read(value, number: int) -> None:
    assert parse_whole(value) == number


@pytest.mark.parametrize("value", ["", "一些", "1.5", "12/3", None])
def test_other_text_is_no_whole_number(value) -> None:
    with pytest.raises(ValueError, match=".+"):
        parse_whole(value)


def test_ticks_are_yes_or_no() -> None:
    assert [parse_yes(value) for value in ("是", "√", "Ｙ", 1.0, True, "否", "×", "", None, False)] == [True] * 5 + [
        False
    ] * 5
    with pytest.raises(ValueError, match="neither"):
        parse_yes("也许")


@pytest.mark.parametrize(("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_in_excel(column: int, letters: str) -> None:
    assert column_letters(column) == letters
