"""Cases come from another system's table, all or none, and leave as a register without contacts."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.models import Case
from portal.cases.sheets import REGISTER, import_cases, list_register
from portal.core.clock import local
from portal.core.web import Portal
from tests.cases.factories import SureRouter, closed, fresh

GOOD = """工单编号,受理时间,诉求类型,诉求内容,事发地址,区县,来电人,联系电话
A-1,2026-11-02,投诉,校门口放学堵得走不动,示例小学东门,天宁区,周先生,13812345678
A-2,2026年11月3日,建议,建议在路口加装一面凸面镜,示例路口,钟楼区,,
"""


def load(portal: Portal, table: str, is_dry_run: bool = False) -> tuple[int, int, list[str]]:
    with portal.database.write() as db:
        found = import_cases(portal, db, table.encode("utf-8-sig"), is_dry_run=is_dry_run)
    return found.count, found.known, [str(fault) for fault in found.faults]


def count(db: Session) -> int:
    return fresh(db).scalar(select(func.count()).select_from(Case)) or 0


def test_a_hotlines_table_is_taken_in_and_routed(portal: Portal, db: Session) -> None:
    portal.router = SureRouter(is_auto=True)
    assert load(portal, GOOD) == (2, 0, [])
    first, second = fresh(db).scalars(select(Case).order_by(Case.id)).all()
    assert (first.kind, first.district, first.channel, first.state) == (
        "complaint",
        "tianning",
        "transferred_12345",
        "dispatched",
    )
    assert local(first.submitted_at).date().isoformat() == "2026-11-02"
    assert second.kind == "suggestion"
    assert "13812345678" not in (first.contact or "")


def test_the_same_numbers_are_not_taken_in_twice(portal: Portal, db: Session) -> None:
    load(portal, GOOD)
    more = GOOD + "A-3,2026-11-04,投诉,楼道里堆了三个月的旧家具,示例新村,天宁区,,\n"
    assert load(portal, more) == (1, 2, [])
    assert count(db) == 3


def test_nobody_opens_an_imported_case_by_its_outside_number(client: TestClient, portal: Portal, db: Session) -> None:
    """Numbers of a hotline are easy to guess; they must not work as the number of a form somebody filled in."""
    load(portal, GOOD)
    guess = {"kind": "complaint", "text": "随便写几个字看看", "submission_id": "outside number A-1"}
    answer = client.post("/cases", data=guess, headers={"Accept": "application/json"})
    assert answer.status_code == 201
    assert count(db) == 3
    imported = fresh(db).scalars(select(Case.case_no).order_by(Case.id)).all()[:2]
    assert answer.json()["case_no"] not in imported


def test_one_bad_cell_keeps_everything_out_and_is_named(portal: Portal, db: Session) -> None:
    bad = GOOD + "A-3,昨天,投诉,楼道里堆了旧家具,示例新村,火星区,,电话不详\n"
    _count, _known, faults = load(portal, bad)
    assert count(db) == 0
    assert len(faults) == 3
    assert all(fault.startswith("第 4 行") for fault in faults)
    assert any("火星区" in fault for fault in faults)
    assert any("B 列" in fault for fault in faults)


def test_a_dry_run_keeps_nothing(portal: Portal, db: Session) -> None:
    assert load(portal, GOOD, is_dry_run=True) == (2, 0, [])
    assert count(db) == 0


def test_the_register_names_no_reporter(portal: Portal, db: Session) -> None:
    number = closed(portal, name="周国强", phone="13812345678", text="我叫周国强,电话13812345678,路灯不亮。")
    rows = list(list_register(fresh(db), portal.city))
    assert len(rows) == 1
    assert len(rows[0]) == len(REGISTER)
    line = "|".join(map(str, rows[0]))
    assert number in line
    assert "已解决" in line
    assert "周国强" not in line
    assert "13812345678" not in line
