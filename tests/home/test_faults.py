"""Pages of refusals: nothing typed is lost, and there is always a way on."""

from collections.abc import Callable

import pytest
from anyio.from_thread import start_blocking_portal
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette.types import Message

from portal.core.roles import Role
from portal.core.web import Ctx, Portal

Desk = Callable[..., TestClient]
WORDS = "楼道里的纸箱已经请物业当场清走，照片在下面。"
HERE = "http://testserver"


def test_a_citizen_whose_case_is_no_longer_open_gets_the_words_back(client: TestClient) -> None:
    answer = client.post("/cases/CZ20261101-0001/rating", data={"grade": "2", "comment": WORDS, "phone": "13800138000"})
    assert answer.status_code == 404
    assert WORDS in answer.text
    assert "13800138000" not in answer.text


def test_staff_whose_session_ended_get_the_words_back_and_a_way_to_sign_in(client: TestClient) -> None:
    page = "/desk/cases/CZ20261101-0001"
    answer = client.post(f"{page}/reply", data={"text": WORDS}, headers={"Referer": f"{HERE}{page}?after=3"})
    assert answer.status_code == 401
    assert WORDS in answer.text
    assert f'href="/desk/login?next={page}%3Fafter%3D3"' in answer.text


def test_words_that_could_not_be_saved_are_shown_again(
    portal: Portal, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(_ctx: Ctx, _name: str, _limit: object) -> bool:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(Ctx, "hit", is_full)
    answer = client.post("/alerts", data={"email": WORDS})
    assert answer.status_code == 503
    assert WORDS in answer.text


def test_a_refusal_leads_back_to_the_page_one_came_from_and_never_off_the_portal(client: TestClient) -> None:
    lost = client.get("/people/nobody", headers={"Referer": f"{HERE}/people?kind=helping"})
    assert 'href="/people?kind=helping"' in lost.text
    assert "回到上一页" in lost.text
    foreign = client.get("/people/nobody", headers={"Referer": "https://evil.example/people"})
    assert "evil.example" not in foreign.text
    assert "回到上一页" not in foreign.text
    itself = client.get("/people/nobody", headers={"Referer": f"{HERE}/people/nobody"})
    assert "回到上一页" not in itself.text


@pytest.mark.parametrize(
    ("path", "section"),
    [("/news/nothing", "/news"), ("/people/nobody", "/people"), ("/cases/CZ20261101-0001", "/cases")],
)
def test_what_is_not_there_leads_to_the_list_it_would_stand_in(client: TestClient, path: str, section: str) -> None:
    main = client.get(path).text.split("<main")[1].split("</main")[0]
    assert f'href="{section}"' in main
    assert 'href="/cases/new"' in client.get("/nowhere").text.split("<main")[1].split("</main")[0]


def test_staff_stay_at_the_desk_when_something_is_refused(desk: Desk) -> None:
    page = desk(Role.UNIT, unit="police_traffic").get("/desk/cases/CZ20261101-0001").text
    assert "工作台导航" in page
    assert "我要反映" not in page
    assert 'href="/desk"' in page


@pytest.mark.parametrize(
    ("role", "path", "advice"),
    [
        (Role.UNIT, "/desk/staff", "请联系管理员"),
        (Role.EDITOR, "/desk/news/9", "请从列表里打开"),
        (Role.REVIEWER, "/desk/people/9", "请从列表里打开"),
    ],
)
def test_a_refusal_at_the_desk_says_what_to_do_next(desk: Desk, role: Role, path: str, advice: str) -> None:
    assert advice in desk(role).get(path).text


def test_a_reader_who_hangs_up_while_sending_is_no_fault_of_the_portal(app: Starlette) -> None:
    """On a phone in a tunnel this is everyday: no line of an error in the log, no 5xx among the figures."""
    told = iter(
        [
            {"type": "http.request", "body": b"--b\r\nContent-Disposition: form-data", "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[Message] = []

    async def receive() -> Message:
        return next(told)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/alerts",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), (b"content-type", b"multipart/form-data; boundary=b")],
        "client": ("testclient", 50000),
    }
    # In a thread of its own: one that drove a browser before has a loop already.
    with start_blocking_portal() as loop:
        loop.call(app, scope, receive, send)
    assert [one["status"] for one in sent if one["type"] == "http.response.start"] == [400]
