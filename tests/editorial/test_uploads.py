"""Pictures sent by the editor's script: each is described in words, drawn anew, and unseen until something shows it."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from portal.core.roles import Role
from tests.publishing.test_news_desk import photo

Desk = Callable[..., TestClient]


def test_a_picture_with_words_answers_with_its_markdown(desk: Desk, client: TestClient) -> None:
    editor = desk(Role.EDITOR)
    answer = editor.post(
        "/desk/pictures", data={"alt": "新大棚 [东门]"}, files={"picture": ("a.png", photo(), "image/png")}
    )
    assert answer.status_code == 201
    said = answer.json()
    assert said["markdown"] == f"![新大棚 （东门）]({said['path']})"
    assert editor.get(said["path"]).status_code == 200
    assert client.get(said["path"]).status_code == 404


@pytest.mark.parametrize(
    ("data", "content", "field"),
    [({}, None, "picture"), ({"alt": " "}, b"", "alt"), ({"alt": "图"}, b"<svg onload=alert(1)>", "picture")],
)
def test_what_is_missing_or_no_picture_is_said_by_field(
    desk: Desk, data: dict[str, str], content: bytes | None, field: str
) -> None:
    files = None if content is None else {"picture": ("a.png", content or photo(), "image/png")}
    answer = desk(Role.EDITOR).post("/desk/pictures", data=data, files=files)
    assert answer.status_code == 422
    assert list(answer.json()["errors"])[0] == field


def test_only_writers_send_pictures(desk: Desk, client: TestClient) -> None:
    assert desk(Role.UNIT, unit="x").post("/desk/pictures", data={"alt": "图"}).status_code == 403
    assert client.post("/desk/pictures", data={"alt": "图"}).status_code in {303, 401}
