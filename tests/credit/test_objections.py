"""Objections and repairs: anybody may raise one, the clocks run in working days, a disputed entry is hidden."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import time_machine
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.core.web import Portal
from portal.credit.models import CreditMatter, MatterState, Status
from tests.credit.factories import FIRM, make_entry
from tests.credit.test_end import assert_gone, at, nightly

Desk = Callable[..., TestClient]
TYPED = {"ground": "wrong_fact", "text": "工资已在期限内付清，有转账凭证。", "contact": "13800000000"}
MONDAY: datetime = at(2025, 3, 3, 10)


def photo() -> bytes:
    """A small scan."""
    buffer = BytesIO()
    Image.new("RGB", (200, 300), "#ffffff").save(buffer, "JPEG")
    return buffer.getvalue()


def the_matter(db: Session) -> CreditMatter:
    """The only matter, as it is now."""
    db.commit()
    return db.scalars(select(CreditMatter)).one()


def test_an_objection_needs_no_account_and_its_words_lie_encrypted(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        entry = make_entry(db, portal)
        answer = client.post(f"{entry.path}/objection", data=TYPED, files={"files": ("a.jpg", photo())})
        assert answer.status_code == 303
        matter = the_matter(db)
        assert (str(matter.mark_due_on), str(matter.decide_due_on)) == ("2025-03-04", "2025-03-10")
        assert matter.receipt in client.get(entry.path).text
        raw = (portal.settings.data / "portal.db").read_bytes()
        assert b"13800000000" not in raw
        editor = desk(Role.EDITOR)
        page = editor.get(f"/desk/credit/{entry.id}").text
        assert TYPED["text"] in page
        assert TYPED["contact"] in page
        assert editor.get(f"/desk/credit/matters/{matter.id}/files/0").headers["content-type"] == "image/jpeg"
        assert editor.get(f"/desk/credit/matters/{matter.id}/files/1").status_code == 404
        assert client.get(f"/desk/credit/matters/{matter.id}/files/0").status_code in {303, 401}


def test_an_objection_without_words_is_refused_at_its_fields(client: TestClient, portal: Portal, db: Session) -> None:
    entry = make_entry(db, portal)
    answer = client.post(f"{entry.path}/objection", data={"text": "短", "ground": "nonsense"})
    assert answer.status_code == 422
    for name in ("ground", "text", "contact"):
        assert f'id="{name}-error"' in answer.text
    machine = client.post(f"{entry.path}/objection", data={}, headers={"Accept": "application/json"})
    assert set(machine.json()["errors"]) == {"ground", "text", "contact"}
    assert client.post("/credit/XY2025-NOBODY/objection", data=TYPED).status_code == 404


def test_a_disputed_entry_is_hidden_and_comes_back_when_the_objection_fails(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        entry = make_entry(db, portal)
        client.post(f"{entry.path}/objection", data=TYPED)
        matter = the_matter(db)
        reviewer = desk(Role.REVIEWER, username="judge")
        assert FIRM in client.get("/credit").text
        assert reviewer.post(f"/desk/credit/matters/{matter.id}/dispute").status_code == 303
        assert_gone(client, portal, db, entry, is_hidden=True)
        step = f"/desk/credit/matters/{matter.id}"
        assert desk(Role.EDITOR).post(f"{step}/decide", data={"result": "rejected", "note": "无"}).status_code == 403
        assert reviewer.post(f"{step}/decide", data={"result": "rejected"}).status_code == 422
        assert reviewer.post(f"{step}/extend", data={"reason": "请税务局核实"}).status_code == 303
        assert str(the_matter(db).decide_due_on) == "2025-03-12"
        assert reviewer.post(f"{step}/extend", data={"reason": "再延"}).status_code == 409
        data = {"result": "rejected", "note": "凭证与文书不符。"}
        assert reviewer.post(f"{step}/decide", data=data).status_code == 303
        assert client.get(entry.path).status_code == 200
        assert reviewer.post(f"{step}/decide", data=data).status_code == 409


def test_an_objection_that_holds_ends_the_entry(client: TestClient, desk: Desk, portal: Portal, db: Session) -> None:
    with time_machine.travel(MONDAY, tick=False):
        entry = make_entry(db, portal)
        client.post(f"{entry.path}/objection", data=TYPED)
        data = {"result": "upheld", "note": "文书已撤销。", "decided_on": "2025-03-03"}
        step = f"/desk/credit/matters/{the_matter(db).id}/decide"
        assert desk(Role.REVIEWER).post(step, data=data).status_code == 303
        assert_gone(client, portal, db, entry)
        db.refresh(entry)
        assert entry.status == Status.REVOKED


def test_when_nobody_looks_within_a_working_day_the_clock_hides_the_entry(
    client: TestClient, portal: Portal, db: Session
) -> None:
    with time_machine.travel(at(2025, 3, 7, 18), tick=False) as clock:
        entry = make_entry(db, portal)
        client.post(f"{entry.path}/objection", data=TYPED)
        # Friday after closing counts as Monday; the working day to begin is Tuesday.
        assert str(the_matter(db).mark_due_on) == "2025-03-11"
        clock.move_to(at(2025, 3, 11, 0, 5))
        nightly().run(portal)
        assert client.get(entry.path).status_code == 200
        clock.move_to(at(2025, 3, 12, 0, 5))
        nightly().run(portal)
        assert_gone(client, portal, db, entry, is_hidden=True)
        assert the_matter(db).state == MatterState.DISPUTED


def test_an_application_for_repair_hides_nothing_and_waits_for_the_least_time(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        entry = make_entry(db, portal)
        client.post(f"{entry.path}/objection", data={**TYPED, "ground": "repaired"})
        clock.move_to(at(2025, 3, 20, 0, 5))
        nightly().run(portal)
        assert client.get(entry.path).status_code == 200
        step = f"/desk/credit/matters/{the_matter(db).id}"
        assert desk(Role.REVIEWER).post(f"{step}/dispute").status_code == 409
        data = {"result": "upheld", "note": "已履行。"}
        assert desk(Role.REVIEWER, username="r2").post(f"{step}/decide", data=data).status_code == 409
        assert the_matter(db).state == MatterState.RECEIVED


def test_a_repair_at_the_desk_needs_both_papers(desk: Desk, client: TestClient, portal: Portal, db: Session) -> None:
    with time_machine.travel(MONDAY, tick=False) as clock:
        entry = make_entry(db, portal)
        clock.move_to(at(2025, 6, 4))
        reviewer = desk(Role.REVIEWER)
        data = {"status": "repaired", "decided_on": "2025-06-03", "has_proof": "y"}
        assert reviewer.post(f"/desk/credit/{entry.id}/take-down", data=data).status_code == 422
        data["has_promise"] = "y"
        assert reviewer.post(f"/desk/credit/{entry.id}/take-down", data=data).status_code == 303
        assert_gone(client, portal, db, entry)
