"""What makes a dispatcher's day shorter: entering for others, sending several at once, answers to start from."""

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.clockwork import take_steps
from portal.cases.history import find_broken_histories
from portal.cases.models import Case
from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import TEXT, UNIT, SureRouter, closed, dispatched, fresh, in_progress, look, make_case

Desk = Callable[..., TestClient]


def test_a_call_is_taken_down_and_the_caller_gets_number_and_code(
    desk: Desk, client: TestClient, portal: Portal, db: Session
) -> None:
    portal.router = SureRouter()
    form = {"channel": "phone", "kind": "complaint", "text": TEXT, "phone": "13812345678"}
    office = desk(Role.DISPATCHER, username="lu")
    answer = office.post("/desk/cases/new", data=form)
    assert answer.status_code == 303
    case = db.scalars(select(Case)).one()
    assert (case.channel, case.state) == ("phone", "triage")
    number = case.case_no
    assert look(db, number).events[0].actor == "lu"
    page = office.get(answer.headers["location"]).text
    code = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", page)
    if code is not None:
        found = client.post("/cases/track", data={"case_no": number, "query_code": code[0]})
        assert found.status_code == 303


def test_what_came_by_the_media_is_supervised_from_the_start(desk: Desk, db: Session) -> None:
    office = desk(Role.DISPATCHER)
    for channel, is_supervised in (("media", True), ("phone", False)):
        form = {"kind": "complaint", "text": TEXT, "place": "示例小学东门", "channel": channel}
        number = office.post("/desk/cases/new", data=form).headers["location"].rpartition("/")[2]
        case = look(db, number)
        assert (case.state, case.is_supervised) == ("triage", is_supervised)
        reasons = [event.reason for event in case.events if event.action == "supervise"]
        assert reasons == (["media"] if is_supervised else [])
    assert list(find_broken_histories(fresh(db))) == []


def test_entering_for_others_is_the_dispatchers_alone(desk: Desk) -> None:
    assert desk(Role.UNIT, unit=UNIT).get("/desk/cases/new").status_code == 403
    assert desk(Role.DISPATCHER).get("/desk/cases/new").status_code == 200


def test_a_call_without_words_is_refused_at_its_field(desk: Desk, db: Session) -> None:
    answer = desk(Role.DISPATCHER).post("/desk/cases/new", data={"channel": "pigeon", "kind": "complaint", "text": ""})
    assert answer.status_code == 422
    assert "#channel" in answer.text
    assert db.scalars(select(Case)).all() == []


def test_several_cases_go_to_their_suggested_groups_at_once(desk: Desk, portal: Portal, db: Session) -> None:
    routing = SureRouter().suggest(TEXT)
    sure = [make_case(portal, routing=routing) for _n in range(3)]
    unsorted, report = make_case(portal), make_case(portal, routing=routing, kind="report")
    data = {"case_no": [*sure, unsorted, report, sure[0], "CZ19990101-0001"]}
    assert desk(Role.DISPATCHER).post("/desk/cases/bulk", data=data).status_code == 303
    assert [look(db, number).state for number in sure] == ["dispatched"] * 3
    assert [look(db, number).state for number in (unsorted, report)] == ["triage"] * 2


def test_an_answer_to_start_from_is_filled_for_the_case(desk: Desk, portal: Portal) -> None:
    number = in_progress(portal)
    unit = desk(Role.UNIT, unit=UNIT)
    page = unit.get(f"/desk/cases/{number}?wording=done")
    assert page.status_code == 200
    assert "您反映的示例小学东门的问题" in page.text
    assert unit.get(f"/desk/cases/{number}?wording=nonsense").status_code == 200
    other = dispatched(portal)
    assert "您反映的示例小学东门的问题，" not in unit.get(f"/desk/cases/{other}?wording=done").text


def test_four_weeks_later_the_reporter_is_asked_and_may_reopen(client: TestClient, portal: Portal, db: Session) -> None:
    number = closed(portal, now() - timedelta(days=28, hours=1), email="zhou@example.cn")
    take_steps(portal)
    bodies = fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == number)).all()
    assert sum("四周" in body for body in bodies) == 1
    take_steps(portal)
    assert [event.action for event in look(db, number).events].count("recheck") == 1
    client.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
    assert client.post(f"/cases/{number}/reopen", data={"reason": "又坏了"}).status_code == 303
    assert look(db, number).state == "reopened"


def test_similar_public_cases_are_offered_while_typing(client: TestClient, portal: Portal, db: Session) -> None:
    portal.router = SureRouter()
    number = dispatched(portal, now() - timedelta(days=2), wants_publish=True)
    with portal.database.write() as session:
        case = session.scalars(select(Case).where(Case.case_no == number)).one()
        case.public_from = now() - timedelta(days=1)
    typed = {"text": "校门口放学堵得走不动，家长停了三排车", "place": "示例小学", "kind": "complaint"}
    page = client.post("/cases/check", data=typed)
    assert number in page.text
    unlike = client.post("/cases/check", data={**typed, "text": "请问电动自行车上牌要带哪些材料"})
    assert number not in unlike.text
