"""Readers of English: the frame and the survey pages speak it, with the same blanks to fill as the Chinese."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from starlette.testclient import TestClient

from portal.core import i18n
from portal.core.roles import Role
from portal.core.web import Portal
from portal.surveys.definition import Definition
from portal.surveys.models import Survey
from portal.surveys.service import close_survey
from portal.surveys.starters import starter
from tests.surveys.factories import add_answers, make_open_survey

CATALOGUE = Path(i18n.LOCALE_DIR) / "en" / "LC_MESSAGES" / "portal.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
TITLES = {"测试问卷": "Test survey", "一分钟。": "A minute."}


def words_of_main(page: str) -> str:
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    assert main
    return re.sub(r"<[^>]+>", " ", main[0])


def test_every_entry_has_the_blanks_of_its_original() -> None:
    with CATALOGUE.open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id]
    assert len(entries) > 250
    for entry in entries:
        blanks = [set(re.findall(r"%\([a-z]+\)[a-z]|%%", str(text))) for text in (entry.id, entry.string)]
        assert blanks[0] == blanks[1], entry.id
        assert not CHINESE.search(str(entry.string)), entry.id


@pytest.mark.parametrize("key", ["site", "case"])
def test_a_questionnaire_of_ours_is_english_from_head_to_foot(client: TestClient, portal: Portal, key: str) -> None:
    definition = Definition(starter(key, portal.city).questions, TITLES)
    make_open_survey(portal, definition, asks_contact=True)
    client.cookies.set("lang", "en")
    page = client.get("/surveys/test-survey").text
    assert '<html lang="en"' in page
    assert CHINESE.findall(words_of_main(page)) == []
    wrong = client.post("/surveys/test-survey", data={"contact_phone": "1"}).text
    assert CHINESE.findall(words_of_main(wrong)) == []


def test_results_are_english_too(client: TestClient, portal: Portal, desk: Callable[..., Any]) -> None:
    survey = make_open_survey(portal, Definition(starter("site", portal.city).questions, TITLES))
    add_answers(portal, survey, {"clean": "5", "order": "4", "visits": "1"}, times=40)
    add_answers(portal, survey, {"clean": "2", "order": "3", "visits": "2"}, times=12)
    with portal.database.write() as db:
        close_survey(db, db.get_one(Survey, survey.id), "test")
    sent = {"questions": ["clean", "order", "visits"]}
    assert desk(Role.ANALYST).post(f"/desk/surveys/{survey.id}/publish", data=sent).status_code == 303
    client.cookies.set("lang", "en")
    page = client.get("/surveys/test-survey/results?target=90").text
    assert "At a glance" in page
    assert "Not reached" in page
    assert "95% interval" in page
    assert CHINESE.findall(words_of_main(page)) == []


def test_pages_nobody_translated_say_that_they_are_chinese(client: TestClient) -> None:
    client.cookies.set("lang", "en")
    page = client.get("/").text
    assert "Skip to content" in page
    assert re.search(r'<main[^>]* lang="zh-Hans"', page)
