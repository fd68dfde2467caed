"""Whoever decides on a case reads what was asked for, and why, beside the decision."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases import closing, handling
from portal.core.clock import today
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import GROUP, UNIT, dispatched, do, in_progress, look, make_case, resolved

Desk = Callable[..., TestClient]


def own(client: TestClient, portal: Portal, number: str) -> TestClient:
    """The reporter's browser."""
    client.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
    return client


def plan(days: int = 30) -> dict[str, str]:
    return {"reason": "funding", "plan": "明年春天统一改造", "review_on": (today() + timedelta(days=days)).isoformat()}


def in_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def beside(page: str) -> str:
    """What stands in the pane where one decides."""
    return page.split('aria-labelledby="decide"')[1].split("</section>")[0]


def test_a_return_is_decided_knowing_its_reason(desk: Desk, portal: Portal) -> None:
    number = dispatched(portal)
    why = {"reason": "territory", "evidence": "该路段在河对岸", "proposed_unit": "traffic_police"}
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/return", data=why)
    asked = beside(desk(Role.DISPATCHER).get(f"/desk/cases/{number}").text)
    reason = next(one.name for one in portal.city.return_reasons if one.key == "territory")
    for words in ("申请退单", f"原因：{reason}", "该路段在河对岸", "建议改派：市公安局交通警察支队"):
        assert words in asked


def test_a_return_is_sent_on_to_whom_the_unit_proposed_and_not_back_again(desk: Desk, portal: Portal) -> None:
    first, second = dispatched(portal), dispatched(portal)
    unit, office = desk(Role.UNIT, unit=UNIT), desk(Role.DISPATCHER)
    why = {"reason": "territory", "evidence": "该路段在河对岸"}
    unit.post(f"/desk/cases/{first}/return", data=why | {"proposed_unit": "traffic_police"})
    unit.post(f"/desk/cases/{second}/return", data=why)
    assert '<option selected value="traffic_police">' in beside(office.get(f"/desk/cases/{first}").text)
    assert f'<option selected value="{UNIT}">' not in beside(office.get(f"/desk/cases/{second}").text)
    answer = office.post(f"/desk/cases/{second}/redispatch", data={"group": GROUP, "unit": ""})
    assert answer.status_code == 422


def test_what_is_used_up_is_not_offered_again(desk: Desk, portal: Portal, db: Session) -> None:
    number = dispatched(portal)
    unit, office = desk(Role.UNIT, unit=UNIT), desk(Role.DISPATCHER)
    at = f"/desk/cases/{number}"
    assert f'action="{at}/return"' in unit.get(at).text
    unit.post(f"{at}/return", data={"reason": "territory", "evidence": "该路段在河对岸"})
    office.post(f"{at}/uphold", data={"text": "是你们的"})
    assert f'action="{at}/return"' not in unit.get(at).text
    unit.post(f"{at}/contact", data={"text": "电话联系过"})
    assert f'action="{at}/extend"' in unit.get(at).text
    unit.post(f"{at}/extend", data={"working_days": "2", "reason": "等材料到货"})
    office.post(f"{at}/grant-extension", data={"text": ""})
    assert look(db, number).extension_count == 1
    assert f'action="{at}/extend"' not in unit.get(at).text


def test_whoever_comes_second_reads_who_was_first(desk: Desk, portal: Portal) -> None:
    number = in_progress(portal)
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/extend", data={"working_days": "2", "reason": "等材料到货"})
    first, second = desk(Role.SUPERVISOR, username="qian"), desk(Role.SUPERVISOR, username="sun")
    first.post(f"/desk/cases/{number}/grant-extension", data={"text": ""})
    page = second.post(f"/desk/cases/{number}/refuse-extension", data={"text": "材料有库存，不必等"})
    assert page.status_code == 409
    assert "最近一步：同意延期，测试qian" in page.text
    assert "材料有库存，不必等" in page.text


def test_more_time_is_decided_knowing_how_much(desk: Desk, portal: Portal) -> None:
    number = in_progress(portal)
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/extend", data={"working_days": "4", "reason": "等材料到货"})
    asked = beside(desk(Role.SUPERVISOR).get(f"/desk/cases/{number}").text)
    assert "等材料到货" in asked
    assert "申请延长 4 个工作日" in asked


def test_a_new_try_is_decided_knowing_the_grade(desk: Desk, portal: Portal) -> None:
    number = resolved(portal)
    rating = closing.Rating(2, "no", "还是堵着", ("not_fixed",))
    do(portal, number, "citizen", lambda db, act, case: closing.rate(db, act, case, rating))
    asked = beside(desk(Role.DISPATCHER).get(f"/desk/cases/{number}").text)
    for words in ("还是堵着", "评价：不满意，没有解决", "问题还在"):
        assert words in asked
    desk(Role.SUPERVISOR).post(f"/desk/cases/{number}/grant-reopen", data={"text": "请到现场再看一次"})
    assert "还是堵着" in beside(desk(Role.UNIT, unit=UNIT).get(f"/desk/cases/{number}").text)


class TestDeferral:
    """Two persons put a case off: one proposes, another reads why and until when, and says yes or no."""

    def test_the_second_person_finds_the_proposal_with_its_reason_and_its_day(self, desk: Desk, portal: Portal) -> None:
        number = in_progress(portal)
        arbiter = desk(Role.SUPERVISOR)
        assert "挂账待审" not in arbiter.get("/desk").text
        desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/propose-defer", data=plan())
        front = arbiter.get("/desk").text
        assert "挂账待审" in front
        assert number in front
        asked = beside(arbiter.get(f"/desk/cases/{number}").text)
        for words in ("提出挂账", "明年春天统一改造", "原因：资金未落实", in_words(today() + timedelta(days=30))):
            assert words in asked

    def test_a_no_leaves_the_promise_and_lets_the_unit_propose_again(
        self, desk: Desk, portal: Portal, db: Session
    ) -> None:
        number = in_progress(portal)
        due_at = look(db, number).due_at
        unit, arbiter = desk(Role.UNIT, unit=UNIT), desk(Role.SUPERVISOR)
        at = f"/desk/cases/{number}"
        assert arbiter.post(f"{at}/refuse-defer", data={"text": "没有人提出"}).status_code == 409
        unit.post(f"{at}/propose-defer", data=plan())
        assert unit.post(f"{at}/refuse-defer", data={"text": "不该由我决定"}).status_code == 409
        assert arbiter.post(f"{at}/refuse-defer", data={"text": ""}).status_code == 422
        assert arbiter.post(f"{at}/refuse-defer", data={"text": "经费已经下达，请继续办理"}).status_code == 303
        case = look(db, number)
        assert (case.state, case.due_at, case.defer_proposal) == ("in_progress", due_at, None)
        assert "挂账待审" not in arbiter.get("/desk").text
        assert "经费已经下达" in unit.get(at).text
        assert unit.post(f"{at}/propose-defer", data=plan()).status_code == 303

    def test_a_day_that_is_too_late_is_said_at_the_day(self, desk: Desk, portal: Portal) -> None:
        number = in_progress(portal)
        page = desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/propose-defer", data=plan(400)).text
        wrong = page.split('class="field has-error"')
        assert len(wrong) == 2
        assert 'name="review_on"' in wrong[1].split('class="field')[0]

    def test_the_reporter_reads_that_work_goes_on(
        self, client: TestClient, desk: Desk, portal: Portal, db: Session
    ) -> None:
        number = in_progress(portal, email="wang@example.cn")
        do(portal, number, Role.UNIT, lambda db, act, case: handling.propose_defer(db, act, case, _deferral()))
        arbiter = desk(Role.SUPERVISOR)
        arbiter.post(f"/desk/cases/{number}/defer")
        assert "暂时不能解决" in look(db, number).reply
        assert arbiter.post(f"/desk/cases/{number}/resume-work").status_code == 303
        case = look(db, number)
        assert case.reply == f"已恢复办理。承诺 {case.due_on.month}月{case.due_on.day}日前答复。"


def _deferral() -> handling.Deferral:
    return handling.Deferral("funding", "明年春天统一改造", today() + timedelta(days=30))


class TestJoined:
    """Cases about one thing stand beside each other, and joining them takes one press."""

    def test_main_and_joined_lead_to_each_other(self, desk: Desk, portal: Portal) -> None:
        main, child = dispatched(portal), make_case(portal, text="学校东门一到放学就走不动，请管一管。")
        office = desk(Role.DISPATCHER)
        office.post(f"/desk/cases/{child}/merge", data={"main": main})
        assert f'href="/desk/cases/{main}"' in office.get(f"/desk/cases/{child}").text
        page = office.get(f"/desk/cases/{main}").text
        assert "并入这一件的 1 件" in page
        assert f'href="/desk/cases/{child}"' in page
        unit = desk(Role.UNIT, unit=UNIT)
        page = unit.get(f"/desk/cases/{main}").text
        assert "学校东门一到放学就走不动" in page, "who handles it reads what the others said"
        assert f'href="/desk/cases/{child}"' not in page
        assert unit.get(f"/desk/cases/{child}").status_code == 404

    def test_no_link_leads_to_a_case_of_others(self, desk: Desk, portal: Portal) -> None:
        main, child = dispatched(portal, group="main_roads", unit="urban_management"), dispatched(portal)
        desk(Role.DISPATCHER).post(f"/desk/cases/{child}/merge", data={"main": main})
        page = desk(Role.UNIT, unit=UNIT).get(f"/desk/cases/{child}").text
        assert main in page
        assert f'href="/desk/cases/{main}"' not in page

    def test_whose_case_was_joined_reads_who_handles_it_and_until_when(
        self, client: TestClient, desk: Desk, portal: Portal, db: Session
    ) -> None:
        main, child = dispatched(portal), make_case(portal)
        desk(Role.DISPATCHER).post(f"/desk/cases/{child}/merge", data={"main": main})
        page = own(client, portal, child).get(f"/cases/{child}/mine").text
        assert portal.city.unit(UNIT).name in page
        assert in_words(look(db, main).due_on) in page

    def test_a_report_in_confidence_stays_with_the_office(self, desk: Desk, portal: Portal) -> None:
        main = dispatched(portal)
        child = make_case(portal, kind="report", text="有人收了钱就不管停车，请查一查这件事。")
        desk(Role.DISPATCHER).post(f"/desk/cases/{child}/merge", data={"main": main})
        assert "收了钱" not in desk(Role.UNIT, unit=UNIT).get(f"/desk/cases/{main}").text

    @pytest.mark.parametrize("role", [Role.DISPATCHER, Role.UNIT])
    def test_a_neighbour_is_joined_with_one_press(self, desk: Desk, portal: Portal, db: Session, role: Role) -> None:
        main, case = dispatched(portal), dispatched(portal)
        office = desk(role, unit=UNIT, groups=(GROUP,))
        page = office.get(f"/desk/cases/{case}").text
        assert f'<input type="hidden" name="main" value="{main}">' in page
        assert office.post(f"/desk/cases/{case}/merge", data={"main": main, "back": ""}).status_code == 303
        assert look(db, case).merged_into_id == look(db, main).id
