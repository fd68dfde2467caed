"""Seeing how many rows the database hands over."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import event

from portal.core.web import Portal


@pytest.fixture
def rows_read(portal: Portal) -> Iterator[list[str]]:
    """A line for each row that a statement could hand over from now on; clear() it, act, and look at len()."""
    seen: list[str] = []

    def note(connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _executemany: bool) -> None:
        if not statement.startswith("SELECT"):
            return
        # Asked once more on a connection of its own, because reading the cursor here would leave nothing.
        with closing(connection.engine.raw_connection()) as again:
            seen.extend([statement] * len(again.cursor().execute(statement, parameters).fetchall()))

    event.listen(portal.database.engine, "after_cursor_execute", note)
    yield seen
    event.remove(portal.database.engine, "after_cursor_execute", note)
