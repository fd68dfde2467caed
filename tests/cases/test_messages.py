"""Reporters are told at each state, as much as they want, and can end it with one click."""

import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload
from starlette.testclient import TestClient

from portal.cases import clockwork, closing, handling, intake, undo
from portal.cases.joined import merge, unmerge
from portal.cases.models import Case
from portal.cases.states import Outcome
from portal.cases.triage import Assignment, dispatch, redispatch, uphold
from portal.core.clock import now
from portal.core.mail import Channel, OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import (
    dispatched,
    do,
    fresh,
    in_progress,
    make_case,
    office,
    resolved,
    stored_photo,
)

MAIL = "li@example.com"


def letters(db: Session, about: str) -> Sequence[OutboxMessage]:
    return fresh(db).scalars(select(OutboxMessage).where(OutboxMessage.about == about).order_by(OutboxMessage.id)).all()


def words(db: Session, about: str) -> list[str]:
    """What was written, without the link."""
    return [letter.body.partition(" 查看详情")[0] for letter in letters(db, about)]


def path_of(letter: OutboxMessage) -> str:
    assert letter.stop_path.startswith("/messages/")
    return letter.stop_path


def test_each_state_says_a_word_of_its_own(portal: Portal, db: Session) -> None:
    number = make_case(portal, email=MAIL)
    to = Assignment("school_surroundings", "education")
    do(portal, number, Role.DISPATCHER, lambda db, act, case: _dispatch(db, act, case, to))
    do(portal, number, Role.UNIT, handling.accept)
    do(portal, number, Role.UNIT, lambda db, act, case: handling.ask_return(db, act, case, _return()))
    do(portal, number, Role.SUPERVISOR, lambda db, act, case: uphold(db, act, case, "应由贵单位办理"))
    do(portal, number, Role.UNIT, lambda db, act, case: handling.contact(db, act, case, "电话"))
    do(portal, number, Role.UNIT, lambda db, act, case: handling.contact(db, act, case, "再打一次"))
    do(portal, number, Role.UNIT, lambda db, act, case: handling.ask(db, act, case, "哪个校门？"))
    do(portal, number, "system", handling.stop_waiting)
    do(portal, number, Role.UNIT, lambda db, act, case: handling.ask_extension(db, act, case, "等材料", 2))
    do(portal, number, Role.SUPERVISOR, lambda db, act, case: handling.decide_extension(db, act, case, False, 2, ""))
    how = closing.Resolution("已划定接送区，安排专人疏导。", Outcome.SOLVED, [stored_photo(portal)])
    do(portal, number, Role.UNIT, lambda db, act, case: closing.resolve(db, act, case, how))
    do(portal, number, "citizen", lambda db, act, case: closing.reopen(db, act, case, "还是堵"))
    do(portal, number, Role.SUPERVISOR, lambda db, act, case: closing.decide_reopen(db, act, case, True, "再办一次。"))
    again = closing.Resolution("已增派人员，早晚都有人疏导。", Outcome.SOLVED, [stored_photo(portal, "blue")])
    do(portal, number, Role.UNIT, lambda db, act, case: closing.resolve(db, act, case, again))
    do(portal, number, "system", closing.expire_rating)
    said = words(db, number)
    expected = (
        "已收到您的诉求",
        "已交由",
        "已签收",
        "正在核定责任单位",
        "由原单位继续办理",
        "开始办理",
        "请您补充：哪个校门",
        "没有等到您的补充",
        "申请延长办理时间",
        "没有同意延期",
        "已办结：已划定接送区",
        "已收到您的重办申请，2 个工作日内答复您",
        "已同意重新办理",
        "已办结",
        "没有替您评价",
    )
    assert len(said) == len(expected), said
    for text, part in zip(said, expected, strict=True):
        assert part in text


def _dispatch(db: Session, act: intake.Act, case: Case, to: Assignment) -> object:
    return dispatch(db, act, case, to)


def _return() -> handling.Return:
    return handling.Return("ownership", "应属城管", "urban_management")


def test_a_moved_promise_is_said_in_the_message(portal: Portal, db: Session) -> None:
    number = in_progress(portal, email=MAIL)
    do(portal, number, "system", lambda _db, _act, case: setattr(case, "state", "deferred"))
    do(portal, number, "system", handling.resume_work)
    assert re.search(r"已恢复办理。承诺 \d+月\d+日前答复。", words(db, number)[-1])


def test_a_text_message_names_the_case_since_it_has_no_subject(portal: Portal, db: Session) -> None:
    number = make_case(portal, phone="13812345678")
    to = Assignment("school_surroundings", "education")
    do(portal, number, Role.DISPATCHER, lambda db, act, case: _dispatch(db, act, case, to))
    receipt, moved = words(db, number)
    assert receipt.count(number) == 1
    assert moved.startswith(f"{number} 已交由")


@pytest.mark.parametrize("reason", ["回收公司的车排满了", "回收公司的车排满了。", "回收公司的车排满了，"])
def test_more_time_is_told_with_its_day_and_one_full_stop(portal: Portal, db: Session, reason: str) -> None:
    number = in_progress(portal, email=MAIL)
    do(portal, number, Role.UNIT, lambda db, act, case: handling.ask_extension(db, act, case, reason, 2))
    do(
        portal,
        number,
        Role.SUPERVISOR,
        lambda db, act, case: handling.decide_extension(db, act, case, True, 2, "", reason),
    )
    said = words(db, number)[-1]
    assert re.fullmatch(r"办理时间延长到 \d+月\d+日。原因：回收公司的车排满了。", said)
    case = fresh(db).scalars(select(Case).where(Case.case_no == number).options(selectinload(Case.events))).one()
    assert case.events[-1].public_text == said.partition("原因")[0]


def test_who_wants_the_main_things_is_spared_the_steps(portal: Portal, db: Session, client: TestClient) -> None:
    number = make_case(portal, email=MAIL)
    (receipt,) = letters(db, number)
    assert client.post(path_of(receipt), data={"level": "main"}).status_code == 303
    to = Assignment("school_surroundings", "education")
    do(portal, number, Role.DISPATCHER, lambda db, act, case: _dispatch(db, act, case, to))
    do(portal, number, Role.UNIT, handling.accept)
    do(portal, number, Role.UNIT, lambda db, act, case: handling.contact(db, act, case, "电话"))
    assert len(letters(db, number)) == 1
    do(portal, number, Role.UNIT, lambda db, act, case: handling.ask(db, act, case, "哪个校门？"))
    assert "请您补充" in words(db, number)[-1]


def test_one_click_of_a_mail_programme_ends_every_message_to_this_address(
    portal: Portal, db: Session, app: object
) -> None:
    number = make_case(portal, email=MAIL)
    (receipt,) = letters(db, number)
    programme = TestClient(app, follow_redirects=False)  # type: ignore[arg-type]
    answer = programme.post(path_of(receipt), data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code in {200, 303}
    other = make_case(portal, email=" LI@example.com ".strip().upper(), text="另一件事：路灯不亮，已经一个星期了。")
    do(
        portal,
        number,
        Role.DISPATCHER,
        lambda db, act, case: _dispatch(db, act, case, Assignment("markets", "market_regulation")),
    )
    assert len(letters(db, number)) == 1
    assert letters(db, other) == []


def test_looking_at_the_link_ends_nothing_and_one_button_does(portal: Portal, db: Session, client: TestClient) -> None:
    number = make_case(portal, email=MAIL)
    path = path_of(letters(db, number)[0])
    page = client.get(path).text
    assert "停止全部消息" in page
    assert MAIL not in page
    assert "现在不会给您发消息" not in client.get(path).text
    client.post(path, data={"stop": "1"})
    assert "现在不会给您发消息" in client.get(path).text
    assert client.post(path, data={"level": "every"}).status_code == 303
    assert "现在不会给您发消息" not in client.get(path).text


def test_a_telephone_chooses_between_text_message_and_wechat(portal: Portal, db: Session, client: TestClient) -> None:
    number = make_case(portal, phone="13812345678")
    (receipt,) = letters(db, number)
    path = path_of(receipt)
    assert receipt.channel == Channel.SMS
    client.post(path, data={"level": "every", "via": "wechat"})
    do(
        portal,
        number,
        Role.DISPATCHER,
        lambda db, act, case: _dispatch(db, act, case, Assignment("markets", "market_regulation")),
    )
    assert letters(db, number)[-1].channel == Channel.WECHAT
    client.post(path, data={"stop": "1"})
    client.post(path, data={"level": "every", "via": "sms"})

    assert client.post(path, data={"level": "every", "via": "pigeon"}).status_code == 422


@pytest.mark.parametrize("token", ["x", "a.b.c"])
def test_a_link_that_is_not_ours_opens_nothing(client: TestClient, token: str) -> None:
    assert client.get(f"/messages/{token}").status_code == 404
    assert client.post(f"/messages/{token}", data={"stop": "1"}).status_code == 404


def test_a_link_of_another_purpose_opens_nothing(client: TestClient, portal: Portal) -> None:
    token = portal.secrets.sign("case link", ["email", "0" * 64])
    assert client.get(f"/messages/{token}").status_code == 404


def test_a_choice_that_is_none_is_refused_at_its_field(portal: Portal, db: Session, client: TestClient) -> None:
    number = make_case(portal, email=MAIL)
    answer = client.post(path_of(letters(db, number)[0]), data={"level": "loud"})
    assert answer.status_code == 422
    assert "level" in answer.text


def test_an_invented_case_writes_to_nobody(portal: Portal, db: Session) -> None:
    number = resolved(portal, email=MAIL, is_sample=True)
    assert letters(db, number) == []


def test_who_left_no_contact_is_written_to_nowhere(portal: Portal, db: Session) -> None:
    assert letters(db, resolved(portal)) == []


def test_both_reporters_of_a_merged_pair_are_told_the_result(portal: Portal, db: Session) -> None:
    main, child = in_progress(portal, email=MAIL), dispatched(portal, email="wang@example.com", text="校门口又堵了半天")
    office(portal, Role.DISPATCHER)

    def join(db: Session, act: intake.Act, case: Case) -> object:
        return merge(db, act, case, db.scalars(select(Case).where(Case.case_no == main)).one())

    do(portal, child, Role.DISPATCHER, join)
    how = closing.Resolution("已划定接送区，安排专人疏导。", Outcome.SOLVED, [stored_photo(portal)])
    do(portal, main, Role.UNIT, lambda db, act, case: closing.resolve(db, act, case, how))
    assert "已合并办理" in words(db, child)[-2]
    assert "已办结" in words(db, child)[-1]
    assert "已办结" in words(db, main)[-1]


def test_separation_and_withdrawal_are_confirmed(portal: Portal, db: Session) -> None:
    main, child = in_progress(portal), dispatched(portal, email=MAIL, text="校门口又堵了半天")

    def join(db: Session, act: intake.Act, case: Case) -> object:
        return merge(db, act, case, db.scalars(select(Case).where(Case.case_no == main)).one())

    do(portal, child, Role.DISPATCHER, join)
    do(portal, child, "citizen", unmerge)
    assert "已恢复单独办理" in words(db, child)[-1]
    do(portal, child, "citizen", lambda db, act, case: undo.withdraw_case(db, act, case, ""))
    assert "已按您的要求撤回" in words(db, child)[-1]


def test_supervision_on_the_first_overdue_day_is_told(portal: Portal, db: Session) -> None:
    number = in_progress(portal, now() - timedelta(days=40), email=MAIL)
    do(portal, number, "system", lambda _db, _act, case: setattr(case, "remind_at", now() - timedelta(days=1)))
    clockwork.remind(portal)
    assert "已列入督办" in words(db, number)[-2]
    assert "报请承办单位负责人督办" in words(db, number)[-1], "forty days are far overdue"


def test_another_unit_after_a_return_is_named(portal: Portal, db: Session) -> None:
    number = dispatched(portal, email=MAIL)
    do(portal, number, Role.UNIT, lambda db, act, case: handling.ask_return(db, act, case, _return()))
    to = Assignment("main_roads", "urban_management")
    do(portal, number, Role.SUPERVISOR, lambda db, act, case: redispatch(db, act, case, to))
    assert "已交由" in words(db, number)[-1]
