"""Loads and checks a city profile: content/cities/{key}/{city,groups,units,sites}.toml become one `City`.

The shape of the files is described in content/cities/README.md. A profile with any fault is refused whole.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from portal.groups.campaign import Goal, Phase, Programme, Rhythm
from portal.groups.check import Fault, ProfileFaults, Reader, open_table
from portal.groups.city import OTHER, City, Group
from portal.groups.contents import check_contents
from portal.groups.crosscheck import cross_check
from portal.groups.values import (
    Border,
    Brand,
    Center,
    Column,
    Deadlines,
    District,
    Footer,
    Hotline,
    Kind,
    Level,
    ListKind,
    Margin,
    Office,
    Option,
    Question,
    Reply,
    RouterCosts,
    ScoreRules,
    Site,
    Stopper,
    Unit,
)

__all__ = ["check_city", "corpus_topics", "list_cities", "load_city"]

KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
SHIPPED_CORPUS = Path(__file__).parents[2] / "content" / "corpus"
RHYTHMS = ("friday", "last_friday", "month", "quarter", "year")
STATES = (
    *("draft_confirm", "submitted", "triage", "dispatched", "accepted", "in_progress", "need_info", "return_asked"),
    *("extension_asked", "deferred", "resolved", "reopen_asked", "reopened", "closed", "rejected", "transferred"),
    *("merged", "withdrawn"),
)
"""The states of a case that a city may give a name of its own."""
MOST_STATE_WORD = 10
UNIT_KINDS = ("office", "department", "district", "utility")


def list_cities(directory: Path) -> list[str]:
    """Keys of the profiles in this folder, sorted: every sub-folder that holds a city.toml."""
    return sorted(path.parent.name for path in directory.glob("*/city.toml"))


def load_city(directory: Path, key: str) -> City:
    """The city with this key under this folder; raise ProfileFaults naming every fault when it can't be used."""
    city, faults = _read(directory, key)
    if city is None or faults:
        raise ProfileFaults(faults)
    return city


def check_city(directory: Path, key: str) -> list[Fault]:
    """Every fault of a profile by file, key and reason, surveys and demo included; an empty list when sound."""
    city, faults = _read(directory, key)
    return faults if city is None else [*faults, *check_contents(directory / key, city)]


def corpus_topics(directory: Path) -> tuple[str, ...]:
    """Keys of the routing topics: of content/corpus beside the cities, else of the corpus that came with the portal.

    Empty where there is neither; the topics of a profile are then not checked.
    """
    for corpus in (directory.resolve().parent / "corpus", SHIPPED_CORPUS):
        path = corpus / "topics.toml"
        if path.is_file():
            return tuple(tomllib.loads(path.read_text(encoding="utf-8")))
    return ()


def _read(directory: Path, key: str) -> tuple[City | None, list[Fault]]:
    folder = directory / key
    if not KEY.fullmatch(key) or not folder.is_dir():
        return None, [Fault(key, "-", f"is no city; known are {', '.join(list_cities(directory)) or 'none'}")]
    faults: list[Fault] = []
    city, groups, units, sites = (
        open_table(folder, f"{name}.toml", faults) for name in ("city", "groups", "units", "sites")
    )
    if faults:
        return None, faults
    built = _city(key, city, groups, units, sites)
    for reader in (city, groups, units, sites):
        reader.finish()
    faults.extend(cross_check(built, corpus_topics(directory)))
    return built, faults


def _city(key: str, city: Reader, groups: Reader, units: Reader, sites: Reader) -> City:
    costs = city.table("router")
    router = RouterCosts(costs.number("wrong_cost"), costs.number("look_cost"), costs.number("outside_prior"))
    if not 0 <= router.outside_prior < 1:
        costs.fault("outside_prior", "must be a share between 0 and 1")
    if not router.wrong_cost > router.look_cost > 0:
        costs.fault("wrong_cost", "must be above look_cost, and both above 0")
    return City(
        key=_same_key(key, city),
        name=city.text("name"),
        full_name=city.text("full_name"),
        province=city.text("province"),
        region_code=city.text("region_code"),
        placeholder_note=city.text("placeholder_note", ""),
        default_group=OTHER,
        coordination=_group(groups.table("coordination"), router, key=OTHER),
        office=_plain(Office, city.table("office")),
        footer=_plain(Footer, city.table("footer")),
        brand=_plain(Brand, city.table("brand")),
        center=_plain(Center, city.table("center")),
        deadlines=_plain(Deadlines, city.table("deadlines")),
        router=router,
        score=_score(city),
        districts=_list(city, "districts", District),
        hotlines=_list(city, "hotlines", Hotline),
        news_columns=_list(city, "news_columns", Column),
        groups=tuple(_group(table, router) for table in groups.tables("groups", required=True)),
        units=tuple(_unit(table) for table in units.tables("units", required=True)),
        sites=tuple(_plain(Site, table) for table in sites.tables("sites")),
        kinds=tuple(_kind(table) for table in city.tables("kinds", required=True)),
        phases=tuple(_phase(table) for table in city.tables("phases")),
        goals=tuple(_goal(table) for table in city.tables("goals")),
        programmes=tuple(_plain(Programme, table) for table in city.tables("programmes")),
        rhythms=tuple(_rhythm(table) for table in city.tables("rhythms")),
        borders=tuple(_plain(Border, table) for table in groups.tables("borders")),
        stoppers=_list(city, "stoppers", Stopper),
        decline_reasons=_list(city, "decline_reasons", Option),
        defer_reasons=_list(city, "defer_reasons", Option),
        return_reasons=_list(city, "return_reasons", Option),
        site_types=_list(sites, "site_types", Option),
        credit_kinds=tuple(_list_kind(table) for table in city.tables("credit_kinds", required=True)),
        credit_fields=city.texts("credit_fields"),
        people_categories=_list(city, "people_categories", Option),
        people_levels=_list(city, "people_levels", Level),
        survey_activities=city.texts("survey_activities", required=True),
        census=tuple(_margin(table) for table in city.tables("census")),
        outside=groups.texts("outside", required=True),
        site_message=city.text("site_message", ""),
        confirm_contact=city.flag("confirm_contact"),
        state_words=_state_words(city),
        site_message_closed=city.text("site_message_closed", ""),
        calendar={table.day("day"): table.flag("works") for table in _calendar(city)},
    )


def _score(city: Reader) -> ScoreRules:
    """The weights of the three rates; the field's own where a profile says nothing."""
    plain = ScoreRules()
    if "score" not in city.data:
        return plain
    table = city.table("score")
    rules = ScoreRules(
        response=table.number("response"),
        resolution=table.number("resolution"),
        satisfaction=table.number("satisfaction"),
        min_satisfied_grade=table.whole("min_satisfied_grade", plain.min_satisfied_grade),
        partial_solved_weight=table.number("partial_solved_weight", plain.partial_solved_weight),
    )
    if sum(map(Fraction, rules.weights)) != 1 or min(map(Fraction, rules.weights)) < 0:
        table.fault("response", "resolution and satisfaction must sum to 1")
    if rules.min_satisfied_grade not in {3, 4}:
        table.fault("min_satisfied_grade", "must be 3 or 4")
    if not 0 <= rules.partial_solved_weight <= 1:
        table.fault("partial_solved_weight", "must be a share between 0 and 1")
    return rules


def _state_words(city: Reader) -> dict[str, str]:
    """The city's own names for the states of a case; a state that is left out keeps the usual one."""
    if "state_words" not in city.data:
        return {}
    table = city.table("state_words")
    words = {state: table.text(state) for state in STATES if state in table.data}
    for state, word in words.items():
        if len(word) > MOST_STATE_WORD:
            table.fault(state, f"must have at most {MOST_STATE_WORD} characters, it stands on tags")
    for word, count in Counter(words.values()).items():
        if word and count > 1:
            city.fault("state_words", f"{word} is the name of {count} states")
    return words


def _same_key(key: str, city: Reader) -> str:
    if city.text("key") != key:
        city.fault("key", f"must be {key}, the name of the folder")
    return key


def _calendar(city: Reader) -> Iterable[Reader]:
    """The override rows; each must say where it stands, since a promise to citizens rests on it."""
    for table in city.tables("calendar"):
        table.text("source")
        yield table


def _group(table: Reader, router: RouterCosts, key: str | None = None) -> Group:
    return Group(
        key=key or _key(table),
        code=table.text("code"),
        name=table.text("name"),
        short=_short(table),
        action=table.text("action"),
        covers=table.text("covers"),
        icon=table.text("icon"),
        aliases=table.texts("aliases"),
        lead_unit=table.maybe_text("lead_unit"),
        units=table.texts("units"),
        topics=table.weights("topics"),
        site_types=table.texts("site_types"),
        checklist=table.texts("checklist"),
        pressing=table.text("pressing", ""),
        replies=tuple(_plain(Reply, reply) for reply in table.tables("replies")),
        stoppers=table.texts("stoppers"),
        examples=table.texts("examples"),
        questions=tuple(_plain(Question, question) for question in table.tables("questions")),
        wrong_cost=table.number("wrong_cost", router.wrong_cost),
        look_cost=table.number("look_cost", router.look_cost),
        valid_from=table.day("valid_from", date.min),
        valid_to=table.day("valid_to", date.max),
        placeholder=table.flag("placeholder"),
    )


def _kind(table: Reader) -> Kind:
    return Kind(
        key=_key(table),
        name=table.text("name"),
        hint=table.text("hint"),
        working_days=table.whole("working_days"),
        anonymous=table.flag("anonymous", True),
        publish=table.flag("publish", True),
        needs_proof=table.flag("needs_proof"),
        promise=table.text("promise", ""),
        privacy=table.text("privacy", ""),
        questions=tuple(_plain(Question, question) for question in table.tables("questions")),
    )


def _short(table: Reader) -> str:
    short = table.text("short")
    if len(short) > 5:
        table.fault("short", "must have at most 5 characters, it stands on chips")
    return short


def _unit(table: Reader) -> Unit:
    kind = table.choice("kind", UNIT_KINDS)
    return Unit(
        key=_key(table),
        name=table.text("name"),
        short=table.text("short"),
        kind=kind,  # type: ignore[arg-type]  # choice() has made sure
        phone=table.text("phone", ""),
        leader=table.text("leader", ""),
        district=table.maybe_text("district"),
        placeholder=table.flag("placeholder"),
    )


def _phase(table: Reader) -> Phase:
    phase = Phase(
        table.text("name"),
        table.when("starts_on"),
        table.when("ends_on"),
        table.text("note", ""),
        table.flag("placeholder"),
    )
    first, last = phase.span(2023)
    if last < first:
        table.fault("ends_on", "lies before starts_on")
    return phase


def _goal(table: Reader) -> Goal:
    direction = table.choice("direction", ("at_least", "at_most"), "at_least")
    return Goal(
        key=_key(table),
        name=table.text("name"),
        target=table.number("target"),
        unit=table.text("unit"),
        source=table.text("source"),
        direction=direction,  # type: ignore[arg-type]  # choice() has made sure
        year=table.whole("year", 0) or None,
        actual=table.maybe_number("actual"),
        as_of=table.maybe_day("as_of"),
        group=table.maybe_text("group"),
        topics=table.texts("topics"),
        placeholder=table.flag("placeholder"),
    )


def _rhythm(table: Reader) -> Rhythm:
    every = table.choice("every", RHYTHMS)
    return Rhythm(
        name=table.text("name"),
        every=every,  # type: ignore[arg-type]  # choice() has made sure
        source=table.text("source"),
        note=table.text("note", ""),
        placeholder=table.flag("placeholder"),
    )


def _list_kind(table: Reader) -> ListKind:
    colour = table.choice("colour", ("red", "black"))
    return ListKind(_key(table), table.text("name"), colour)  # type: ignore[arg-type]  # choice() has made sure


def _margin(table: Reader) -> Margin:
    shares, labels = table.shares("shares"), table.labels("labels")
    for name in sorted(set(shares) ^ set(labels)):
        table.fault("labels", f"and shares differ in {name}")
    return Margin(_key(table), table.text("name"), shares, labels, table.text("source"), table.flag("sample", True))


def _key(table: Reader) -> str:
    key = table.text("key")
    if key and not KEY.fullmatch(key):
        table.fault("key", "must be small Latin letters, digits and _")
    return key


_READ: dict[str, Callable[[Reader, str, bool], Any]] = {
    "str": lambda table, key, optional: table.text(key, "" if optional else None),
    "str | None": lambda table, key, _: table.maybe_text(key),
    "int": lambda table, key, _: table.whole(key),
    "float": lambda table, key, _: table.number(key),
    "float | None": lambda table, key, _: table.maybe_number(key),
    "time": lambda table, key, _: table.moment(key),
    "tuple[str, ...]": lambda table, key, optional: table.texts(key, required=not optional),
    "tuple[int, ...]": lambda table, key, _: table.numbers(key),
}
"""How a field of a plain value is read, by its annotation; the third argument is whether it may be left out."""


def _plain(kind: Callable[..., Any], table: Reader) -> Any:
    """A value whose fields have the names of the TOML keys; `key` fields are checked for their form."""
    values: dict[str, Any] = {}
    for item in fields(kind):  # type: ignore[arg-type]  # every caller passes a dataclass
        optional = item.default is not MISSING
        if item.name == "key":
            values["key"] = _key(table)
        elif str(item.type) == "bool":
            values[item.name] = table.flag(item.name, item.default is True)
        else:
            values[item.name] = _READ[str(item.type)](table, item.name, optional)
    return kind(**values)


def _list(city: Reader, key: str, kind: Callable[..., Any]) -> tuple[Any, ...]:
    """The values of a required list of tables."""
    return tuple(_plain(kind, table) for table in city.tables(key, required=True))
