"""The shipped city profiles: each can be used, and says of its city what the sources say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from portal.groups.city import City
from portal.groups.profile import check_city, corpus_topics, list_cities, load_city

CITIES = Path(__file__).parents[2] / "content" / "cities"
KEYS = ["changzhou", "huaibei", "jiayuguan", "shiyan", "xuzhou"]
CHANGZHOU = [
    "public_ads",
    "civilization_stations",
    "main_roads",
    "non_motor_vehicles",
    "residential",
    "overhead_cables",
    "markets",
    "pets",
    "villages",
    "school_surroundings",
    "no_smoking",
]


@pytest.fixture(scope="module")
def cities() -> dict[str, City]:
    return {key: load_city(CITIES, key) for key in KEYS}


def test_the_five_seed_cities_are_there() -> None:
    assert list_cities(CITIES) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_a_shipped_profile_has_no_fault(key: str) -> None:
    assert [str(fault) for fault in check_city(CITIES, key)] == []


@pytest.mark.parametrize("key", KEYS)
def test_every_topic_is_taken_by_a_group_or_named_as_outside(key: str, cities: dict[str, City]) -> None:
    city = cities[key]
    taken = {topic for topics in city.topic_map().values() for topic in topics}
    assert taken | set(city.outside) == set(corpus_topics(CITIES))


@pytest.mark.parametrize("key", KEYS)
def test_every_group_can_be_dispatched_to_a_unit_in_every_district(key: str, cities: dict[str, City]) -> None:
    city = cities[key]
    for group in (*city.groups, city.coordination):
        for district in city.districts:
            assert city.units_for(group.key, district.key), (group.key, district.key)


@pytest.mark.parametrize("key", KEYS)
def test_invented_facts_are_marked(key: str, cities: dict[str, City]) -> None:
    city = cities[key]
    assert "示例" in city.footer.icp
    assert "示例" in city.footer.site_code
    assert "示例" in city.office.phone
    assert all(site.sample for site in city.sites)
    assert all(margin.sample and "示例" in margin.source for margin in city.census)
    assert all(goal.placeholder == ("示例" in goal.source) for goal in city.goals)


def test_changzhou_has_the_eleven_actions_in_the_order_of_the_source(cities: dict[str, City]) -> None:
    city = cities["changzhou"]
    assert [group.key for group in city.groups] == CHANGZHOU
    assert city.groups[0].name == "公益广告提升行动"
    assert city.groups[1].name == "新时代文明实践所（站）提升行动"
    assert city.brand.title == "民声·常州"
    assert len(city.group("residential").checklist) == 8


def test_xuzhou_names_four_groups_and_marks_the_other_eight(cities: dict[str, City]) -> None:
    groups = cities["xuzhou"].groups
    named = [group.name for group in groups if not group.placeholder]
    assert named == ["市容环境组", "交通秩序组", "交通场站组", "集贸市场组"]
    assert len(groups) == 12


def test_shiyan_has_its_five_special_actions(cities: dict[str, City]) -> None:
    assert [group.code for group in cities["shiyan"].groups] == ["FA", "UB", "FS", "VG", "AP"]


def test_the_threshold_follows_from_the_costs(cities: dict[str, City]) -> None:
    city = cities["changzhou"]
    assert city.thresholds()["main_roads"] == pytest.approx(0.75)
    assert city.thresholds()["overhead_cables"] == pytest.approx(0.8)


def test_phases_come_back_every_year(cities: dict[str, City]) -> None:
    city = cities["changzhou"]
    for year in (2022, 2026):
        phase = city.phase_on(date(year, 9, 30))
        assert phase is not None
        assert phase.name == "督查评估"
        assert phase.span(year) == (date(year, 9, 1), date(year, 9, 30))
    phase = city.phase_on(date(2026, 10, 1))
    assert phase is not None
    assert phase.name == "巩固提升"


def test_the_coordination_queue_is_a_group_that_no_topic_maps_to(cities: dict[str, City]) -> None:
    city = cities["changzhou"]
    assert city.group(city.default_group).name == "综合协调"
    assert "other" not in city.topic_map()
    assert city.find_group("gone") is None


def test_units_for_a_case_begin_with_the_lead_and_the_district(cities: dict[str, City]) -> None:
    units = [unit.key for unit in cities["changzhou"].units_for("residential", "wujin")]
    assert units[:2] == ["housing", "wujin_gov"]
    assert len(units) == len(set(units))


def test_the_city_knows_its_working_days(cities: dict[str, City]) -> None:
    assert cities["changzhou"].is_workday(date(2026, 10, 10))
    assert not cities["changzhou"].is_workday(date(2026, 10, 6))


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 11, 23, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 0, 29, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 9, 31, tzinfo=UTC), False),
        (datetime(2026, 11, 22, 4, 0, tzinfo=UTC), False),
        (datetime(2026, 10, 10, 4, 0, tzinfo=UTC), True),
    ],
)
def test_the_site_message_follows_the_hours_of_the_office(
    cities: dict[str, City], moment: datetime, is_open: bool
) -> None:
    city = cities["changzhou"]
    assert city.is_open(moment) is is_open
    assert city.message_at(moment) == (city.site_message if is_open else city.site_message_closed)


@pytest.mark.parametrize("key", KEYS)
def test_every_group_says_what_is_pressing_and_offers_answers_of_its_own(key: str, cities: dict[str, City]) -> None:
    for group in cities[key].groups:
        assert group.pressing, f"{key}: {group.key} says nothing about what is pressing"
        assert group.replies, f"{key}: {group.key} has no answer to start from"
        assert len({reply.key for reply in group.replies}) == len(group.replies)
