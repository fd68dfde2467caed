"""The desk: a dispatcher finds the next case and sends it where it belongs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.models import CaseEvent
from portal.core.audit import AuditEvent
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.groups import Decision, Example
from tests.cases.factories import GROUP, TEXT, UNIT, SureRouter, dispatched, look, make_case
from tests.conftest import Statements

Desk = Callable[..., TestClient]


def test_the_list_shows_unsorted_cases_first_then_by_promise(desk: Desk, portal: Portal) -> None:
    early = dispatched(portal, now() - timedelta(days=20))
    late = dispatched(portal, now() - timedelta(days=1))
    unsorted = make_case(portal)
    page = desk(Role.DISPATCHER).get("/desk/cases").text
    places = [page.index(number) for number in (unsorted, early, late)]
    assert places == sorted(places)


def test_a_case_shows_text_probability_words_and_one_key(desk: Desk, portal: Portal) -> None:
    number = make_case(portal, routing=SureRouter().suggest(TEXT))
    page = desk(Role.DISPATCHER).get(f"/desk/cases/{number}").text
    assert "<mark>校门口</mark>" in page
    assert "93%" in page
    assert "不属于任何组" in page
    assert 'data-key="d"' in page


def test_dispatching_keeps_prediction_and_decision_side_by_side(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal, routing=SureRouter().suggest(TEXT))
    answer = desk(Role.DISPATCHER, username="lu").post(
        f"/desk/cases/{number}/dispatch", data={"group": "main_roads", "unit": "traffic_police"}
    )
    assert answer.status_code == 303
    case = look(db, number)
    assert (case.state, case.group, case.unit) == ("dispatched", "main_roads", "traffic_police")
    decision = db.scalars(select(Decision)).one()
    assert (decision.prediction_id, decision.group, decision.actor) == (case.prediction_id, "main_roads", "lu")
    assert db.scalars(select(Example.group)).one() == "main_roads"
    entry = db.scalars(select(AuditEvent).where(AuditEvent.action == "case.dispatch")).one()
    assert entry.subject == f"case {number}"


def test_an_unknown_group_or_unit_is_refused_at_its_field(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal)
    answer = desk(Role.DISPATCHER).post(f"/desk/cases/{number}/dispatch", data={"group": "moon", "unit": UNIT})
    assert answer.status_code == 422
    assert look(db, number).state == "triage"


def test_declining_gives_reason_and_the_right_channel(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal)
    answer = desk(Role.DISPATCHER).post(f"/desk/cases/{number}/reject", data={"reason": "out_of_scope", "note": ""})
    assert answer.status_code == 303
    case = look(db, number)
    assert case.state == "rejected"
    assert "12345" in case.reply


def test_declining_without_a_listed_reason_is_refused(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal)
    answer = desk(Role.DISPATCHER).post(f"/desk/cases/{number}/reject", data={"reason": "because"})
    assert answer.status_code == 422
    assert look(db, number).state == "triage"


def test_filters_narrow_the_list(desk: Desk, portal: Portal) -> None:
    here = dispatched(portal, district="tianning")
    there = dispatched(
        portal, group="main_roads", unit="traffic_police", district="zhonglou", text="路灯坏了三天没有人修"
    )
    client = desk(Role.DISPATCHER)
    for query, shown, hidden in (
        (f"group={GROUP}", here, there),
        ("unit=traffic_police", there, here),
        ("district=zhonglou", there, here),
        ("q=路灯", there, here),
        (f"q={here}", here, there),
    ):
        page = client.get(f"/desk/cases?{query}").text
        assert shown in page
        assert hidden not in page
    assert here not in client.get("/desk/cases?state=closed").text
    assert here not in client.get("/desk/cases?kind=report").text


def test_the_next_page_goes_on_where_the_first_ended(desk: Desk, portal: Portal) -> None:
    numbers = [make_case(portal, now() - timedelta(minutes=n)) for n in range(30)]
    client = desk(Role.DISPATCHER)
    first = client.get("/desk/cases").text
    link = first.rpartition("after=")[2].partition('"')[0].partition("&")[0]
    second = client.get(f"/desk/cases?after={link}").text
    assert sum(number in first for number in numbers) == 25
    assert sum(number in second for number in numbers) == 5
    assert client.get("/desk/cases?after=nonsense").status_code == 422


def test_the_list_sends_as_many_statements_for_twenty_rows_as_for_one(
    desk: Desk, portal: Portal, statements: Statements
) -> None:
    client = desk(Role.DISPATCHER)
    counts = []
    for more in (1, 19):
        for _n in range(more):
            make_case(portal)
        statements.clear()
        client.get("/desk/cases")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 7


@pytest.mark.parametrize("path", ["/cases", "/desk/cases"])
def test_lists_have_a_calm_empty_state(desk: Desk, path: str) -> None:
    page = desk(Role.DISPATCHER).get(path)
    assert page.status_code == 200
    assert 'class="empty"' in page.text


class TestWhoSeesWhat:
    """Groups and units see only their own; others' cases do not exist for them."""

    def test_a_unit_sees_only_its_own(self, desk: Desk, portal: Portal) -> None:
        own, foreign = dispatched(portal), dispatched(portal, unit="traffic_police", group="main_roads")
        client = desk(Role.UNIT, unit=UNIT)
        page = client.get("/desk/cases").text
        assert own in page
        assert foreign not in page
        assert client.get(f"/desk/cases/{own}").status_code == 200
        assert client.get(f"/desk/cases/{foreign}").status_code == 404
        assert client.post(f"/desk/cases/{foreign}/accept").status_code == 404
        assert client.post(f"/desk/cases/{foreign}/reveal").status_code == 404

    def test_a_group_sees_only_its_own(self, desk: Desk, portal: Portal) -> None:
        own, foreign = dispatched(portal), dispatched(portal, unit="traffic_police", group="main_roads")
        client = desk(Role.GROUP, groups=(GROUP,))
        assert client.get(f"/desk/cases/{own}").status_code == 200
        assert client.get(f"/desk/cases/{foreign}").status_code == 404

    @pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.ANALYST, Role.AUDITOR, Role.ADMIN])
    def test_other_roles_see_no_case(self, desk: Desk, portal: Portal, role: Role) -> None:
        number = dispatched(portal)
        client = desk(role)
        assert client.get("/desk/cases").status_code == 403
        assert client.get(f"/desk/cases/{number}").status_code == 403
        assert client.post(f"/desk/cases/{number}/accept").status_code == 403

    def test_nobody_is_let_in_without_signing_in(self, client: TestClient, portal: Portal) -> None:
        number = dispatched(portal)
        assert client.get(f"/desk/cases/{number}").headers["location"].startswith("/desk/login")
        assert client.post(f"/desk/cases/{number}/accept").status_code == 401


def test_a_report_never_goes_to_the_unit_it_is_about(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal, kind="report", text="市教育局的巡查人员从来不到校门口，只在表上打勾。")
    client = desk(Role.DISPATCHER)
    place = {"group": GROUP, "unit": UNIT}
    assert client.post(f"/desk/cases/{number}/dispatch", data=place).status_code == 409
    about = {"group": GROUP, "unit": "traffic_police", "about_unit": "traffic_police"}
    assert client.post(f"/desk/cases/{number}/dispatch", data=about).status_code == 409
    assert look(db, number).state == "triage"
    ok = {"group": GROUP, "unit": "office", "about_unit": UNIT}
    assert client.post(f"/desk/cases/{number}/dispatch", data=ok).status_code == 303


def test_each_look_at_contact_data_is_logged_and_units_do_not_see_anonymous_ones(
    desk: Desk, portal: Portal, db: Session
) -> None:
    number = dispatched(portal, phone="13812345678", name="周先生", is_anonymous=True)
    dispatcher, unit = desk(Role.DISPATCHER), desk(Role.UNIT, unit=UNIT)
    assert "13812345678" not in dispatcher.get(f"/desk/cases/{number}").text
    assert "13812345678" in dispatcher.post(f"/desk/cases/{number}/reveal").text
    assert db.scalars(select(CaseEvent.action).where(CaseEvent.action == "reveal")).all() == ["reveal"]
    assert unit.post(f"/desk/cases/{number}/reveal").status_code == 409
