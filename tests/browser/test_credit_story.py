"""A black entry: refused where its basis is missing, reviewed, shown, and gone after its last day."""

from datetime import timedelta

import time_machine
from playwright.sync_api import expect
from starlette.applications import Starlette

from portal.core.clock import now, today
from portal.credit.jobs import end_and_mark
from tests.browser.steps import Enter, press, review_three_times, send_to_review

FIRM = "云溪虚构商贸有限公司"
FACTS = {
    "designating_authority": "示例市人力资源和社会保障局",
    "basis_law": "《保障农民工工资支付条例》第四十八条",
    "decision_document_no": "示人社监〔2026〕9号",
    "reason_summary": "拖欠十二名工人工资，逾期未支付。",
    "source_url": "https://credit.example.cn/2026/9",
    "source_name": "信用示例网",
}


def test_a_black_entry_needs_its_basis_and_ends_by_itself(enter: Enter, demo_app: Starlette) -> None:
    editor, reader = enter("editor"), enter()
    editor.goto("/desk/credit/new")
    editor.check("[name=colour][value=black]")
    editor.select_option("[name=list_kind]", "wage_arrears")
    editor.fill("[name=subject_name]", FIRM)
    editor.fill("[name=uscc]", "91320300MA1ABCDE8G")
    editor.fill("[name=display_months]", "6")
    press(editor, "保存")
    for name in ("uscc", "decision_date", "grade", *FACTS):
        expect(editor.locator(f".has-error [name={name}]")).to_be_visible()
        expect(editor.locator(f".errors a[href='#{name}']")).to_be_visible()
    assert editor.locator("[name=subject_name]").input_value() == FIRM

    for name, value in FACTS.items():
        editor.fill(f"[name={name}]", value)
    editor.fill("[name=uscc]", "91320300MA1ABCDE8F")
    editor.fill("[name=decision_date]", (today() - timedelta(days=20)).isoformat())
    editor.select_option("[name=grade]", "general")
    press(editor, "保存")
    desk = editor.url
    send_to_review(editor)
    reader.goto("/credit?colour=black")
    assert FIRM not in reader.locator("main").inner_text()
    press(review_three_times(enter, desk, legal=True), "发布")

    reader.goto("/credit?colour=black")
    reader.get_by_role("link", name=FIRM).first.click()
    expect(reader.locator("h1")).to_have_text(FIRM)
    for shown in ("示人社监〔2026〕9号", "第四十八条", FACTS["designating_authority"]):
        expect(reader.locator("main")).to_contain_text(shown)
    address = reader.url

    with time_machine.travel(now() + timedelta(days=200), tick=True):
        end_and_mark(demo_app.state.portal)
    gone = reader.goto(address)
    assert gone is not None
    assert gone.status in {404, 410}
    assert FIRM not in reader.locator("body").inner_text()
    reader.goto("/credit?colour=black")
    assert FIRM not in reader.locator("main").inner_text()
