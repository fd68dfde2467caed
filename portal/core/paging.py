"""Keyset paging: the next page begins after the last row seen, so depth costs nothing."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, tuple_
from sqlalchemy.orm import Session

from portal.core.errors import BadInput
from portal.core.i18n import gettext as _

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a longer list. after: the cursor of the next page, None on the last."""

    rows: Sequence[Row]
    after: str | None = None

    def __bool__(self) -> bool:
        return bool(self.rows)


def encode_cursor(values: Sequence[Any]) -> str:
    """A cursor that survives a URL: the ordering values of the last row."""
    plain = [["t", v.isoformat()] if isinstance(v, date | datetime) else v for v in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[Any]:
    """The ordering values again; raise BadInput when the cursor was damaged."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = json.loads(base64.urlsafe_b64decode(padded.encode("ascii"))) if len(cursor) <= 400 else None
        if not isinstance(plain, list) or len(plain) != length:
            raise ValueError(cursor)
        return [_restore(value) for value in plain]
    except (ValueError, RecursionError) as error:
        raise BadInput(_("链接里的翻页标记已失效。"), _("请回到列表第一页。")) from error


def _restore(value: Any) -> Any:
    if isinstance(value, list):
        if len(value) != 2 or value[0] != "t" or not isinstance(value[1], str):
            raise ValueError(value)
        return datetime.fromisoformat(value[1]) if "T" in value[1] else date.fromisoformat(value[1])
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError(value)
    if not isinstance(value, str | int):
        raise ValueError(value)
    return value


def list_page(
    db: Session,
    query: Select[Any],
    keys: Sequence[ColumnElement[Any] | Any],
    values: Callable[[Any], Sequence[Any]],
    after: str | None = None,
    size: int = 20,
    is_descending: bool = True,
    line: Callable[[Any], Any] | None = None,
) -> Page[Any]:
    """One page of a query, ordered by keys (all in one direction; the last must be unique).

    values: the ordering values of a row, in the order of keys.  after: a cursor or None for the first page.
    line: makes of a row of columns what the page holds; without it the query is for one kind of object.
    Raises BadInput for a damaged cursor.
    """
    statement = page_statement(query, keys, size, is_descending, bool(after))
    rows = db.execute(statement, read_mark(keys, after))
    return make_page([line(row) for row in rows] if line else list(rows.scalars().unique()), values, size)


def page_statement(
    query: Select[Any], keys: Sequence[ColumnElement[Any] | Any], size: int, is_descending: bool, has_mark: bool
) -> Select[Any]:
    """The statement of one page and one row more; with a mark it wants the parameters of `read_mark`."""
    if has_mark:
        place = tuple_(*keys)
        mark = tuple_(*(bindparam(f"mark_{number}", type_=key.type) for number, key in enumerate(keys)))
        query = query.where(place < mark if is_descending else place > mark)
    order = [key.desc() if is_descending else key.asc() for key in keys]
    return query.order_by(*order).limit(size + 1)


def read_mark(keys: Sequence[ColumnElement[Any] | Any], after: str | None) -> dict[str, Any]:
    """The parameters of a cursor for a statement with these keys; none without. Raises BadInput when damaged."""
    if not after:
        return {}
    mark = decode_cursor(after, len(keys))
    for key, value in zip(keys, mark, strict=True):
        _check_kind(key, value)
    return {f"mark_{number}": value for number, value in enumerate(mark)}


def make_page(rows: Sequence[Any], values: Callable[[Any], Sequence[Any]], size: int) -> Page[Any]:
    """The page of what a page's statement found."""
    if len(rows) <= size:
        return Page(rows)
    return Page(rows[:size], encode_cursor(values(rows[size - 1])))


def _check_kind(key: Any, value: Any) -> None:
    expected = key.type.python_type
    is_right = isinstance(value, expected) and not (expected is date and isinstance(value, datetime))
    if not is_right or (isinstance(value, datetime) and value.tzinfo is None):
        raise BadInput(_("链接里的翻页标记已失效。"), _("请回到列表第一页。"))
