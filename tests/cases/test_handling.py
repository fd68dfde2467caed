"""A unit handles a case, and the citizen sees each step."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.clockwork import remind, take_steps
from portal.cases.models import Case, CaseCount, CaseRating
from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from portal.groups import working_days_between
from tests.cases.factories import (
    GROUP,
    TEXT,
    UNIT,
    closed,
    dispatched,
    fresh,
    in_progress,
    look,
    make_case,
    photo_bytes,
    resolved,
)

Desk = Callable[..., TestClient]
JSON = {"Accept": "application/json"}
FORM = {"kind": "complaint", "text": TEXT, "place": "示例小学东门", "district": "tianning", "email": "zhou@example.cn"}
PROOF = [("photos", ("after.jpg", photo_bytes("green"), "image/jpeg"))]


def own(client: TestClient, portal: Portal, number: str) -> TestClient:
    """The reporter's browser."""
    client.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
    return client


def test_from_complaint_to_rating(client: TestClient, desk: Desk, db: Session) -> None:
    number = client.post("/cases", data=FORM, headers=JSON).json()["case_no"]
    desk(Role.DISPATCHER).post(f"/desk/cases/{number}/dispatch", data={"group": GROUP, "unit": UNIT})
    unit = desk(Role.UNIT, unit=UNIT)
    at = f"/desk/cases/{number}"
    assert "市教育局" in client.get(f"/cases/{number}/mine").text
    assert unit.post(f"{at}/accept").status_code == 303
    assert unit.post(f"{at}/contact", data={"text": "电话约好明早到现场"}).status_code == 303
    assert unit.post(f"{at}/reply", data={"text": "已到现场查看,正在划线。"}).status_code == 303
    assert "正在划线" in client.get(f"/cases/{number}/mine").text
    data = {"text": "已划定接送区,安排护学岗。", "outcome": "solved"}
    assert unit.post(f"{at}/resolve", data=data, files=PROOF).status_code == 303
    page = client.get(f"/cases/{number}/mine").text
    assert "安排护学岗" in page
    assert "请您评价" in page
    rated = client.post(f"/cases/{number}/rating", data={"grade": "5", "solved": "yes", "comment": "谢谢"})
    assert rated.status_code == 303
    case = look(db, number)
    assert (case.state, case.outcome, case.confirmed) == ("closed", "solved", "yes")
    assert [event.to_state for event in case.events][-1] == "closed"
    letters = fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == number)).all()
    assert len(letters) >= 3
    assert all("zhou@example.cn" not in body for body in letters)


def test_resolving_a_visible_complaint_needs_a_new_photo(desk: Desk, portal: Portal, db: Session) -> None:
    number = in_progress(portal)
    unit = desk(Role.UNIT, unit=UNIT)
    data = {"text": "已经处理完毕了。", "outcome": "solved"}
    refused = unit.post(f"/desk/cases/{number}/resolve", data=data)
    assert refused.status_code == 422
    assert "照片" in refused.text
    assert look(db, number).state == "in_progress"
    explained = unit.post(f"/desk/cases/{number}/resolve", data=data | {"outcome": "unfounded"})
    assert explained.status_code == 303


def test_a_bad_grade_goes_back_to_the_arbiter_who_lets_it_be_done_again(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    number = resolved(portal)
    citizen = own(client, portal, number)
    citizen.post(f"/cases/{number}/rating", data={"grade": "2", "solved": "no", "comment": "周末又堵上了"})
    assert look(db, number).state == "reopen_asked"
    page = desk(Role.SUPERVISOR).get(f"/desk/cases/{number}").text
    assert "周末又堵上了" in page
    desk(Role.SUPERVISOR, username="qian").post(f"/desk/cases/{number}/grant-reopen", data={"text": "请重新办理"})
    case = look(db, number)
    assert (case.state, case.reopen_count, case.outcome) == ("reopened", 1, None)
    again = desk(Role.UNIT, unit=UNIT).post(
        f"/desk/cases/{number}/resolve", data={"text": "周末也安排了护学岗。", "outcome": "solved"}, files=PROOF
    )
    assert again.status_code == 303
    citizen.post(f"/cases/{number}/rating", data={"grade": "4", "solved": "yes"})
    assert look(db, number).state == "closed"
    assert fresh(db).scalars(select(CaseRating.grade).order_by(CaseRating.id)).all() == [2, 4]


def test_refusing_to_reopen_needs_an_answer_and_names_the_appeal(
    desk: Desk, client: TestClient, portal: Portal, db: Session
) -> None:
    number = resolved(portal)
    own(client, portal, number).post(f"/cases/{number}/reopen", data={"reason": "我觉得还不够"})
    arbiter = desk(Role.SUPERVISOR)
    assert arbiter.post(f"/desk/cases/{number}/refuse-reopen", data={"text": "不"}).status_code == 422
    arbiter.post(f"/desk/cases/{number}/refuse-reopen", data={"text": "现场复核两次,接送秩序正常。"})
    case = look(db, number)
    assert (case.state, case.outcome) == ("closed", "not_solved")
    assert "申诉" in case.events[-1].public_text


def test_the_second_reopening_is_supervised(client: TestClient, desk: Desk, portal: Portal, db: Session) -> None:
    number = closed(portal)
    citizen, unit = own(client, portal, number), desk(Role.UNIT, unit=UNIT)
    for _turn in range(2):
        assert citizen.post(f"/cases/{number}/reopen", data={"reason": "又不行了"}).status_code == 303
        assert look(db, number).state == "reopened"
        unit.post(f"/desk/cases/{number}/resolve", data={"text": "又处理了一次。", "outcome": "solved"}, files=PROOF)
        citizen.post(f"/cases/{number}/rating", data={"grade": "3", "solved": "yes"})
    assert look(db, number).is_supervised


def test_after_the_recheck_a_closed_case_stays_closed(client: TestClient, portal: Portal, db: Session) -> None:
    number = closed(portal, now() - timedelta(days=36))
    assert own(client, portal, number).post(f"/cases/{number}/reopen", data={"reason": "又来了"}).status_code == 409
    assert look(db, number).state == "closed"


def test_silence_closes_a_case_without_a_grade(portal: Portal, db: Session) -> None:
    number = resolved(portal, now() - timedelta(days=15))
    take_steps(portal)
    assert look(db, number).state == "closed"
    assert db.scalar(select(func.count()).select_from(CaseRating)) == 0


def test_a_question_stops_the_clock_and_the_answer_moves_the_promise(
    client: TestClient, desk: Desk, portal: Portal, db: Session, time_machine: object
) -> None:
    start = now()
    number = in_progress(portal, start)
    due = look(db, number).due_on
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/ask", data={"text": "是东门还是西门?"})
    assert look(db, number).state == "need_info"
    time_machine.move_to(start + timedelta(days=4), tick=False)  # type: ignore[attr-defined]
    citizen = own(client, portal, number)
    assert "是东门还是西门" in citizen.get(f"/cases/{number}/mine").text
    citizen.post(f"/cases/{number}/answer", data={"text": "东门,我是13812345678"})
    case = look(db, number)
    assert case.state == "in_progress"
    paused = working_days_between(start.date(), now().date(), portal.city.calendar)
    assert abs(working_days_between(due, case.due_on, portal.city.calendar) - paused) <= 1
    assert "13812345678" not in case.events[-1].public_text
    assert case.messages[-1].text == "东门,我是13812345678"


def test_an_unanswered_question_ends_after_five_days(desk: Desk, portal: Portal, db: Session) -> None:
    number = in_progress(portal)
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/ask", data={"text": "是东门还是西门?"})
    take_steps(portal, now() + timedelta(days=4))
    assert look(db, number).state == "need_info"
    take_steps(portal, now() + timedelta(days=5, minutes=1))
    case = look(db, number)
    assert case.state == "in_progress"
    assert case.paused_s >= 5 * 86400
    again = desk(Role.UNIT, unit=UNIT, username="wu2").post(f"/desk/cases/{number}/ask", data={"text": "再问一次"})
    assert again.status_code == 409


def test_an_unsigned_case_counts_as_signed_after_a_day(portal: Portal, db: Session) -> None:
    number = dispatched(portal, now() - timedelta(hours=25))
    take_steps(portal)
    case = look(db, number)
    assert case.state == "accepted"
    assert case.events[-1].actor == "system"


class TestReturns:
    """A unit may say once that a case is not its own; the clock runs on, and the arbiter decides."""

    RETURN = {"reason": "territory", "evidence": "该路段属于另一辖区", "proposed_unit": "traffic_police"}

    def test_a_return_needs_a_typed_reason(self, desk: Desk, portal: Portal) -> None:
        number = dispatched(portal)
        answer = desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/return", data=self.RETURN | {"reason": "x"})
        assert answer.status_code == 422

    def test_a_unit_returns_once_and_the_promise_stays(self, desk: Desk, portal: Portal, db: Session) -> None:
        number = dispatched(portal)
        due = look(db, number).due_at
        unit, arbiter = desk(Role.UNIT, unit=UNIT), desk(Role.SUPERVISOR)
        assert unit.post(f"/desk/cases/{number}/return", data=self.RETURN).status_code == 303
        assert arbiter.post(f"/desk/cases/{number}/uphold", data={"text": "仍由贵单位办理"}).status_code == 303
        case = look(db, number)
        assert (case.state, case.due_at, case.return_count) == ("accepted", due, 1)
        assert unit.post(f"/desk/cases/{number}/return", data=self.RETURN).status_code == 409

    def test_after_the_second_return_there_is_no_third(self, desk: Desk, portal: Portal, db: Session) -> None:
        number = dispatched(portal)
        arbiter = desk(Role.SUPERVISOR)
        units = ("traffic_police", "urban_management")
        for giver, taker in zip((UNIT, units[0]), units, strict=True):
            gives = desk(Role.UNIT, unit=giver, username=f"of {giver}")
            assert (
                gives.post(f"/desk/cases/{number}/return", data=self.RETURN | {"proposed_unit": ""}).status_code == 303
            )
            place = {"group": GROUP, "unit": taker, "helpers": [UNIT]}
            assert arbiter.post(f"/desk/cases/{number}/redispatch", data=place).status_code == 303
        last = desk(Role.UNIT, unit=units[1], username="last")
        assert last.post(f"/desk/cases/{number}/return", data=self.RETURN).status_code == 409
        case = look(db, number)
        assert (case.state, case.unit, case.helpers) == ("dispatched", units[1], [UNIT])

    def test_after_the_second_return_those_who_sent_it_back_help_when_nobody_is_named(
        self, desk: Desk, portal: Portal, db: Session
    ) -> None:
        number = dispatched(portal)
        arbiter = desk(Role.SUPERVISOR)
        for giver, taker in ((UNIT, "traffic_police"), ("traffic_police", "urban_management")):
            gives = desk(Role.UNIT, unit=giver, username=f"of {giver}")
            gives.post(f"/desk/cases/{number}/return", data=self.RETURN | {"proposed_unit": ""})
            arbiter.post(f"/desk/cases/{number}/redispatch", data={"group": GROUP, "unit": taker})
        case = look(db, number)
        assert (case.unit, sorted(case.helpers)) == ("urban_management", sorted([UNIT, "traffic_police"]))

    def test_a_late_return_is_refused(self, desk: Desk, portal: Portal) -> None:
        number = dispatched(portal, now() - timedelta(days=12))
        assert desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/return", data=self.RETURN).status_code == 409


def test_more_time_is_given_once_by_somebody_else(desk: Desk, portal: Portal, db: Session) -> None:
    number = in_progress(portal)
    before = look(db, number).due_on
    unit, arbiter = desk(Role.UNIT, unit=UNIT), desk(Role.SUPERVISOR)
    at = f"/desk/cases/{number}"
    assert unit.post(f"{at}/extend", data={"working_days": "50", "reason": "等材料"}).status_code == 422
    assert unit.post(f"{at}/extend", data={"working_days": "5", "reason": "等材料"}).status_code == 303
    assert unit.post(f"{at}/grant-extension", data={"text": ""}).status_code == 409
    assert arbiter.post(f"{at}/grant-extension", data={"text": ""}).status_code == 303
    case = look(db, number)
    assert working_days_between(before, case.due_on, portal.city.calendar) == 5
    event = case.events[-1]
    assert event.old_due_at is not None
    assert event.new_due_at == case.due_at
    assert unit.post(f"{at}/extend", data={"working_days": "1", "reason": "再等"}).status_code == 409


def test_deferring_takes_two_persons_a_reason_and_a_review_date(desk: Desk, portal: Portal, db: Session) -> None:
    number = in_progress(portal)
    first, second = desk(Role.SUPERVISOR, username="qian"), desk(Role.SUPERVISOR, username="sun")
    at = f"/desk/cases/{number}"
    plan = {
        "reason": "funding",
        "plan": "列入明年改造计划",
        "review_on": (date.today() + timedelta(days=60)).isoformat(),
    }
    too_late = plan | {"review_on": (date.today() + timedelta(days=120)).isoformat()}
    assert first.post(f"{at}/propose-defer", data=too_late).status_code == 422
    assert first.post(f"{at}/propose-defer", data=plan).status_code == 303
    assert first.post(f"{at}/defer").status_code == 409
    assert second.post(f"{at}/defer").status_code == 303
    case = look(db, number)
    assert case.state == "deferred"
    assert "列入明年改造计划" in case.reply
    take_steps(portal, now() + timedelta(days=61))
    assert look(db, number).state == "in_progress"


def test_a_merged_reporter_is_answered_too_and_may_object(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    main, child = in_progress(portal), make_case(portal, email="child@example.cn")
    dispatcher = desk(Role.DISPATCHER)
    assert dispatcher.post(f"/desk/cases/{child}/merge", data={"main": main}).status_code == 303
    assert look(db, child).state == "merged"
    assert look(db, main).support_count == 1
    data = {"text": "已划定接送区,安排护学岗。", "outcome": "solved"}
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{main}/resolve", data=data, files=PROOF)
    assert "安排护学岗" in own(client, portal, child).get(f"/cases/{child}/mine").text
    bodies = fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == child)).all()
    assert any("安排护学岗" in body for body in bodies)
    assert client.post(f"/cases/{child}/split").status_code == 303
    assert look(db, child).state == "triage"
    assert look(db, main).support_count == 0


@pytest.mark.parametrize("main", ["CZ19990101-0001", "self"])
def test_a_case_is_merged_only_into_another_open_one(desk: Desk, portal: Portal, db: Session, main: str) -> None:
    number = make_case(portal)
    answer = desk(Role.DISPATCHER).post(
        f"/desk/cases/{number}/merge", data={"main": number if main == "self" else main}
    )
    assert answer.status_code in {409, 422}
    assert look(db, number).state == "triage"


def test_reminders_come_at_half_and_four_fifths_and_supervision_when_overdue(portal: Portal, db: Session) -> None:
    number = in_progress(portal)
    case = look(db, number)
    span = case.due_at - case.submitted_at
    for share in (0.3, 0.55, 0.6, 0.85, 1.01, 1.5):
        remind(portal, case.submitted_at + span * share)
    actions = [event.action for event in look(db, number).events]
    assert actions.count("remind") == 2
    assert actions.count("supervise") == 1
    assert look(db, number).is_supervised


def test_the_kept_counts_agree_with_the_cases(portal: Portal, db: Session) -> None:
    for make in (make_case, dispatched, in_progress, resolved, closed):
        make(portal)
    kept = {(row.group, row.unit, row.state): row.count for row in db.scalars(select(CaseCount)) if row.count}
    counted = db.execute(
        select(Case.group, Case.unit, Case.state, func.count()).group_by(Case.group, Case.unit, Case.state)
    )
    assert kept == {(group, unit or "", state): count for group, unit, state, count in counted}


def test_reasons_go_with_the_grade_and_some_bring_it_back_to_the_office(
    client: TestClient, portal: Portal, db: Session
) -> None:
    content, polite = resolved(portal), resolved(portal)
    for number in (content, polite):
        client.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
    page = client.get(f"/cases/{content}/mine").text
    assert "办得快" in page
    assert "几家单位推来推去" in page
    good = {"grade": "5", "solved": "yes", "praise": ["quick", "kind"], "blame": ["rude"]}
    assert client.post(f"/cases/{content}/rating", data=good).status_code == 303
    kept = db.scalars(select(CaseRating.reasons)).one()
    assert kept == ["quick", "kind"], "blame does not go with the best grade"
    mixed = {"grade": "3", "solved": "partly", "praise": "kind", "blame": "came_back"}
    assert client.post(f"/cases/{polite}/rating", data=mixed).status_code == 303
    assert look(db, polite).state == "reopen_asked"
    assert client.post(f"/cases/{polite}/rating", data={"grade": "5", "solved": "yes"}).status_code == 409
