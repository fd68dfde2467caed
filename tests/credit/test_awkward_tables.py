"""Tables as offices really write them, made by three different writers: read whole, or refused cell by cell."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.styles import Font
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.credit.models import CreditEntry
from tests.credit.factories import CODE, OTHER_CODE

Desk = Callable[..., TestClient]
FIRMS = (
    "云溪虚构商贸有限公司",
    "澄湖虚构食品有限公司",
    "落星虚构建筑劳务有限公司",
    "青石虚构物业服务有限公司",
    "北桥虚构家政服务部",
)
CODES = (CODE, OTHER_CODE, "91350100M000100Y43", "5142030050000012XL", "12620200432100013G")
TITLES = (
    "榜单",
    "失信类型",
    "企业名称",
    "社会信用代码",
    "认定单位",
    "依据",
    "文书号",
    "认定日期",
    "主要事实",
    "程度",
    "公示期",
    "公示链接",
    "公示来源",
)
FULL_WIDTH = str.maketrans(
    "0123456789ABCDEFGHJKLMNPQRTUWXY", "０１２３４５６７８９ＡＢＣＤＥＦＧＨＪＫＬＭＮＰＱＲＴＵＷＸＹ"
)
DAY = date(2026, 11, 3)


def row(number: int, day: Any, **changes: Any) -> list[Any]:
    """A row about one invented firm."""
    values = dict(
        zip(
            TITLES,
            [
                "黑榜",
                "拖欠农民工工资",
                FIRMS[number],
                CODES[number],
                "示例市人力资源和社会保障局",
                "《保障农民工工资支付条例》第四十八条",
                f"示人社监〔2026〕{number + 1}号",
                day,
                "拖欠工人工资，逾期未支付。",
                "一般",
                "6个月",
                f"https://credit.example.cn/2026/{number + 1}",
                "信用示例网",
            ],
            strict=True,
        )
    )
    return list({**values, **changes}.values())


def by_xlsxwriter(rows: list[list[Any]]) -> bytes:
    """A title over all columns, a header in two rows with merged cells, a note at the end, dates as Excel dates."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("名单")
    centre, dated = book.add_format({"align": "center"}), book.add_format({"num_format": "yyyy/m/d"})
    sheet.merge_range(0, 0, 0, len(TITLES) - 1, "2026年第三季度失信主体名单", centre)
    sheet.merge_range(1, 2, 1, 3, "主体", centre)
    sheet.merge_range(1, 4, 1, 7, "认定文书", centre)
    for column, title in enumerate(TITLES):
        if 2 <= column <= 7:
            sheet.write(2, column, title)
        else:
            sheet.merge_range(1, column, 2, column, title, centre)
    for number, cells in enumerate(rows, 3):
        for column, value in enumerate(cells):
            if isinstance(value, date):
                sheet.write_datetime(number, column, value, dated)
            else:
                sheet.write(number, column, value)
    last = len(rows) + 3
    sheet.merge_range(last, 0, last, len(TITLES) - 1, "注：以信用示例网公示为准。")
    book.close()
    return out.getvalue()


def by_openpyxl(rows: list[list[Any]]) -> bytes:
    """A hidden sheet before the list, cells merged downwards, spaces and line ends in titles."""
    book = Workbook()
    hidden = book.active
    hidden.title, hidden.sheet_state = "字典", "hidden"
    hidden.append(["黑榜", "红榜"])
    sheet = book.create_sheet("失信名单")
    book.active = 1
    sheet.append([f" {title}\n" if number % 2 else f"{title[0]} {title[1:]}" for number, title in enumerate(TITLES)])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for cells in rows:
        sheet.append(cells)
    # One authority for all rows, as people merge it downwards.
    if len(rows) > 1:
        sheet.merge_cells(start_row=2, end_row=len(rows) + 1, start_column=5, end_column=5)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def by_hand(rows: list[list[Any]]) -> bytes:
    """CSV in GB18030, as Chinese Excel saves it: quotes round commas and line ends, an empty row, CRLF."""

    def cell(value: Any) -> str:
        text = str(value)
        return f'"{text}"' if set(text) & {",", "\n", '"'} else text

    lines = [",".join(map(cell, cells)) for cells in [TITLES, *rows]]
    return ("\r\n".join([*lines[:2], "," * (len(TITLES) - 1), *lines[2:]]) + "\r\n").encode("gb18030")


def spelled_days() -> list[Any]:
    """One day in five spellings."""
    return ["2026-11-03", "2026年11月3日", "2026.11.3", "２０２６／１１／０３", "20261103"]


WRITERS: dict[str, Callable[[list[list[Any]]], bytes]] = {
    "xlsxwriter": by_xlsxwriter,
    "openpyxl": by_openpyxl,
    "gb18030": by_hand,
}


def send(browser: TestClient, data: bytes) -> tuple[int, str]:
    """Import a table; status and page."""
    answer = browser.post("/desk/credit/import", files={"file": ("名单.dat", data)}, data={"act": "import"})
    return answer.status_code, answer.text


def kept(db: Session) -> list[CreditEntry]:
    """Every entry, by the order of the rows."""
    db.commit()
    return list(db.scalars(select(CreditEntry).order_by(CreditEntry.id)))


@pytest.mark.parametrize("writer", WRITERS)
def test_five_spellings_of_a_day_full_width_digits_and_merged_headers_are_read(
    desk: Desk, db: Session, writer: str
) -> None:
    rows = [
        row(
            number,
            day,
            社会信用代码=CODES[number].translate(FULL_WIDTH) if number % 2 else f" {CODES[number].lower()} ",
            公示期=("6个月", 6, "６", "6月", "6 ")[number],
        )
        for number, day in enumerate(spelled_days())
    ]
    status, page = send(desk(Role.EDITOR), WRITERS[writer](rows))
    assert status == 303, page
    found = kept(db)
    assert [entry.subject_name for entry in found] == list(FIRMS)
    assert [entry.uscc for entry in found] == list(CODES)
    assert {entry.decision_date for entry in found} == {DAY}
    assert {entry.display_months for entry in found} == {6}
    assert {entry.designating_authority for entry in found} == {"示例市人力资源和社会保障局"}
    assert {entry.status for entry in found} == {"draft"}


def test_a_day_that_excel_keeps_as_a_day_is_read_too(desk: Desk, db: Session) -> None:
    for number, data in enumerate((by_xlsxwriter([row(0, DAY)]), by_openpyxl([row(1, DAY)])), 1):
        assert send(desk(Role.EDITOR, username=f"e{number}"), data)[0] == 303
    assert {entry.decision_date for entry in kept(db)} == {DAY}


@pytest.mark.parametrize(("writer", "first"), [("xlsxwriter", 4), ("openpyxl", 2), ("gb18030", 2)])
def test_one_fault_keeps_everything_out_and_names_row_and_column(
    desk: Desk, db: Session, writer: str, first: int
) -> None:
    rows = [
        row(0, "2026-11-03"),
        row(1, "2026年13月40日"),
        row(2, "2026-11-03", 社会信用代码=CODES[2][:-1] + "4", 公示期="24"),
        row(3, "2026-11-03", 榜单="灰榜", 依据=""),
        row(0, "2026-11-03"),
    ]
    status, page = send(desk(Role.EDITOR), WRITERS[writer](rows))
    assert status == 422
    assert kept(db) == []
    # The hand-made table has an empty row after the first; people count it, so the portal does.
    numbers = [first + place + (1 if writer == "gb18030" and place else 0) for place in range(5)]
    table = page[page.index("需要改正的地方") :]
    for place, column, words in (
        (1, "H", "日期请写成"),
        (2, "D", "校验位不对"),
        (2, "K", "公示期为 3 至 12 个月"),
        (3, "A", "请填写“红榜”或“黑榜”"),
        (4, "G", "重复"),
    ):
        found = [part for part in table.split("<tr>") if f"第 {numbers[place]} 行" in part and words in part]
        assert found, (numbers[place], words, table)
        assert f"<td>{column}</td>" in found[0]
    assert f"第 {numbers[0]} 行" not in table.replace(f"与第 {numbers[0]} 行重复", "")


def test_what_is_typed_into_cells_is_shown_as_words(desk: Desk) -> None:
    data = by_openpyxl([row(0, "<script>alert(1)</script>")])
    status, page = send(desk(Role.EDITOR), data)
    assert status == 422
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
