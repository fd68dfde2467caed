"""The desk's editor: texts copied from Word and WeChat, pasted pictures, and what is typed and not saved."""

import base64
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.steps import Enter, picture, press

PASTED = Path(__file__).parent / "pasted"
WORD = (PASTED / "word.html").read_text(encoding="utf-8")
WECHAT = (PASTED / "wechat.html").read_text(encoding="utf-8")


def paste_html(page: Page, html: str) -> None:
    """What Ctrl+V does with copied HTML."""
    page.eval_on_selector(
        "[name=body]",
        """(area, html) => {
            area.focus();
            const data = new DataTransfer();
            data.setData("text/html", html);
            area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        html,
    )


def paste_picture(page: Page, path: Path) -> None:
    """What Ctrl+V does with a copied picture."""
    page.eval_on_selector(
        "[name=body]",
        """(area, encoded) => {
            area.focus();
            const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
            const data = new DataTransfer();
            data.items.add(new File([bytes], "image.png", { type: "image/jpeg" }));
            area.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        base64.b64encode(path.read_bytes()).decode(),
    )


def body_of(page: Page) -> str:
    """The text in the editor."""
    return page.locator("[name=body]").input_value()


def test_a_text_from_word_becomes_markdown(enter: Enter) -> None:
    page = enter("editor")
    page.goto("/desk/news/new")
    paste_html(page, WORD)
    lines = [line for line in body_of(page).splitlines() if line]
    assert lines == [
        "# 一、工作进展",
        "本月完成**12处**点位整改。",
        "- 清理楼道堆物",
        "- 补划停车线",
        "另有两步：",
        "1. 先公示",
        "2. 再施工",
        "| 点位 | 结果 |",
        "| --- | --- |",
        "| 东门菜场 | 合格\\|复查 |",
        "（这里原有一张图片，请另存后插入）",
    ]
    preview = page.locator("#preview")
    expect(preview.locator("h2")).to_have_text("一、工作进展")
    expect(preview.locator("li")).to_have_count(4)
    expect(preview.locator("td").first).to_have_text("东门菜场")
    assert page.title() != "attacked"


def test_a_text_from_wechat_becomes_markdown(enter: Enter) -> None:
    page = enter("editor")
    page.goto("/desk/news/new")
    paste_html(page, WECHAT)
    text = body_of(page)
    assert "**文明一米线，安全再靠近**" in text
    assert "\n周六上午，**三十名志愿者**来到菜场。" in text
    assert "（这里原有一张图片，请另存后插入）" in text
    assert "点击关注，[查看方案](https://example.org/plan)" in text
    for unwanted in ("style", "　", "section", "javascript", "某公众号", "mmbiz"):
        assert unwanted not in text


def test_a_pasted_picture_is_described_sent_and_put_in_where_the_cursor_stood(enter: Enter, tmp_path: Path) -> None:
    page = enter("editor")
    page.goto("/desk/news/new")
    page.fill("[name=body]", "大棚开业了。")
    paste_picture(page, picture(tmp_path))
    dialog = page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog.locator("[data-error]")).to_have_text("请为图片写一句文字说明。")
    assert "pictures" not in body_of(page)
    page.keyboard.type("新大棚的东门")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert re.fullmatch(r"大棚开业了。\n\n!\[新大棚的东门\]\(/pictures/[0-9a-f]{32}\.jpg\)\n\n", body_of(page))
    expect(page.locator("#preview img")).to_have_attribute("alt", "新大棚的东门")
    paste_picture(page, picture(tmp_path))
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    assert body_of(page).count("/pictures/") == 1


def test_the_tool_bar_works_by_keyboard(enter: Enter) -> None:
    page = enter("editor")
    page.goto("/desk/news/new")
    page.fill("[name=body]", "重点")
    page.eval_on_selector("[name=body]", "area => area.select()")
    page.locator("md-bold").focus()
    page.keyboard.press("Enter")
    assert body_of(page) == "**重点**"


def test_what_was_typed_and_not_saved_is_offered_again(enter: Enter) -> None:
    page = enter("editor")
    page.goto("/desk/news/new")
    expect(page.locator("[data-autosave-offer]")).to_be_hidden()
    page.fill("[name=title]", "写到一半的通知")
    page.fill("[name=body]", "第一段写好了。")
    expect(page.locator("[data-autosave-status]")).to_contain_text("已暂存")
    page.goto("/desk")
    page.goto("/desk/news/new")
    expect(page.locator("[data-autosave-offer]")).to_be_visible()
    # Typing something else first does not lose what waits.
    page.fill("[name=title]", "另一篇")
    page.wait_for_timeout(600)
    page.reload()
    page.get_by_role("button", name="恢复这份内容").click()
    assert page.locator("[name=title]").input_value() == "写到一半的通知"
    assert body_of(page) == "第一段写好了。"
    page.fill("[name=source]", "市建指办（示例）")
    page.select_option("[name=column]", index=1)
    press(page, "保存")
    page.goto("/desk/news/new")
    expect(page.locator("[data-autosave-offer]")).to_be_hidden()


def test_a_session_that_ended_loses_nothing(enter: Enter) -> None:
    page = enter("editor")
    page.goto("/desk/news/new")
    page.fill("[name=title]", "会话过期也不丢")
    page.fill("[name=body]", "写了很久的正文。")
    page.fill("[name=source]", "市建指办（示例）")
    page.context.clear_cookies(name="staff")
    press(page, "保存")
    page.goto("/desk/login")
    page.fill("[name=username]", "editor")
    page.fill("[name=password]", "demo-editor")
    page.click("main button[type=submit]")
    page.wait_for_url("**/desk")
    page.goto("/desk/news/new")
    page.get_by_role("button", name="恢复这份内容").click()
    assert body_of(page) == "写了很久的正文。"
    page.get_by_role("button", name="不要了").wait_for(state="hidden")


def test_the_editor_works_without_script(enter: Enter) -> None:
    page = enter("editor", script=False)
    page.goto("/desk/news/new")
    expect(page.locator("[data-autosave-offer]")).to_be_hidden()
    expect(page.locator("markdown-toolbar")).to_be_hidden()
    page.fill("[name=body]", "## 标题\n\n正文")
    press(page, "预览")
    expect(page.locator(".editor-preview h3")).to_have_text("标题")
