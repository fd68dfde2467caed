"""Tables to download that Excel opens rightly and that run nothing when it does."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from portal.core.chinese import clean

_DANGEROUS = re.compile("\\s*'*[=+@＝＋－＠-]|[\t\r\n]")
_CELL_LIMIT = 32_767

Value = str | int | float | bool | Decimal | date | datetime | None


def defuse(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: a quote before what may begin one.

    Blanks before the sign do not help an attacker. `cell_text` takes the quote away again on import, so a text that
    already begins with one gets a second. Source: OWASP, CSV injection.
    """
    return f"'{text}" if _DANGEROUS.match(text) else text


def _plain(value: Value) -> str | int | float | date:
    """The value as it is written; times without a zone, in the zone that the caller chose."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, str):
        return defuse(clean(value).strip())[:_CELL_LIMIT]
    return value


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """A CSV file with a byte order mark, so that Chinese Excel reads it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([defuse(title) for title in header])
    for row in rows:
        writer.writerow(map(_plain, row))
    return out.getvalue().encode("utf-8-sig", "replace")


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[Value]], sheet: str = "数据") -> bytes:
    """An Excel file with a bold, frozen, filterable header and columns as wide as their content."""
    import xlsxwriter  # fifteen megabytes that a server without exports need not hold

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(out, options) as workbook:
        page = workbook.add_worksheet(sheet)
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        widths = [_width(title) for title in header]
        for column, title in enumerate(header):
            page.write_string(0, column, clean(defuse(title)), bold)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                widths[column] = max(widths[column], _write(page, last, column, _plain(value), day))
        for column, width in enumerate(widths):
            page.set_column(column, column, min(max(width + 2, 8), 60))
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, last, max(len(header) - 1, 0))
    return out.getvalue()


def _write(page: Any, row: int, column: int, value: str | int | float | date, day: Any) -> int:
    """Write one cell; return its width in Latin letters."""
    if isinstance(value, str):
        page.write_string(row, column, value)
        return _width(value)
    if isinstance(value, date):
        page.write_datetime(row, column, datetime(value.year, value.month, value.day), day)
        return 10
    if abs(value) >= 10**15:
        # Excel keeps fifteen digits; a longer number is an identifier and stays text.
        page.write_string(row, column, str(value))
    else:
        page.write_number(row, column, value)
    return len(str(value))


def _width(text: str) -> int:
    longest = max(text.split("\n"), key=len)
    return sum(2 if character > "\u2e80" else 1 for character in longest)
