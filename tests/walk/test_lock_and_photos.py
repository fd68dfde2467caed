"""While a photo is drawn, which takes half a second, nobody waits for the lock of the request that brought it."""

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core import forms
from portal.core.photos import Photo, check_and_shrink
from portal.core.roles import Role
from portal.core.settings import Settings
from portal.core.web import Portal
from tests.board.factories import make_finding
from tests.cases.factories import TEXT, UNIT, in_progress, photo_bytes
from tests.credit.factories import make_entry

Desk = Callable[..., TestClient]
PHOTO = ("a.jpg", photo_bytes("green"), "image/jpeg")


@pytest.fixture
def drawn(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each photo drawn: whether somebody else could write meanwhile."""
    seen: list[bool] = []

    def draw(data: bytes) -> Photo:
        other = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            seen.append(True)
        except sqlite3.OperationalError:
            seen.append(False)
        finally:
            other.close()
        return check_and_shrink(data)

    monkeypatch.setattr(forms, "check_and_shrink", draw)
    return seen


def test_a_new_complaint_and_an_answer_of_its_unit(
    client: TestClient, desk: Desk, portal: Portal, drawn: list[bool]
) -> None:
    assert client.post("/cases", data={"kind": "complaint", "text": TEXT}, files={"photos": PHOTO}).status_code == 303
    number, told = in_progress(portal), {"text": "已经处理完毕了。", "outcome": "solved"}
    unit = desk(Role.UNIT, unit=UNIT)
    assert unit.post(f"/desk/cases/{number}/resolve", data=told, files={"photos": PHOTO}).status_code == 303
    assert drawn == [True, True]


def test_a_finding_and_its_rectification(desk: Desk, db: Session, drawn: list[bool]) -> None:
    finding = make_finding(db)
    supervisor, path = desk(Role.SUPERVISOR), f"/desk/board/findings/{finding.id}"
    typed = {"site": str(finding.site_id), "colour": "black", "reason": "地面积水。", "unit": "tianning_gov"}
    days = {"found_on": finding.found_on.isoformat(), "due_on": finding.due_on.isoformat() if finding.due_on else ""}
    files = {"photos": PHOTO}
    answer = supervisor.post(f"{path}/edit", data={**typed, **days, "no_faces": "y"}, files=files)
    assert answer.status_code == 303
    report = {"text": "已整改。", "rectified_on": finding.found_on.isoformat(), "no_faces": "y"}
    assert supervisor.post(f"{path}/rectify", data=report, files=files).status_code in {303, 409}
    assert drawn == [True, True]


def test_an_objection_to_a_credit_entry(client: TestClient, db: Session, portal: Portal, drawn: list[bool]) -> None:
    entry = make_entry(db, portal)
    client.post(f"{entry.path}/objection", data={"reason": "文书已经撤销。"}, files={"files": PHOTO})
    assert drawn == [True]
