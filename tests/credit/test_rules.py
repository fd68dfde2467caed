"""What a credit entry must say before it is kept, field by field."""

from dataclasses import replace
from datetime import date

import pytest

from portal.credit.rules import Draft, add_months, draft_of, faults_of, last_days, snapshot_of
from tests.credit.factories import BLACK, RED

TODAY = date(2025, 3, 3)
GOOD = Draft(**BLACK)


def faulty(**values: object) -> set[str]:
    """The fields that are refused when these are changed."""
    return set(faults_of(replace(GOOD, **values), TODAY))  # type: ignore[arg-type]


def test_a_black_entry_with_everything_the_law_asks_for_passes() -> None:
    assert faults_of(GOOD, TODAY) == {}


@pytest.mark.parametrize(
    "name",
    [
        "designating_authority",
        "basis_law",
        "decision_document_no",
        "decision_date",
        "reason_summary",
        "source_url",
        "source_name",
        "grade",
        "uscc",
    ],
)
def test_a_black_entry_is_refused_at_each_field_of_its_basis(name: str) -> None:
    empty = None if name == "decision_date" else ""
    assert faulty(**{name: empty}) == {name}


def test_a_red_entry_needs_its_authority_but_no_grade() -> None:
    red = Draft(**RED)
    assert faults_of(red, TODAY) == {}
    assert set(faults_of(replace(red, designating_authority=""), TODAY)) == {"designating_authority"}


@pytest.mark.parametrize(
    ("grade", "months", "passes"),
    [
        ("minor", 1, True),
        ("minor", 3, True),
        ("minor", 4, False),
        ("general", 2, False),
        ("general", 3, True),
        ("general", 12, True),
        ("general", 13, False),
        ("serious", 11, False),
        ("serious", 12, True),
        ("serious", 36, True),
        ("serious", 37, False),
        ("serious", 0, False),
    ],
)
def test_the_period_stays_within_what_the_grade_allows(grade: str, months: int, passes: bool) -> None:
    assert faulty(grade=grade, display_months=months) == (set() if passes else {"display_months"})


@pytest.mark.parametrize(
    ("published", "grade", "months", "least", "last"),
    [
        (date(2025, 3, 3), "minor", 3, date(2025, 3, 3), date(2025, 6, 3)),
        (date(2025, 11, 30), "general", 12, date(2026, 2, 28), date(2026, 11, 30)),
        (date(2024, 2, 29), "serious", 36, date(2025, 2, 28), date(2027, 2, 28)),
    ],
)
def test_the_last_days_follow_from_the_day_of_publication(
    published: date, grade: str, months: int, least: date, last: date
) -> None:
    assert last_days(replace(GOOD, grade=grade, display_months=months), published) == (least, last)


def test_months_are_added_as_the_civil_code_counts_them() -> None:
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2025, 12, 31), 2) == date(2026, 2, 28)
    assert add_months(date(2025, 10, 31), 14) == date(2026, 12, 31)


def test_a_code_that_fails_the_check_stands_only_with_a_reason() -> None:
    wrong = "91310115MA1H8R7C6D"
    assert faulty(uscc=wrong) == {"uscc"}
    assert faulty(uscc=wrong, uscc_reason="登记机关核发，已电话核实") == set()
    assert faulty(uscc="9132", uscc_reason="无论如何") == {"uscc"}
    assert faulty(uscc="91320300MA1ABCDE8F0", uscc_reason="多一位") == {"uscc"}


def test_a_person_needs_an_asserted_age_an_explicit_basis_and_a_masked_name() -> None:
    person = {"subject_type": "natural_person", "subject_name": "张某某", "uscc": ""}
    assert faulty(**person) == {"is_adult", "person_basis"}
    assert faulty(**person, is_adult=True, person_basis="《示例条例》第九条") == set()
    named = {**person, "subject_name": "张三丰", "is_adult": True, "person_basis": "本人同意"}
    assert faulty(**named) == {"subject_name"}


def test_days_ahead_and_conduct_older_than_five_years_are_refused() -> None:
    assert faulty(decision_date=date(2025, 3, 4)) == {"decision_date"}
    assert faulty(decision_date=date(2020, 3, 2)) == {"decision_date"}
    assert faulty(decision_date=date(2020, 3, 3)) == set()
    assert faulty(listed_on=date(2025, 2, 19)) == {"listed_on"}


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "ftp://a.example/x", "//a.example", "信用中国", "https://["]
)
def test_the_source_is_a_web_address_and_nothing_else(address: str) -> None:
    assert faulty(source_url=address) == {"source_url"}


def test_personal_data_does_not_pass_in_what_everybody_reads() -> None:
    assert faulty(reason_summary="负责人电话13812345678，拒不支付。") == {"reason_summary"}
    assert faulty(reason_summary="当事人身份证11010519491231002X。") == {"reason_summary"}
    assert faulty(reason_summary="字" * 201) == {"reason_summary"}


def test_a_draft_survives_being_kept_as_a_snapshot() -> None:
    assert draft_of(snapshot_of(GOOD)) == GOOD
