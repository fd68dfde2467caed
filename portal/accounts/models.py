"""Staff accounts and their sessions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base
from portal.core.roles import Role

ROLES = {role.value: role for role in Role}


def known_roles(names: Iterable[str]) -> frozenset[Role]:
    """The roles of these names; names of roles that no longer exist are ignored."""
    return frozenset(ROLES[name] for name in names if name in ROLES)


SIGNED_IN = ("id", "username", "display_name", "roles", "groups", "unit")
"""The columns of an account that a request needs to know."""


@dataclass(frozen=True)
class SignedIn:
    """Who is behind a request: what the account was when the request began."""

    id: int
    username: str
    name: str
    roles: frozenset[Role]
    groups: frozenset[str]
    unit: str | None

    def may(self, *roles: Role) -> bool:
        """True when the person holds any of these roles."""
        return any(role in self.roles for role in roles)


class Staff(Base):
    """A member of staff. groups and unit limit what the roles `group` and `unit` see.

    email: encrypted, for the morning letter; digest_on: the last day whose letter was written.
    """

    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    display_name: Mapped[str] = mapped_column(String(60))
    password_hash: Mapped[str] = mapped_column(String(200))
    password_set_at: Mapped[datetime]
    role_names: Mapped[list[str]] = mapped_column("roles", JSON)
    group_keys: Mapped[list[str]] = mapped_column("groups", JSON)
    unit: Mapped[str | None] = mapped_column(String(60), index=True)
    totp_secret: Mapped[str | None] = mapped_column(String(300))
    totp_step: Mapped[int] = mapped_column(default=0)
    is_disabled: Mapped[bool] = mapped_column(default=False)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    email: Mapped[str | None] = mapped_column(Text)
    wants_digest: Mapped[bool] = mapped_column(default=True)
    digest_on: Mapped[date | None]

    @property
    def name(self) -> str:
        """What colleagues and, in answers, citizens read."""
        return self.display_name

    @cached_property
    def roles(self) -> frozenset[Role]:
        """The roles held."""
        return known_roles(self.role_names)

    @property
    def groups(self) -> frozenset[str]:
        """Keys of the thematic groups this person works for."""
        return frozenset(self.group_keys)

    def may(self, *roles: Role) -> bool:
        """True when the person holds any of these roles."""
        return any(role in self.roles for role in roles)


class StaffSession(Base):
    """One signed-in browser; the cookie holds a random id, this table its hash, so it can be ended here."""

    __tablename__ = "staff_session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship(lazy="raise")
