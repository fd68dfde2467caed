"""The desk of the credit lists: refused fields, two people, the legal review, tables in and out."""

from collections.abc import Callable
from io import BytesIO

import pytest
import xlsxwriter
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.core.web import Portal
from portal.credit import service
from portal.credit.models import CreditEntry
from tests.credit.factories import BLACK, CODE, FIRM, OTHER_CODE, make_draft, make_entry

Desk = Callable[..., TestClient]
TYPED = {key: str(value) for key, value in BLACK.items()}


def entries(db: Session) -> int:
    """How many entries there are in any state."""
    db.commit()
    return db.scalar(select(func.count()).select_from(CreditEntry)) or 0


@pytest.mark.parametrize(
    "name",
    [
        "designating_authority",
        "basis_law",
        "decision_document_no",
        "decision_date",
        "reason_summary",
        "source_url",
        "source_name",
        "grade",
        "uscc",
        "list_kind",
    ],
)
def test_a_missing_field_is_named_at_the_field_and_nothing_is_kept(desk: Desk, db: Session, name: str) -> None:
    answer = desk(Role.EDITOR).post("/desk/credit/new", data={**TYPED, name: ""})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text
    assert answer.text.count('-error"><svg') == 1
    assert TYPED["subject_name"] in answer.text
    assert entries(db) == 0


def test_the_service_refuses_what_a_form_would_have_refused(portal: Portal, db: Session) -> None:
    with pytest.raises(service.EntryRefused) as refused:
        make_draft(db, portal, basis_law="", display_months=30)
    assert set(refused.value.faults) == {"basis_law", "display_months"}


def test_one_document_about_one_subject_is_entered_once(desk: Desk, db: Session) -> None:
    editor = desk(Role.EDITOR)
    assert editor.post("/desk/credit/new", data=TYPED).status_code == 303
    answer = editor.post("/desk/credit/new", data=TYPED)
    assert answer.status_code == 422
    assert 'id="decision_document_no-error"' in answer.text
    assert entries(db) == 1


def test_a_kind_of_the_other_list_is_refused(desk: Desk) -> None:
    answer = desk(Role.EDITOR).post("/desk/credit/new", data={**TYPED, "list_kind": "a_grade_taxpayer"})
    assert answer.status_code == 422
    assert 'id="list_kind-error"' in answer.text


def test_a_persons_full_name_is_masked_and_kept_nowhere(desk: Desk, db: Session, portal: Portal) -> None:
    editor = desk(Role.EDITOR)
    person = {**TYPED, "subject_type": "natural_person", "subject_name": "欧阳云溪", "uscc": ""}
    answer = editor.post("/desk/credit/new", data=person)
    assert 'id="is_adult-error"' in answer.text
    assert 'id="person_basis-error"' in answer.text
    answer = editor.post("/desk/credit/new", data={**person, "is_adult": "y", "person_basis": "《示例条例》第九条"})
    assert answer.status_code == 303
    entry = db.scalars(select(CreditEntry)).one()
    assert entry.subject_name == "欧阳某某"
    assert "云溪" not in entry.subject_key
    assert "欧阳云溪".encode() not in (portal.settings.data / "portal.db").read_bytes()


def test_a_black_entry_needs_three_people_and_a_legal_review(desk: Desk, client: TestClient, db: Session) -> None:
    editor = desk(Role.EDITOR, username="editor")
    editor.post("/desk/credit/new", data=TYPED)
    entry = db.scalars(select(CreditEntry)).one()
    step = f"/desk/pieces/{entry.piece_id}"
    assert editor.post(f"{step}/submit", data={"confidential": "y"}).status_code == 303
    reviewers = [desk(Role.REVIEWER, username=f"r{number}") for number in (1, 2, 3)]
    assert reviewers[0].post(f"{step}/approve", data={"version": "1"}).status_code == 303
    assert reviewers[0].post(f"{step}/approve", data={"version": "1"}).status_code == 403
    assert reviewers[1].post(f"{step}/approve", data={"version": "1"}).status_code == 303
    assert reviewers[2].post(f"{step}/approve", data={"version": "1"}).status_code == 422
    assert client.get(entry.path).status_code == 404
    assert reviewers[2].post(f"{step}/approve", data={"version": "1", "legal": "y"}).status_code == 303
    assert client.get(entry.path).status_code == 404
    assert editor.post(f"{step}/schedule").status_code == 303
    assert FIRM in client.get(entry.path).text
    assert FIRM in client.get("/credit?colour=black&field=拖欠农民工工资").text
    assert FIRM not in client.get("/credit?colour=red").text
    assert FIRM in client.get(f"/credit?q={CODE.lower()}").text


def test_a_press_note_may_not_name_a_subject_of_its_batch(desk: Desk, db: Session, portal: Portal) -> None:
    editor = desk(Role.EDITOR, username="one")
    batch = {"title": "五月发布", "held_on": "2025-05-06", "press_note": "共一条。"}
    assert editor.post("/desk/credit/batches", data=batch).status_code == 303
    make_entry(db, portal, batch_id=1)
    named = {**batch, "press_note": f"{FIRM}拖欠工资。"}
    assert editor.post("/desk/credit/batches/1", data=named).status_code == 422
    assert editor.post("/desk/credit/batches/1/approve").status_code == 403
    assert desk(Role.REVIEWER, username="two").post("/desk/credit/batches/1/approve").status_code == 303


HEADER = ["榜单", "名单类别", "主体类型", "单位名称", "统一社会信用代码", "认定机关", "法律依据", "文号", "认定日期"]
HEADER += ["事由", "失信程度", "公示期（月）", "公示链接", "来源"]
ROW = [
    "黑榜",
    "拖欠农民工工资",
    "法人",
    FIRM,
    CODE,
    "示例市人社局",
    "《条例》第四十八条",
    "示〔2025〕1号",
    "2025年2月3日",
]
ROW += ["拖欠工资，逾期未支付。", "一般", "６", "https://credit.example.cn/1", "信用示例网"]


def workbook(*rows: list[str]) -> bytes:
    """An Excel file as an office writes it: a merged title over the header."""
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, len(HEADER) - 1, "诚信红黑榜汇总表")
        for number, row in enumerate([HEADER, *rows], 1):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def send(browser: TestClient, data: bytes, act: str = "import") -> tuple[int, str]:
    """Upload a table; status and page."""
    answer = browser.post("/desk/credit/import", files={"file": ("a.xlsx", data)}, data={"act": act})
    return answer.status_code, answer.text


def test_a_table_of_an_office_becomes_drafts(desk: Desk, db: Session) -> None:
    editor = desk(Role.EDITOR)
    second = [*ROW[:3], "云溪另一虚构公司", OTHER_CODE, *ROW[5:]]
    assert send(editor, workbook(ROW, second), "check")[0] == 303
    assert entries(db) == 0
    assert send(editor, workbook(ROW, second))[0] == 303
    assert entries(db) == 2
    kept = db.scalars(select(CreditEntry).order_by(CreditEntry.id)).first()
    assert kept is not None
    assert (kept.display_months, str(kept.decision_date), kept.list_kind) == (6, "2025-02-03", "wage_arrears")


def test_a_table_in_gb18030_is_read_too(desk: Desk, db: Session) -> None:
    text = "\n".join(",".join(row) for row in (HEADER, ROW))
    assert send(desk(Role.EDITOR), text.encode("gb18030"))[0] == 303
    assert entries(db) == 1


def test_one_fault_keeps_the_whole_table_out_and_is_named_with_row_and_column(desk: Desk, db: Session) -> None:
    wrong = [*ROW[:4], "91320300MA1ABCDE8Z", *ROW[5:8], "2025年13月3日", *ROW[9:]]
    status, page = send(desk(Role.EDITOR), workbook(ROW, wrong))
    assert status == 422
    assert "第 4 行" in page
    assert "<td>E</td>" in page
    assert "<td>I</td>" in page
    assert entries(db) == 0
    assert send(desk(Role.EDITOR, username="again"), workbook(ROW, ROW))[0] == 422


def test_the_export_holds_what_is_public_under_the_titles_of_the_import(
    desk: Desk, db: Session, portal: Portal
) -> None:
    make_entry(db, portal)
    make_draft(db, portal, uscc=OTHER_CODE, subject_name="云溪草稿公司")
    text = desk(Role.EDITOR).get("/desk/credit/export?format=csv").content.decode("utf-8-sig")
    assert FIRM in text
    assert "云溪草稿公司" not in text
    assert text.splitlines()[0].startswith("榜单,名单类别,重点领域")
