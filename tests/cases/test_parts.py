"""One submission about several things: each part its own unit and answer, all under the citizen's number."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.history import find_broken_histories
from portal.cases.models import Case, CaseCount
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import GROUP, TEXT, UNIT, closed, fresh, look, photo_bytes
from tests.cases.test_handling import PROOF

Desk = Callable[..., TestClient]
JSON = {"Accept": "application/json"}
PART = {"text": "校门口的路灯坏了三天，天黑了看不见。", "group": "main_roads", "unit": "urban_management"}
FORM = {"kind": "complaint", "text": f"{TEXT}另外校门口的路灯也坏了三天。", "email": "zhou@example.cn"}


def submitted(client: TestClient) -> tuple[str, str]:
    answer = client.post("/cases", data=FORM, headers=JSON).json()
    return answer["case_no"], answer["query_code"]


def test_a_part_gets_a_group_and_unit_of_its_own(client: TestClient, desk: Desk, db: Session) -> None:
    number, _code = submitted(client)
    dispatcher = desk(Role.DISPATCHER)
    assert dispatcher.post(f"/desk/cases/{number}/split", data=PART).status_code == 303
    assert dispatcher.post(f"/desk/cases/{number}/dispatch", data={"group": GROUP, "unit": UNIT}).status_code == 303
    main = look(db, number)
    assert (main.group, main.unit, main.state) == (GROUP, UNIT, "dispatched")
    assert main.text_raw == FORM["text"], "the citizen's own words stay as they are"
    submitted_at, due_at = main.submitted_at, main.due_at
    part = look(db, f"{number}-2")
    assert (part.group, part.unit, part.state) == ("main_roads", "urban_management", "dispatched")
    assert part.submitted_at == submitted_at, "the clock began when the citizen wrote"
    assert part.due_at == due_at
    assert list(find_broken_histories(fresh(db))) == []
    page = dispatcher.get(f"/desk/cases/{number}").text
    assert "这件诉求分 2 部分办理" in page
    assert f"{number}-2" in page


def test_the_reporter_sees_all_parts_under_one_number_and_is_answered_for_each(
    client: TestClient, desk: Desk, db: Session
) -> None:
    number, code = submitted(client)
    dispatcher = desk(Role.DISPATCHER)
    dispatcher.post(f"/desk/cases/{number}/split", data=PART)
    part = f"{number}-2"
    page = client.get(f"/cases/{number}/mine").text
    assert PART["text"] in page
    assert "市城市管理局" in page
    unit = desk(Role.UNIT, unit="urban_management")
    for action, data in (("accept", {}), ("contact", {"text": "已电话联系"})):
        assert unit.post(f"/desk/cases/{part}/{action}", data=data).status_code == 303
    done = {"text": "路灯已经换好，晚上亮了。", "outcome": "solved"}
    assert unit.post(f"/desk/cases/{part}/resolve", data=done, files=PROOF).status_code == 303
    page = client.get(f"/cases/{number}/mine").text
    assert "路灯已经换好" in page
    assert f"/cases/{part}/mine" in page
    assert client.post(f"/cases/{part}/rating", data={"grade": "5", "solved": "yes"}).status_code == 303
    assert look(db, part).state == "closed"
    assert look(db, number).state == "triage", "the other part goes on"
    bodies = fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == part)).all()
    assert any("路灯已经换好" in body for body in bodies)
    other = TestClient(client.app, follow_redirects=False, headers={"Sec-Fetch-Site": "same-origin"})
    assert other.get(f"/cases/{part}/mine").status_code == 303
    found = other.post("/cases/track", data={"case_no": part, "query_code": code})
    assert found.headers["location"].endswith(f"/cases/{number}/mine")
    assert other.get(f"/cases/{part}/mine").status_code == 200


def test_the_unit_of_a_part_sees_its_part_and_photos_and_nothing_else(
    desk: Desk, portal: Portal, client: TestClient, db: Session
) -> None:
    photos = [
        ("photos", ("a.jpg", photo_bytes("red"), "image/jpeg")),
        ("photos", ("b.jpg", photo_bytes("blue"), "image/jpeg")),
    ]
    number = client.post("/cases", data=FORM, files=photos, headers=JSON).json()["case_no"]
    first = look(db, number).photos[0].name
    desk(Role.DISPATCHER).post(f"/desk/cases/{number}/split", data=PART | {"photos": first})
    part = look(db, f"{number}-2")
    assert len(part.photos) == 1
    unit = desk(Role.UNIT, unit="urban_management")
    page = unit.get(f"/desk/cases/{part.case_no}")
    assert page.status_code == 200
    assert "的照片相同" not in page.text, "a part's photo is no photo used again"
    assert unit.get(f"/desk/cases/{part.case_no}/photos/{part.photos[0].name}").status_code == 200
    assert unit.get(f"/desk/cases/{number}").status_code == 404


def test_a_part_is_not_split_again_and_a_report_does_not_reach_the_unit_it_names(
    client: TestClient, desk: Desk, db: Session
) -> None:
    number, _code = submitted(client)
    dispatcher = desk(Role.DISPATCHER)
    dispatcher.post(f"/desk/cases/{number}/split", data=PART)
    assert dispatcher.post(f"/desk/cases/{number}-2/split", data=PART).status_code == 409
    report = client.post("/cases", data={"kind": "report", "text": "市教育局的人收了礼，还有路灯坏了。"}, headers=JSON)
    secret = report.json()["case_no"]
    to_them = {"text": "校门口的路灯坏了。", "group": GROUP, "unit": UNIT}
    assert dispatcher.post(f"/desk/cases/{secret}/split", data=to_them).status_code == 409
    assert dispatcher.post(f"/desk/cases/{number}/split", data=PART | {"text": ""}).status_code == 422
    assert db.scalars(select(Case.case_no).where(Case.case_no.contains("-2"))).all() == [f"{number}-2"]


def test_a_finished_case_is_not_split(desk: Desk, portal: Portal, db: Session) -> None:
    number = closed(portal)
    assert desk(Role.DISPATCHER).post(f"/desk/cases/{number}/split", data=PART).status_code == 409


def test_taking_the_submission_back_takes_its_open_parts_back(client: TestClient, desk: Desk, db: Session) -> None:
    number, _code = submitted(client)
    desk(Role.DISPATCHER).post(f"/desk/cases/{number}/split", data=PART)
    assert client.post(f"/cases/{number}/withdraw", data={"reason": "已经好了"}).status_code == 303
    assert look(db, f"{number}-2").state == "withdrawn"
    kept = {(row.group, row.state): row.count for row in fresh(db).scalars(select(CaseCount)) if row.count}
    assert sum(kept.values()) == 2


def test_a_part_of_what_the_media_brought_is_supervised_like_the_whole(desk: Desk, db: Session) -> None:
    dispatcher = desk(Role.DISPATCHER)
    form = {key: value for key, value in FORM.items() if key != "email"} | {"channel": "media"}
    assert dispatcher.post("/desk/cases/new", data=form).status_code == 303
    number = fresh(db).scalars(select(Case.case_no)).one()
    assert look(db, number).is_supervised
    assert dispatcher.post(f"/desk/cases/{number}/split", data=PART).status_code == 303
    part = look(db, f"{number}-2")
    assert part.is_supervised
    event = next(one for one in part.events if one.action == "supervise")
    assert (event.who, event.is_public) == ("system", True)
    assert "城市管理局" in event.public_text
    assert "督办" in dispatcher.get(f"/desk/cases/{number}-2").text
    assert list(find_broken_histories(fresh(db))) == []
