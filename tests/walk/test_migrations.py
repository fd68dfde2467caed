"""A deployment with a year of content comes to the newest schema without losing a row, an index or a guard."""

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from portal.core.db import Database
from portal.migrations import current, downgrade, newest, upgrade
from tests.walk.conftest import House

FIRST = "0012"
"""The schema of the first deployments."""


def shape(database: Database) -> set[tuple[str, str, str]]:
    """Kind, name and table of everything in the database."""
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT type, name, tbl_name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))
        return {(row.type, row.name, row.tbl_name) for row in rows if not row.name.startswith("search_words")}


def test_a_year_of_content_moves_to_the_newest_schema_whole(house: House) -> None:
    database = house.portal.database
    rows, before = house.rows(), shape(database)
    downgrade(database, FIRST)
    kept = {name for kind, name, _table in shape(database) if kind == "table"}
    upgrade(database)
    assert current(database) == newest()
    assert shape(database) == before
    after = house.rows()
    assert {name: after[name] for name in kept & set(after)} == {name: rows[name] for name in kept & set(rows)}
    assert sum(after[name] for name in kept & set(after)) > 1000


def test_foreign_keys_are_enforced_again_after_a_migration(house: House) -> None:
    upgrade(house.portal.database)
    with house.portal.database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar_one() == 1
    # A connection of its own says what the file holds, whatever the pool's were told.
    with create_engine(house.portal.database.url, poolclass=NullPool).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
