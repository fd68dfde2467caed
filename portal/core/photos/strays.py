"""Files that nothing names: what a refused or broken-off submission left behind is taken away after a day.

A photo is stored before the row that names it is committed, so a killed server or a full disk can leave a citizen's
photo that no retention rule would ever find. Columns that hold keys say so by their type.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from portal.core.clock import now
from portal.core.db import Base
from portal.core.photos.store import small_key

if TYPE_CHECKING:
    from portal.core.web import Portal

PATIENCE = timedelta(days=1)
"""How long a file may lie unnamed: far longer than any transaction."""

log = structlog.get_logger("portal.photos")


class MediaKey(TypeDecorator[str]):
    """A key of the photo store."""

    impl = String
    cache_ok = True


class MediaKeys(TypeDecorator[list[str]]):
    """Several keys of the photo store, as JSON."""

    impl = JSON
    cache_ok = True


def list_named(db: Session) -> Iterator[str]:
    """Every key that some row names, thumbnails included."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, MediaKey | MediaKeys):
                for value in db.scalars(select(column).execution_options(yield_per=1000)):
                    yield from _with_small(value)


def _with_small(value: Any) -> Iterator[str]:
    for key in value if isinstance(value, list) else [value]:
        if key:
            yield from (key, small_key(key))


def forget_strays(portal: "Portal", at: datetime | None = None) -> int:
    """Delete what has lain unnamed for a day; how many files that were."""
    # Listed before the names are read: what is stored meanwhile is younger than a day anyway.
    old = set(portal.photos.list_keys(before=(at or now()) - PATIENCE))
    with portal.database.read() as db:
        strays = sorted(old.difference(list_named(db)))
    for key in strays:
        portal.photos.delete(key)
    if strays:
        log.info("strays deleted", count=len(strays))
    return len(strays)
