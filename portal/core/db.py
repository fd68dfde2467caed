"""The database: declarative base, engines for reading and writing, and column types shared by all slices."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite keeps it without a zone, so the zone is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any], datetime | None] | None:
        """For SQLite straight from its text, at a quarter of the cost: a list reads dozens of moments."""
        return _read_moment if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


class Base(DeclarativeBase):
    """The root of all tables; a `Mapped[datetime]` column is always a Moment."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Moment()}


def insert_into(dialect: str, table: type[Base]) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that knows ON CONFLICT, which both engines spell alike and SQLAlchemy keeps with each of them."""
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # three megabytes that a server on SQLite need not hold

    return postgresql.insert(table)


class _Reading(Session):
    """A session for reading, most of whose statements want rows and no objects.

    It connects by itself for them: what a session does to keep objects costs as much as a short statement.
    """

    def connection(self, *args: Any, **options: Any) -> Connection:
        """The one connection, which objects are read through as well."""
        if isinstance(self.bind, Engine) and not self.in_transaction():
            self.bind = self.bind.connect()
        if isinstance(self.bind, Connection) and not args and not options:
            return self.bind
        return super().connection(*args, **options)

    def close(self) -> None:
        if self.in_transaction():
            super().close()
        if isinstance(self.bind, Connection):
            self.bind.close()


class Database:
    """One database, with a session for reading and one for writing.

    url: sqlite:///file or postgresql+psycopg://…
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self.engine = _make_engine(url)
        self._reads = sessionmaker(self.engine, class_=_Reading, expire_on_commit=False)
        self._writes = sessionmaker(self.engine.execution_options(write=True), expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that is rolled back at the end, whatever happened."""
        with self._reads() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session that holds the write lock from its first statement; committed at the end, or rolled back."""
        with self._writes() as session:
            yield session
            session.commit()

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """As `write`, but the caller says when to commit; what is not committed is rolled back."""
        with self._writes() as session:
            yield session

    def scrub(self) -> None:
        """Empty the log of writes ahead, so that what was deleted is in no file of SQLite's any more.

        Readers that are busy keep their part of it until the next call.
        """
        if self.is_sqlite:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _make_engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True)
    options: dict[str, Any] = {"poolclass": StaticPool} if url in {"sqlite://", "sqlite:///:memory:"} else {}
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, **options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # We say BEGIN ourselves; sqlite3 would wait for the first write, and an upgrade from read to write fails at once.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL loses acknowledged rows at a power cut
        "busy_timeout=30000",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted by rule must not stay readable in the file
        "cache_size=-4000",  # per connection, and each thread may hold one
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    options = connection.get_execution_options()
    if options.get("write"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif options.get("isolation_level") != "AUTOCOMMIT":
        # It waits for nobody and locks nothing, so SQLAlchemy has no error of it to tell.
        connection.connection.driver_connection.execute("BEGIN")
