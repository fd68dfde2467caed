"""Public things for tests of search and of what machines read."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.cases import Case, find_case
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.editorial import carry_through
from portal.publishing import News
from portal.publishing.service import Draft, open_news
from tests.cases.factories import make_case
from tests.conftest import make_staff


def make_editors(db: Session) -> list[Staff]:
    """An author and three reviewers. Commits."""
    names = [(Role.EDITOR, "author"), *((Role.REVIEWER, f"reviewer{number}") for number in (1, 2, 3))]
    return [make_staff(db, role, username=name) for role, name in names]


def make_news(
    db: Session, staff: list[Staff], title: str = "三条老巷装上新路灯", body: str = "昨天夜里亮灯。", **more: Any
) -> News:
    """A published item. Commits."""
    values = {"title": title, "column": "progress", "body": body, "source": "市建指办", "editor": "编辑", **more}
    news = open_news(db, Draft(**values), staff[0])
    carry_through(db, news.piece, staff[0], staff[1:], now())
    db.commit()
    return news


def make_public_case(
    portal: Portal, text: str = "巷口的路灯坏了三天，晚上看不见路。", group: str = "", **values: Any
) -> str:
    """A case that everybody may read now; returns its number."""
    case_no = make_case(portal, text=text, wants_publish=True, **values)
    with portal.database.write() as db:
        case = find_case(db, case_no)
        assert isinstance(case, Case)
        case.public_from = now() - timedelta(hours=1)
        case.group = group or case.group
    return case_no
