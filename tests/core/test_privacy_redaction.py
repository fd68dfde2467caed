"""Redaction takes out what a level may not see and leaves the rest of a text sign for sign."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.identifiers import check_resident_id, id_check_sign
from portal.core.privacy import Kind, find_personal, normalise, redact
from portal.core.privacy.finding import _NO_LIMIT

LETTER = (
    "我叫张三丰，身份证11010519491231002X，电话13812345678，卡6222 0212 3456 7890 128，车苏C12345，"
    "邮箱zhang@example.com，微信号：abc_12345，QQ：123456，护照E12345678，住12号楼3单元502室，117.18430, 34.26170，"
    "找王小明先生。"
)


def test_the_public_sees_no_personal_data() -> None:
    assert redact(LETTER, "public") == (
        "我叫张某某，身份证［身份证号］，电话［电话］，卡［银行卡］，车［车牌］，邮箱［邮箱］，微信号：［微信］，QQ：［QQ］，"
        "护照［证件号］，住12号楼［住址］，117.184, 34.262，找王某某先生。"
    )


def test_the_unit_sees_the_place_that_it_must_go_to() -> None:
    text = redact(LETTER, "unit")
    assert "12号楼3单元502室" in text
    assert "117.18430, 34.26170" in text
    assert "［电话］" in text
    assert "苏C·***45" in text


def test_staff_see_partial_masks() -> None:
    text = redact(LETTER, "staff")
    for mask in (
        "110105********002X",
        "138****5678",
        "****0128",
        "苏C·***45",
        "z***@example.com",
        "ab***",
        "12***",
        "E***78",
    ):
        assert mask in text


def test_a_unit_number_and_the_name_of_the_page_may_stay() -> None:
    text = "办公室电话0516-83701234，我叫张三丰"
    assert redact(text, "public", keep=["83701234", "张三丰"]) == text
    assert redact(text, "public", keep=["0516 8370 1234"]) == "办公室电话0516-83701234，我叫张某某"


def test_hotlines_case_numbers_and_credit_codes_stay() -> None:
    text = "拨打12345、96119、400-123-4567，编号XZ20261122-0001，代码91320300MA1ABCDE8F"
    assert redact(text, "public") == text


def test_a_doubtful_name_is_never_replaced_in_silence() -> None:
    assert redact("我是张三丰", "public") == "我是张三丰"
    assert redact("一位卖花的老大爷和安装师傅", "public") == "一位卖花的老大爷和安装师傅"


def test_invisible_signs_go_with_the_number_that_they_hide() -> None:
    assert redact("打1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣，谢谢", "public") == "打［电话］，谢谢"


@given(st.text())
def test_the_map_back_to_the_raw_text_is_whole(text: str) -> None:
    normal = normalise(text)
    assert len(normal.starts) == len(normal.text) + 1
    assert normal.starts == sorted(normal.starts)
    assert normal.starts[-1] == len(text)


@given(st.text())
def test_findings_quote_the_raw_text(text: str) -> None:
    for finding in find_personal(text):
        assert text[finding.start : finding.end] == finding.text


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["身份证", "电话", "微信", "vx", "QQ", "卡号", "护照", "我叫张三", "12号楼", "3单元", "苏C", "公司代码"]
            + ["@", ".", "-", ":", "：", "，", "１", "一", "一三八", "138", "1234", "X", "x", "abc", "\u200b"]
        ),
        st.text("0123456789xX abcAZ一二三.-@号苏", max_size=12),
        st.text(max_size=3),
    ),
    max_size=8,
).map("".join)


def valid_numbers(text: str) -> list[str]:
    plain = normalise(text).worded
    candidates = re.findall("(?<![0-9])[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9Xx](?![0-9])", plain)
    return [number for number in candidates if check_resident_id(number, _NO_LIMIT).valid]


@given(PIECES, st.dates(), st.integers(0, 999), PIECES)
def test_no_right_identity_number_survives(before: str, day, sequence: int, after: str) -> None:
    body = f"320300{1900 + day.year % 120}{day:%m%d}{sequence:03d}"
    text = f"{before}{body}{id_check_sign(body)}{after}"
    assert valid_numbers(redact(text, "public")) == []


@given(PIECES, st.integers(10**8, 10**9 - 1), st.sampled_from(["", "-", " "]), st.sampled_from("张，。的"))
def test_no_mobile_number_survives(before: str, tail: int, gap: str, border: str) -> None:
    number = f"13{tail // 10**8 % 10}{gap}{tail // 10**4 % 10**4:04d}{gap}{tail % 10**4:04d}"
    full_width = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for written in (number, full_width):
        assert written not in redact(f"{before}{border}{written}{border}", "public")


@given(PIECES)
def test_redacting_again_finds_no_more_numbers(text: str) -> None:
    once = redact(text, "public")
    assert valid_numbers(once) == []
    assert [finding for finding in find_personal(once) if finding.kind in {Kind.MOBILE, Kind.EMAIL, Kind.ID18}] == []


def test_a_numeral_beside_an_identity_number_does_not_hide_it() -> None:
    assert redact("证件一11010519491231002X二", "public") == "证件一［身份证号］二"


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        "1 ",
        "a@",
        "@a.",
        "微信",
        "微信 ",
        "微信: ",
        "12号",
        "12号 ",
        "1-",
        "一",
        "苏C",
        "\u200b",
        "１",
        "0516-",
        "1.",
        "E1",
        "张",
    ],
)
def test_a_million_hostile_signs_are_read_in_one_pass(unit: str) -> None:
    # A pattern that goes back over its steps would need hours for this text.
    text = unit * (1_000_000 // len(unit))
    assert redact(text + "。13812345678", "public").endswith("。［电话］")


@pytest.mark.parametrize("start", ["微信", "电话", "QQ", "12号", "12号3单元", "我叫", "117.18430,", "护照", "卡号"])
def test_a_label_before_a_million_blanks_is_read_in_one_pass(start: str) -> None:
    text = start + " " * 1_000_000 + "。13812345678"
    assert redact(text, "public").endswith(" 。［电话］")
