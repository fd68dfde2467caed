"""What is exported opens in Excel as it was and runs nothing."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from portal.core.chinese import clean
from portal.core.tables import cell_text, read_sheet, write_csv, write_xlsx

HOSTILE = ["'=1", "=1+1", "+86 138", "-1", "@SUM(A1)", "\t=1", "\r=1", " =cmd|'/c calc'!A0", "＝1+1", "\n=1"]
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def xlsx_cells(data: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_begins_a_formula(text: str) -> None:
    rows = [[text, text]]
    cells = list(csv.reader(io.StringIO(write_csv([text, "乙"], rows).decode("utf-8-sig"))))
    cells += [[str(cell) for cell in row] for row in xlsx_cells(write_xlsx([text, "乙"], rows))]
    assert len(cells) == 4
    assert not any(cell.startswith(DANGEROUS) or cell.lstrip().startswith(DANGEROUS) for row in cells for cell in row)


def test_numbers_stay_numbers_even_below_zero() -> None:
    assert write_csv(["数"], [[-5], [Decimal("0.5")]]).decode("utf-8-sig") == "数\r\n-5\r\n0.5\r\n"
    assert xlsx_cells(write_xlsx(["数"], [[-5], [Decimal("0.5")]]))[1:] == [[-5.0], [0.5]]


def test_a_csv_begins_with_a_byte_order_mark_for_excel() -> None:
    assert write_csv(["甲"], []).startswith(b"\xef\xbb\xbf")


def test_days_times_ticks_and_long_numbers_are_written_as_meant() -> None:
    row = [date(2026, 11, 3), datetime(2026, 11, 3, 8, 30), True, None, 320300199001010019]
    assert xlsx_cells(write_xlsx(list("甲乙丙丁戊"), [row]))[1] == [
        date(2026, 11, 3),
        "2026-11-03 08:30",
        "是",
        "",
        "320300199001010019",
    ]
    assert write_csv(list("甲乙丙丁戊"), [row]).decode("utf-8-sig").splitlines()[1] == (
        "2026-11-03,2026-11-03 08:30,是,,320300199001010019"
    )


def test_a_very_long_text_is_cut_to_what_a_cell_holds() -> None:
    assert len(str(xlsx_cells(write_xlsx(["甲"], [["字" * 40_000]]))[1][0])) == 32_767


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=6))
def test_what_is_exported_is_imported_again(rows: list[tuple[str, str]]) -> None:
    expected = [[clean(cell).strip() for cell in row] for row in rows]
    for data in (write_csv(["甲", "乙"], rows), write_xlsx(["甲", "乙"], rows)):
        sheet = read_sheet(data)
        found = [[cell_text(cell) for cell in row] for row in sheet.rows[1:]]
        padded = [row + [""] * (2 - len(row)) for row in found] + [["", ""]] * (len(rows) - len(found))
        assert padded == expected
