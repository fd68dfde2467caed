"""News for tests, by the real services."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.clock import now
from portal.core.roles import Role
from portal.editorial import as_of, carry_through
from portal.publishing.models import News
from portal.publishing.service import Draft, open_news
from tests.conftest import make_staff


def find_or_make_staff(db: Session) -> tuple[Staff, list[Staff]]:
    """An author and three reviewers, made once."""
    found = {staff.username: staff for staff in db.query(Staff)}
    author = found.get("writer") or make_staff(db, Role.EDITOR, username="writer")
    return author, [
        found.get(f"second{number}") or make_staff(db, Role.REVIEWER, username=f"second{number}")
        for number in (1, 2, 3)
    ]


def make_draft(db: Session, **values: Any) -> News:
    """A draft. Commits."""
    author, _ = find_or_make_staff(db)
    slug = values.pop("slug", "")
    draft = Draft(
        **{"title": "河边步道修好了", "column": "progress", "body": "步道全长三公里。", "source": "办公室", **values}
    )
    news = open_news(db, draft, author, slug)
    db.commit()
    return news


def make_news(db: Session, at: datetime | None = None, expires_at: datetime | None = None, **values: Any) -> News:
    """A public item, published at a moment of the past. Commits."""
    author, reviewers = find_or_make_staff(db)
    moment = at or now()
    with as_of(moment):
        news = make_draft(db, **values)
    carry_through(db, news.piece, author, reviewers, moment, expires_at)
    db.commit()
    return news
