"""Credit codes, identity numbers and cards are checked as the standards say, and masked as the law wants."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn as stdnum_luhn
from stdnum.cn import ric, uscc

from portal.core.identifiers import (
    USCC_SIGNS,
    check_resident_id,
    check_uscc,
    id_check_sign,
    luhn_ok,
    mask_card,
    mask_email,
    mask_id,
    mask_name,
    mask_phone,
    mask_plate,
    organisation_check_sign,
    uscc_check_sign,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91320300MA1ABCDE8F",
        "5142030050000012XL",
        "12620200432100013G",
        "91320300MA1AFF3090",
        "91110000600037341L",
    ],
)
def test_a_right_credit_code_is_valid_here_and_for_stdnum(code: str) -> None:
    assert check_uscc(code).valid
    assert check_uscc(code).kind_known
    assert uscc.is_valid(code)


@pytest.mark.parametrize(
    ("code", "expected"), [("91350100M000100Y4Z", "3"), ("91310115MA1H8R7C6D", "7"), ("91320300MA1AFF309Y", "0")]
)
def test_a_wrong_last_sign_is_told_with_the_right_one(code: str, expected: str) -> None:
    check = check_uscc(code)
    assert (check.valid, check.expected) == (False, expected)


@pytest.mark.parametrize("start", ["A1110000", "N2320300", "Y1110000"])
def test_codes_that_stdnum_refuses_for_their_letters_are_valid(start: str) -> None:
    body = f"{start}MF1234567"[:17]
    code = body + uscc_check_sign(body)
    assert check_uscc(code).valid
    assert not uscc.is_valid(code)


def test_the_inner_check_only_warns() -> None:
    assert check_uscc("91320300MA1ABCDE8F").inner_ok
    body = "91320300MA1ABCDE7"
    check = check_uscc(body + uscc_check_sign(body))
    assert check.valid
    assert not check.inner_ok


def test_an_unknown_kind_of_body_only_warns() -> None:
    body = "88320300MA1ABCDE8"
    check = check_uscc(body + uscc_check_sign(body))
    assert check.valid
    assert not check.kind_known


@pytest.mark.parametrize(
    "written", [" 91320300 ma1abcde8f ", "９１３２０３００ＭＡ１ＡＢＣＤＥ８Ｆ", "91320300-MA1ABCDE8F"]
)
def test_the_way_offices_write_a_code_is_forgiven(written: str) -> None:
    assert check_uscc(written) == check_uscc("91320300MA1ABCDE8F")


@pytest.mark.parametrize("code", ["", "91320300MA1ABCDE8", "91320300MA1ABCIO8F", "9132O300MA1ABCDE8F", "有限公司"])
def test_what_has_not_the_form_of_a_code_is_not_valid(code: str) -> None:
    assert (check_uscc(code).valid, check_uscc(code).expected) == (False, None)


@given(st.text("0123456789", min_size=8, max_size=8), st.text(USCC_SIGNS, min_size=9, max_size=9))
def test_the_credit_code_check_agrees_with_stdnum(digits: str, letters: str) -> None:
    assert uscc_check_sign(digits + letters) == uscc.calc_check_digit(digits + letters)


@given(st.from_regex(r"\A91320300[0-9A-HJ-NPQRTUWXY]{9}\Z"), st.integers(0, 16), st.sampled_from(USCC_SIGNS))
def test_one_mistyped_sign_of_a_credit_code_is_always_noticed(body: str, place: int, sign: str) -> None:
    code = body + uscc_check_sign(body)
    mistyped = code[:place] + sign + code[place + 1 :]
    assert check_uscc(mistyped).valid == (mistyped == code)


@pytest.mark.parametrize(("body", "sign"), [("MA1ABCDE", "8"), ("50000012", "X"), ("43210001", "3")])
def test_the_organisation_code_has_its_own_check_sign(body: str, sign: str) -> None:
    assert organisation_check_sign(body) == sign


@pytest.mark.parametrize(("body", "sign"), [("11010519491231002", "X"), ("44052418800101001", "4")])
def test_the_worked_identity_numbers_come_out(body: str, sign: str) -> None:
    assert id_check_sign(body) == sign
    # stdnum also knows each county's years, and 440524 was none in 1880; its check sign is the same.
    assert ric.calc_check_digit(body + sign) == sign
    assert check_resident_id((body + sign).lower(), TODAY).valid


@pytest.mark.parametrize("number", ["11010519491231002X", "440308199901101512"])
def test_a_right_identity_number_tells_birth_and_sex(number: str) -> None:
    check = check_resident_id(number, TODAY)
    assert check.valid
    assert check.born_on == ric.get_birth_date(number)
    assert check.is_male is (number[16] == "1")


def test_a_wrong_check_sign_a_day_ahead_and_an_unknown_region_are_refused() -> None:
    assert check_resident_id("32030019900101001x", TODAY).valid is False
    for body in ("32030020261123001", "32030019900231001", "16030019900101001"):
        assert not check_resident_id(body + id_check_sign(body), TODAY).valid


def test_somebody_born_today_has_a_valid_number() -> None:
    body = "32030020261122001"
    assert check_resident_id(body + id_check_sign(body), TODAY).born_on == TODAY


def test_cards_of_residents_from_hong_kong_and_of_foreigners_are_valid() -> None:
    for body in ("81000019900101001", "93110019900101001"):
        assert check_resident_id(body + id_check_sign(body), TODAY).valid


def test_an_old_number_of_fifteen_digits_gets_its_successor() -> None:
    check = check_resident_id("110105491231002", TODAY)
    assert check.is_old
    assert check.valid
    assert check.full == "11010519491231002X"
    assert not check_resident_id("110105491331002", TODAY).valid


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 999))
def test_the_identity_check_agrees_with_stdnum(day: date, sequence: int) -> None:
    body = f"320300{day:%Y%m%d}{sequence:03d}"
    assert id_check_sign(body) == ric.calc_check_digit(body + "0")
    assert check_resident_id(body + id_check_sign(body), TODAY).valid


@pytest.mark.parametrize("value", ["", "1", "abc", "3203001990010100199"])
def test_other_text_is_no_identity_number(value: str) -> None:
    assert not check_resident_id(value, TODAY).valid


@given(st.text("0123456789", min_size=1, max_size=24))
def test_luhn_agrees_with_stdnum(digits: str) -> None:
    assert luhn_ok(digits) == stdnum_luhn.is_valid(digits)


def test_a_card_number_may_be_written_in_groups() -> None:
    assert luhn_ok("6222 0212 3456 7890 128")
    assert not luhn_ok("6222 0212 3456 7890 129")
    assert not luhn_ok("")


@pytest.mark.parametrize(
    ("mask", "value", "masked"),
    [
        (mask_id, "320300199001010019", "320300********0019"),
        (mask_id, "320300900101001", "320300*****1001"),
        (mask_phone, "13812345678", "138****5678"),
        (mask_phone, "+86 138-1234-5678", "138****5678"),
        (mask_phone, "0516-83701234", "0516****1234"),
        (mask_phone, "83701234", "******34"),
        (mask_phone, "110", "***"),
        (mask_plate, "苏C12345", "苏C·***45"),
        (mask_plate, "苏c·d12345", "苏C·****45"),
        (mask_card, "6222 0212 3456 7890 128", "****0128"),
        (mask_email, "zhang@example.com", "z***@example.com"),
        (mask_name, "张三", "张某"),
        (mask_name, "张三丰", "张某某"),
        (mask_name, "欧阳修", "欧阳某"),
        (mask_name, "买买提·阿不都", "买某"),
        (mask_name, " ", ""),
    ],
)
def test_a_mask_shows_no_more_than_it_may(mask, value: str, masked: str) -> None:
    assert mask(value) == masked


@given(st.text(max_size=30))
def test_no_mask_fails_on_odd_text(value: str) -> None:
    for mask in (mask_id, mask_phone, mask_plate, mask_card, mask_email, mask_name):
        assert isinstance(mask(value), str)
    check_uscc(value)
    check_resident_id(value, TODAY)
