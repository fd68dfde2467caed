"""What a profile's files must say of each other: units that exist, topics that somebody takes, keys used once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from portal.groups.check import Fault
from portal.groups.city import OTHER, City, Group

KINDS = ("complaint", "help_request", "suggestion", "inquiry", "report", "commendation")
"""Kinds of case every city offers: forms and other systems name them by these keys."""

TILE_PARTS = ("{z}", "{x}", "{y}")
LEVELS = ("national", "province", "city", "district", "community")
CATEGORIES = ("helping_others", "bravery", "honesty", "dedication", "filial_care")


def cross_check(city: City, topics: Collection[str]) -> Iterator[Fault]:
    """Faults between the parts of a city; `topics` are the corpus's keys, empty where there is no corpus."""
    yield from _twice(city)
    yield from _missing(city)
    yield from _groups(city)
    yield from _references(city)
    yield from _topics(city, topics)
    yield from _borders_and_goals(city, topics)
    yield from _questions(city)
    yield from _tiles(city)


def _questions(city: City) -> Iterator[Fault]:
    """A kind's and a group's questions stand on one form, so their keys must differ."""
    of_kinds = {question.key for kind in city.kinds for question in kind.questions}
    for kind in city.kinds:
        for key, count in Counter(question.key for question in kind.questions).items():
            if count > 1:
                yield Fault("city.toml", f"kinds[{kind.key}].questions", f"{key} stands there {count} times")
    for group in (*city.groups, city.coordination):
        where = f"groups[{group.key}].questions"
        for key, count in Counter(question.key for question in group.questions).items():
            if count > 1 or key in of_kinds:
                yield Fault("groups.toml", where, f"{key} is the key of another question too")
        for question in group.questions:
            for topic in question.topics:
                if topic not in group.topics:
                    yield Fault("groups.toml", where, f"{topic} is no topic of the group")


def _tiles(city: City) -> Iterator[Fault]:
    tiles = city.center.tiles
    if tiles and not (tiles.startswith(("https://", "/static/")) and all(part in tiles for part in TILE_PARTS)):
        yield Fault("city.toml", "center.tiles", "must be https://… or /static/… with {z}, {x} and {y}")
    if tiles.startswith("https://") and not city.center.credit:
        yield Fault("city.toml", "center.credit", "is missing: whose tiles are they?")


def _twice(city: City) -> Iterator[Fault]:
    lists: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("groups.toml", "groups", [group.key for group in city.groups]),
        ("groups.toml", "groups.code", [group.code for group in city.groups]),
        ("groups.toml", "groups.short", [group.short for group in city.groups]),
        ("units.toml", "units", [unit.key for unit in city.units]),
        ("sites.toml", "sites", [site.key for site in city.sites]),
        ("city.toml", "districts", [district.key for district in city.districts]),
        ("city.toml", "kinds", [kind.key for kind in city.kinds]),
        ("city.toml", "news_columns", [column.key for column in city.news_columns]),
        ("city.toml", "stoppers", [stopper.key for stopper in city.stoppers]),
        ("city.toml", "goals", [goal.key for goal in city.goals]),
        ("city.toml", "credit_kinds", [kind.key for kind in city.credit_kinds]),
    )
    for file, where, keys in lists:
        for key, count in Counter(keys).items():
            if count > 1 and key:
                yield Fault(file, where, f"{key} stands there {count} times")


def _missing(city: City) -> Iterator[Fault]:
    wanted = (
        ("kinds", KINDS, {kind.key for kind in city.kinds}),
        ("people_levels", LEVELS, {level.key for level in city.people_levels}),
        ("people_categories", CATEGORIES, {category.key for category in city.people_categories}),
    )
    for where, keys, found in wanted:
        for key in keys:
            if key not in found:
                yield Fault("city.toml", where, f"{key} is missing")
    if not 0 < len(city.region_code) == 6:
        yield Fault("city.toml", "region_code", "must have the six digits of GB/T 2260")
    if not (18 <= city.center.lat <= 54 and 73 <= city.center.lng <= 136):
        yield Fault("city.toml", "center", "lies outside China; lat comes before lng")


def _groups(city: City) -> Iterator[Fault]:
    if not city.groups:
        yield Fault("groups.toml", "groups", "holds no group")
    for group in city.groups:
        where = f"groups[{group.key}]"
        if group.key == OTHER:
            yield Fault("groups.toml", where, f"{OTHER} is the key of the coordination queue")
        if not group.wrong_cost > group.look_cost > 0:
            yield Fault("groups.toml", f"{where}.wrong_cost", "must be above look_cost, and both above 0")
        if group.valid_to < group.valid_from:
            yield Fault("groups.toml", f"{where}.valid_to", "lies before valid_from")
        yield from _replies(group, where)
        if group.lead_unit is None and not group.placeholder:
            yield Fault("groups.toml", f"{where}.lead_unit", "is missing; a group without one is a placeholder")


REPLY_PLACES = dict.fromkeys(("place", "group", "unit", "due", "number"), "")
REPLY_ACTIONS = ("reply", "ask", "resolve", "contact")


def _replies(group: Group, where: str) -> Iterator[Fault]:
    for reply in group.replies:
        if reply.action not in REPLY_ACTIONS:
            yield Fault("groups.toml", f"{where}.replies[{reply.key}].action", f"must be {' or '.join(REPLY_ACTIONS)}")
        try:
            reply.text % REPLY_PLACES
        except (KeyError, ValueError, TypeError):
            wrong = f"may hold only %({')s %('.join(REPLY_PLACES)})s, and %% for a per cent sign"
            yield Fault("groups.toml", f"{where}.replies[{reply.key}].text", wrong)


def _group_references(city: City, group: Group, where: str) -> Iterator[Fault]:
    known = {
        "units": {unit.key for unit in city.units},
        "stoppers": {stopper.key for stopper in city.stoppers},
        "site_types": {kind.key for kind in city.site_types},
    }
    asked = {
        "units": (*group.units, *filter(None, [group.lead_unit])),
        "stoppers": group.stoppers,
        "site_types": group.site_types,
    }
    for name, keys in asked.items():
        for key in keys:
            if key not in known[name]:
                yield Fault("groups.toml", f"{where}.{name}", f"{key} is none of the city's {name}")


def _references(city: City) -> Iterator[Fault]:
    units = {unit.key for unit in city.units}
    groups = {group.key for group in city.groups}
    districts = {district.key for district in city.districts}
    yield from _group_references(city, city.coordination, "coordination")
    for group in city.groups:
        yield from _group_references(city, group, f"groups[{group.key}]")
    for unit in city.units:
        if unit.district and unit.district not in districts:
            yield Fault("units.toml", f"units[{unit.key}].district", f"{unit.district} is none of the city's districts")
    for district in city.districts:
        if district.unit and district.unit not in units:
            yield Fault("city.toml", f"districts[{district.key}].unit", f"{district.unit} is none of the units")
    for goal in city.goals:
        if goal.group and goal.group not in groups:
            yield Fault("city.toml", f"goals[{goal.key}].group", f"{goal.group} is none of the groups")
    types = {kind.key for kind in city.site_types}
    for site in city.sites:
        for name, value, known in (
            ("site_type", site.site_type, types),
            ("district", site.district, districts),
            ("unit", site.unit, units),
            ("group", site.group, groups),
        ):
            if value and value not in known:
                yield Fault("sites.toml", f"sites[{site.key}].{name}", f"{value} is not known in this city")


def _topics(city: City, topics: Collection[str]) -> Iterator[Fault]:
    taken: Counter[str] = Counter()
    for group in city.groups:
        for topic, weight in group.topics.items():
            taken[topic] += weight  # type: ignore[assignment]  # a Counter sums shares as well as counts
            if topics and topic not in topics:
                yield Fault("groups.toml", f"groups[{group.key}].topics", f"{topic} is no topic of the corpus")
    for topic, weight in taken.items():
        if weight > 1.0001:
            yield Fault("groups.toml", "groups.topics", f"the weights of {topic} sum to {weight:g}, above 1")
        if topic in city.outside and weight > 0.9999:
            yield Fault("groups.toml", "outside", f"{topic} is taken whole by a group as well")
    for topic in city.outside:
        if topics and topic not in topics:
            yield Fault("groups.toml", "outside", f"{topic} is no topic of the corpus")
    for topic in topics:
        if topic not in taken and topic not in city.outside:
            yield Fault("groups.toml", "outside", f"{topic} is forgotten: no group takes it and it is not outside")


def _borders_and_goals(city: City, topics: Collection[str]) -> Iterator[Fault]:
    named = [("city.toml", f"goals[{goal.key}].topics", goal.topics) for goal in city.goals]
    for place, border in enumerate(city.borders, start=1):
        named.append(("groups.toml", f"borders[{place}].topics", border.topics))
        if city.find_group(border.to) is None:
            yield Fault("groups.toml", f"borders[{place}].to", f"{border.to} is none of the groups")
    for file, where, keys in named:
        for topic in keys:
            if topics and topic not in topics:
                yield Fault(file, where, f"{topic} is no topic of the corpus")
