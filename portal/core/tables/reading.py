"""An uploaded table as rows of cells, or a refusal with a sentence for the sender."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from portal.core.i18n import lazy
from portal.core.tables.cells import Cell

BYTES_LIMIT = 20 * 1024 * 1024
UNPACKED_LIMIT = 150 * 1024 * 1024
ROWS_LIMIT = 50_000
COLUMNS_LIMIT = 200
CELLS_LIMIT = 5_000_000

REASONS = {
    "empty": lazy("表格里没有内容，请检查后重新上传。"),
    "too_heavy": lazy("文件太大，请拆成几个文件（每个不超过 5 万行、200 列）后再上传。"),
    "format": lazy("只能读取 .xlsx、.xls 和 .csv 表格，请另存为其中一种后再上传。"),
    "password": lazy("表格设了密码，请去掉密码后再上传。"),
    "encoding": lazy("读不出文件里的文字，请另存为 .xlsx 后再上传。"),
    "damaged": lazy("表格文件不完整或已损坏，请重新另存后再上传。"),
}


class TableRefused(Exception):
    """A file that is not read; `str()` of it is a sentence for the sender. key: one of REASONS."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def __str__(self) -> str:
        return str(REASONS[self.key])


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet from A1 on; merged cells each hold the value that shows in all of them.

    banners: row numbers (from 0) that hold nothing but one wide merged cell, such as titles and footnotes.
    """

    rows: list[list[Cell]]
    banners: frozenset[int]


def column_letters(column: int) -> str:
    """The letters over a column, counted from 0: A, B, …, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def read_sheet(data: bytes) -> Sheet:
    """The first visible sheet with content, or the rows of a CSV file.

    The kind is told by the content, never by the name. Raises TableRefused.
    """
    if len(data) > BYTES_LIMIT:
        raise TableRefused("too_heavy")
    if not data.strip():
        raise TableRefused("empty")
    if data.startswith(b"PK\x03\x04"):
        _look_into_package(data)
        sheet = _from_workbook(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        sheet = _from_workbook(data)
    else:
        sheet = _from_text(data)
    if not any(cell not in ("", None) for row in sheet.rows for cell in row):
        raise TableRefused("empty")
    return sheet


def _look_into_package(data: bytes) -> None:
    """Refuse a bomb before it is unpacked: too much text, or a cell so far out that the sheet fills the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            names = {entry.filename for entry in entries}
            if "xl/workbook.xml" not in names:
                raise TableRefused("format")
            if len(entries) > 2000 or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
                raise TableRefused("too_heavy")
            # A sheet may lie under any name, so every part is measured.
            for entry in entries:
                with package.open(entry) as part:
                    _measure(part)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as fault:
        raise TableRefused("damaged") from fault


_CELL_PLACE = re.compile(rb"\br\s{0,9}=\s{0,9}[\"']([A-Za-z]{1,3})?([0-9]{1,10})[\"']")


def _measure(part: IO[bytes]) -> None:
    """Read one part of a package and refuse it when its cells span more than a server's memory should hold."""
    lowest, rightmost, rest = 0, 0, b""
    while chunk := part.read(1 << 20):
        for found in _CELL_PLACE.finditer(rest + chunk):
            lowest = max(lowest, int(found[2]))
            rightmost = max(rightmost, _column_number(found[1] or b""))
        if lowest * rightmost > CELLS_LIMIT or lowest > 1_048_576:
            raise TableRefused("too_heavy")
        rest = chunk[-48:]


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _from_workbook(data: bytes) -> Sheet:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [sheet.name for sheet in workbook.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        for name in names or workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(name)
            if not sheet.height:
                continue
            if sheet.total_height > ROWS_LIMIT or sheet.total_width > COLUMNS_LIMIT:
                raise TableRefused("too_heavy")
            rows = sheet.to_python(skip_empty_area=False)
            return _spread([list(row) for row in rows], sheet.merged_cell_ranges or [])
    except PasswordError as fault:
        raise TableRefused("password") from fault
    except (CalamineError, OSError, ValueError) as fault:
        raise TableRefused("damaged") from fault
    raise TableRefused("empty")


def _spread(rows: list[list[Cell]], merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> Sheet:
    """Give every cell under a merged range its value, and note rows that are nothing but one."""
    banners = set()
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for number, row in enumerate(rows[top : bottom + 1], start=top):
            others = [cell for place, cell in enumerate(row) if not left <= place <= right and cell not in ("", None)]
            if right > left and not others:
                banners.add(number)
            row[left : right + 1] = [value] * len(row[left : right + 1])
    return Sheet(rows, frozenset(banners))


def _from_text(data: bytes) -> Sheet:
    text = _decoded(data)
    try:
        rows: list[list[Cell]] = [list(row) for row in csv.reader(io.StringIO(text), delimiter=_delimiter(text))]
    except csv.Error as fault:
        raise TableRefused("damaged") from fault
    if len(rows) > ROWS_LIMIT or max(map(len, rows), default=0) > COLUMNS_LIMIT:
        raise TableRefused("too_heavy")
    return Sheet(rows, frozenset())


def _decoded(data: bytes) -> str:
    encodings = ["utf-8-sig", "gb18030"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        # Excel's "Unicode text".
        encodings = ["utf-16"]
    elif b"\0" in data[:4096]:
        raise TableRefused("format")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableRefused("encoding")


def _delimiter(text: str) -> str:
    """The sign that parts most cells in the first lines; a comma when in doubt."""
    head = text[:5000]
    return max(",\t;", key=head.count) if any(sign in head for sign in ",\t;") else ","
