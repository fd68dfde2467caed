"""Loads and checks a city profile: content/cities/{key}/{city,groups,units,sites}.toml become one `City`.

The shape of the files is described in content/cities/README.md. A profile with any fault is refused whole.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from portal.groups.campaign import Programme
from portal.groups.check import Fault, ProfileFaults, Reader, open_table
from portal.groups.city import OTHER, City
from portal.groups.contents import check_contents
from portal.groups.crosscheck import cross_check
from portal.groups.entries import (
    KEY,
    read_goal,
    read_group,
    read_kind,
    read_list,
    read_list_kind,
    read_margin,
    read_phase,
    read_plain,
    read_rhythm,
    read_unit,
)
from portal.groups.values import (
    Border,
    Brand,
    Center,
    Column,
    Deadlines,
    District,
    Footer,
    Hotline,
    Level,
    Office,
    Option,
    RouterCosts,
    ScoreRules,
    Site,
    Stopper,
)

__all__ = ["check_city", "corpus_topics", "list_cities", "load_city"]

SHIPPED_CORPUS = Path(__file__).parents[2] / "content" / "corpus"
STATES = (
    *("draft_confirm", "submitted", "triage", "dispatched", "accepted", "in_progress", "need_info", "return_asked"),
    *("extension_asked", "deferred", "resolved", "reopen_asked", "reopened", "closed", "rejected", "transferred"),
    *("merged", "withdrawn"),
)
"""The states of a case that a city may give a name of its own."""
MOST_STATE_WORD = 10


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
        coordination=read_group(groups.table("coordination"), router, key=OTHER),
        office=read_plain(Office, city.table("office")),
        footer=read_plain(Footer, city.table("footer")),
        brand=read_plain(Brand, city.table("brand")),
        center=read_plain(Center, city.table("center")),
        deadlines=read_plain(Deadlines, city.table("deadlines")),
        router=router,
        score=_score(city),
        districts=read_list(city, "districts", District),
        hotlines=read_list(city, "hotlines", Hotline),
        news_columns=read_list(city, "news_columns", Column),
        groups=tuple(read_group(table, router) for table in groups.tables("groups", required=True)),
        units=tuple(read_unit(table) for table in units.tables("units", required=True)),
        sites=tuple(read_plain(Site, table) for table in sites.tables("sites")),
        kinds=tuple(read_kind(table) for table in city.tables("kinds", required=True)),
        phases=tuple(read_phase(table) for table in city.tables("phases")),
        goals=tuple(read_goal(table) for table in city.tables("goals")),
        programmes=tuple(read_plain(Programme, table) for table in city.tables("programmes")),
        rhythms=tuple(read_rhythm(table) for table in city.tables("rhythms")),
        borders=tuple(read_plain(Border, table) for table in groups.tables("borders")),
        stoppers=read_list(city, "stoppers", Stopper),
        decline_reasons=read_list(city, "decline_reasons", Option),
        defer_reasons=read_list(city, "defer_reasons", Option),
        return_reasons=read_list(city, "return_reasons", Option),
        site_types=read_list(sites, "site_types", Option),
        credit_kinds=tuple(read_list_kind(table) for table in city.tables("credit_kinds", required=True)),
        credit_fields=city.texts("credit_fields"),
        people_categories=read_list(city, "people_categories", Option),
        people_levels=read_list(city, "people_levels", Level),
        survey_activities=city.texts("survey_activities", required=True),
        census=tuple(read_margin(table) for table in city.tables("census")),
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
