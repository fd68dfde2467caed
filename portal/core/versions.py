"""A value that differs as soon as anybody, in any process, has changed anything in the database."""

import sqlite3
import threading
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import Engine, event, make_url
from sqlalchemy.exc import DBAPIError

Version = object


class Versions(Protocol):
    """Tells versions of the content. is_quick: so quickly that the server's own thread may ask."""

    is_quick: bool

    def now(self) -> Version | None:
        """The version at this moment; None when there is none to rely on. Two equal ones mean equal content."""
        ...


def versions_of(engine: Engine, url: str) -> Versions:
    """How this database tells versions."""
    if engine.dialect.name == "sqlite":
        versions = _SqliteVersions(make_url(url).database or "")
        event.listen(engine, "engine_disposed", versions.close)
        return versions
    return _PostgresVersions(engine)


class _SqliteVersions:
    """PRAGMA data_version, which differs after every commit of another connection; ours never writes."""

    is_quick = True

    def __init__(self, path: str) -> None:
        self._path = path if path != ":memory:" else ""
        self._connection: sqlite3.Connection | None = None
        self._opened = 0
        self._lock = threading.Lock()

    def now(self) -> Version | None:
        """The count of commits as our connection sees it, and which connection counts."""
        if not self._path:
            return None
        with self._lock:
            try:
                connection = self._connection or self._open()
                return self._opened, connection.execute("PRAGMA data_version").fetchone()[0]
            except sqlite3.Error:
                self._close()
                return None

    def _open(self) -> sqlite3.Connection:
        # It waits for nobody: who cannot look at once makes the page anew.
        address = f"file:{quote(self._path)}?mode=rw"
        self._connection = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
        self._opened += 1
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self, *_engine: object) -> None:
        """Let go of the file; the next question opens it again."""
        with self._lock:
            self._close()


class _PostgresVersions:
    """The snapshot of running and finished transactions: it differs after every commit, and no table is written."""

    is_quick = False

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def now(self) -> Version | None:
        try:
            with self._engine.connect() as connection:
                row: Any = connection.exec_driver_sql("SELECT pg_current_snapshot()::text").one()
        except DBAPIError:
            return None
        return str(row[0])
