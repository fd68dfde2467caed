"""Colleagues on one case: notes that name somebody, checks of the group, who handles it, how pressing it is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.desk_models import CaseMention
from portal.core.clock import now
from portal.core.mail import OutboxMessage
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import GROUP, TEXT, UNIT, SureRouter, dispatched, fresh, in_progress, look, make_case

Desk = Callable[..., TestClient]


class TestMentions:
    """@name in a note puts the case on that person's front page until they have read it."""

    def test_the_named_colleague_finds_the_case_on_the_front_page(
        self, desk: Desk, portal: Portal, db: Session
    ) -> None:
        number = in_progress(portal)
        qian, lu = desk(Role.SUPERVISOR, username="qian"), desk(Role.DISPATCHER, username="lu")
        assert lu.post(f"/desk/cases/{number}/note", data={"text": "@qian请看一下，要不要督办？"}).status_code == 303
        front = qian.get("/desk").text
        assert "备注里提到您" in front
        assert number in front
        assert "备注里提到您" not in lu.get("/desk").text
        assert "备注里提到了您" in qian.get(f"/desk/cases/{number}").text
        assert db.scalars(select(CaseMention.username)).all() == ["qian"]
        assert qian.post(f"/desk/cases/{number}/mark/seen").status_code == 303
        assert "备注里提到您" not in qian.get("/desk").text

    def test_the_name_people_read_works_too_and_an_answer_counts_as_seen(self, desk: Desk, portal: Portal) -> None:
        number = in_progress(portal)
        qian, lu = desk(Role.SUPERVISOR, username="qian"), desk(Role.DISPATCHER, username="lu")
        lu.post(f"/desk/cases/{number}/note", data={"text": "请@测试qian，看看"})
        assert "备注里提到您" in qian.get("/desk").text
        qian.post(f"/desk/cases/{number}/note", data={"text": "@lu 看过了，先催办。"})
        assert "备注里提到您" not in qian.get("/desk").text
        assert "备注里提到您" in lu.get("/desk").text

    def test_somebody_who_may_not_see_the_case_cannot_be_named(self, desk: Desk, portal: Portal, db: Session) -> None:
        number = in_progress(portal)
        desk(Role.UNIT, unit="traffic_police", username="jiao")
        lu = desk(Role.DISPATCHER, username="lu")
        for name in ("jiao", "nobody"):
            answer = lu.post(f"/desk/cases/{number}/note", data={"text": f"@{name} 看一下"})
            assert answer.status_code == 422
            assert f"@{name} 看一下" in answer.text, "what was typed is not lost"
        assert db.scalars(select(CaseMention)).all() == []

    def test_citizens_never_read_a_note(self, desk: Desk, client: TestClient, portal: Portal) -> None:
        number = in_progress(portal, email="zhou@example.cn")
        desk(Role.DISPATCHER, username="lu").post(f"/desk/cases/{number}/note", data={"text": "反映人语气急，注意安抚"})
        client.get(f"/cases/open/{portal.secrets.sign('case link', number)}")
        assert "注意安抚" not in client.get(f"/cases/{number}/mine").text


class TestChecks:
    """The group's checklist is ticked by the unit on the case."""

    def test_the_unit_ticks_what_it_looked_at(self, desk: Desk, portal: Portal, db: Session) -> None:
        number = in_progress(portal)
        lines = portal.city.group(GROUP).checklist
        unit = desk(Role.UNIT, unit=UNIT)
        page = unit.get(f"/desk/cases/{number}").text
        assert all(line in page for line in lines)
        assert unit.post(f"/desk/cases/{number}/check", data={"done": ["1", "2"]}).status_code == 303
        page = unit.get(f"/desk/cases/{number}").text
        assert page.count('class="is-done"') == 2
        assert f"检查要点还有 {len(lines) - 2} 项没有核对" in page
        event = look(db, number).events[-1]
        assert event.detail["done"] == list(lines[:2])

    def test_only_lines_of_the_group_can_be_ticked_and_only_by_who_handles_it(
        self, desk: Desk, portal: Portal, db: Session
    ) -> None:
        number = in_progress(portal)
        assert desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/check", data={"done": "99"}).status_code == 422
        assert desk(Role.DISPATCHER).post(f"/desk/cases/{number}/check", data={"done": "1"}).status_code == 409

    def test_the_compound_has_the_list_of_the_campaign(self, portal: Portal) -> None:
        lines = portal.city.group("residential").checklist
        assert any("飞线充电" in line for line in lines)
        assert any("消防通道" in line for line in lines)


class TestPriority:
    """Priority has a meaning: an urgent case has to be sent and answered within hours."""

    def test_an_urgent_case_gets_shorter_clocks(self, desk: Desk, portal: Portal, db: Session) -> None:
        number = make_case(portal, routing=SureRouter().suggest(TEXT))
        client = desk(Role.DISPATCHER)
        page = client.get(f"/desk/cases/{number}").text
        assert "可能伤人或正在扩大" in page
        data = {"priority": "urgent", "reason": "护栏尖头朝外，孩子天天经过"}
        assert client.post(f"/desk/cases/{number}/prioritise", data=data).status_code == 303
        case = look(db, number)
        assert (case.priority, case.is_urgent) == ("urgent", True)
        assert case.contact_due_at <= now() + timedelta(hours=2, minutes=1)
        assert case.step_due_at is not None
        assert case.step_due_at <= now() + timedelta(hours=1, minutes=1)
        assert number in client.get("/desk/cases?priority=urgent").text
        assert number not in client.get("/desk/cases?priority=low").text

    def test_it_needs_a_reason_and_is_not_the_units_to_say(self, desk: Desk, portal: Portal) -> None:
        number = dispatched(portal)
        client = desk(Role.DISPATCHER)
        assert client.post(f"/desk/cases/{number}/prioritise", data={"priority": "high"}).status_code == 422
        data = {"priority": "low", "reason": "不急"}
        assert desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{number}/prioritise", data=data).status_code == 409

    def test_the_group_says_what_is_pressing_for_it(self, desk: Desk, portal: Portal) -> None:
        number = dispatched(portal)
        group = portal.city.group(GROUP)
        assert group.pressing
        assert group.pressing in desk(Role.DISPATCHER).get(f"/desk/cases/{number}").text


def test_a_reply_can_start_from_a_wording_of_the_group(desk: Desk, portal: Portal) -> None:
    number = in_progress(portal)
    reply = portal.city.group(GROUP).replies[0]
    unit = desk(Role.UNIT, unit=UNIT)
    page = unit.get(f"/desk/cases/{number}").text
    assert reply.label in page
    filled = unit.get(f"/desk/cases/{number}?wording={GROUP}.{reply.key}").text
    assert "市教育局" in filled
    assert "%(" not in filled


@pytest.mark.parametrize("partial", [True, False], ids=["beside the form", "as a page"])
def test_the_message_is_seen_before_anything_is_sent(desk: Desk, portal: Portal, db: Session, partial: bool) -> None:
    number = in_progress(portal, email="zhou@example.cn")
    unit = desk(Role.UNIT, unit=UNIT)
    before = len(fresh(db).scalars(select(OutboxMessage.id)).all())
    data = {"text": "已到现场查看，联系人13812345678，周三前划线。", "preview": "1"}
    headers = {"HX-Request": "true"} if partial else {}
    answer = unit.post(f"/desk/cases/{number}/reply", data=data, headers=headers)
    assert answer.status_code == 200
    assert "反映人会收到" in answer.text
    assert "周三前划线" in answer.text
    public = answer.text.partition("办理过程里会写")[2].partition("</blockquote>")[0]
    assert "13812345678" not in public
    assert ("<html" in answer.text) == (not partial)
    assert look(db, number).reply == ""
    assert len(fresh(db).scalars(select(OutboxMessage.id)).all()) == before


def test_a_preview_refuses_what_the_action_would_refuse(desk: Desk, portal: Portal, db: Session) -> None:
    number = in_progress(portal)
    unit = desk(Role.UNIT, unit=UNIT)
    data = {"text": "已经处理完毕了。", "outcome": "solved", "preview": "1"}
    answer = unit.post(f"/desk/cases/{number}/resolve", data=data, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "照片" in answer.text
    assert look(db, number).state == "in_progress"


class TestContext:
    """Beside the case stands what helps to decide."""

    def test_same_place_same_words_and_same_reporter(self, desk: Desk, portal: Portal) -> None:
        here = {"lat": 31.8100, "lng": 119.9700}
        near = dispatched(
            portal,
            group="main_roads",
            unit="traffic_police",
            text="护栏倒了一截，尖头朝外。",
            lat=31.8111,
            lng=119.9705,
        )
        far = dispatched(
            portal, group="main_roads", unit="traffic_police", text="广告牌褪色看不清楚。", lat=31.9, lng=119.9
        )
        alike = dispatched(portal)
        mine = make_case(portal, phone="13812345678", text="上个月的另一件事，早就说过了。")
        number = dispatched(portal, phone="13812345678", **here)
        page = desk(Role.DISPATCHER).get(f"/desk/cases/{number}").text
        same = page.partition('aria-label="可能是同一件事"')[2].partition("</section>")[0]
        assert near in same
        assert "200 米内" in same
        assert alike in same
        assert "说法相近" in same
        assert far not in same
        assert mine in page.partition('aria-label="同一反映人"')[2].partition("</section>")[0]

    def test_a_unit_sees_nothing_of_other_units_there(self, desk: Desk, portal: Portal) -> None:
        near = dispatched(portal, group="main_roads", unit="traffic_police", lat=31.81, lng=119.97)
        number = dispatched(portal, lat=31.81, lng=119.97)
        assert near not in desk(Role.UNIT, unit=UNIT).get(f"/desk/cases/{number}").text

    def test_the_units_record_is_told_without_counting_silence_as_praise(self, desk: Desk, portal: Portal) -> None:
        from tests.cases.factories import closed, resolved

        closed(portal)
        resolved(portal)
        number = dispatched(portal)
        page = desk(Role.DISPATCHER).get(f"/desk/cases/{number}").text
        record = page.partition('aria-label="承办单位近况"')[2].partition("</section>")[0]
        assert "按期办结" in record
        assert ">2/2<" in record
        assert ">0/1<" in record, "one grade was given, none of them bad; the other case was never rated"
