"""The table of alerts."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class Alert(Base):
    """Somebody's wish to hear of a group, a district, or both; empty means all.

    email is encrypted, email_hash finds it again. confirmed_at: None until the address said yes by its own link.
    told_until: up to which moment its reader knows everything.
    """

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("email_hash", "group", "district"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Text)
    email_hash: Mapped[str] = mapped_column(String(64))
    group: Mapped[str] = mapped_column(String(60))
    district: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    told_until: Mapped[datetime] = mapped_column(index=True)
