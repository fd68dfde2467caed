"""Tables of what goes with a text: pictures in it, and papers handed out with it.

Both are kept once and shown by as many pieces as use them; the public gets one only while such a piece is public.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base
from portal.core.photos import MediaKey


class Picture(Base):
    """A picture in a text, drawn anew at upload. by: the user name of staff, or who else handed it in."""

    __tablename__ = "piece_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    key: Mapped[str] = mapped_column(MediaKey(80))
    alt: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


class PictureUse(Base):
    """A piece shows a picture. The public gets a picture only while one of the pieces that show it is public."""

    __tablename__ = "piece_picture_use"

    picture_id: Mapped[int] = mapped_column(ForeignKey("piece_picture.id"), primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), primary_key=True, index=True)


class Attachment(Base):
    """A paper that is handed out with a text (附件). title: its name as readers see it; by: the user name of staff.

    ending, size, sha256: of its bytes.
    """

    __tablename__ = "piece_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    key: Mapped[str] = mapped_column(MediaKey(80))
    title: Mapped[str] = mapped_column(String(100))
    ending: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]

    @property
    def path(self) -> str:
        """Where it is fetched from."""
        return f"/attachments/{self.name}"

    @property
    def size_text(self) -> str:
        """Its size as people say it."""
        return f"{self.size / 1024**2:.1f} MB" if self.size >= 1024**2 else f"{max(1, round(self.size / 1024))} KB"


class AttachmentUse(Base):
    """A piece hands a paper out. The public gets it only while one of the pieces that list it is public."""

    __tablename__ = "piece_attachment_use"

    attachment_id: Mapped[int] = mapped_column(ForeignKey("piece_attachment.id"), primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), primary_key=True, index=True)
