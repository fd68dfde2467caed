"""The office takes another system's table in at the desk: looked at first, all of it or nothing."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases import desk_import
from portal.cases.models import Case
from portal.cases.pending_models import PendingTable
from portal.cases.sheets import COLUMNS
from portal.core.audit import AuditEvent
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.tables import read_records, write_xlsx
from portal.core.web import Portal
from tests.cases.factories import SureRouter, fresh
from tests.cases.test_sheets import GOOD

PATH = "/desk/cases/import"
TOKEN = re.compile(r'name="table" value="([^"]+)"')
Desk = Callable[..., TestClient]


def count(db: Session, table: Any) -> int:
    return fresh(db).scalar(select(func.count()).select_from(table)) or 0


def send(browser: TestClient, table: str | bytes, name: str = "12345.csv") -> Any:
    data = table.encode("utf-8-sig") if isinstance(table, str) else table
    return browser.post(PATH, files={"file": (name, data, "application/octet-stream")})


def test_a_table_is_looked_at_and_then_taken_in(desk: Desk, portal: Portal, db: Session) -> None:
    portal.router = SureRouter(is_auto=True)
    browser = desk(Role.DISPATCHER)
    assert PATH in browser.get("/desk/cases").text
    shown = send(browser, GOOD)
    assert shown.status_code == 200
    for words in ("将导入 2 件", "A-1", "示例小学东门", "天宁区", "校园周边", "2026-11-02"):
        assert words in shown.text
    assert count(db, Case) == 0
    token = TOKEN.findall(shown.text)[0]
    done = browser.post(PATH, data={"table": token})
    assert (done.status_code, done.headers["location"]) == (303, "/desk/cases")
    assert "已导入 2 件" in browser.get("/desk/cases").text
    assert count(db, Case) == 2
    assert count(db, PendingTable) == 0
    entry = fresh(db).scalars(select(AuditEvent).where(AuditEvent.action == "case.import")).one()
    assert entry.detail["taken_in"] == 2


def test_saying_yes_twice_takes_nothing_in_twice(desk: Desk, db: Session) -> None:
    browser = desk(Role.DISPATCHER)
    token = TOKEN.findall(send(browser, GOOD).text)[0]
    answers = [browser.post(PATH, data={"table": token}).status_code for _turn in range(2)]
    assert answers == [303, 422]
    assert count(db, Case) == 2
    again = send(browser, GOOD)
    assert "2 件以前已导入过" in again.text
    assert "确认导入" not in again.text


def test_one_bad_cell_is_named_by_row_and_column_and_nothing_is_kept(desk: Desk, db: Session) -> None:
    refused = send(desk(Role.DISPATCHER), GOOD + "A-3,昨天,投诉,楼道里堆了旧家具,示例新村,火星区,,电话不详\n")
    assert refused.status_code == 422
    for words in ("第 4 行 B 列", "受理日期：昨天", "火星区", "电话不详"):
        assert words in refused.text
    assert (count(db, Case), count(db, PendingTable)) == (0, 0)


def test_two_rows_with_one_number_are_a_fault_and_not_a_loss(desk: Desk, db: Session) -> None:
    refused = send(desk(Role.DISPATCHER), GOOD + "A-1,2026-11-05,投诉,另外一件事情路灯不亮,示例新村,天宁区,,\n")
    assert refused.status_code == 422
    assert "与第 2 行编号相同" in refused.text
    assert count(db, Case) == 0


def test_an_excel_table_is_read_too_and_a_picture_is_not(desk: Desk, db: Session) -> None:
    browser = desk(Role.DISPATCHER)
    book = write_xlsx(["诉求内容", "诉求类型"], [["校门口放学堵得走不动", "投诉"]], "诉求")
    assert "将导入 1 件" in send(browser, book, "a.xlsx").text
    for wrong in (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"", "没有,表头\n".encode()):
        refused = send(browser, wrong)
        assert refused.status_code == 422
    assert browser.post(PATH, data={}).status_code == 422
    assert "请分成几份" in _too_long(browser)


def _too_long(browser: TestClient) -> str:
    rows = "\n".join(f"B-{number},路灯不亮已经第{number}天了" for number in range(desk_import.MOST_ROWS + 1))
    return str(send(browser, f"工单编号,诉求内容\n{rows}\n").text)


def test_only_its_uploader_takes_a_table_in_and_only_within_the_hour(desk: Desk, portal: Portal, db: Session) -> None:
    token = TOKEN.findall(send(desk(Role.DISPATCHER), GOOD).text)[0]
    assert "13812345678" not in fresh(db).scalars(select(PendingTable.sealed)).one()
    other = desk(Role.DISPATCHER, username="another")
    assert other.post(PATH, data={"table": token}).status_code == 422
    assert other.post(PATH, data={"table": "nonsense"}).status_code == 422
    assert desk_import.forget_tables(portal, now() + timedelta(minutes=30)) == 0
    assert desk_import.forget_tables(portal, now() + timedelta(hours=2)) == 1
    assert count(db, Case) == 0


def test_nobody_but_a_dispatcher_takes_tables_in(desk: Desk) -> None:
    for role in (Role.UNIT, Role.GROUP, Role.SUPERVISOR, Role.ADMIN, Role.EDITOR):
        browser = desk(role)
        assert browser.get(PATH).status_code == 403
        assert send(browser, GOOD).status_code == 403


def test_the_empty_table_has_every_column(desk: Desk) -> None:
    answer = desk(Role.DISPATCHER).get(f"{PATH}/empty")
    assert answer.status_code == 200
    assert BytesIO(answer.content).read(2) == b"PK"
    assert read_records(answer.content, COLUMNS).unknown == []
