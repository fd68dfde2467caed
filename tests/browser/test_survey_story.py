"""A survey is answered once on a phone; its results say how sure they are."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from starlette.applications import Starlette

from portal.surveys.models import SurveyAnswer
from tests.browser.steps import Enter, press

SURVEY = "/surveys/satisfaction-2026"


def count(app: Starlette) -> int:
    """Answers kept so far."""
    with app.state.portal.database.read() as db:
        return db.scalar(select(func.count()).select_from(SurveyAnswer)) or 0


def answer(page: Page) -> None:
    """Answer the required questions by their labels and write a sentence."""
    page.locator("[name=awareness]").first.check()
    page.locator("[name=support]").first.check()
    page.locator("[name=participation]").first.check()
    page.locator("[name=overall][value='4']").check(force=True)
    press(page, "提交")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_survey_is_answered_once_on_a_phone(enter: Enter, demo_app: Starlette, script: bool) -> None:
    before = count(demo_app)
    phone = enter(script=script, width=360, height=740)
    phone.goto("/surveys")
    phone.locator(f"a[href='{SURVEY}']").first.click()
    press(phone, "提交")
    expect(phone.locator(".errors")).to_be_visible()
    assert count(demo_app) == before
    answer(phone)
    expect(phone.locator("h1")).to_have_text("您的答卷已经收好")
    assert count(demo_app) == before + 1

    phone.goto(SURVEY)
    expect(phone.locator("h1")).to_contain_text("答过")
    refused = phone.request.post(SURVEY, form={"awareness": "yes"})
    assert refused.status == 409
    assert "每人只计一次" in refused.text()
    assert count(demo_app) == before + 1


def test_a_form_sent_twice_counts_once(enter: Enter, demo_app: Starlette) -> None:
    first, again = enter(), enter()
    first.goto(SURVEY)
    form = first.locator("input[name=form]").input_value()
    answer(first)
    counted = count(demo_app)
    again.goto(SURVEY)
    again.locator("input[name=form]").evaluate("(field, form) => { field.value = form; }", form)
    answer(again)
    expect(again.locator("h1")).to_contain_text("只计一次")
    assert count(demo_app) == counted


def test_results_name_their_numbers_and_intervals(enter: Enter) -> None:
    page = enter(width=360, height=740)
    page.goto("/surveys")
    page.locator("a[href$='/results']").first.click()
    words = page.locator("main").inner_text()
    assert re.search(r"\d{3} 份|n\s*=\s*\d{3}", words)
    assert re.search(r"95\s*%", words)
    assert page.locator("main table").count() >= 5
    images = page.locator("main img")
    for number in range(images.count()):
        assert images.nth(number).get_attribute("alt")
