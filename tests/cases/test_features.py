"""What a citizen and an office rely on, each in one sentence and through the client."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.cases.models import Case
from portal.core.clock import CITY_ZONE, now
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from portal.groups import working_days_between
from tests.cases.factories import GROUP, UNIT, dispatched, fresh, in_progress, look
from tests.cases.test_handling import FORM, JSON, PROOF, own
from tests.search.factories import make_public_case

Desk = Callable[..., TestClient]


def letters(db: Session, number: str) -> str:
    return "\n".join(fresh(db).scalars(select(OutboxMessage.body).where(OutboxMessage.about == number)))


def test_anonymity_is_offered_by_kind_and_never_dropped_in_silence(
    client: TestClient, portal: Portal, db: Session
) -> None:
    kinds = tuple(replace(one, anonymous=one.key != "help_request") for one in portal.city.kinds)
    portal.city = replace(portal.city, kinds=kinds)
    named = {**FORM, "kind": "help_request", "anonymous": "1"}
    refused = client.post("/cases", data=named, headers=JSON)
    assert refused.status_code == 422
    assert "不能匿名" in refused.json()["errors"]["anonymous"][0]
    assert fresh(db).scalar(select(func.count()).select_from(Case)) == 0
    assert client.post("/cases", data={**named, "anonymous": ""}, headers=JSON).status_code == 201
    number = client.post("/cases", data={**named, "kind": "complaint"}, headers=JSON).json()["case_no"]
    assert look(db, number).is_anonymous


def test_everybody_follows_a_public_case_from_state_to_state_and_reads_its_replies(
    client: TestClient, desk: Desk, portal: Portal
) -> None:
    number = make_public_case(portal, group=GROUP)
    at, office, unit = f"/desk/cases/{number}", desk(Role.DISPATCHER), desk(Role.UNIT, unit=UNIT)
    office.post(f"{at}/dispatch", data={"group": GROUP, "unit": UNIT})
    unit.post(f"{at}/accept")
    unit.post(f"{at}/contact", data={"text": "电话约好明早到现场"})
    unit.post(f"{at}/reply", data={"text": "已到现场查看，配件周三到货。"})
    unit.post(f"{at}/note", data={"text": "这一处以前也坏过。"})
    page = client.get(f"/cases/{number}").text
    line = page[page.index("timeline") :]
    steps = [line.index(words) for words in ("配件周三到货", "已签收", "市教育局")]
    assert steps == sorted(steps), "newest first"
    assert "这一处以前也坏过" not in page


def test_the_day_promised_before_sending_is_the_day_on_the_receipt_and_on_the_case(
    client: TestClient, db: Session
) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 10, 0, tzinfo=CITY_ZONE)):
        shown = client.post("/cases/check", data=FORM).text
        answer = client.post("/cases", data=FORM, headers=JSON).json()
        due = date.fromisoformat(answer["due_on"])
        assert f"{due.year}年{due.month}月{due.day}日" in shown
        assert look(db, answer["case_no"]).due_on == due
        assert f"{due.month}月{due.day}日" in client.get(f"/cases/{answer['case_no']}/mine").text


@pytest.mark.parametrize(
    ("sent_on", "due_on"),
    [
        # National Day: 1–7 October 2026 are off; Saturday 10 October is worked for it.
        (datetime(2026, 9, 30, 10, 0, tzinfo=CITY_ZONE), date(2026, 10, 13)),
        (datetime(2026, 11, 27, 10, 0, tzinfo=CITY_ZONE), date(2026, 12, 4)),
    ],
)
def test_a_promise_counts_working_days_over_holidays_and_worked_weekends(
    client: TestClient, portal: Portal, db: Session, sent_on: datetime, due_on: date
) -> None:
    with time_machine.travel(sent_on):
        number = client.post("/cases", data=FORM, headers=JSON).json()["case_no"]
    case = look(db, number)
    assert case.due_on == due_on
    days = portal.city.kind("complaint").working_days
    assert working_days_between(sent_on.date(), case.due_on, portal.city.calendar) == days


def test_more_time_is_told_to_the_citizen_with_its_reason_and_the_new_day(
    client: TestClient, desk: Desk, portal: Portal, db: Session
) -> None:
    number = in_progress(portal, email="zhou@example.cn")
    at = f"/desk/cases/{number}"
    desk(Role.UNIT, unit=UNIT).post(f"{at}/extend", data={"working_days": "3", "reason": "灯杆要重新定做"})
    desk(Role.SUPERVISOR).post(f"{at}/grant-extension", data={"text": ""})
    due = look(db, number).due_on
    page = own(client, portal, number).get(f"/cases/{number}/mine").text
    for words in ("灯杆要重新定做", f"{due.month}月{due.day}日"):
        assert words in page
        assert words in letters(db, number)


def test_closing_needs_a_contact_first_and_words_that_answer(desk: Desk, portal: Portal, db: Session) -> None:
    number = dispatched(portal)
    unit, at = desk(Role.UNIT, unit=UNIT), f"/desk/cases/{number}"
    unit.post(f"{at}/accept")
    page = unit.get(at).text
    assert "最迟" in page[page.index("首次联系") :][:200], "until when the reporter is to be called"
    assert re.search(r'<details id="do-contact"[^>]* open', page), "the first thing asked for is the contact"
    assert "do-resolve" not in page
    done = {"text": "已划定接送区,安排护学岗。", "outcome": "solved"}
    assert unit.post(f"{at}/resolve", data=done, files=PROOF).status_code == 409
    unit.post(f"{at}/contact", data={"text": "电话约好明早到现场"})
    for nothing in ("", "   ", "好"):
        assert unit.post(f"{at}/resolve", data={**done, "text": nothing}, files=PROOF).status_code == 422
    assert look(db, number).state == "in_progress"
    assert unit.post(f"{at}/resolve", data=done, files=PROOF).status_code == 303


def test_one_address_is_stopped_before_it_floods_the_office(app: Starlette, db: Session) -> None:
    app.state.portal.settings = replace(app.state.portal.settings, limits=True)
    browser = TestClient(app, follow_redirects=False)
    browser.headers["Sec-Fetch-Site"] = "same-origin"
    answers = [
        browser.post("/cases", data={**FORM, "text": f"第{number}盏路灯不亮了", "email": ""}, headers=JSON)
        for number in range(61)
    ]
    assert [one.status_code for one in answers] == [201] * 60 + [429]
    page = browser.post("/cases", data=FORM)
    assert page.status_code == 429
    assert "请过一会儿再试" in page.text
    assert fresh(db).scalar(select(func.count()).select_from(Case)) == 60


def test_who_goes_back_and_sends_an_old_form_of_the_desk_changes_nothing(
    desk: Desk, portal: Portal, db: Session
) -> None:
    """Two officers have the same case open; the second one's form is of a state that is over."""
    number = dispatched(portal)
    at = f"/desk/cases/{number}"
    first, second = desk(Role.UNIT, unit=UNIT), desk(Role.UNIT, unit=UNIT, username="colleague")
    assert first.post(f"{at}/accept").status_code == 303
    late = second.post(f"{at}/accept")
    assert late.status_code == 409
    assert "这一步没有做成" in late.text
    assert "已签收" in late.text
    assert "do-contact" in late.text
    assert [event.action for event in look(db, number).events].count("accept") == 1


def test_words_written_for_a_step_that_a_colleague_made_impossible_are_not_lost(
    desk: Desk, portal: Portal, db: Session
) -> None:
    number = in_progress(portal)
    at, words = f"/desk/cases/{number}", "已与物业商定，周三前装好护栏，请放心。"
    first, second = desk(Role.UNIT, unit=UNIT), desk(Role.UNIT, unit=UNIT, username="colleague")
    done = {"text": "已划定接送区,安排护学岗。", "outcome": "solved"}
    assert first.post(f"{at}/resolve", data=done, files=PROOF).status_code == 303
    late = second.post(f"{at}/reply", data={"text": words}, files=PROOF)
    assert late.status_code == 409
    assert words in late.text
    assert "已办结" in late.text
    assert "kept_photos" in late.text
    assert look(db, number).state == "resolved"
    stranger = second.post(f"{at}/reject", data={"reason": "no_scope", "note": words})
    assert stranger.status_code == 409
    assert words not in stranger.text, "a step that is never theirs is not shown as a form"


def test_a_text_as_long_as_allowed_is_kept_whole_and_one_sign_more_is_refused(client: TestClient, db: Session) -> None:
    longest = "路" * 5000
    number = client.post("/cases", data={**FORM, "text": longest}, headers=JSON).json()["case_no"]
    assert look(db, number).text_raw == longest
    assert client.get(f"/cases/{number}/mine").status_code == 200
    assert client.post("/cases", data={**FORM, "text": longest + "灯"}, headers=JSON).status_code == 422


def test_a_link_older_than_its_term_leads_to_the_look_up(client: TestClient, portal: Portal) -> None:
    number = in_progress(portal)
    token = portal.secrets.sign("case link", number)
    with time_machine.travel(now() + timedelta(days=400)):
        late = client.get(f"/cases/open/{token}")
    assert late.status_code == 404
    assert "查询码" in late.text
