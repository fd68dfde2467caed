"""Rows with named values, found under whatever header an office has drawn."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.core.chinese import clean
from portal.core.i18n import LazyText, lazy
from portal.core.tables.cells import Cell, cell_text, parse_yes
from portal.core.tables.reading import Sheet, TableRefused, column_letters, read_sheet

_HEADER_SEARCH = 15

MISSING = lazy("缺少这一列，请补上后重新上传。")
TWICE = lazy("这一列出现了两次，请只留一列。")
REQUIRED = lazy("必填，请补上。")
LOST_DIGITS = lazy("数字太长，Excel 已丢失末尾几位；请把这一列设为文本后重新填写。")
UNKNOWN_NAME = lazy("城市配置里没有这一项，请核对名称。")
YES_OR_NO = lazy("请填写是或否。")
NO_HEADER = lazy("找不到表头，请按模板填写后重新上传。")


@dataclass(frozen=True)
class Column:
    """A column to look for: its key in code, its title, and other titles that offices use."""

    key: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell. row: 1 is the first of the sheet; column: letters, empty for a whole row."""

    row: int
    column: str
    title: str
    value: str
    reason: LazyText | str

    def __str__(self) -> str:
        place = f"第 {self.row} 行" + (f" {self.column} 列" if self.column else "")
        title = f"“{self.title}”" if self.title else ""
        shown = f"（{self.value[:40]}）" if self.value else ""
        return f"{place}{title}{shown}：{self.reason}"


@dataclass(frozen=True)
class Record:
    """One row of values by column key; `raw` holds the cells as they were (dates as dates), `text` as text."""

    row: int
    text: dict[str, str]
    raw: dict[str, Cell]
    letters: dict[str, str]
    titles: dict[str, str]

    def fault(self, key: str, reason: LazyText | str) -> Fault:
        """A fault at the cell of this column."""
        return Fault(self.row, self.letters.get(key, ""), self.titles.get(key, ""), self.text.get(key, ""), reason)

    def says_yes(self, key: str, faults: list[Fault]) -> bool:
        """Whether the cell says yes; an empty one is no, and anything else is added to the faults."""
        try:
            return parse_yes(self.raw.get(key))
        except ValueError:
            faults.append(self.fault(key, YES_OR_NO))
            return False

    def choose(
        self, key: str, known: Mapping[str, str], faults: list[Fault], reason: LazyText | str = UNKNOWN_NAME
    ) -> str:
        """What the name in the cell stands for; "" for none, and an unknown one is added to the faults."""
        typed = clean(self.text.get(key, ""))
        if typed and typed not in known:
            faults.append(self.fault(key, reason))
        return known.get(typed, "")


@dataclass
class Records:
    """What a table holds; with any fault nothing should be imported.

    unknown: titles of columns that were not asked for.
    """

    records: list[Record] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def readable(self) -> Iterator[Record]:
        """The records that have no fault yet."""
        damaged = {fault.row for fault in self.faults}
        return (record for record in self.records if record.row not in damaged)


@dataclass(frozen=True)
class Imported:
    """What came of a table: how many of its rows were taken in, or its faults and then none."""

    count: int
    faults: Sequence[Fault] = ()

    @classmethod
    def of(cls, count: int, faults: Iterable[Fault]) -> "Imported":
        """So many rows, or the faults in the order of the sheet."""
        found = sorted(faults, key=lambda one: (one.row, one.column))
        return cls(0 if found else count, found)


def keys_by_name(options: Iterable[Any], *fields: str) -> dict[str, str]:
    """Keys of options by all that an office may write for them: what these fields hold, where they hold anything."""
    return {name: one.key for one in options for field in fields if (name := getattr(one, field, ""))}


def plain_title(title: str) -> str:
    """A header without what offices add to it: spaces, line breaks, stars, remarks in brackets, full width."""
    text = unicodedata.normalize("NFKC", title)
    text = re.sub(r"\([^()]{0,60}\)|\[[^\[\]]{0,60}\]|【[^】]{0,60}】", "", text)
    return re.sub(r"[\W_]", "", text).lower()


def read_records(data: bytes, columns: Sequence[Column]) -> Records:
    """The records of an uploaded table under a header that holds these columns, in any order.

    Title rows above, two-row headers with merged cells, empty rows, footnotes and further columns are forgiven.
    Raises TableRefused when the file cannot be read at all; everything else is a fault.
    """
    sheet = read_sheet(data)
    found = _find_header(sheet, columns)
    if found is None:
        return Records(faults=[Fault(1, "", "", "", NO_HEADER)])
    last_row, places, twice, unknown = found
    result = Records(unknown=unknown)
    for column in columns:
        if column.key in twice:
            result.faults.append(Fault(last_row + 1, column_letters(twice[column.key]), column.title, "", TWICE))
        elif column.required and column.key not in places:
            result.faults.append(Fault(last_row + 1, "", column.title, "", MISSING))
    letters = {key: column_letters(place) for key, place in places.items()}
    titles = {column.key: column.title for column in columns}
    for number, row in enumerate(sheet.rows[last_row + 1 :], start=last_row + 1):
        if number in sheet.banners or _is_footnote(row):
            continue
        raw = {key: row[place] if place < len(row) else None for key, place in places.items()}
        if all(cell in ("", None) for cell in raw.values()):
            continue
        record = Record(number + 1, {}, raw, letters, titles)
        result.records.append(record)
        result.faults.extend(_fill(record, columns))
    return result


_FOOTNOTE = re.compile(r"\s*(?:备?注|说明|填表|填报|制表|审核|联系人|单位负责人)[^:：]{0,8}[:：]")


def _is_footnote(row: list[Cell]) -> bool:
    """Whether a row is empty but for a remark such as 注：…; one lone value of another kind is a record with faults."""
    filled = [cell for cell in row if cell not in ("", None)]
    return not filled or (
        isinstance(filled[0], str) and bool(_FOOTNOTE.match(filled[0])) and len(filled) < len(row) / 2
    )


def _fill(record: Record, columns: Sequence[Column]) -> list[Fault]:
    """Turn the cells to text, and tell which are missing or have lost digits."""
    faults = []
    for column in columns:
        if column.key not in record.raw:
            record.text[column.key] = ""
            continue
        try:
            record.text[column.key] = cell_text(record.raw[column.key])
        except ValueError:
            record.text[column.key] = str(record.raw[column.key])
            faults.append(record.fault(column.key, LOST_DIGITS))
            continue
        if column.required and not record.text[column.key]:
            faults.append(record.fault(column.key, REQUIRED))
    return faults


_Header = tuple[int, dict[str, int], dict[str, int], list[str]]


def _find_header(sheet: Sheet, columns: Sequence[Column]) -> _Header | None:
    """The last row of the header, the place of each column, columns met twice, and titles not asked for.

    One row, or two of which the upper has merged titles; the one that knows most columns wins, the upper in a tie.
    """
    names = {plain_title(name): column.key for column in columns for name in (column.title, *column.aliases)}
    best: tuple[int, _Header] | None = None
    for number in range(min(_HEADER_SEARCH, len(sheet.rows))):
        for height in (1, 2):
            if number + height > len(sheet.rows) or number in sheet.banners:
                continue
            places, twice, unknown = _match(sheet.rows[number : number + height], names)
            # A second row that only repeats the first in merged cells belongs to the header, data do not.
            score = len(places) * 2 + (height == 2 and _repeats(sheet.rows[number], sheet.rows[number + 1], names))
            if places and (best is None or score > best[0]):
                best = score, (number + height - 1, places, twice, unknown)
    enough = max(1, min(2, len(columns)))
    return best[1] if best and len(best[1][1]) >= enough else None


def _repeats(upper: list[Cell], lower: list[Cell], names: dict[str, str]) -> bool:
    return any(
        isinstance(one, str) and one and one == other and plain_title(one) in names
        for one, other in zip(upper, lower, strict=False)
    )


def _match(rows: list[list[Cell]], names: dict[str, str]) -> tuple[dict[str, int], dict[str, int], list[str]]:
    places: dict[str, int] = {}
    twice: dict[str, int] = {}
    unknown: list[str] = []
    for column in range(max(map(len, rows))):
        parts = [row[column] for row in rows if column < len(row)]
        titles = [part for part in parts if isinstance(part, str) and part.strip()]
        if not titles:
            continue
        # 失信主体 over 名称 may be asked for as 失信主体名称, as 名称 or as 失信主体.
        candidates = ["".join(titles), *reversed(titles)]
        key = next((names[name] for name in map(plain_title, candidates) if name in names), None)
        if key is None:
            unknown.append(titles[-1].strip())
        elif key in places:
            twice[key] = column
        else:
            places[key] = column
    return places, twice, unknown


__all__ = [
    "Column",
    "Fault",
    "Imported",
    "Record",
    "Records",
    "TableRefused",
    "keys_by_name",
    "plain_title",
    "read_records",
]
