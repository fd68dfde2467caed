"""A survey is answered once on a phone; its results say how sure they are."""

import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from sqlalchemy import func, select
from starlette.applications import Starlette

from portal.surveys.models import Survey, SurveyAnswer
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
    press(page, "下一页")
    page.locator("[name=words]").fill("路口多几个劝导员")
    press(page, "提交")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_survey_is_answered_once_on_a_phone(enter: Enter, demo_app: Starlette, script: bool) -> None:
    before = count(demo_app)
    phone = enter(script=script, width=360, height=740)
    phone.goto("/surveys")
    phone.locator(f"a[href='{SURVEY}']").first.click()
    expect(phone.locator("main")).to_contain_text("第 1 页，共 2 页")
    press(phone, "下一页")
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


def test_what_was_typed_half_way_is_still_there_after_a_pause(enter: Enter) -> None:
    phone = enter(width=360, height=740)
    phone.goto(SURVEY)
    for name in ("awareness", "support", "participation"):
        phone.locator(f"[name={name}]").first.check()
    phone.locator("[name=overall][value='2']").check(force=True)
    phone.wait_for_timeout(600)  # the draft is written a moment after the last touch
    press(phone, "下一页")
    phone.locator("[name=words]").fill("先停一停")
    phone.wait_for_timeout(600)
    phone.goto("/")
    phone.goto(SURVEY)
    expect(phone.locator("[name=overall][value='2']")).to_be_checked()
    press(phone, "下一页")
    expect(phone.locator("[name=words]")).to_have_value("先停一停")
    press(phone, "提交")
    expect(phone.locator("h1")).to_have_text("您的答卷已经收好")
    assert phone.evaluate("localStorage.length") == 0


def test_a_survey_is_built_answered_and_published(enter: Enter, demo_app: Starlette) -> None:
    """From an empty draft to a public result, with the keyboard of an office and no training."""
    desk = enter("analyst")
    desk.goto("/desk/surveys/new")
    desk.get_by_label("空白问卷").check()
    desk.get_by_label("标题").fill("示例小区怎么样")
    desk.get_by_label("开头的话").fill("半分钟，不留姓名。")
    desk.get_by_label("网址").fill("story-compound")
    press(desk, "建立草稿")
    desk.locator("select[name=kind]").select_option("grade5")
    press(desk, "加题")
    desk.locator("[name=label]").fill("您对小区满意吗？")
    desk.locator("[name=is_required]").check()
    press(desk, "保存")
    desk.locator("select[name=kind]").select_option("single")
    press(desk, "加题")
    desk.locator("[name=label]").fill("哪里不满意？")
    desk.locator("[name=options]").fill("停车\n卫生")
    desk.get_by_text("出题条件", exact=True).click()
    desk.locator("[name=condition_question]").select_option("q1")
    desk.locator("[name=condition_values][value='q1:2']").check()
    press(desk, "保存")
    expect(desk.locator("main")).to_contain_text("第 1 题选了“不满意”的，请答这一题")
    desk.get_by_role("link", name="回到概况").click()
    desk.get_by_text("开始收答卷", exact=True).click()
    press(desk, "确定开始收答卷")

    phone = enter(width=360, height=740)
    phone.goto("/surveys/story-compound")
    expect(phone.get_by_text("哪里不满意？")).to_be_hidden()
    phone.locator("[name=q1][value='2']").check(force=True)
    expect(phone.get_by_text("哪里不满意？")).to_be_visible()
    phone.locator("[name=q2]").first.check()
    press(phone, "提交")
    expect(phone.locator("h1")).to_have_text("您的答卷已经收好")
    # One network may send 30 a day, the phone's own among them.
    for number in range(29):
        grade = "5" if number < 20 else "3"
        sent = enter_answer(phone, {"q1": grade, "form": f"story-{number}"})
        assert sent == 201

    desk.reload()
    desk.get_by_text("结束问卷", exact=True).click()
    press(desk, "确定结束问卷")
    desk.get_by_role("link", name="分析与公布").click()
    press(desk, "公布结果")
    expect(desk.locator("h1")).to_have_text("示例小区怎么样")
    expect(desk.locator("main")).to_contain_text("自愿参与样本")
    desk.locator("[name=target]").fill("99")
    press(desk, "查一查")
    expect(desk.locator("main")).to_contain_text("没有达到")


def enter_answer(page: Page, data: dict[str, str]) -> int:
    """Send an answer from a phone of its own."""
    other = page.context.browser
    assert other is not None
    context = other.new_context(base_url=page.url.partition("/surveys")[0])
    try:
        answer = context.request.post("/surveys/story-compound", form=data, headers={"Accept": "application/json"})
        return answer.status
    finally:
        context.close()


def test_a_printed_poster_is_read_back(enter: Enter, demo_app: Starlette) -> None:
    """The A4 page as a printer gets it, its code read by a decoder, and an answer that carries the place's stamp."""
    portal = demo_app.state.portal
    site = portal.city.sites[1]
    with portal.database.read() as db:
        number = db.scalar(select(Survey.id).where(Survey.slug == "satisfaction-2026"))
    desk = enter("analyst", width=794, height=1123)
    desk.goto(f"/desk/surveys/{number}/poster?site={site.key}")
    desk.emulate_media(media="print")
    expect(desk.locator(".no-print").first).to_be_hidden()
    picture = Image.open(BytesIO(desk.screenshot()))
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text.isascii()
    assert code.text == f"{portal.settings.base_url}/surveys/satisfaction-2026?site={site.key}"
    assert len(re.findall(rb"/Type ?/Page\b", desk.pdf(format="A4"))) == 1

    phone = enter(width=360, height=740)
    phone.goto(code.text.removeprefix(portal.settings.base_url))
    expect(phone.locator("main")).to_contain_text(site.name)
    answer(phone)
    with portal.database.read() as db:
        kept = db.scalars(select(SurveyAnswer).order_by(SurveyAnswer.id.desc()).limit(1)).one()
    assert (kept.site, kept.channel) == (site.key, "poster")
