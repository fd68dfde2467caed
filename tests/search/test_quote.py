"""Quoting around the words that were searched for."""

import pytest

from portal.search.quote import mark, quote


def test_the_words_are_marked_in_the_text_as_it_stands() -> None:
    assert mark("巷口路燈壞了", "路灯坏了") == [("巷口", False), ("路燈壞了", True)]


def test_letters_and_full_width_digits_are_marked_too() -> None:
    assert ("BRT", True) in mark("BRT３号线", "brt 3号")
    assert ("３号", False) not in mark("BRT３号线", "brt 3号")


@pytest.mark.parametrize("typed", ["", "*", "“”", "无此词"])
def test_without_a_hit_the_text_stays_whole(typed: str) -> None:
    assert mark("路灯坏了", typed) == [("路灯坏了", False)]


def test_a_long_text_is_quoted_around_the_first_hit() -> None:
    pieces = quote("前" * 300 + "路灯坏了" + "后" * 300, "路灯")
    assert pieces[0] == ("…", False)
    assert pieces[-1] == ("…", False)
    assert ("路灯", True) in pieces
    assert len("".join(text for text, _hit in pieces)) < 130


def test_the_pieces_make_the_text_again() -> None:
    text = "路灯、路燈，Road 路灯"
    assert "".join(piece for piece, _hit in mark(text, "路灯 road")) == text
