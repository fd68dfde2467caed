"""The city's profile at the desk."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient
from time_machine import travel

from portal.core.roles import Role

Desk = Callable[..., TestClient]


def test_an_administrator_sees_the_check_and_the_calendar(desk: Desk) -> None:
    with travel("2026-11-20T02:00:00Z", tick=False):
        page = desk(Role.ADMIN).get("/desk/city").text
    assert "检查通过" in page
    assert "2026 年的节假日与调休已确定" in page
    assert "2027 年的调休还没有确定" in page


def test_what_awaits_the_office_is_named(desk: Desk) -> None:
    assert "还在等办公室确认" in desk(Role.ADMIN).get("/desk/city").text


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.EDITOR, Role.AUDITOR])
def test_nobody_else_has_this_page(desk: Desk, role: Role) -> None:
    assert desk(role).get("/desk/city").status_code == 403
