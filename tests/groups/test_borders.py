"""Borders between groups by place: the profile's rules move a topic, for the texts that name the place and no other."""

from pathlib import Path

import pytest

from ml.predict import Model
from portal.groups import Borders, City, load_city
from portal.groups.city import OTHER
from portal.groups.profile import list_cities

CITIES = Path(__file__).parents[2] / "content" / "cities"
CHARGING, SMOKING, RIVER = "corridor_charging", "smoking_indoors", "river_rubbish"


@pytest.fixture(scope="module")
def cities() -> dict[str, City]:
    return {key: load_city(CITIES, key) for key in list_cities(CITIES)}


def group_of(city: City, topic: str, text: str) -> str:
    """The group that takes a topic in this text."""
    taken = [key for key, topics in Borders(city).groups_for(text).items() if topic in topics]
    assert len(taken) <= 1
    return taken[0] if taken else OTHER


@pytest.mark.parametrize(
    ("city", "topic", "text", "group"),
    [
        ("changzhou", CHARGING, "小区楼道里有人飞线给电动车充电", "residential"),
        ("changzhou", CHARGING, "菜市场里摊主拉线给电动车充电", "markets"),
        ("changzhou", CHARGING, "菜市场旁边的小区，楼道里有人飞线充电", "residential"),
        ("changzhou", CHARGING, "沿街店铺从屋里拉电线到门口充电", "main_roads"),
        ("changzhou", SMOKING, "居民楼电梯里有人抽烟", "residential"),
        ("changzhou", SMOKING, "商场电梯里有人抽烟", "no_smoking"),
        ("changzhou", SMOKING, "小区门口棋牌室里烟雾缭绕", "no_smoking"),
        ("changzhou", RIVER, "我们村里的河漂着垃圾", "villages"),
        ("changzhou", RIVER, "市区河里漂着垃圾", OTHER),
        ("xuzhou", "car_on_pavement", "车双排停在机动车道上", "traffic_order"),
        ("xuzhou", "car_on_pavement", "车停在人行道上", "city_appearance"),
        ("xuzhou", "station_service", "路上的出租车随意调头", "traffic_order"),
        ("xuzhou", "station_service", "火车站的出租车拒载", "transport_hubs"),
        ("huaibei", SMOKING, "单元楼楼道里抽烟", "residential"),
        ("jiayuguan", CHARGING, "农贸市场里私拉电线充电", "livelihood_city"),
    ],
)
def test_the_place_decides(cities: dict[str, City], city: str, topic: str, text: str, group: str) -> None:
    assert group_of(cities[city], topic, text) == group


def test_traditional_and_spaced_texts_meet_the_same_border(cities: dict[str, City]) -> None:
    assert group_of(cities["changzhou"], CHARGING, "菜 市 場 裡攤主拉線充電") == "markets"


def test_a_text_without_a_border_keeps_the_plain_mapping_and_the_same_place_the_same_object(
    cities: dict[str, City],
) -> None:
    borders = Borders(cities["changzhou"])
    assert borders.groups_for("遛狗不牵绳") is borders.plain
    assert borders.groups_for("居民楼里抽烟") is borders.groups_for("住宅里抽烟")


@pytest.mark.parametrize("key", list_cities(CITIES))
def test_no_border_loses_or_doubles_a_topic(cities: dict[str, City], key: str) -> None:
    city = cities[key]
    for border in city.borders:
        groups = Borders(city).groups_for(border.words[0])
        assert list(groups) == [group.key for group in city.groups]
        for topic in border.topics:
            shares = [topics[topic] for topics in groups.values() if topic in topics]
            assert shares == ([] if border.to == OTHER else [1.0])


def test_probabilities_still_sum_to_one_beyond_a_border(cities: dict[str, City], small_models: list[Path]) -> None:
    city, model = cities["changzhou"], Model.load(small_models[0])
    text = "菜市场里摊主拉线给电动车充电"
    plain = model.route(text, city.topic_map(), city.thresholds(), city.router.outside_prior)
    moved = model.route(text, Borders(city).groups_for(text), city.thresholds(), city.router.outside_prior)
    assert sum(p for _, p in moved.ranked) + moved.outside == pytest.approx(1)
    assert dict(moved.ranked)["markets"] > dict(plain.ranked)["markets"]
