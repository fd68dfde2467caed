"""The schema's history, one straight line; `upgrade` brings a database to the newest."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from portal.core.db import Database

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent
MIGRATION_LOCK = 7_201_002


def _config() -> "Config":
    from alembic.config import Config  # nine megabytes that a server whose schema is current need not hold

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema to a revision; processes that start together wait for each other."""
    from alembic import command

    _move(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to an earlier revision; what only the newer one can hold is lost."""
    from alembic import command

    _move(database, command.downgrade, revision)


def _move(database: Database, move: "Callable[[Config, str], None]", revision: str) -> None:
    config = _config()
    with (
        database.engine.execution_options(write=True).connect() as connection,
        # SQLite changes a table by making it anew, and dropping the old one would count as deleting its rows.
        _unenforced(connection) if database.is_sqlite else nullcontext(),
    ):
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        move(config, revision)
        if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError(f"the migration to {revision} left rows that name missing ones")
        connection.commit()


@contextmanager
def _unenforced(connection: Connection) -> Iterator[None]:
    """Foreign keys are not enforced inside; the switch works outside of transactions only."""
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def newest() -> str:
    """The revision that a current database has: the history is one straight line, its files are numbered."""
    return max(path.name for path in (FOLDER / "versions").glob("[0-9]*.py")).partition("_")[0]


def current(database: Database) -> str | None:
    """The revision that this database has; None before the first migration."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return str(found) if found else None
