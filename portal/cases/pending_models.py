"""What was chosen and not sent yet: photos of a form, and tables somebody looks at first."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base
from portal.core.photos import MediaKey


class PendingPhoto(Base):
    """A photo chosen in a form that is not accepted yet; deleted within the hour unless it is.

    form_hash: keyed hash of what only its form knows.
    """

    __tablename__ = "pending_photo"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(MediaKey(60))
    form_hash: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    phash: Mapped[str] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)


class PendingTable(Base):
    """A table of another system that its uploader is looking at before taking it in; deleted within the hour.

    sealed: the file, encrypted, because it names people.
    """

    __tablename__ = "pending_table"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    sealed: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)
