"""What must hold on SQLite and on PostgreSQL alike."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from portal.core import limits
from portal.core.audit import AuditEvent, find_breaks, record
from portal.core.clock import now
from portal.core.db import Database
from portal.core.errors import BadInput
from portal.core.jobs import Job, claim
from portal.core.paging import list_page
from portal.migrations import current, downgrade, newest, upgrade


def test_migrating_twice_changes_nothing(database: Database) -> None:
    upgrade(database)
    assert current(database) == newest()


def test_the_way_back_is_walkable(database: Database) -> None:
    downgrade(database, "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    upgrade(database)
    assert current(database) == newest()


def test_eight_writers_at_once_lose_nothing_and_the_chain_stays_whole(database: Database) -> None:
    def write(number: int) -> None:
        with database.write() as db:
            record(db, f"writer {number % 8}", "test.write", f"thing {number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(80)))
    with database.read() as db:
        assert len(db.scalars(select(AuditEvent.id)).all()) == 80
        assert list(find_breaks(db)) == []


def test_the_audit_log_refuses_changes(database: Database) -> None:
    with database.write() as db:
        record(db, "somebody", "test.write", "thing")
    for statement in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"):
        with pytest.raises(DBAPIError, match="append-only"), database.write() as db:
            db.execute(text(statement))


def test_a_failed_write_leaves_nothing_behind(database: Database) -> None:
    def write_and_fail() -> None:
        with database.write() as db:
            record(db, "somebody", "test.write", "thing")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    with database.read() as db:
        assert db.scalars(select(AuditEvent)).all() == []


def test_a_moment_comes_back_aware_and_unchanged(database: Database) -> None:
    with database.write() as db:
        at = record(db, "somebody", "test.write", "thing").at
    with database.read() as db:
        found = db.scalars(select(AuditEvent)).one().at
    assert found == at
    assert found.utcoffset() == timedelta(0)


def test_of_many_workers_one_takes_a_slot_and_the_next_slot_comes(database: Database) -> None:
    job = Job("test:daily", lambda _portal: None, at="00:05")
    # A new portal does not begin its first morning with the work of the night before.
    with time_machine.travel("2026-11-22 09:00+08:00", tick=False):
        assert not claim(database, job, now())
    with time_machine.travel("2026-11-23 00:06+08:00", tick=False):
        with ThreadPoolExecutor(8) as pool:
            taken = list(pool.map(lambda _n: claim(database, job, now()), range(16)))
        assert sum(taken) == 1
    with time_machine.travel("2026-11-24 00:04+08:00", tick=False):
        assert not claim(database, job, now())
    # The server was down at 00:05: the slot is caught up with when it is back.
    with time_machine.travel("2026-11-24 09:30+08:00", tick=False):
        assert claim(database, job, now())


def test_a_limit_counts_for_all_and_opens_again(database: Database) -> None:
    with time_machine.travel("2026-11-23 08:00", tick=False):
        answers = []
        for _ in range(4):
            with database.write() as db:
                answers.append(limits.hit(db, "login:abc", "3/minute"))
        assert answers == [True, True, True, False]
    with time_machine.travel("2026-11-23 08:02", tick=False), database.write() as db:
        assert limits.hit(db, "login:abc", "3/minute")
        limits.forget_expired(db)


def test_pages_follow_each_other_without_gap_or_repeat(database: Database) -> None:
    with database.write() as db:
        for number in range(45):
            record(db, "somebody", "test.write", f"thing {number % 3}")
    seen: list[int] = []
    after = None
    with database.read() as db:
        while True:
            keys = [AuditEvent.subject, AuditEvent.id]
            page = list_page(db, select(AuditEvent), keys, lambda e: [e.subject, e.id], after, 20)
            seen += [event.id for event in page.rows]
            after = page.after
            if after is None:
                break
        assert len(seen) == len(set(seen)) == 45
        for damaged in ("x", "%00", "W10", "WzEsMl0", "A" * 500, "WyJ0Il0", "WzFlOTk5LDFd", "\ud800"):
            with pytest.raises(BadInput):
                list_page(db, select(AuditEvent), keys, lambda e: [e.subject, e.id], damaged, 20)
