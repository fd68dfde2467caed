"""Tables of the news."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Base
from portal.editorial import Piece


class News(Base):
    """A news item as the public reads it; `piece` says since when, and whether at all.

    body_html: rendered when the text was saved.  source: 来源; writer: 作者; editor: 责任编辑.
    cover: name and alternative text of the first picture.  topic: key of a topic, or empty.
    attachments: names of the papers handed out with it, a space between.
    """

    __tablename__ = "news"

    id: Mapped[int] = mapped_column(primary_key=True)
    piece_id: Mapped[int] = mapped_column(ForeignKey("piece.id"), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    column: Mapped[str] = mapped_column("column_key", String(40), index=True)
    title: Mapped[str] = mapped_column(String(80))
    summary: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(Text)
    body_html: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(60))
    writer: Mapped[str] = mapped_column(String(60), default="")
    editor: Mapped[str] = mapped_column(String(60), default="")
    group_key: Mapped[str | None] = mapped_column(String(60), index=True)
    cover: Mapped[str] = mapped_column(String(40), default="")
    cover_alt: Mapped[str] = mapped_column(String(200), default="")
    topic: Mapped[str] = mapped_column("topic_key", String(40), default="", server_default="", index=True)
    attachments: Mapped[str] = mapped_column(String(400), default="", server_default="")
    is_pinned: Mapped[bool] = mapped_column(default=False, index=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    piece: Mapped[Piece] = relationship(lazy="raise")

    @property
    def path(self) -> str:
        """Where the public finds it."""
        return f"/news/{self.slug}"


class NewsTopic(Base):
    """News about one matter, on a page of their own (专题). It is shown once a second person agreed to its words.

    group_key: the thematic group whose figures and cases belong to it.
    """

    __tablename__ = "news_topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(40))
    intro: Mapped[str] = mapped_column(String(300), default="")
    group_key: Mapped[str | None] = mapped_column(String(60))
    is_closed: Mapped[bool] = mapped_column(default=False)
    made_by: Mapped[str] = mapped_column(String(80))
    approved_by: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]

    @property
    def path(self) -> str:
        """Where the public finds it."""
        return f"/news/topics/{self.key}"
