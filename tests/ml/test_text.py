"""Simplified, traditional, full-width, spaced and emoji-ridden text has one normal form, with offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.text import LONGEST, normalise


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("電動車停在樓道裡", "电动车停在楼道里"),
        ("电 动 车", "电动车"),
        ("电\u200b动\ufeff车\u00ad", "电动车"),
        ("ＫＴＶ", "ktv"),
        ("３楼", "0楼"),
        ("狗🐶叫", "狗叫"),
        ("1️⃣号", "0号"),
        ("脏！乱。差", "脏,乱,差"),
        ("㎡", "m0"),
        ("\ud800坏\udfff", "坏"),
        ("", ""),
    ],
)
def test_one_normal_form(raw, normal):
    assert normalise(raw).text == normal


@given(st.text(st.characters(codec=None, categories=None), max_size=60))
def test_each_sign_remembers_where_it_came_from(raw):
    normal = normalise(raw)
    assert len(normal.origins) == len(normal.text)
    assert list(normal.origins) == sorted(normal.origins)
    assert all(0 <= place < len(raw) for place in normal.origins)
    for sign, place in zip(normal.text, normal.origins, strict=True):
        assert sign in normalise(raw[place]).text


def test_a_very_long_text_is_cut():
    assert len(normalise("狗" * 1_000_000).text) == LONGEST


def test_the_normal_form_is_stable():
    once = normalise("樓道，１２ＫＴＶ ①").text
    assert normalise(once).text == once
