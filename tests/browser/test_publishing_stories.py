"""Stories of publishing in the browser: a send-back, two objections, and a site before and after."""

from datetime import timedelta
from pathlib import Path

import time_machine
from playwright.sync_api import Page, expect
from sqlalchemy import select
from starlette.applications import Starlette

from portal.core.clock import now, today
from portal.credit.jobs import end_and_mark
from portal.people.models import GoodPerson
from tests.browser.steps import Enter, picture, press, review_three_times, send_to_review

BOARD_TITLE = "示例专刊红黑榜"


def test_an_article_is_sent_back_once_mended_and_published(enter: Enter) -> None:
    editor, reader = enter("editor"), enter()
    editor.goto("/desk/news/new")
    editor.fill("[name=title]", "东门菜场重新开业")
    editor.fill("[name=body]", "菜场换了新顶棚，摊位四十个。")
    editor.fill("[name=source]", "市场组（示例）")
    press(editor, "保存")
    desk = editor.url
    public = editor.locator("main .num").first.inner_text()
    send_to_review(editor)

    first = enter("reviewer")
    first.goto(desk)
    first.fill("#comment-quote", "摊位四十个")
    first.fill("#comment-text", "请与市场办核对摊位数。")
    press(first, "提出意见")
    first.get_by_role("button", name="退回修改").click()
    # The browser keeps a return without a reason back, at the box where it belongs.
    expect(first.locator("#review-note:invalid")).to_be_focused()
    first.fill("#review-note", "摊位数有出入，请核对后再送。")
    press(first, "退回修改")

    editor.goto(desk)
    expect(editor.locator("body")).to_contain_text("摊位数有出入")
    expect(editor.locator("main")).to_contain_text("请与市场办核对摊位数。")
    press(editor, "标为已处理")
    editor.goto(f"{desk}/edit")
    editor.fill("[name=body]", "菜场换了新顶棚，摊位三十八个。")
    press(editor, "保存")
    editor.get_by_role("link", name="全部版本与对照").click()
    expect(editor.locator("del")).to_contain_text("摊位四十个")
    expect(editor.locator("ins")).to_contain_text("摊位三十八个")
    editor.goto(desk)
    send_to_review(editor)
    assert reader.request.get(public).status == 404
    press(review_three_times(enter, desk), "发布")
    reader.goto(public)
    expect(reader.locator(".prose")).to_contain_text("摊位三十八个")


def nominate(reader: Page) -> None:
    """A citizen proposes somebody."""
    reader.goto("/people/nominate")
    reader.locator("[name=category]").first.check()
    reader.fill("[name=nominee]", "梁示例桥")
    reader.select_option("[name=region]", index=1)
    reader.fill("[name=deeds]", "他在桥头免费修车十五年，谁的车坏了都停下来看一看。" * 14)
    reader.fill("[name=evidence]", "桥头社区居委会可以核实")
    reader.fill("[name=contact]", "13800138000")
    reader.check("[name=consent]")
    press(reader, "提交推荐")
    expect(reader.locator("h1")).to_have_text("推荐已收到")


def test_a_nomination_is_objected_to_answered_and_honoured(enter: Enter, demo_app: Starlette) -> None:
    editor, reader, reviewer = enter("editor"), enter(), enter("reviewer")
    nominate(reader)
    editor.goto("/desk/people")
    editor.get_by_role("link", name="梁示例桥").click()
    editor.get_by_role("link", name="采用，建一份材料").click()
    for name, value in {
        "batch_no": "8",
        "batch_label": "示例第八批",
        "occupation_and_unit": "退休修车师傅",
        "one_line": "桥头免费修车十五年",
    }.items():
        editor.fill(f"[name={name}]", value)
    press(editor, "保存")
    desk = editor.url
    editor.fill("#authority", "公安")
    press(editor, "征求意见")
    press(editor, "登记回复")
    editor.get_by_text("登记一份同意", exact=True).click()
    for field, value in (("given-by", "梁示例桥"), ("given-on", today().isoformat()), ("evidence", "同意书 8 号")):
        editor.fill(f"#{field}", value)
    press(editor, "登记")
    reviewer.goto(desk)
    press(reviewer, "开始公示")

    reader.goto("/people")
    reader.get_by_role("link", name="梁示例桥").click()
    reader.get_by_role("link", name="提出异议").click()
    reader.fill("[name=text]", "他是收过零件钱的，请核实。")
    press(reader, "提交异议")
    with demo_app.state.portal.database.write() as db:
        person = db.scalars(select(GoodPerson).where(GoodPerson.name == "梁示例桥")).one()
        person.notice_from, person.notice_until = today() - timedelta(days=10), today() - timedelta(days=1)
        public = person.path
    reviewer.goto(desk)
    expect(reviewer.locator("main")).to_contain_text("还有异议没有处理")
    expect(reviewer.get_by_role("button", name="认定称号")).to_have_count(0)
    reviewer.locator("[name=answer]").fill("已核实，零件按进价收，工时免费。")
    press(reviewer, "处理异议")
    press(reviewer, "认定称号")
    editor.goto(desk)
    send_to_review(editor)
    press(review_three_times(enter, desk), "发布")
    reader.goto(public)
    expect(reader.locator("h1")).to_have_text("梁示例桥")
    expect(reader.locator("main")).not_to_contain_text("收过零件钱")


def test_a_credit_entry_is_objected_to_hidden_restored_and_ended(enter: Enter, demo_app: Starlette) -> None:
    reader, editor, reviewer = enter(), enter("editor"), enter("reviewer")
    reader.goto("/credit?colour=black")
    link = reader.locator(".credit h3 a").first
    firm = link.inner_text()
    link.click()
    public = reader.url
    reader.get_by_role("link", name="提出异议").click()
    reader.locator("[name=ground]").nth(1).check()
    reader.fill("[name=text]", "款项已经付清，附凭证。")
    reader.fill("[name=contact]", "13800138000")
    press(reader, "提交异议")
    expect(reader.locator("body")).to_contain_text("回执号")

    editor.goto("/desk/credit")
    editor.get_by_role("link", name=firm).first.click()
    press(editor, "标注异议并隐藏")
    desk = editor.url
    assert reader.request.get(public).status == 404
    assert firm not in reader.request.get("/credit").text()

    reviewer.goto(desk)
    reviewer.get_by_text("作出决定", exact=True).click()
    reviewer.locator("[name=result][value=rejected]").check()
    reviewer.locator("[name=note]").first.fill("经认定机关核实，款项尚未付清。")
    press(reviewer, "办结")
    assert reader.request.get(public).status == 200
    with time_machine.travel(now() + timedelta(days=4 * 366), tick=True):
        end_and_mark(demo_app.state.portal)
    assert reader.request.get(public).status == 410
    assert firm not in reader.request.get("/credit").text()


def test_a_site_is_found_bad_put_right_and_shown_before_and_after(enter: Enter, tmp_path: Path) -> None:
    supervisor, second, reader = enter("supervisor"), enter("supervisor2"), enter()
    supervisor.goto("/desk/board/findings/new")
    supervisor.check("[name=colour][value=black]")
    supervisor.select_option("[name=site]", index=1)
    supervisor.fill("[name=reason]", "檐口滴水，台面结冰。")
    supervisor.set_input_files("[name=photos]", picture(tmp_path, "before.jpg", (120, 60, 60)))
    supervisor.check("[name=no_faces]")
    supervisor.fill("[name=found_on]", today().isoformat())
    supervisor.fill("[name=due_on]", (today() + timedelta(days=5)).isoformat())
    supervisor.select_option("[name=unit]", index=1)
    press(supervisor, "保存")
    finding = supervisor.url
    press(supervisor, "交办责任单位")
    supervisor.get_by_text("报送整改", exact=True).click()
    supervisor.fill("[name=text]", "换了檐沟，台面已铲冰并铺防滑垫。")
    supervisor.fill("[name=rectified_on]", today().isoformat())
    supervisor.set_input_files("[name=photos]", picture(tmp_path, "after.jpg", (60, 140, 80)))
    supervisor.locator("[name=no_faces]").check()
    press(supervisor, "报送")
    expect(supervisor.get_by_role("button", name="核验通过")).to_have_count(0)
    second.goto(finding)
    press(second, "核验通过")

    supervisor.goto("/desk/board/new")
    supervisor.check("[name=period][value=quarter]")
    supervisor.fill("[name=year]", str(today().year))
    supervisor.fill("[name=number]", str((today().month + 2) // 3))
    supervisor.fill("[name=title]", BOARD_TITLE)
    supervisor.get_by_label("檐口滴水", exact=False).first.check()
    press(supervisor, "保存")
    desk = supervisor.url
    send_to_review(supervisor)
    press(review_three_times(enter, desk), "发布")
    reader.goto("/board")
    reader.get_by_role("link", name=BOARD_TITLE).first.click()
    expect(reader.locator(".compare img")).to_have_count(2)
    expect(reader.locator("main")).to_contain_text("换了檐沟")
