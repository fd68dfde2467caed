"""Tables of the desk's own work on cases: parts, helpers, mentions, shortlists and saved filters."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class CasePart(Base):
    """A case that was split off another one: a part with a group, a unit and an answer of its own.

    main_id: the case the citizen submitted, under whose number all parts are seen.  number: 2 for the first part
    split off; the main case itself is part 1.
    """

    __tablename__ = "case_part"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    main_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    number: Mapped[int]


class CaseHelper(Base):
    """A unit that helps with a case; beside the case's own list of helpers, so that a unit finds what it helps with."""

    __tablename__ = "case_helper"

    unit: Mapped[str] = mapped_column(String(60), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)


class CaseMention(Base):
    """A colleague who was named in an internal note; seen_at: when they said that they had read it."""

    __tablename__ = "case_mention"
    __table_args__ = (Index("ix_case_mention_waiting", "username", "seen_at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("case_event.id"))
    username: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]


class CaseShortlist(Base):
    """A case somebody has put on their own list."""

    __tablename__ = "case_shortlist"

    username: Mapped[str] = mapped_column(String(60), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    at: Mapped[datetime]


class SavedFilter(Base):
    """A way of looking at the desk's list that somebody gave a name.

    query: the filters as they stand in the address.  is_shared: colleagues see it too.
    """

    __tablename__ = "saved_filter"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(60), index=True)
    owner_name: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[str] = mapped_column(String(500))
    is_shared: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
