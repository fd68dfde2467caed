"""Tables are read as offices write them, and each fault is told with its row and column."""

import contextlib
import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from portal.core.tables import Column, TableRefused, parse_date, read_records, read_sheet

COLUMNS = [
    Column("name", "主体名称", ("失信主体名称", "企业名称", "名称"), required=True),
    Column("uscc", "统一社会信用代码", ("信用代码", "代码")),
    Column("decided_on", "认定日期", ("日期",), required=True),
    Column("note", "备注"),
]


def workbook(fill) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        fill(book)
    return out.getvalue()


def test_a_plain_csv_is_read() -> None:
    data = "主体名称,统一社会信用代码,认定日期\n甲公司,91320300MA1ABCDE8F,2026-11-03\n".encode()
    (record,) = read_records(data, COLUMNS).records
    assert record.row == 2
    assert record.text == {"name": "甲公司", "uscc": "91320300MA1ABCDE8F", "decided_on": "2026-11-03", "note": ""}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_every_encoding_and_delimiter_of_excel_is_read(encoding: str, sign: str) -> None:
    text = "名称,代码,日期\r\n嘉峪关甲公司,1,2026.11.3\r\n".replace(",", sign)
    result = read_records(text.encode(encoding), COLUMNS)
    assert result.faults == []
    assert result.records[0].text["name"] == "嘉峪关甲公司"


def test_headers_with_stars_remarks_spaces_and_full_width_are_known() -> None:
    text = "＊主体　名称（必填）,统一社会\n信用代码,认定日期[年月日],责任人\n"
    text = '＊主体　名称（必填）,"统一社会\n信用代码",认定日期[年月日],责任人\n甲,1,2026/1/2,乙\n'
    result = read_records(text.encode(), COLUMNS)
    assert result.faults == []
    assert result.unknown == ["责任人"]
    assert result.records[0].letters == {"name": "A", "uscc": "B", "decided_on": "C"}


def test_a_title_a_merged_header_of_two_rows_and_a_footnote_are_seen_through() -> None:
    def fill(book) -> None:
        page = book.add_worksheet("黑榜")
        day = book.add_format({"num_format": "yyyy/m/d"})
        page.merge_range("A1:D1", "2026年第三季度诚信黑榜")
        page.merge_range("A2:B2", "失信主体")
        page.merge_range("C2:C3", "认定日期")
        page.merge_range("D2:D3", "备注")
        page.write_row("A3", ["名称", "代码"])
        page.write_row("A4", ["甲公司", "91320300MA1ABCDE8F"])
        page.write_datetime("C4", datetime(2026, 11, 3), day)
        page.write_row("A6", ["乙公司", "", "2026年11月4日"])
        page.merge_range("A7:D7", "注：本表由市文明办汇总")

    result = read_records(workbook(fill), COLUMNS)
    assert result.faults == []
    assert [(record.row, record.text["name"]) for record in result.records] == [(4, "甲公司"), (6, "乙公司")]
    assert [parse_date(record.raw["decided_on"]) for record in result.records] == [date(2026, 11, 3), date(2026, 11, 4)]


def test_a_value_merged_over_several_rows_counts_for_each() -> None:
    def fill(book) -> None:
        page = book.add_worksheet()
        page.write_row("A1", ["名称", "代码", "日期"])
        page.write_row("A2", ["甲", "1"])
        page.write_row("A3", ["乙", "2"])
        page.merge_range("C2:C3", "2026-11-03")

    assert [record.text["decided_on"] for record in read_records(workbook(fill), COLUMNS).records] == ["2026-11-03"] * 2


def test_a_first_row_of_data_is_never_taken_for_a_header() -> None:
    data = "名称,代码,日期\n甲,1,2026-1-1\n乙,2,2026-1-2\n".encode()
    assert [record.row for record in read_records(data, COLUMNS).records] == [2, 3]


def test_hidden_and_empty_sheets_are_passed_over() -> None:
    def fill(book) -> None:
        book.add_worksheet("空").activate()
        hidden = book.add_worksheet("隐藏")
        hidden.write_row("A1", ["名称", "代码", "日期"])
        hidden.hide()
        page = book.add_worksheet("数据")
        page.write_row("A1", ["名称", "代码", "日期"])
        page.write_row("A2", ["甲", "1", "2026-1-1"])

    assert len(read_records(workbook(fill), COLUMNS).records) == 1


def test_what_is_missing_is_told_with_row_and_column() -> None:
    result = read_records("说明\n名称,代码,日期\n,1,2026-1-1\n甲,,\n".encode(), COLUMNS)
    assert [(fault.row, fault.column, fault.title) for fault in result.faults] == [
        (3, "A", "主体名称"),
        (4, "C", "认定日期"),
    ]
    assert str(result.faults[0]) == "第 3 行 A 列“主体名称”：必填，请补上。"


def test_a_missing_and_a_double_column_are_faults() -> None:
    result = read_records("名称,代码,企业名称\n甲,1,乙\n".encode(), COLUMNS)
    assert [(fault.row, fault.column, str(fault.reason)[:6]) for fault in result.faults] == [
        (1, "C", "这一列出现了"),
        (1, "", "缺少这一列，"),
    ]


def test_an_identity_number_kept_as_a_number_is_a_fault() -> None:
    def fill(book) -> None:
        page = book.add_worksheet()
        page.write_row("A1", ["名称", "代码", "日期"])
        page.write_row("A2", ["甲", 132030019900101001, "2026-1-1"])

    (fault,) = read_records(workbook(fill), COLUMNS).faults
    assert (fault.row, fault.column) == (2, "B")
    assert "文本" in str(fault)


def test_a_record_tells_a_fault_at_its_own_place() -> None:
    (record,) = read_records("代码,名称,日期\n12345,甲,2026-1-1\n".encode(), COLUMNS).records
    assert str(record.fault("uscc", "校验位不对。")) == "第 2 行 A 列“统一社会信用代码”（12345）：校验位不对。"


def test_a_table_without_a_header_is_one_fault() -> None:
    result = read_records("甲,1\n乙,2\n".encode(), COLUMNS)
    assert [fault.row for fault in result.faults] == [1]
    assert result.records == []


def refusal(data: bytes) -> str:
    with pytest.raises(TableRefused) as refused:
        read_sheet(data)
    assert str(refused.value).endswith("。")
    return refused.value.key


def package(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b",,,\n,,\n", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "format"),
        (package({"word/document.xml": b"<w/>"}), "format"),
        (package({"xl/workbook.xml": b"<w/>"}), "damaged"),
        (b"PK\x03\x04 nothing behind it", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nothing behind it", "damaged"),
        (b"\xff\xff\xff,\x80\x80", "encoding"),
        (b"a," * 300, "too_heavy"),
        (b"a\n" * 50_001, "too_heavy"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, key: str) -> None:
    assert refusal(data) == key


def test_a_cell_at_the_far_corner_is_refused_before_it_fills_the_memory() -> None:
    data = workbook(lambda book: book.add_worksheet().write("XFD1048576", 1))
    assert len(data) < 20_000
    assert refusal(data) == "too_heavy"


def test_a_package_that_unpacks_to_far_more_is_refused(monkeypatch) -> None:
    monkeypatch.setattr("portal.core.tables.reading.UNPACKED_LIMIT", 1_000_000)
    data = package({"xl/workbook.xml": b"<w/>", "xl/worksheets/sheet1.xml": b" " * 1_000_000})
    assert len(data) < 2_000
    assert refusal(data) == "too_heavy"


@given(st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with contextlib.suppress(TableRefused):
            assert read_records(start + data, COLUMNS).records == []
