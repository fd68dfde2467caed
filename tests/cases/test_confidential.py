"""A report reaches nobody it is about, and each reader sees no more of a citizen's words than they need."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases import triage
from portal.cases.models import CaseEvent
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import GROUP, UNIT, dispatched, do, look, make_case

Desk = Callable[..., TestClient]
REPORT = {
    "kind": "report",
    "text": "城管局的一名队员收了摊主的烟，对占道不管不问。我电话13812345678。",
    "phone": "13812345678",
}
CABLES = {"group": "main_roads", "unit": "housing"}


def test_the_unit_a_report_names_is_known_before_anybody_looks(portal: Portal, db: Session) -> None:
    assert look(db, make_case(portal, **REPORT)).about_unit == "urban_management"
    assert look(db, make_case(portal, kind="complaint", text=REPORT["text"])).about_unit is None


@pytest.mark.parametrize(
    "where",
    [
        {"group": "main_roads", "unit": "urban_management"},
        {"group": "main_roads", "unit": "housing", "about_unit": "housing"},
    ],
)
def test_a_dispatch_to_the_unit_complained_about_is_refused(
    desk: Desk, portal: Portal, db: Session, where: dict[str, str]
) -> None:
    number = make_case(portal, **REPORT)
    answer = desk(Role.DISPATCHER).post(f"/desk/cases/{number}/dispatch", data=where)
    assert answer.status_code == 409
    assert "被反映的单位" in answer.text
    assert look(db, number).state == "triage"


def test_nor_does_it_help_such_a_unit_to_be_a_helper(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal, **REPORT)
    office = desk(Role.DISPATCHER)
    assert office.post(f"/desk/cases/{number}/dispatch", data=CABLES).status_code == 303
    answer = office.post(f"/desk/cases/{number}/add-helper", data={"helpers": ["urban_management"]})
    assert answer.status_code == 409
    assert look(db, number).helpers == []


def test_people_of_the_unit_complained_about_cannot_see_it_through_their_group(
    desk: Desk, portal: Portal, db: Session
) -> None:
    number = make_case(portal, **REPORT)
    to = triage.Assignment("main_roads", "housing")
    do(portal, number, Role.DISPATCHER, lambda db, act, case: triage.dispatch(db, act, case, to))
    inside = desk(Role.GROUP, groups=("main_roads",), unit="urban_management", username="inside")
    outside = desk(Role.GROUP, groups=("main_roads",), unit="housing", username="outside")
    assert inside.get(f"/desk/cases/{number}").status_code == 404
    assert number not in inside.get("/desk/cases").text
    assert outside.get(f"/desk/cases/{number}").status_code == 200
    assert number in outside.get("/desk/cases").text


def test_a_handler_of_a_report_gets_neither_name_nor_phone(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal, name="周国强", **REPORT)
    to = triage.Assignment("main_roads", "housing")
    do(portal, number, Role.DISPATCHER, lambda db, act, case: triage.dispatch(db, act, case, to))
    unit = desk(Role.UNIT, unit="housing")
    page = unit.get(f"/desk/cases/{number}").text
    assert "占道不管不问" in page
    assert "［电话］" in page
    assert "周国强" not in page
    assert "5678" not in page
    assert unit.post(f"/desk/cases/{number}/reveal").status_code == 409


def test_contact_about_a_report_runs_through_the_office(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal, **REPORT)
    to = triage.Assignment("main_roads", "housing")
    do(portal, number, Role.DISPATCHER, lambda db, act, case: triage.dispatch(db, act, case, to))
    unit, office = desk(Role.UNIT, unit="housing"), desk(Role.DISPATCHER)
    unit.post(f"/desk/cases/{number}/accept")
    assert f"{number}/contact" not in unit.get(f"/desk/cases/{number}").text
    assert unit.post(f"/desk/cases/{number}/contact", data={"text": "打过电话了"}).status_code == 409
    assert look(db, number).state == "accepted"
    assert f"{number}/contact" in office.get(f"/desk/cases/{number}").text
    assert office.post(f"/desk/cases/{number}/contact", data={"text": "由办公室电话联系"}).status_code == 303
    assert look(db, number).state == "in_progress"


def test_other_contacts_are_the_units(desk: Desk, portal: Portal, db: Session) -> None:
    number = dispatched(portal)
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/accept")
    office = desk(Role.DISPATCHER)
    assert f"{number}/contact" not in office.get(f"/desk/cases/{number}").text
    assert office.post(f"/desk/cases/{number}/contact", data={"text": "打过电话了"}).status_code == 409
    assert look(db, number).state == "accepted"


def test_the_office_reads_partial_masks_until_it_asks_and_the_look_is_written_down(
    desk: Desk, portal: Portal, db: Session
) -> None:
    number = make_case(portal, text="校门口堵车，有事打13812345678找我。", phone="13812345678")
    office = desk(Role.DISPATCHER)
    page = office.get(f"/desk/cases/{number}").text
    assert "138****5678" in page
    assert "13812345678" not in page
    assert "13812345678" in office.post(f"/desk/cases/{number}/reveal").text
    assert [event.action for event in look(db, number).events].count("reveal") == 1
    assert db.query(CaseEvent).filter_by(action="reveal").one().actor == "dispatcher"


def test_a_unit_sees_the_door_it_must_go_to_and_not_the_phone_in_the_text(desk: Desk, portal: Portal) -> None:
    number = dispatched(portal, text="家住3栋1单元1201,楼下垃圾没人收,电话13812345678。")
    page = desk(Role.UNIT, unit=UNIT, groups=(GROUP,)).get(f"/desk/cases/{number}").text
    assert "3栋1单元1201" in page
    assert "13812345678" not in page
    assert "138****5678" not in page
