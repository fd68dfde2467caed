"""A dispatcher's morning: what nobody has sorted comes first, and one key or one press sends it on."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import expect
from sqlalchemy import select
from starlette.applications import Starlette

from portal.core.clock import now
from portal.groups.models import Decision, Prediction
from tests.browser.steps import Enter
from tests.browser.test_case_story import complain, open_and_fill

DOUBTFUL = "门口那边一直这样，说了好几次了，看着挺乱的，也不知道归谁管。"


@pytest.mark.parametrize("script", [True, False], ids=["by key", "without script"])
def test_a_dispatcher_sends_on_what_waits(enter: Enter, demo_app: Starlette, tmp_path: Path, script: bool) -> None:
    number, _code = complain(enter(script=script, width=360, height=740), tmp_path, DOUBTFUL)
    desk = enter("dispatcher", script=script)
    desk.goto("/desk/cases?view=all")
    states = desk.locator("tbody tr td.q-state").all_inner_texts()
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


def test_what_a_citizen_leaves_to_be_reached_never_becomes_public(enter: Enter, tmp_path: Path) -> None:
    text = "楼道里堆满纸箱，住在301室的王小明可以作证，他的电话是13912345678，请派人来看看。"
    number, _code = complain(enter(width=360, height=740), tmp_path, text)
    desk = enter("dispatcher")
    desk.goto(f"/desk/cases/{number}")
    proposed = desk.locator("#do-publish [name=text]").input_value()
    assert "13912345678" not in proposed
    open_and_fill(desk, "publish", {"text": proposed.replace("王小明", "一位邻居")})
    expect(desk.locator(".timeline")).to_contain_text("同意公开")
    reader = enter()
    assert reader.request.get(f"/cases/{number}").status == 404
    addresses = (f"/cases/{number}", "/cases", f"/search?q={number}", "/data/cases.csv")
    with time_machine.travel(now() + timedelta(days=3), tick=True):
        reader.goto(f"/cases/{number}")
        expect(reader.locator("main")).to_contain_text("楼道里堆满纸箱")
        shown = [reader.request.get(address).text() for address in addresses]
    assert number in shown[-1]
    for secret in ("13800000000", "13912345678", "王小明"):
        assert not [address for address, words in zip(addresses, shown, strict=True) if secret in words], secret
