"""Tables of search: what is in the index, and how far the index has read.

The full-text index itself (`search_words`) is made by `index.py` in the engine's own way; it can be thrown away and
built again at any time, so it is no part of the schema's history.
"""

from datetime import datetime

from sqlalchemy import BigInteger, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base


class SearchEntry(Base):
    """One public thing in the index. Newer things have greater ids, so the newest are found without sorting.

    key: what stands in its address.  text: title and body as they were indexed.  stamp: tells when it has changed.
    """

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    stamp: Mapped[str] = mapped_column(String(80))
    published_at: Mapped[datetime]


class SearchMark(Base):
    """How far the index has read: the last event of a case, and the moment of the last look. One row."""

    __tablename__ = "search_mark"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int]
    event_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
