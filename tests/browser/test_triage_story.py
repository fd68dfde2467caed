"""A dispatcher's morning: what nobody has sorted comes first, and one key or one press sends it on."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from starlette.applications import Starlette

from portal.groups.models import Decision, Prediction
from tests.browser.steps import Enter
from tests.browser.test_case_story import complain

DOUBTFUL = "门口那边一直这样，说了好几次了，看着挺乱的，也不知道归谁管。"


@pytest.mark.parametrize("script", [True, False], ids=["by key", "without script"])
def test_a_dispatcher_sends_on_what_waits(enter: Enter, demo_app: Starlette, tmp_path: Path, script: bool) -> None:
    number, _code = complain(enter(script=script, width=360, height=740), tmp_path, DOUBTFUL)
    desk = enter("dispatcher", script=script)
    desk.goto("/desk/cases?view=all")
    states = desk.locator("tbody tr td:nth-of-type(1)").all_inner_texts()
    waiting = [state.strip() == "待分派" for state in states]
    assert waiting[0]
    assert waiting == sorted(waiting, reverse=True)

    desk.goto(f"/desk/cases/{number}")
    side = desk.locator(".pane-side")
    expect(side).to_contain_text("系统建议")
    expect(side).to_contain_text("不属于任何组")
    expect(side).to_contain_text("%")
    expect(desk.locator(".pane mark").first).to_be_visible()
    group = side.locator("form[action$='/dispatch'] input[name=group]").first.input_value()
    with desk.expect_navigation():
        if script:
            desk.keyboard.press("d")
        else:
            side.locator("form[action$='/dispatch']:has(input[name=group]) button").first.click()
    expect(desk.locator("main")).to_contain_text("已派单")

    with demo_app.state.portal.database.read() as db:
        prediction = db.scalars(select(Prediction).where(Prediction.subject == f"case {number}")).one()
        decision = db.scalars(select(Decision).where(Decision.prediction_id == prediction.id)).one()
    assert prediction.model
    assert 0 < prediction.probability < 1
    assert prediction.words
    assert decision.group == group == prediction.group
    assert decision.actor == "dispatcher"
