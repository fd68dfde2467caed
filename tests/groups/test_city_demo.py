"""The demo content shipped with the cities: it refers to what the city has, follows the desk's steps, and is marked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from portal.core.identifiers import check_uscc
from portal.groups.city import City
from portal.groups.profile import list_cities, load_city
from portal.publishing.queries import WARN_DAYS

CITIES = Path(__file__).parents[2] / "content" / "cities"
KEYS = list_cities(CITIES)
MOST = {"news": 12, "people": 10, "credit": 14, "cases": 60}
LEAST = {"news": 4, "people": 4, "credit": 4, "cases": 12}
FINAL = {"closed", "rejected", "transferred", "withdrawn", "merged"}
STEPS = {
    "submitted": {"triage", "dispatched", "withdrawn", "merged"},
    "triage": {"dispatched", "rejected", "transferred", "merged"},
    "dispatched": {"accepted", "return_asked", "merged"},
    "accepted": {"in_progress", "return_asked", "merged"},
    "return_asked": {"dispatched", "accepted"},
    "in_progress": {"need_info", "extension_asked", "deferred", "resolved", "merged"},
    "need_info": {"in_progress"},
    "extension_asked": {"in_progress"},
    "deferred": {"in_progress"},
    "resolved": {"closed", "reopen_asked"},
    "reopen_asked": {"reopened", "closed"},
    "reopened": {"resolved"},
}
NEEDS = {
    "rejected": ["decline_reason"],
    "transferred": ["transferred_to"],
    "merged": ["merged_into"],
    "need_info": ["question"],
    "return_asked": ["return_reason", "return_note"],
    "extension_asked": ["extension_reason"],
    "deferred": ["defer_reason", "defer_note", "defer_review_days"],
    "reopen_asked": ["reopen_reason"],
    "resolved": ["reply"],
    "closed": ["outcome"],
}


def rows(key: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((CITIES / key / "demo" / f"{name}.toml").read_text("utf-8"))[name]
    return found


def surveys(key: str) -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text("utf-8")) for path in sorted((CITIES / key / "surveys").glob("*.toml"))]


@pytest.fixture(scope="module", params=KEYS)
def city(request: pytest.FixtureRequest) -> City:
    return load_city(CITIES, request.param)


@pytest.mark.parametrize("name", ["news", "people", "credit", "cases"])
def test_there_is_enough_of_it_and_no_key_twice(city: City, name: str) -> None:
    found = rows(city.key, name)
    assert len(found) >= (MOST if city.key == "changzhou" else LEAST)[name]
    assert len({row["key"] for row in found}) == len(found)


def test_news_stand_in_columns_and_groups_of_the_city_and_have_a_body(city: City) -> None:
    columns = {column.key for column in city.news_columns}
    for row in rows(city.key, "news"):
        assert row["column"] in columns
        assert row["sample"] is True
        assert "group" not in row or city.find_group(row["group"])
        assert 200 <= len(re.sub(r"\s", "", row["body"])) <= 650, row["key"]


def test_a_fresh_demo_has_something_new_in_every_column_and_hardly_a_warning(city: City) -> None:
    newest = {column.key: 10_000 for column in city.news_columns}
    for row in rows(city.key, "news"):
        newest[row["column"]] = min(newest[row["column"]], row["published_days_ago"])
    late = [column.key for column in city.news_columns if newest[column.key] >= column.max_age_days]
    soon = [column.key for column in city.news_columns if newest[column.key] >= column.max_age_days - WARN_DAYS]
    assert late == []
    assert len(soon) <= 1


def test_people_are_whole_and_marked_as_invented(city: City) -> None:
    categories = {category.key for category in city.people_categories}
    levels = {level.key for level in city.people_levels}
    for row in rows(city.key, "people"):
        assert row["sample"] is True
        assert row["category"] in categories
        assert row["level"] in levels
        assert len(row["one_line"]) <= 40
        assert 300 <= len(re.sub(r"\s", "", row["deeds"])) <= 2000, row["key"]


def test_the_largest_demo_has_every_category_of_good_people() -> None:
    city = load_city(CITIES, "changzhou")
    assert {row["category"] for row in rows("changzhou", "people")} == {c.key for c in city.people_categories}


def test_credit_entries_have_a_basis_and_a_valid_invented_code(city: City) -> None:
    kinds = {kind.key: kind.colour for kind in city.credit_kinds}
    for row in rows(city.key, "credit"):
        assert row["sample"] is True
        assert kinds[row["list_kind"]] == row["colour"]
        assert check_uscc(row["uscc"]).valid, row["key"]
        assert row["uscc"][6:8] == "99", "only a region that was never assigned can hold an invented code"
        assert re.search(r"〔\d{4}〕|（\d{4}）", row["decision_document_no"])
        assert row["decision_days_ago"] >= row["published_days_ago"]
        assert row["source_url"].startswith("https://example.gov.cn/")
        assert len(row["reason_summary"]) <= 200
        if row["colour"] == "black":
            limit = {"minor": 90, "general": 365, "serious": 1095}[row["grade"]]
            assert row["published_days_ago"] < limit


def test_cases_refer_to_the_city_and_follow_the_steps_of_the_desk(city: City) -> None:
    found = rows(city.key, "cases")
    keys = {row["key"] for row in found}
    for row in found:
        assert row["kind"] in {kind.key for kind in city.kinds}
        assert city.find_group(row["group"]), row["group"]
        assert "district" not in row or city.find_district(row["district"])
        assert 5 <= len(row["text"]) <= 5000
        assert row["path"][0] == "submitted"
        for before, after in zip(row["path"], row["path"][1:], strict=False):
            assert after in STEPS.get(before, ()), (row["key"], before, after)
        for state in row["path"]:
            for need in NEEDS.get(state, []):
                assert need in row, (row["key"], state, need)
        assert row.get("merged_into", row["key"]) in keys
        assert "unit" not in row or city.find_unit(row["unit"])
        assert "grade" not in row or 1 <= row["grade"] <= 5


def test_the_reasons_in_cases_are_reasons_of_the_city(city: City) -> None:
    known = {
        "decline_reason": {reason.key for reason in city.decline_reasons},
        "return_reason": {reason.key for reason in city.return_reasons},
        "defer_reason": {reason.key for reason in city.defer_reasons},
    }
    for row in rows(city.key, "cases"):
        for name, keys in known.items():
            assert name not in row or row[name] in keys, (row["key"], row[name])


def test_reports_and_finished_dead_ends_are_never_public(city: City) -> None:
    for row in rows(city.key, "cases"):
        if row["kind"] == "report" or row["path"][-1] in {"withdrawn", "rejected", "merged"}:
            assert row["public"] is False, row["key"]


def test_the_largest_demo_has_a_case_in_every_state() -> None:
    found = {row["path"][-1] for row in rows("changzhou", "cases")}
    assert found == (set(STEPS) | FINAL)


def test_surveys_ask_questions_whose_demo_answers_fit(city: City) -> None:
    found = surveys(city.key)
    assert len(found) >= (2 if city.key == "changzhou" else 1)
    margins = {margin.key: list(margin.labels.values()) for margin in city.census}
    for survey in found:
        questions = {question["key"]: question for question in survey["questions"]}
        assert len(questions) == len(survey["questions"])
        assert set(survey["answers"]["shares"]) <= set(questions)
        for key, question in questions.items():
            shares = survey["answers"]["shares"][key]
            size = {"yes_no": 2, "grade5": 5}.get(question["type"], len(question.get("options", [])))
            assert size in (0, len(shares)), key
            if question["type"] in {"yes_no", "grade5", "single"}:
                assert sum(shares) == pytest.approx(1), key
            if "margin" in question:
                assert question["options"] == margins[question["margin"]]


def test_boards_name_sites_of_the_city(city: City) -> None:
    sites = {site.key for site in city.sites}
    for row in rows(city.key, "board"):
        assert row["site"] in sites
        assert row["sample"] is True
        assert (row["status"] == "verified") == ("rectification" in row or row["board"] == "red")
