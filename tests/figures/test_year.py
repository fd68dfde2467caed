"""The year at a glance: phases by the calendar, goals by year, and what citizens say beside what was promised."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from starlette.testclient import TestClient

from portal.app import create_app
from portal.core.settings import Settings
from portal.core.web import Portal
from portal.figures.counting import count_again
from portal.figures.year import list_years, rhythm_words, stretches
from portal.groups import City, Phase, Rhythm, keep_prediction
from tests.cases.factories import SureRouter

AUGUST = "2026-08-15T10:00:00+08:00"


@pytest.fixture
def xuzhou(settings: Settings) -> Iterator[TestClient]:
    """A browser on the portal of a city whose plan named its goals by year."""
    app = create_app(replace(settings, city="xuzhou"))
    with TestClient(app, base_url="http://testserver") as browser:
        yield browser
    app.state.portal.database.dispose()


@time_machine.travel(AUGUST)
def test_the_year_shows_its_four_phases_and_where_it_stands(client: TestClient) -> None:
    page = client.get("/campaign").text
    for name in ("前期准备", "集中攻坚", "督查评估", "巩固提升"):
        assert name in page
    now = page.split('aria-current="step"')[1].split("</li>")[0]
    assert "集中攻坚" in now
    assert "还有 16 天" in now
    assert page.count("已结束") == 1
    assert page.count("还没开始") == 2
    assert page.count('class="bar-now"') == 4


@time_machine.travel(AUGUST)
def test_another_year_shows_its_own_goals_and_no_today(client: TestClient) -> None:
    page = client.get("/campaign?year=2022").text
    assert "城市点位测评指标" in page
    assert "来源：2022年三标融合测评安排" in page
    assert "bar-now" not in page
    assert "城市点位测评指标" not in client.get("/campaign").text


@pytest.mark.parametrize("year", ["1999", "x", "99999999999", "-1", "２０２２"])
def test_a_year_that_nobody_planned_shows_this_one(client: TestClient, year: str) -> None:
    with time_machine.travel(AUGUST):
        assert "2026 年创建进程" in client.get("/campaign", params={"year": year}).text


def test_the_front_page_and_the_groups_lead_there(client: TestClient) -> None:
    for path in ("/", "/groups", "/groups/villages"):
        assert 'href="/campaign"' in client.get(path).text, path
    assert "/campaign</loc>" in client.get("/sitemap.xml").text


def test_a_plan_of_three_years_shows_parking_kindergartens_and_compounds(xuzhou: TestClient) -> None:
    with time_machine.travel(AUGUST):
        page = xuzhou.get("/campaign?year=2022").text
    for goal, figure in (("新增公共停车泊位", "30000"), ("公办幼儿园覆盖率", "55"), ("改造老旧小区", "62")):
        assert figure in page.split(f"<b>{goal}</b>")[1].split("</p>")[0]
    assert "两年见成效" in page
    assert "十大行动" in page
    assert "尚未报送进展" in page


def test_beside_a_goal_stands_how_many_complaints_concern_it(client: TestClient, portal: Portal) -> None:
    said = SureRouter("villages").suggest("村口垃圾")._replace(topic="village_rubbish")
    with portal.database.write() as db:
        for number in (1, 2):
            keep_prediction(db, f"case {number}", "村口垃圾堆成山", said)
        keep_prediction(db, "case 2", "村口垃圾堆成山，臭", said)
    count_again(portal)
    assert "近 90 天与它有关的诉求 2 件" in client.get("/groups/villages").text


@pytest.fixture
def city(portal: Portal) -> City:
    found: City = portal.city
    return found


@pytest.mark.parametrize(
    ("every", "day", "expected"),
    [
        ("friday", date(2026, 11, 27), date(2026, 11, 27)),
        ("friday", date(2026, 11, 28), date(2026, 12, 4)),
        ("last_friday", date(2026, 11, 1), date(2026, 11, 27)),
        ("last_friday", date(2026, 11, 28), date(2026, 12, 25)),
        ("last_friday", date(2026, 12, 26), date(2027, 1, 29)),
        ("month", date(2028, 2, 3), date(2028, 2, 29)),
        ("quarter", date(2026, 11, 27), date(2026, 12, 31)),
        ("quarter", date(2026, 3, 31), date(2026, 3, 31)),
        ("year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_what_comes_back_names_its_next_day(every: str, day: date, expected: date) -> None:
    rhythm = Rhythm("例会", every, "示例")  # type: ignore[arg-type]
    assert rhythm.next_on(day) == expected
    assert f"{expected.month}月{expected.day}日" in rhythm_words(rhythm, day)


def test_a_phase_over_several_years_is_cut_to_the_year_and_keeps_its_dates() -> None:
    phase = Phase("长期", date(2025, 7, 1), date(2027, 3, 31))
    [one] = stretches([phase], 2026, date(2026, 8, 15))
    assert (one.start, one.length, one.is_now) == (0, 365, True)
    assert (one.first, one.last) == (phase.starts_on, phase.ends_on)
    [last] = stretches([phase], 2027, date(2026, 8, 15))
    assert (last.start, last.length) == (0, 90)
    assert stretches([phase], 2024, date(2026, 8, 15)) == []


def test_the_years_are_those_that_goals_and_dated_phases_name(city: City) -> None:
    assert list_years(city, date(2026, 8, 15)) == [2026, 2022]
