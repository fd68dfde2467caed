"""Cleaning keeps what a person wrote and drops what breaks databases, feeds and pages."""

import json
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from portal.core.chinese import clean, sentence, to_simplified

ANY_TEXT = st.text(st.characters(exclude_categories=()))


def test_control_characters_nul_and_lone_surrogates_go() -> None:
    assert clean("路\x00灯\x08坏\ud800了\x9f\ufeff\uffff") == "路灯坏了"


def test_every_line_end_becomes_one_newline() -> None:
    assert clean("一\r\n二\r三\u2028四\x85五\n六") == "一\n二\n三\n四\n五\n六"


def test_marks_that_turn_the_reading_direction_go() -> None:
    assert clean("合格\u202e证\u2066书\u2069") == "合格证书"


def test_tabs_emoji_and_rare_characters_stay() -> None:
    text = "甲\t乙 👨‍👩‍👧 𠮷野家 ﹏ é"
    assert clean(text) == text


@given(ANY_TEXT)
def test_a_clean_text_can_be_stored_and_put_into_xml(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")
    element = ET.Element("t")
    element.text = cleaned
    back = ET.fromstring(ET.tostring(element, encoding="unicode")).text or ""
    assert back == cleaned
    assert json.loads(json.dumps(cleaned)) == cleaned


@given(ANY_TEXT)
def test_simplifying_keeps_the_length(text: str) -> None:
    assert len(to_simplified(text)) == len(text)


def test_over_converted_traditional_text_comes_back_right() -> None:
    assert to_simplified("新徵程上檢舉後面的範圍，乾淨、乾隆、著作") == "新征程上检举后面的范围，干净、乾隆、著作"


def test_a_sentence_ends_once() -> None:
    for typed in ("车排满了", "车排满了。", " 车排满了， ", "车排满了.", "车排满了；"):
        assert sentence(typed) == "车排满了。"
    assert sentence("车排满了？") == "车排满了？"
    assert sentence("") == ""
