"""The life of a case is the same on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.cases import handling, queries, queue
from portal.cases.clockwork import remind, take_steps
from portal.cases.history import find_broken_histories
from portal.cases.intake import open_case
from portal.cases.lifecycle import as_citizen
from portal.cases.models import Case
from portal.cases.triage import Publication, publish
from portal.core.clock import now
from portal.core.db import Database
from portal.core.errors import Conflict
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import (
    GROUP,
    TEXT,
    SureRouter,
    closed,
    dispatched,
    do,
    in_progress,
    look,
    make_case,
    new_case,
    office,
)


@pytest.fixture
def both(portal: Portal, database: Database) -> Portal:
    """The portal on each engine in turn."""
    return replace(portal, database=database)


def test_a_whole_life_leaves_whole_counts_and_history(both: Portal) -> None:
    early = now() - timedelta(days=3)
    number = closed(both, early, wants_publish=True, text=f"{TEXT}电话13812345678", phone="13812345678")
    do(both, number, Role.DISPATCHER, lambda db, act, case: publish(db, act, case, Publication()))
    waiting = make_case(both, routing=SureRouter().suggest(TEXT))
    working = in_progress(both, now() - timedelta(days=20))
    take_steps(both)
    remind(both)
    person = office(both, Role.SUPERVISOR)
    with both.database.read() as db:
        assert list(find_broken_histories(db)) == []
        page = queue.list_queue(db, both.city, person, queue.QueueFilter())
        assert [case.case_no for case in page.rows] == [waiting, working]
        assert queue.list_queue(db, both.city, person, queue.QueueFilter(text="校门口")).rows
        assert [case.case_no for case in queries.list_public(db).rows] == [number]
        assert [case.case_no for case in queries.list_answered(db, 3)] == [number]
        assert queries.count_by_group(db)[GROUP].resolved == 1
        assert queries.count_grades(db) == {5: 1}
        assert look(db, working).is_supervised


def test_of_two_who_act_at_once_only_one_succeeds(both: Portal) -> None:
    number = dispatched(both)
    office(both, Role.UNIT)

    def sign(_turn: int) -> bool:
        try:
            do(both, number, Role.UNIT, handling.accept)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(sign, range(6))) == [False] * 5 + [True]
    with both.database.read() as db:
        assert list(find_broken_histories(db)) == []


def test_forms_sent_at_once_get_different_numbers_and_twice_the_same(both: Portal) -> None:
    def send(form: int) -> str:
        new = new_case(submission_id=f"form of a browser {form:04}")
        with both.database.write() as db:
            return open_case(db, as_citizen(both), new, None).case.case_no

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(send, [*range(24), *range(24)]))
    assert numbers[:24] == numbers[24:]
    assert len(set(numbers)) == 24
    with both.database.read() as db:
        assert db.scalar(select(func.count()).select_from(Case)) == 24
