"""One entry of a city's files becomes one value: a group, a unit, a goal, a plain table of named fields."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, fields
from datetime import date
from typing import Any

from portal.groups.campaign import Goal, Phase, Rhythm
from portal.groups.check import Reader
from portal.groups.city import Group
from portal.groups.values import (
    Kind,
    ListKind,
    Margin,
    Question,
    Reply,
    RouterCosts,
    Unit,
)

KEY = re.compile(r"[a-z][a-z0-9_]{1,39}")
RHYTHMS = ("friday", "last_friday", "month", "quarter", "year")
UNIT_KINDS = ("office", "department", "district", "utility")


def read_group(table: Reader, router: RouterCosts, key: str | None = None) -> Group:
    """A thematic group.

    router: the city's costs, which a group may overrule.  key: the coordinating office's, whose table has none.
    """
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
        replies=tuple(read_plain(Reply, reply) for reply in table.tables("replies")),
        stoppers=table.texts("stoppers"),
        examples=table.texts("examples"),
        questions=tuple(read_plain(Question, question) for question in table.tables("questions")),
        wrong_cost=table.number("wrong_cost", router.wrong_cost),
        look_cost=table.number("look_cost", router.look_cost),
        valid_from=table.day("valid_from", date.min),
        valid_to=table.day("valid_to", date.max),
        placeholder=table.flag("placeholder"),
    )


def read_kind(table: Reader) -> Kind:
    """A kind of submission with its deadlines and questions."""
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
        questions=tuple(read_plain(Question, question) for question in table.tables("questions")),
    )


def _short(table: Reader) -> str:
    short = table.text("short")
    if len(short) > 5:
        table.fault("short", "must have at most 5 characters, it stands on chips")
    return short


def read_unit(table: Reader) -> Unit:
    """A unit of the city."""
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


def read_phase(table: Reader) -> Phase:
    """A phase of the year's campaign."""
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


def read_goal(table: Reader) -> Goal:
    """A goal with its figure, target and source."""
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


def read_rhythm(table: Reader) -> Rhythm:
    """Something that recurs: weekly, monthly, quarterly."""
    every = table.choice("every", RHYTHMS)
    return Rhythm(
        name=table.text("name"),
        every=every,  # type: ignore[arg-type]  # choice() has made sure
        source=table.text("source"),
        note=table.text("note", ""),
        placeholder=table.flag("placeholder"),
    )


def read_list_kind(table: Reader) -> ListKind:
    """A kind of the credit lists and its colour."""
    colour = table.choice("colour", ("red", "black"))
    return ListKind(_key(table), table.text("name"), colour)  # type: ignore[arg-type]  # choice() has made sure


def read_margin(table: Reader) -> Margin:
    """Shares of the population by one trait."""
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


def read_plain(kind: Callable[..., Any], table: Reader) -> Any:
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


def read_list(city: Reader, key: str, kind: Callable[..., Any]) -> tuple[Any, ...]:
    """The values of a required list of tables."""
    return tuple(read_plain(kind, table) for table in city.tables(key, required=True))
