"""Sites, findings and issues for tests, by the real services."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.board import issues, service
from portal.board.issues import IssueDraft
from portal.board.models import BoardFinding, BoardIssue, BoardSite
from portal.board.service import FindingDraft, SiteDraft
from portal.core.clock import local, now, today
from portal.core.roles import Role
from portal.editorial import as_of, carry_through
from tests.conftest import make_staff


def photo(colour: str = "#336699") -> bytes:
    """A small picture."""
    buffer = BytesIO()
    Image.new("RGB", (320, 240), colour).save(buffer, "JPEG")
    return buffer.getvalue()


def people(db: Session) -> tuple[Staff, list[Staff]]:
    """An author and three reviewers, made once."""
    found = {staff.username: staff for staff in db.query(Staff)}
    author = found.get("maker") or make_staff(db, Role.EDITOR, username="maker")
    names = ("look1", "look2", "look3")
    return author, [found.get(name) or make_staff(db, Role.REVIEWER, username=name) for name in names]


def make_site(db: Session, name: str = "云溪菜市场", **values: Any) -> BoardSite:
    """A site of the register. Commits."""
    draft = SiteDraft(**{"name": name, "site_type": "market", "unit": "tianning_gov", "district": "tianning", **values})
    site = service.save_site(db, None, draft, people(db)[0])
    db.commit()
    return site


def make_finding(db: Session, site: BoardSite | None = None, **values: Any) -> BoardFinding:
    """A black finding of today when nothing else is said. Commits."""
    site = site or make_site(db)
    day: date = values.get("found_on", today())
    typed = {
        "site_id": site.id,
        "colour": "black",
        "reason": "地面积水，摊位占道。",
        "unit": "tianning_gov",
        "found_on": day,
        "due_on": day + timedelta(days=10) if values.get("colour", "black") == "black" else None,
        **values,
    }
    finding = service.open_finding(db, FindingDraft(**typed), people(db)[0])
    db.commit()
    return finding


def make_issue(db: Session, *findings: BoardFinding, at: datetime | None = None, **values: Any) -> BoardIssue:
    """A public issue of the month it is published in. Commits."""
    author, reviewers = people(db)
    moment = at or now()
    day = local(moment).date()
    typed = {"period": "month", "year": day.year, "number": day.month, "title": f"{day.month}月红黑榜", "intro": ""}
    draft = IssueDraft(**{**typed, **values}, finding_ids=tuple(one.id for one in findings))
    with as_of(moment):
        issue = issues.open_issue(db, draft, author)
    carry_through(db, issue.piece, author, reviewers, moment)
    db.commit()
    return issue
