"""Tables of the creation board: sites, inspections, findings with photos, and the issues they are published in."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.clock import today
from portal.core.db import Base
from portal.core.i18n import lazy
from portal.editorial import Piece


class Colour(StrEnum):
    """Which side of the board a finding stands on."""

    RED = "red"
    BLACK = "black"


class InspectionKind(StrEnum):
    """Who goes, and how the sites were chosen."""

    SELF = "self"
    JOINT = "joint"
    RANDOM = "random"


class Period(StrEnum):
    """How long an issue covers."""

    MONTH = "month"
    QUARTER = "quarter"


class Status(StrEnum):
    """How far the rectification of a finding is. Overdue is not kept: the day tells it."""

    FOUND = "found"
    NOTIFIED = "notified"
    RECTIFYING = "rectifying"
    RECTIFIED = "rectified"
    VERIFIED = "verified"


KIND_NAMES = {
    InspectionKind.SELF: lazy("自行检查"),
    InspectionKind.JOINT: lazy("联合检查"),
    InspectionKind.RANDOM: lazy("随机抽查"),
}
PERIOD_NAMES = {Period.MONTH: lazy("月度"), Period.QUARTER: lazy("季度")}
STATUS_NAMES = {
    Status.FOUND: lazy("已发现"),
    Status.NOTIFIED: lazy("已交办"),
    Status.RECTIFYING: lazy("整改中"),
    Status.RECTIFIED: lazy("待核验"),
    Status.VERIFIED: lazy("已核验"),
}
OPEN = (Status.FOUND, Status.NOTIFIED, Status.RECTIFYING)


class BoardSite(Base):
    """An inspected place (点位). key: that of the city profile, or one made for a place added at the desk."""

    __tablename__ = "board_site"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80), index=True)
    site_type: Mapped[str] = mapped_column(String(40))
    district: Mapped[str] = mapped_column(String(40), default="")
    street: Mapped[str] = mapped_column(String(60), default="")
    unit: Mapped[str | None] = mapped_column(String(60), index=True)
    group_key: Mapped[str | None] = mapped_column(String(60), index=True)
    is_must_check: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_sample: Mapped[bool] = mapped_column(default=False)


class BoardInspection(Base):
    """One round of visits.

    seed, pool, must_keys, wanted: what a random draw was made from; anyone can repeat it with them.
    site_keys: the sites to visit, in the order drawn.  inspectors: internal, never public.
    """

    __tablename__ = "board_inspection"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(80))
    held_on: Mapped[date]
    inspectors: Mapped[str] = mapped_column(String(200), default="")
    seed: Mapped[str] = mapped_column(String(80), default="")
    pool: Mapped[list[str]] = mapped_column(JSON, default=list)
    must_keys: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    wanted: Mapped[int] = mapped_column(default=0)
    site_keys: Mapped[list[str]] = mapped_column(JSON, default=list)
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime]

    @property
    def kind_name(self) -> str:
        """The kind in words."""
        return str(KIND_NAMES[InspectionKind(self.kind)])


class BoardIssue(Base):
    """One published board: a month's or a quarter's red and black findings."""

    __tablename__ = "board_issue"

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), unique=True)
    issue_no: Mapped[str] = mapped_column(String(20), unique=True)
    period: Mapped[str] = mapped_column(String(10))
    starts_on: Mapped[date] = mapped_column(index=True)
    ends_on: Mapped[date]
    title: Mapped[str] = mapped_column(String(80))
    intro: Mapped[str] = mapped_column(Text, default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    piece: Mapped[Piece] = relationship(lazy="raise")

    @property
    def path(self) -> str:
        """Where the public finds it."""
        return f"/board/{self.issue_no}"


class BoardFinding(Base):
    """What was seen at a site, good or bad, and what became of it.

    unit, lead_unit, group_key: keys of the city profile.  before, after: names of pictures.
    score: 0–100, or None when none was given.
    """

    __tablename__ = "board_finding"
    __table_args__ = (
        UniqueConstraint("issue_id", "site_id", "colour"),
        Index("ix_board_finding_found", "found_on", "colour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("board_site.id"), index=True)
    inspection_id: Mapped[int | None] = mapped_column(ForeignKey("board_inspection.id"), index=True)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("board_issue.id"), index=True)
    colour: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(300))
    score: Mapped[int | None]
    unit: Mapped[str] = mapped_column(String(60), index=True)
    lead_unit: Mapped[str | None] = mapped_column(String(60))
    group_key: Mapped[str | None] = mapped_column(String(60), index=True)
    found_on: Mapped[date]
    due_on: Mapped[date | None]
    status: Mapped[str] = mapped_column(String(20), default=Status.FOUND)
    before: Mapped[list[str]] = mapped_column(JSON, default=list)
    after: Mapped[list[str]] = mapped_column(JSON, default=list)
    rectification: Mapped[str] = mapped_column(String(500), default="")
    rectified_on: Mapped[date | None]
    rectified_by: Mapped[str] = mapped_column(String(80), default="")
    return_reason: Mapped[str] = mapped_column(String(300), default="")
    verified_on: Mapped[date | None]
    verified_by: Mapped[str] = mapped_column(String(80), default="")
    made_by: Mapped[str] = mapped_column(String(80))
    made_at: Mapped[datetime] = mapped_column(index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    site: Mapped[BoardSite] = relationship(lazy="raise")

    @property
    def is_overdue(self) -> bool:
        """A black finding whose day has passed and that nobody has reported as rectified."""
        return self.colour == Colour.BLACK and self.status in OPEN and self.due_on is not None and self.due_on < today()

    @property
    def is_verified(self) -> bool:
        """A second person saw that it was put right; only then is the rectification public."""
        return self.status == Status.VERIFIED

    @property
    def status_name(self) -> str:
        """The status in words."""
        return str(lazy("超期未改")) if self.is_overdue else str(STATUS_NAMES[Status(self.status)])

    @property
    def tone(self) -> str:
        """The tone of the status' tag."""
        return "accent" if self.is_overdue else "ok" if self.is_verified else "warn"
