"""Tables of the interface: the keys of other systems, and which cases each handed in."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class ApiKey(Base):
    """A system that may hand in cases. key_hash: keyed hash; the key itself is shown once and kept nowhere.

    closed_at: since when it is refused; used_at: when it last handed something in.
    """

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    closed_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class ApiCase(Base):
    """A case that came through a key: its system may follow it although it is not public."""

    __tablename__ = "api_case"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    key_id: Mapped[int] = mapped_column(ForeignKey("api_key.id"), index=True)
