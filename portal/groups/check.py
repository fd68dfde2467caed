"""Reading a city's TOML so that every fault is named by file, key and reason, all of them in one pass."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class Fault:
    """One thing to mend: the file inside the city's folder, the dotted key, and what is wrong in plain words."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.reason}"


class ProfileFaults(ValueError):
    """A profile that can't be used; `faults` names everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass
class Reader:
    """One table of a TOML file: typed values by key, faults gathered, keys nobody asked for named at the end.

    A wrong or missing value is reported and an empty one of the right type returned, so that reading goes on.
    """

    file: str
    path: str
    data: Mapping[str, Any]
    faults: list[Fault]
    asked: set[str] = field(default_factory=set)
    children: list[Reader] = field(default_factory=list)

    def fault(self, key: str, reason: str) -> None:
        """Note a fault at this key of this table."""
        dotted = ".".join(part for part in (self.path, key) if part)
        self.faults.append(Fault(self.file, dotted, reason))

    def _get(self, key: str, kinds: type[Value] | tuple[type[Any], ...], empty: Value, default: Value | None) -> Value:
        self.asked.add(key)
        value = self.data.get(key)
        if value is None:
            if default is None:
                self.fault(key, "is missing")
            return empty if default is None else default
        wanted = kinds if isinstance(kinds, tuple) else (kinds,)
        # bool is an int in Python, never in a profile.
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            self.fault(key, f"must be {' or '.join(kind.__name__ for kind in wanted)}, not {type(value).__name__}")
            return empty
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Words; empty ones only where a default allows them."""
        value = self._get(key, str, "", default).strip()
        if not value and default is None and key in self.data:
            self.fault(key, "is empty")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        """A whole number, 0 or more."""
        value = self._get(key, int, 0, default)
        if value < 0:
            self.fault(key, "must not be negative")
        return value

    def number(self, key: str, default: float | None = None) -> float:
        """A number with or without a fraction."""
        return float(self._get(key, (int, float), 0.0, default))

    def flag(self, key: str, default: bool = False) -> bool:
        """Yes or no; no where it is left out, unless the default says otherwise."""
        return self._get(key, bool, default, default)

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of words, each given once."""
        empty: list[Any] = []
        values = self._get(key, list, empty, None if required else empty)
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.fault(key, "must be a list of words")
            return ()
        if len(set(values)) < len(values):
            self.fault(key, "names something twice")
        return tuple(values)

    def numbers(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        empty: list[Any] = []
        values = self._get(key, list, empty, None)
        if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
            self.fault(key, "must be a list of whole numbers")
            return ()
        return tuple(values)

    def choice(self, key: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """One of a few words."""
        value = self.text(key, default)
        if value and value not in allowed:
            self.fault(key, f"must be one of {', '.join(allowed)}, not {value}")
            return allowed[0] if allowed else ""
        return value

    def moment(self, key: str) -> time:
        """A time of the day, written 17:30 or 17:30:00."""
        self.asked.add(key)
        value = self.data.get(key)
        if isinstance(value, time):
            return value
        try:
            return time.fromisoformat(str(value))
        except ValueError:
            self.fault(key, "must be a time such as 17:30")
            return time(0)

    def day(self, key: str, default: date | None = None) -> date:
        """A date; required where no default is given."""
        value = self._get(key, date, date.min, default)
        if isinstance(value, datetime):
            self.fault(key, "must be a date without a time")
            return value.date()
        return value

    def maybe_day(self, key: str) -> date | None:
        """A date, or None where it is left out."""
        self.asked.add(key)
        return self.day(key) if key in self.data else None

    def maybe_number(self, key: str) -> float | None:
        """A number, or None where it is left out."""
        self.asked.add(key)
        return self.number(key) if key in self.data else None

    def maybe_text(self, key: str) -> str | None:
        """Words, or None where they are left out."""
        self.asked.add(key)
        return self.text(key) if key in self.data else None

    def when(self, key: str) -> date | tuple[int, int]:
        """A whole date, or a month and day such as "09-01" that come back every year."""
        if isinstance(self.data.get(key), date):
            return self.day(key)
        value = self.text(key)
        try:
            day = date.fromisoformat(f"2023-{value}")
        except ValueError:
            self.fault(key, 'must be a date, or a month and day such as "09-01"')
            return 1, 1
        return day.month, day.day

    def weights(self, key: str) -> dict[str, float]:
        """A list of keys (weight 1) or of tables {topic, weight}; weights in (0, 1]."""
        empty: list[Any] = []
        found: dict[str, float] = {}
        for entry in self._get(key, list, empty, empty):
            topic, weight = (entry.get("topic"), entry.get("weight", 1.0)) if isinstance(entry, dict) else (entry, 1.0)
            if not isinstance(topic, str) or not isinstance(weight, (int, float)) or not 0 < weight <= 1:
                self.fault(key, f"holds {entry!r}: a topic, or {{topic, weight}} with a weight above 0 and up to 1")
            elif topic in found:
                self.fault(key, f"names {topic} twice")
            else:
                found[topic] = float(weight)
        return found

    def shares(self, key: str) -> dict[str, float]:
        """A table of shares that sum to 1."""
        empty: dict[str, Any] = {}
        values = self._get(key, dict, empty, None)
        if not all(isinstance(value, (int, float)) and 0 <= value <= 1 for value in values.values()):
            self.fault(key, "must hold shares between 0 and 1")
        elif values and abs(sum(values.values()) - 1) > 0.002:
            self.fault(key, f"must sum to 1, not {sum(values.values()):.3f}")
        return {str(name): float(value) for name, value in values.items() if isinstance(value, (int, float))}

    def labels(self, key: str) -> dict[str, str]:
        """A table of words by key."""
        empty: dict[str, Any] = {}
        return {str(name): str(value) for name, value in self._get(key, dict, empty, empty).items()}

    def table(self, key: str) -> Reader:
        """The sub-table at this key; an empty one, and a fault, where it is missing."""
        empty: dict[str, Any] = {}
        return self._child(key, self._get(key, dict, empty, None))

    def tables(self, key: str, *, required: bool = False) -> Iterator[Reader]:
        """The tables of a list, each named in faults by its own key or its place (from 1)."""
        empty: list[Any] = []
        for place, entry in enumerate(self._get(key, list, empty, None if required else empty), start=1):
            if isinstance(entry, dict):
                yield self._child(f"{key}[{entry.get('key', place)}]", entry)
            else:
                self.fault(f"{key}[{place}]", "must be a table")

    def _child(self, name: str, data: Mapping[str, Any]) -> Reader:
        path = ".".join(part for part in (self.path, name) if part)
        child = Reader(self.file, path, data, self.faults)
        self.children.append(child)
        return child

    def finish(self) -> None:
        """Name every key that nobody asked for: a misspelt key must not be lost in silence."""
        for key in sorted(set(self.data) - self.asked):
            self.fault(key, "is not known here")
        for child in self.children:
            child.finish()


def open_table(directory: Path, file: str, faults: list[Fault]) -> Reader:
    """The whole of one TOML file as a table; unreadable files are a fault and an empty table."""
    data: Mapping[str, Any] = {}
    try:
        data = tomllib.loads((directory / file).read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(Fault(file, "-", "is missing"))
    except UnicodeDecodeError:
        faults.append(Fault(file, "-", "is not UTF-8"))
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(file, "-", f"is not TOML: {error}"))
    return Reader(file, "", data, faults)
