"""A table of good people becomes profiles in vetting: all of its rows, or none and each fault at its cell."""

from io import BytesIO
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from portal.core.web import Portal
from portal.people.models import GoodPerson, Stage
from portal.people.sheets import import_people
from tests.people.factories import DEEDS, find_or_make_staff, make_person

HEADER = ["序号", "姓 名*", "类别", "层级", "批次", "所属区", "工作单位", "简介", "主要事迹", "是否未成年"]
ROW = [1, "钱示例", "助人为乐", "常州好人", "2026年第三批", "天宁区", "示例社区志愿者", "十年清扫老巷", DEEDS, "否"]


def sheet(*rows: list[Any]) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        page = book.add_worksheet()
        page.merge_range(0, 0, 0, len(HEADER) - 1, "2026年第三批身边好人汇总表（示例）")
        for number, row in enumerate([HEADER, *rows], 1):
            page.write_row(number, 0, row)
    return stream.getvalue()


def changed(**values: Any) -> list[Any]:
    places = {"name": 1, "category": 2, "level": 3, "batch": 4, "line": 7, "minor": 9}
    row = list(ROW)
    for key, value in values.items():
        row[places[key]] = value
    return row


def test_each_row_begins_a_profile_in_vetting(db: Session, portal: Portal) -> None:
    author, _ = find_or_make_staff(db)
    done = import_people(
        db, sheet(ROW, changed(name="孙示例", batch="2026年第十二批", minor="是")), portal.city, author
    )
    assert (done.count, done.faults) == (2, ())
    first, second = db.query(GoodPerson).order_by(GoodPerson.id)
    assert (first.name, first.category, first.level) == ("钱示例", "helping_others", "city")
    assert (first.batch_year, first.batch_no, first.stage) == (2026, 3, Stage.VETTING)
    assert (second.batch_no, second.is_minor, second.honour_title) == (12, True, "常州好人")


def test_with_any_fault_nothing_is_kept_and_each_is_named(db: Session, portal: Portal) -> None:
    author, _ = find_or_make_staff(db)
    make_person(db, name="周示例", batch_year=2026, level="city")
    rows = [
        ROW,
        changed(name=""),
        changed(category="热心肠"),
        changed(name="周示例"),
        changed(minor="也许", name="李示例"),
    ]
    done = import_people(db, sheet(*rows), portal.city, author)
    assert done.count == 0
    told = [str(fault) for fault in done.faults]
    assert told[0] == "第 4 行 B 列“姓名”：必填，请补上。"
    assert told[1] == "第 5 行 C 列“类别”（热心肠）：请从给出的选项中选一项。"
    assert told[2].startswith("第 6 行 B 列“姓名”（周示例）：这个人这一年度、这一层级已经有材料了")
    assert told[3] == "第 7 行 J 列“未成年人”（也许）：请填写是或否。"
    assert len(told) == 4
    assert db.query(GoodPerson).count() == 1


def test_the_same_person_twice_in_one_table_is_a_fault(db: Session, portal: Portal) -> None:
    author, _ = find_or_make_staff(db)
    done = import_people(db, sheet(ROW, ROW), portal.city, author, is_dry_run=True)
    assert [fault.row for fault in done.faults] == [4]


def test_a_dry_run_keeps_nothing(db: Session, portal: Portal) -> None:
    author, _ = find_or_make_staff(db)
    assert import_people(db, sheet(ROW), portal.city, author, is_dry_run=True).count == 1
    assert db.query(GoodPerson).count() == 0
