"""The list a dispatcher lives in: filters that are links, saved and shared, counted, live, and many at once."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.desk_models import SavedFilter
from portal.cases.models import Case
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import (
    GROUP,
    TEXT,
    UNIT,
    SureRouter,
    dispatched,
    do,
    fresh,
    in_progress,
    look,
    make_case,
    office,
    resolved,
)
from tests.conftest import Statements

Desk = Callable[..., TestClient]
HTMX = {"HX-Request": "true"}


def due(portal: Portal, number: str, **ago: float) -> None:
    """Move a promise into the past (or, negative, the future)."""
    with portal.database.write() as db:
        db.execute(update(Case).where(Case.case_no == number).values(due_at=now() - timedelta(**ago)))


def test_the_list_writes_days_as_every_other_page_does(desk: Desk, portal: Portal, db: Session) -> None:
    number = in_progress(portal)
    case = look(db, number)
    assert f"{case.due_on.month}月{case.due_on.day}日" in desk(Role.DISPATCHER).get("/desk/cases").text


def test_overdue_and_far_overdue_are_lists_of_their_own(desk: Desk, portal: Portal) -> None:
    fine, late, far = (in_progress(portal) for _n in range(3))
    due(portal, late, hours=1)
    due(portal, far, days=40)
    client = desk(Role.DISPATCHER)
    overdue = client.get("/desk/cases?view=overdue").text
    assert late in overdue
    assert far in overdue
    assert fine not in overdue
    far_page = client.get("/desk/cases?promise=far").text
    assert far in far_page
    assert late not in far_page


def test_a_question_or_a_deferral_is_not_late(desk: Desk, portal: Portal) -> None:
    asked = in_progress(portal)
    desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{asked}/ask", data={"text": "是哪个门？"})
    due(portal, asked, days=1)
    client = desk(Role.DISPATCHER)
    assert asked not in client.get("/desk/cases?view=overdue").text
    assert "超期" not in re.findall(rf'id="row-{asked}".*?</tr>', client.get("/desk/cases").text, re.S)[0]


@pytest.mark.parametrize(
    ("query", "shown"),
    [("sure=strong", "strong"), ("sure=middle", "middle"), ("sure=weak", "weak"), ("sure=none", "no")],
)
def test_the_probability_band_is_a_filter(desk: Desk, portal: Portal, query: str, shown: str) -> None:
    made = {
        name: make_case(portal, routing=SureRouter(probability=share).suggest(TEXT) if share else None)
        for name, share in (("strong", 0.93), ("middle", 0.6), ("weak", 0.3), ("no", 0.0))
    }
    page = desk(Role.DISPATCHER).get(f"/desk/cases?{query}").text
    assert [name for name, number in made.items() if number in page] == [shown]


def test_filters_go_together_and_each_can_be_taken_off(desk: Desk, portal: Portal) -> None:
    here = dispatched(portal, district="tianning")
    client = desk(Role.DISPATCHER)
    page = client.get(f"/desk/cases?group={GROUP}&district=tianning&unit={UNIT}&kind=complaint&state=dispatched").text
    assert here in page
    without = re.findall(r'href="(/desk/cases\?[^"]*)" title="去掉这个条件"', page)
    assert len(without) == 5
    assert all(here in client.get(link.replace("&amp;", "&")).text for link in without)
    assert here not in client.get(f"/desk/cases?group={GROUP}&district=zhonglou").text


@pytest.mark.parametrize("view", ["open", "waiting"])
def test_a_filter_that_finds_nothing_says_so_and_can_be_cleared(desk: Desk, portal: Portal, view: str) -> None:
    in_progress(portal)
    office = desk(Role.DISPATCHER)
    page = office.get(f"/desk/cases?view={view}&q=找不到的话").text
    assert "没有符合这些条件的诉求" in page
    assert f'href="/desk/cases?view={view}"' in page.split('id="rows"')[1]
    assert "这里没有要办的诉求" in office.get("/desk/cases?view=done").text


def test_a_filter_is_saved_shared_and_dropped(desk: Desk, portal: Portal, db: Session) -> None:
    lu, wang = desk(Role.DISPATCHER, username="lu"), desk(Role.DISPATCHER, username="wang")
    back = f"/desk/cases?group={GROUP}&promise=late"
    lu.post("/desk/cases/filters", data={"name": "校门口超期", "back": back, "shared": "1"})
    lu.post("/desk/cases/filters", data={"name": "只给自己看", "back": "/desk/cases?view=waiting"})
    own, other = lu.get("/desk/cases").text, wang.get("/desk/cases").text
    assert "校门口超期" in own
    assert "只给自己看" in own
    assert "校门口超期" in other
    assert "只给自己看" not in other
    shared = db.scalars(select(SavedFilter).where(SavedFilter.name == "校门口超期")).one()
    assert shared.query == f"group={GROUP}&promise=late"
    assert wang.post(f"/desk/cases/filters/{shared.id}/drop").status_code == 404
    assert lu.post(f"/desk/cases/filters/{shared.id}/drop").status_code == 303
    assert "校门口超期" not in wang.get("/desk/cases").text


@pytest.mark.parametrize("back", ["https://elsewhere.example/desk/cases", "//elsewhere.example", "/desk/staff", ""])
def test_saving_never_leads_elsewhere(desk: Desk, back: str) -> None:
    answer = desk(Role.DISPATCHER).post("/desk/cases/filters", data={"name": "x", "back": back})
    assert answer.headers["location"] == "/desk/cases"


def test_the_tabs_say_how_many_and_count_no_further_than_a_hundred(desk: Desk, portal: Portal) -> None:
    late = in_progress(portal)
    due(portal, late, hours=2)
    make_case(portal)
    page = desk(Role.DISPATCHER).get("/desk/cases").text
    tabs = re.sub(r"<[^>]+>", " ", page.partition('class="tabs"')[2].partition("</nav>")[0])
    assert re.search(r"待办\s+2\b", tabs)
    assert re.search(r"待分派\s+1\b", tabs)
    assert re.search(r"已超期\s+1\b", tabs)


class TestBeside:
    """On a wide screen the case stands beside the list; without script a link does the same."""

    def test_one_request_shows_list_and_case(self, desk: Desk, portal: Portal) -> None:
        number = make_case(portal, routing=SureRouter().suggest(TEXT))
        page = desk(Role.DISPATCHER).get(f"/desk/cases?open={number}").text
        assert 'class="queue-page has-beside"' in page
        assert f'data-case="{number}"' in page
        assert "<mark>校门口</mark>" in page

    def test_htmx_gets_the_case_alone_and_an_action_leads_back_to_the_list(
        self, desk: Desk, portal: Portal, db: Session
    ) -> None:
        number, following = make_case(portal), make_case(portal)
        client = desk(Role.DISPATCHER)
        current = HTMX | {"HX-Current-URL": "http://testserver/desk/cases?view=waiting&open=x"}
        part = client.get(f"/desk/cases/{number}", headers=current).text
        assert "<html" not in part
        assert 'name="back" value="/desk/cases?view=waiting&amp;open=x"' in part
        place = {"group": GROUP, "unit": UNIT, "back": "/desk/cases?view=waiting&open=x", "next": following}
        answer = client.post(f"/desk/cases/{number}/dispatch", data=place)
        assert answer.headers["location"] == f"/desk/cases?view=waiting&open={following}"
        assert look(db, number).state == "dispatched"

    def test_anothers_case_does_not_stand_beside_the_list(self, desk: Desk, portal: Portal) -> None:
        foreign = dispatched(portal, unit="traffic_police", group="main_roads")
        page = desk(Role.UNIT, unit=UNIT).get(f"/desk/cases?open={foreign}")
        assert page.status_code == 200
        assert foreign not in page.text.replace(f"open={foreign}", "")


class TestLive:
    """The page asks every twenty seconds and gets only the rows that changed."""

    def since(self, page: str) -> str:
        return page.partition("/desk/cases/changes?since=")[2].partition('"')[0].partition("&")[0]

    def test_nothing_new_is_no_content(self, desk: Desk, portal: Portal, statements: Statements) -> None:
        make_case(portal)
        client = desk(Role.DISPATCHER)
        since = self.since(client.get("/desk/cases").text)
        statements.clear()
        assert client.get(f"/desk/cases/changes?since={since}").status_code == 204
        assert len(statements) <= 2

    def test_only_the_changed_row_comes(self, desk: Desk, portal: Portal) -> None:
        still, moved = dispatched(portal), dispatched(portal)
        client = desk(Role.DISPATCHER)
        since = self.since(client.get("/desk/cases").text)
        desk(Role.UNIT, unit=UNIT).post(f"/desk/cases/{moved}/accept")
        answer = client.get(f"/desk/cases/changes?since={since}").text
        assert f'id="row-{moved}" data-no="{moved}" hx-swap-oob="true"' in answer
        assert "已签收" in answer
        assert still not in answer
        assert self.since(answer) > since

    def test_a_case_that_left_the_list_is_taken_out(self, desk: Desk, portal: Portal) -> None:
        number = make_case(portal)
        client = desk(Role.DISPATCHER)
        since = self.since(client.get("/desk/cases?view=waiting").text)
        client.post(f"/desk/cases/{number}/dispatch", data={"group": GROUP, "unit": UNIT})
        answer = client.get(f"/desk/cases/changes?since={since}&view=waiting").text
        assert f'<tr id="row-{number}" hx-swap-oob="delete">' in answer

    def test_others_cases_do_not_leak(self, desk: Desk, portal: Portal) -> None:
        client = desk(Role.UNIT, unit=UNIT)
        foreign = dispatched(portal, unit="traffic_police", group="main_roads")
        assert foreign not in client.get("/desk/cases/changes?since=0").text

    @pytest.mark.parametrize("since", ["", "x", "-1", "٣", "9" * 30])
    def test_a_damaged_mark_is_no_fault(self, desk: Desk, since: str) -> None:
        assert desk(Role.DISPATCHER).get("/desk/cases/changes", params={"since": since}).status_code == 204


class TestManyAtOnce:
    """Bulk dispatch and assign; what cannot be done is left as it was and named."""

    def test_chosen_cases_go_to_a_chosen_group_and_unit(self, desk: Desk, portal: Portal, db: Session) -> None:
        numbers = [make_case(portal) for _n in range(3)]
        done = resolved(portal)
        data = {"do": "dispatch-to", "case_no": [*numbers, done], "to_group": "main_roads", "to_unit": "traffic_police"}
        client = desk(Role.DISPATCHER)
        answer = client.post("/desk/cases/bulk", data=data | {"back": "/desk/cases?view=waiting"})
        assert answer.headers["location"] == "/desk/cases?view=waiting"
        page = client.get(answer.headers["location"]).text
        assert "已办 3 件" in page
        assert done in page
        assert [look(db, number).unit for number in numbers] == ["traffic_police"] * 3
        assert look(db, done).state == "resolved"

    def test_chosen_cases_are_given_to_an_officer(self, desk: Desk, portal: Portal, db: Session) -> None:
        numbers = [in_progress(portal) for _n in range(2)]
        foreign = dispatched(portal, unit="traffic_police", group="main_roads")
        wu = office(portal, Role.UNIT, username="wu").username
        client = desk(Role.DISPATCHER)
        client.post("/desk/cases/bulk", data={"do": "assign", "case_no": [*numbers, foreign], "officer": wu})
        assert [look(db, number).officer for number in numbers] == ["wu"] * 2
        assert look(db, foreign).officer is None, "wu does not work there"

    def test_a_unit_cannot_dispatch_many(self, desk: Desk, portal: Portal, db: Session) -> None:
        number = dispatched(portal)
        data = {"do": "dispatch-to", "case_no": number, "to_group": "main_roads", "to_unit": "traffic_police"}
        assert desk(Role.UNIT, unit=UNIT).post("/desk/cases/bulk", data=data).status_code == 303
        assert look(db, number).unit == UNIT

    def test_an_unknown_thing_to_do_is_refused(self, desk: Desk) -> None:
        assert desk(Role.DISPATCHER).post("/desk/cases/bulk", data={"do": "explode", "case_no": "x"}).status_code == 404


def test_my_own_cases_and_my_shortlist_are_lists(desk: Desk, portal: Portal, db: Session) -> None:
    mine, other = in_progress(portal), in_progress(portal)
    wu = desk(Role.UNIT, unit=UNIT, username="wu")
    assert wu.post(f"/desk/cases/{mine}/assign", data={"officer": "wu"}).status_code == 303
    page = wu.get("/desk/cases?view=mine").text
    assert mine in page
    assert other not in page
    wu.post(f"/desk/cases/{other}/mark/keep")
    assert other in wu.get("/desk/cases?view=short").text
    wu.post(f"/desk/cases/{other}/mark/drop")
    assert other not in wu.get("/desk/cases?view=short").text
    assert fresh(db).scalar(select(Case.officer).where(Case.case_no == mine)) == "wu"


def test_a_helping_unit_finds_what_it_helps_with(desk: Desk, portal: Portal) -> None:
    number = in_progress(portal)
    helper = desk(Role.UNIT, unit="traffic_police", username="jiao")
    assert number not in helper.get("/desk/cases?view=helping").text
    desk(Role.DISPATCHER).post(f"/desk/cases/{number}/add-helper", data={"helpers": "traffic_police"})
    assert number in helper.get("/desk/cases?view=helping").text
    assert helper.post(f"/desk/cases/{number}/note", data={"text": "我们周三派人一起去。"}).status_code == 303
    assert helper.post(f"/desk/cases/{number}/resolve", data={"text": "办完了"}).status_code == 409


def test_a_case_opens_with_as_many_statements_after_a_long_life_as_after_a_short_one(
    desk: Desk, portal: Portal, statements: Statements
) -> None:
    short, long = in_progress(portal), in_progress(portal)
    for _n in range(8):
        do(portal, long, Role.DISPATCHER, lambda db, act, case: _note(db, act, case))
    client, counts = desk(Role.DISPATCHER), []
    for number in (short, long):
        statements.clear()
        assert client.get(f"/desk/cases/{number}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 18


def _note(db: Session, act: object, case: Case) -> None:
    from portal.cases.teamwork import add_note

    add_note(db, act, case, "又看了一次")  # type: ignore[arg-type]  # an Act; the factory types it loosely
