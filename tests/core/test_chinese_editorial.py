"""The editor is shown wrong characters, punctuation and document numbers, each at its place."""

from datetime import date

import pytest

from portal.core.chinese import check_text


def seen(text: str, kind: str) -> list[tuple[str, str | None]]:
    return [(note.found, note.suggestion) for note in check_text(text, date(2026, 11, 22)) if note.kind == kind]


@pytest.mark.parametrize(
    ("text", "found", "suggestion"),
    [
        ("请登陆网站查询", "登陆", "登录"),
        ("截止目前已整改", "截止", "截至"),
        ("报名截至日期", "截至", "截止"),
        ("帐号被盗", "帐", "账"),
        ("座落于市中心", "座落", "坐落"),
        ("营造良好氖围", "氖围", "氛围"),
        ("搭建平合", "平合", "平台"),
        ("大家做的很好", "的", "得"),
        ("认真的落实要求", "的", "地"),
    ],
)
def test_a_common_wrong_character_is_pointed_at(text: str, found: str, suggestion: str) -> None:
    assert seen(text, "wrong_word") == [(found, suggestion)]
    (note,) = check_text(text)
    assert text[note.start : note.end] == found


@pytest.mark.parametrize(
    "text",
    [
        "公平合理",
        "发现固定摊位",
        "台风登陆福建",
        "报名将于周五截止。",
        "符合阶段要求",
        "爱好象棋",
        "按装修合同",
        "明显的进步",
    ],
)
def test_right_words_that_look_wrong_are_left_alone(text: str) -> None:
    assert seen(text, "wrong_word") == []


def test_half_width_punctuation_between_chinese_is_pointed_at() -> None:
    assert seen("今天,我们去(公园)玩:很好.", "punctuation") == [
        (",", "，"),
        ("(", "（"),
        (")", "）"),
        (":", "："),
        (".", "。"),
    ]


@pytest.mark.parametrize("text", ["10:30 开会", "见[公告](https://a.cn/x)", "文字![图](a.jpg)", "Ver. 2.0", "3.5公里"])
def test_punctuation_of_numbers_links_and_latin_stays(text: str) -> None:
    assert seen(text, "punctuation") == []


def test_the_year_of_a_document_number_stands_in_hexagonal_brackets() -> None:
    assert seen("国办发[2025]22号、徐文明办（2026）3号、国办发〔2025〕22号", "document_brackets") == [
        ("[2025]", "〔2025〕"),
        ("（2026）", "〔2026〕"),
    ]


def test_the_number_of_a_document_has_neither_di_nor_noughts() -> None:
    assert seen("徐政发〔2026〕第05号", "document_number") == [("第05", "5")]
    assert seen("徐政发〔26〕5号", "document_number") == [("26", None)]


def test_damaged_text_empty_alternatives_and_days_ahead_are_pointed_at() -> None:
    text = "服務?；顒娱_展 ![](a.jpg) 2026年12月1日、2026年11月22日、2026年6月31日"
    assert seen(text, "damage") == [("?；", None)]
    assert seen("真的吗？？谁信？？？ 市??局", "damage") == [("??", None)]
    assert seen(text, "alternative") == [("![](", None)]
    assert seen(text, "date") == [("2026年12月1日", None), ("2026年6月31日", None)]


def test_a_million_hostile_characters_are_read_in_one_pass() -> None:
    assert check_text("发[2025]" * 50) is not None
    for hostile in ("的" * 300_000, "发" * 300_000, "![ " * 100_000, "(" * 300_000):
        check_text(hostile)
