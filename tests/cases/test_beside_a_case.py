"""Other cases beside one that is being looked at: cheap however many there are, and never those of another unit."""

from collections.abc import Callable

from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import UNIT, dispatched
from tests.conftest import Statements

Desk = Callable[..., TestClient]
TEXT = "校门口放学的时候堵得走不动，家长的车停了三排，孩子只能从车缝里穿过去。"


def test_more_of_them_need_no_more_statements(desk: Desk, portal: Portal, statements: Statements) -> None:
    number = dispatched(portal, text=TEXT)
    dispatched(portal, text=f"{TEXT}一")
    unit = desk(Role.UNIT, unit=UNIT)
    unit.get("/desk/cases")
    counts = []
    for more in range(2):
        for one in range(4 * more):
            dispatched(portal, text=f"{TEXT}第{one}次")
        statements.clear()
        page = unit.get(f"/desk/cases/{number}").text
        counts.append(len(statements))
        assert "可能是同一件事" in page
    assert counts[0] == counts[1]


def test_one_that_came_since_the_last_look_stands_beside_it(desk: Desk, portal: Portal) -> None:
    number = dispatched(portal, text=TEXT)
    unit = desk(Role.UNIT, unit=UNIT)
    assert "可能是同一件事" not in unit.get(f"/desk/cases/{number}").text
    other = dispatched(portal, text=f"{TEXT}又一次")
    assert other in unit.get(f"/desk/cases/{number}").text


def test_a_unit_is_not_shown_what_was_looked_up_for_the_office(desk: Desk, portal: Portal) -> None:
    number = dispatched(portal, text=TEXT)
    other = dispatched(portal, text=f"{TEXT}又一次", unit="urban_management")
    assert other in desk(Role.DISPATCHER).get(f"/desk/cases/{number}").text
    assert other not in desk(Role.UNIT, unit=UNIT).get(f"/desk/cases/{number}").text
