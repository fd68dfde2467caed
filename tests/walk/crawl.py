"""Reads pages as a browser would: where their links lead, and what their forms ask for."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

from starlette.routing import compile_path
from starlette.testclient import TestClient

from portal.core.web import Door

TYPED = {"": "text", "email": "li@example.com", "tel": "13800000000", "date": "2026-03-02", "month": "2026-03"}
WORDS = "小区北门的路灯坏了三天，晚上回家看不见台阶。"


@dataclass
class Field:
    """One field of a form: what a plain reader would send, and whether it is typed by hand."""

    name: str
    value: str
    is_typed: bool = False
    is_file: bool = False


@dataclass
class Sheet:
    """A form on a page."""

    method: str
    action: str
    fields: list[Field] = field(default_factory=list)

    def filled(self) -> dict[str, str]:
        """Names and plausible values, files left out."""
        return {one.name: one.value for one in self.fields if not one.is_file}

    def names(self) -> list[str]:
        """The fields that are not files."""
        return list(self.filled())


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__(convert_charrefs=True)
        self.address, self.links, self.sheets = address, [address], list[Sheet]()
        self._sheet: Sheet | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in {"a", "img", "link"}:
            self.links.append(urljoin(self.address, given.get("href") or given.get("src") or self.address))
        elif tag == "form":
            self._sheet = Sheet(
                given.get("method", "get").upper(), urljoin(self.address, given.get("action") or self.address)
            )
            self.sheets.append(self._sheet)
        elif self._sheet is not None:
            if given.get("formaction"):
                self.sheets.append(Sheet("POST", urljoin(self.address, given["formaction"]), self._sheet.fields))
            self._add_field(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._sheet = None

    def _add_field(self, tag: str, given: dict[str, str]) -> None:
        if tag == "option" and self._select and given.get("value"):
            self._put(Field(self._select, given["value"]))
            self._select = ""
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name:
            return
        if tag == "select":
            self._select = name
            self._put(Field(name, ""))
        elif tag == "textarea" or (tag == "input" and kind not in {"hidden", "checkbox", "radio", "file", "submit"}):
            self._put(Field(name, given.get("value") or TYPED.get(kind, "12" if kind == "number" else WORDS), True))
        elif tag in {"input", "button"}:
            self._put(Field(name, given.get("value", "on"), is_file=kind == "file"))

    def _put(self, found: Field) -> None:
        assert self._sheet is not None
        for one in self._sheet.fields:
            if one.name == found.name:
                one.value = one.value or found.value
                return
        self._sheet.fields.append(found)


@dataclass
class Map:
    """What a walk found: an address and the names of queries of each door that reads, the form of each that writes."""

    addresses: dict[Door, str] = field(default_factory=dict)
    queries: dict[Door, set[str]] = field(default_factory=dict)
    sheets: dict[Door, Sheet] = field(default_factory=dict)

    def address(self, door: Door) -> str:
        """Where this door stands: as it was met, or with parameters that were met at other doors, or number 1."""
        met = self.sheets[door].action if door in self.sheets else self.addresses.get(door)
        return met or fill(door.path, self._known())

    def _known(self) -> dict[str, str]:
        known: dict[str, str] = {}
        for door, address in self.addresses.items():
            match = compile_path(door.path)[0].match(urlsplit(address).path)
            known |= match.groupdict() if match else {}
        return known


def read_sheets(address: str, page: str) -> list[Sheet]:
    """The forms of a page that was met at this address."""
    return _read(address, page).sheets


def _read(address: str, page: str) -> _Reader:
    reader = _Reader(address)
    reader.feed(page)
    return reader


def fill(path: str, known: Mapping[str, str], other: str = "1") -> str:
    """The path with its parameters replaced by known values, and by the other one where none is known."""
    return re.sub(r"\{([^}]+)\}", lambda found: known.get(found[1], other), path)


class Finder:
    """Which door an address belongs to."""

    def __init__(self, doors: Iterable[Door]) -> None:
        self._patterns = [(compile_path(door.path)[0], door) for door in doors]

    def find(self, method: str, path: str) -> Door | None:
        """The door that would be opened; None for files and strangers."""
        return next((door for pattern, door in self._patterns if door.method == method and pattern.match(path)), None)


def walk(client: TestClient, finder: Finder, starts: Iterable[str], each: int = 3) -> Map:
    """Follow links from these pages, at most so many addresses for one door, and note what was seen on the way."""
    found, visits, waiting = Map(), dict[Door, int](), list(starts)
    seen = set(waiting)
    while waiting:
        address = waiting.pop(0)
        door = finder.find("GET", urlsplit(address).path)
        if door is None or visits.get(door, 0) >= each:
            continue
        visits[door] = visits.get(door, 0) + 1
        answer = client.get(address)
        if answer.status_code == 200:
            found.addresses.setdefault(door, address)
        if answer.headers.get("content-type", "").startswith("text/html"):
            reader = _read(address, answer.text)
            _note(found, finder, reader)
            _queue([*reader.links, *map(_action, reader.sheets)], seen, waiting.append)
    return found


def _action(sheet: Sheet) -> str:
    return sheet.action if sheet.method == "GET" else sheet.action + "#"


def _queue(links: Iterable[str], seen: set[str], add: Callable[[str], None]) -> None:
    for link in links:
        plain = link.split("#")[0]
        if plain.startswith("/") and plain not in seen:
            seen.add(plain)
            add(plain)


def _note(found: Map, finder: Finder, reader: _Reader) -> None:
    for link in reader.links:
        parts = urlsplit(link)
        door = finder.find("GET", parts.path) if link.startswith("/") else None
        if door:
            found.queries.setdefault(door, set()).update(name for name, _value in parse_qsl(parts.query))
    for sheet in reader.sheets:
        door = finder.find(sheet.method, urlsplit(sheet.action).path)
        if door and sheet.method == "POST":
            kept = found.sheets.setdefault(door, sheet)
            if len(sheet.fields) > len(kept.fields):
                found.sheets[door] = sheet
        elif door:
            found.queries.setdefault(door, set()).update(sheet.names())
