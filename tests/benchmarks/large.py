"""python -m tests.benchmarks.large [--cases N]: very long lists and a very large index, without a server around them.

Prints CPU milliseconds, the median of many: what SQLite alone takes for the first and the deepest page of each list of
the desk and for the counts around them, what a search takes, and how large the index is beside its texts.
"""

import argparse
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import event, text

from portal.accounts.models import SignedIn
from portal.app import make_portal
from portal.cases import queue
from portal.core.chinese import index_text
from portal.core.paging import encode_cursor
from portal.core.roles import Role
from portal.core.settings import read_settings
from portal.core.web import Portal
from portal.migrations import upgrade
from portal.search import index, refresh
from tests.benchmarks.seed import seed_cases

ROOT = Path(__file__).resolve().parents[2]
SEEDED = 50_000
TIMES = 41
PLACES = {
    "open": "queue <= 1",
    "waiting": "queue = 0",
    "rating": "queue = 2",
    "done": "queue BETWEEN 2 AND 3",
    "all": "queue <= 3",
}
TYPED = ("路灯", "消防通道", "垃圾 小区")
COPIED = {
    "id": "id + :turn * 10000000",
    "case_no": "case_no || :turn",
    "submission_hash": ":turn || substr(submission_hash, 3)",
    "submitted_at": "strftime('%Y-%m-%d %H:%M:%f000', submitted_at, '+' || :turn || ' minutes')",
    "due_at": "strftime('%Y-%m-%d %H:%M:%f000', due_at, '+' || :turn || ' minutes')",
}


def _grow(path: Path, wanted: int) -> None:
    """Copy the seeded cases until there are so many; indexes are made again at the end, which is quicker."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("foreign_keys=OFF", "synchronous=OFF", "cache_size=-200000"):
            db.execute(f"PRAGMA {pragma}")
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'case_file' AND sql IS NOT NULL"
        indexes = db.execute(sql).fetchall()
        for name, _sql in indexes:
            db.execute(f'DROP INDEX "{name}"')
        names = [row[1] for row in db.execute("PRAGMA table_info(case_file)")]
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(COPIED.get(name, f'"{name}"') for name in names)
        for turn in range(10, 10 + wanted // SEEDED - 1):
            copy = f"INSERT INTO case_file ({columns}) SELECT {values} FROM case_file WHERE id BETWEEN ? AND ?"
            db.execute(
                copy.replace(":turn", str(turn)).replace("?", "1000000", 1).replace("?", str(1_000_000 + SEEDED))
            )
        for _name, sql in indexes:
            db.execute(sql)
        db.execute("ANALYZE")


def _fill_index(portal: Portal, count: int) -> int:
    """So many texts of the corpus, put together at random; returns their bytes."""
    files = sorted((ROOT / "content/corpus/texts").glob("*.txt"))
    said = [line.split("\t")[-1].strip() for file in files for line in file.read_text("utf-8").splitlines()]
    sentences, dice = [line for line in said if len(line) > 15], random.Random(1)
    refresh(portal)
    size = 0
    with portal.database.write() as db:
        raw: Any = db.connection().connection.dbapi_connection
        for number in range(1_000_000, 1_000_000 + count):
            words = "".join(dice.sample(sentences, 3))
            size += len(words.encode())
            row = (number, "case", str(number), words, "", "2026-01-01 00:00:00")
            raw.execute("INSERT INTO search_entry (id, kind, key, text, stamp, published_at) VALUES (?,?,?,?,?,?)", row)
            raw.execute("INSERT INTO search_words (rowid, words) VALUES (?, ?)", (number, index_text(words)))
        raw.execute("INSERT INTO search_words (search_words) VALUES ('optimize')")
    return size


def _people(portal: Portal) -> Iterator[tuple[str, SignedIn]]:
    group = portal.city.groups[0]
    unit = portal.city.units_for(group.key)[0].key
    yield "office", SignedIn(1, "officer-1", "", frozenset({Role.DISPATCHER}), frozenset(), None)
    yield "group", SignedIn(2, "officer-2", "", frozenset({Role.GROUP}), frozenset({group.key}), None)
    yield "unit", SignedIn(3, "officer-3", "", frozenset({Role.UNIT}), frozenset(), unit)


def _median_ms(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return median(taken) * 1000


class Measured:
    """Times the last statement that a function of the portal sends, on a connection that does nothing else."""

    def __init__(self, portal: Portal, raw: sqlite3.Connection) -> None:
        self._raw, self._last = raw, ("", ())
        event.listen(portal.database.engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: bool) -> None:
        self._last = sql, parameters

    def ms(self, work: Callable[[], object]) -> float:
        """CPU milliseconds of SQLite."""
        work()
        sql, parameters = self._last
        return _median_ms(lambda: self._raw.execute(sql, parameters).fetchall())


def _deepest(raw: sqlite3.Connection, person: SignedIn, view: str) -> str | None:
    """A cursor some rows before the end of a person's list; None where the list is not that long."""
    scope = f"unit = '{person.unit}'" if person.unit else " OR ".join(f"\"group\" = '{one}'" for one in person.groups)
    turn = "ASC" if view == "done" else "DESC"
    row = raw.execute(
        f"SELECT queue, due_at, id FROM case_file WHERE {PLACES[view]} AND ({scope or 1}) "
        f"ORDER BY queue {turn}, due_at {turn}, id {turn} LIMIT 1 OFFSET 60"
    ).fetchone()
    if row is None:
        return None
    marks = [row[0], datetime.fromisoformat(row[1]).replace(tzinfo=UTC), row[2]]
    return encode_cursor(marks[1:] if view in {"waiting", "rating"} else marks)


def _measure_lists(portal: Portal, raw: sqlite3.Connection) -> None:
    measured = Measured(portal, raw)
    with portal.database.read() as db:
        for name, person in _people(portal):
            for view in (*PLACES, "overdue", "mine"):
                wanted = queue.QueueFilter(view=view)
                first = measured.ms(lambda: queue.list_queue(db, portal.city, person, wanted))  # noqa: B023
                after = _deepest(raw, person, view) if view in PLACES else None
                deepest = measured.ms(lambda: queue.list_queue(db, portal.city, person, wanted, after))  # noqa: B023
                shown = f"deepest {deepest:.2f} ms" if after else ""
                print(f"list, {name}, {view:<10} first {first:.2f} ms  {shown}", flush=True)
            counts = measured.ms(lambda: queue.count_promises(db, portal.city, person))  # noqa: B023
            print(f"counts, {name:<14} {counts:.2f} ms", flush=True)


def _measure_search(portal: Portal, size: int) -> None:
    with portal.database.read() as db:
        for typed in TYPED:
            taken = _median_ms(lambda: index.find(db, typed, most=25))  # noqa: B023
            print(f"search, {typed:<12} {taken:.2f} ms", flush=True)
        blocks: int = db.execute(text("SELECT sum(length(block)) FROM search_words_data")).scalar_one()
    print(f"index: {blocks / 1e6:.0f} MB, {blocks / size:.2f} of its texts")


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000)
    count: int = parser.parse_args().cases
    with tempfile.TemporaryDirectory() as name:
        environ = {"PORTAL_DATA": name, "PORTAL_CITY_DIR": str(ROOT / "content" / "cities"), "PORTAL_JOBS": "worker"}
        portal = make_portal(read_settings(environ))
        upgrade(portal.database)
        seed_cases(portal, min(count, SEEDED))
        portal.database.dispose()
        _grow(Path(name) / "portal.db", count)
        with closing(sqlite3.connect(Path(name) / "portal.db")) as raw:
            raw.execute("PRAGMA cache_size=-4000")
            print(f"{count} cases and texts; CPU milliseconds, the median of {TIMES}", flush=True)
            _measure_lists(portal, raw)
        _measure_search(portal, _fill_index(portal, count))


if __name__ == "__main__":
    main()
