"""A city calls the states of a case as its office does, and the same everywhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import update
from starlette.testclient import TestClient

from portal.cases.models import Case
from portal.cases.states import State
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.groups.profile import STATES
from tests.cases.factories import closed, dispatched, make_case

Desk = Callable[..., TestClient]


def test_the_citys_words_stand_on_the_reporters_page_the_public_list_and_the_desk(
    client: TestClient, desk: Desk, portal: Portal
) -> None:
    portal.city = replace(portal.city, state_words={"dispatched": "已交办", "triage": "等候交办", "closed": "已销号"})
    sent, waiting, over = dispatched(portal), make_case(portal), closed(portal)
    with portal.database.write() as db:
        db.execute(update(Case).values(public_from=now() - timedelta(hours=1)))
    office = desk(Role.DISPATCHER)
    for number, word, usual in (
        (sent, "已交办", "已派单</"),
        (waiting, "等候交办", "正在确定承办组</"),
        (over, "已销号 · 已解决", "已归档 · "),
    ):
        client.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
        for reader, path in ((client, f"/cases/{number}/mine"), (client, "/cases"), (office, f"/desk/cases/{number}")):
            tags = reader.get(path).text.split('class="tag')[1:]
            assert any(word in tag[:80] for tag in tags), (path, word)
            assert not any(usual in tag[:80] for tag in tags), (path, usual)
    assert "已交办" in office.get("/desk/cases?state=dispatched").text


def test_every_state_can_be_named() -> None:
    assert set(STATES) == {state.value for state in State}
