"""A session for reading: one connection for rows and objects, given back at the end."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.pool import QueuePool

from portal.accounts import Staff
from portal.core.roles import Role
from portal.core.web import Portal
from tests.conftest import make_staff

ORDERS = {"rows first": (0, 1), "objects first": (1, 0), "rows": (0,), "objects": (1,), "nothing": ()}


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS.keys())
def test_rows_and_objects_come_by_one_connection_that_is_given_back(portal: Portal, order: tuple[int, ...]) -> None:
    with portal.database.write() as db:
        make_staff(db, Role.DISPATCHER, username="lu")
    pool = portal.database.engine.pool
    assert isinstance(pool, QueuePool)
    before = pool.checkedout()
    with portal.database.read() as db:
        for is_object in order:
            if is_object:
                assert db.scalars(select(Staff.username)).one() == "lu"
            else:
                assert db.connection().scalar(text("SELECT username FROM staff")) == "lu"
        assert pool.checkedout() == before + bool(order)
    assert pool.checkedout() == before


def test_what_is_written_meanwhile_is_not_seen_in_the_middle_of_a_reading(portal: Portal) -> None:
    with portal.database.read() as db:
        assert db.connection().scalar(text("SELECT count(*) FROM staff")) == 0
        with portal.database.write() as writing:
            make_staff(writing, Role.DISPATCHER, username="lu")
        assert db.scalars(select(Staff.username)).all() == []
    with portal.database.read() as db:
        assert db.scalars(select(Staff.username)).all() == ["lu"]
