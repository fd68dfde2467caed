"""Roles of staff, and what a signed-in person looks like to the rest of the portal."""

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What a member of staff may do; one person may hold several."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    DISPATCHER = "dispatcher"
    GROUP = "group"
    UNIT = "unit"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    AUDITOR = "auditor"
    ADMIN = "admin"


STAFF = frozenset(Role)
"""Every role: a door for anyone who is signed in."""

CASE_STAFF = frozenset({Role.DISPATCHER, Role.GROUP, Role.UNIT, Role.SUPERVISOR})
"""Those who see cases at all; group and unit see only their own. An admin sees none."""


class Person(Protocol):
    """A signed-in member of staff."""

    def __hash__(self) -> int: ...
    @property
    def id(self) -> int: ...
    @property
    def username(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def roles(self) -> frozenset[Role]: ...
    @property
    def groups(self) -> frozenset[str]: ...
    @property
    def unit(self) -> str | None: ...
    def may(self, *roles: Role) -> bool:
        """True when the person holds any of these roles."""
        ...


def holds(person: Person | None, roles: Collection[Role]) -> bool:
    """True when somebody is signed in and holds one of the roles."""
    return person is not None and any(role in person.roles for role in roles)
