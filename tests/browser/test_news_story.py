"""A news item and a good person's profile on their way to readers, and back."""

import re
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select
from starlette.applications import Starlette

from portal.core.clock import today
from portal.people.models import GoodPerson
from tests.browser.steps import Enter, picture, press, review_three_times, send_to_review

BODY = "河边的步道修好了，全长三公里。\n\n## 沿路有什么\n\n- 六处长椅\n- 两座直饮水台"
DEEDS = "他每天清晨清扫老巷，十年没有间断，邻居们都记得他的扫帚声。" * 12


def write_news(page: Page, folder: Path) -> tuple[str, str]:
    """Write an item with a picture; its desk address and public address."""
    page.goto("/desk/news/new")
    page.fill("[name=title]", "河边步道修好了")
    page.fill("[name=body]", BODY)
    page.select_option("[name=column]", index=0)
    page.fill("[name=source]", "市建指办（示例）")
    expect(page.locator("#preview h3")).to_have_text("沿路有什么")
    page.get_by_text("插入图片", exact=True).first.click()
    page.set_input_files("[name=picture]", picture(folder))
    press(page, "上传并插到正文末尾")
    expect(page.locator(".has-error [name=picture_alt]")).to_be_visible()
    page.set_input_files("[name=picture]", picture(folder))
    page.fill("[name=picture_alt]", "河边新铺的步道")
    press(page, "上传并插到正文末尾")
    assert "![河边新铺的步道](/pictures/" in page.locator("[name=body]").input_value()
    press(page, "保存")
    public = re.search(r"/news/[\w-]+", page.locator("main").inner_text())
    assert public
    return page.url, public[0]


def test_a_news_item_is_written_reviewed_published_corrected_and_withdrawn(enter: Enter, tmp_path: Path) -> None:
    editor, reader = enter("editor"), enter()
    desk, public = write_news(editor, tmp_path)
    send_to_review(editor)
    assert reader.request.get(public).status == 404

    page = review_three_times(enter, desk)
    page.fill("#publish-on", (today() + timedelta(days=1)).isoformat())
    page.fill("#publish-at", "09:00")
    press(page, "发布")
    expect(page.locator("aside, main").first).to_be_visible()
    assert reader.request.get(public).status == 404
    press(page, "取消定时")
    press(page, "发布")

    reader.goto(public)
    expect(reader.locator("h1")).to_have_text("河边步道修好了")
    expect(reader.get_by_alt_text("河边新铺的步道")).to_be_visible()
    assert "河边步道修好了" in reader.request.get("/news/feed.atom").text()

    editor.goto(f"{desk}/edit")
    editor.fill("[name=body]", editor.locator("[name=body]").input_value().replace("三公里", "二点八公里"))
    editor.fill("[name=note]", "步道长度更正为二点八公里。")
    press(editor, "提出更正")
    reader.reload()
    expect(reader.locator("main")).to_contain_text("三公里")
    page.goto(desk)
    press(page, "同意并发布更正")
    reader.reload()
    expect(reader.locator(".prose").first).to_contain_text("二点八公里")
    expect(reader.locator("main")).to_contain_text("步道长度更正为二点八公里。")

    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(desk)
    page.get_by_text("撤下", exact=True).click()
    page.fill("#withdraw-reason", "内容需要重新核实。")
    press(page, "撤下这篇内容")
    answer = reader.goto(public)
    assert answer is not None
    assert answer.status == 410
    expect(reader.locator("main")).to_contain_text("内容需要重新核实")
    assert "河边步道修好了" not in reader.request.get("/news/feed.atom").text()


def test_a_good_person_is_vetted_announced_approved_and_shown(
    enter: Enter, demo_app: Starlette, tmp_path: Path
) -> None:
    editor, reader = enter("editor"), enter()
    editor.goto("/desk/people/new")
    for name, value in {
        "name": "周示例",
        "honour_title": "常州好人",
        "batch_year": str(today().year),
        "batch_no": "9",
        "batch_label": "示例批次",
        "region": "天宁区",
        "occupation_and_unit": "社区志愿者",
        "one_line": "十年清扫一条老巷",
        "deeds": DEEDS,
    }.items():
        editor.fill(f"[name={name}]", value)
    press(editor, "保存")
    desk = editor.url
    editor.fill("#authority", "公安")
    press(editor, "征求意见")
    press(editor, "登记回复")
    editor.get_by_text("登记一份同意", exact=True).click()
    editor.fill("#given-by", "周示例")
    editor.fill("#given-on", today().isoformat())
    editor.fill("#evidence", "同意书 1 号")
    press(editor, "登记")

    reviewer = enter("reviewer")
    reviewer.goto(desk)
    press(reviewer, "开始公示")
    reader.goto("/people")
    expect(reader.locator("main")).to_contain_text("周示例")
    reviewer.goto(desk)
    expect(reviewer.get_by_role("button", name="认定称号")).to_have_count(0)
    with demo_app.state.portal.database.write() as db:
        person = db.scalars(select(GoodPerson).where(GoodPerson.name == "周示例")).one()
        person.notice_from, person.notice_until = today() - timedelta(days=10), today() - timedelta(days=1)
        public = person.path
    reviewer.reload()
    press(reviewer, "认定称号")

    editor.goto(desk)
    send_to_review(editor)
    press(review_three_times(enter, desk), "发布")
    reader.goto(public)
    expect(reader.locator("h1")).to_contain_text("周示例")
    expect(reader.locator("main")).to_contain_text("十年清扫一条老巷")
    assert "周示例" in reader.request.get("/people/feed.atom").text()
