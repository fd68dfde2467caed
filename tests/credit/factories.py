"""Credit entries for tests, by the real services. Names and codes are invented; their check signs are right."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.credit import service
from portal.credit.models import CreditEntry
from portal.credit.rules import Draft
from portal.editorial import as_of, carry_through
from tests.conftest import make_staff

FIRM = "云溪虚构商贸有限公司"
CODE = "91320300MA1ABCDE8F"
OTHER_CODE = "91320300MA1AFF3090"

BLACK: dict[str, Any] = {
    "colour": "black",
    "list_kind": "wage_arrears",
    "field": "拖欠农民工工资",
    "subject_type": "legal_person",
    "subject_name": FIRM,
    "uscc": CODE,
    "designating_authority": "示例市人力资源和社会保障局",
    "basis_law": "《保障农民工工资支付条例》第四十八条",
    "decision_document_no": "示人社监〔2025〕9号",
    "decision_date": date(2025, 2, 20),
    "reason_summary": "拖欠十二名工人工资，逾期未支付。",
    "grade": "general",
    "display_months": 6,
    "source_url": "https://credit.example.cn/2025/9",
    "source_name": "信用示例网",
}
RED: dict[str, Any] = {
    **BLACK,
    "colour": "red",
    "list_kind": "honest_enterprise",
    "grade": "",
    "display_months": 12,
    "reason_summary": "连续三年按时履约。",
    "decision_document_no": "示市监〔2025〕3号",
}


def people(db: Session) -> tuple[Staff, list[Staff]]:
    """An author and three reviewers, made once."""
    found = {staff.username: staff for staff in db.query(Staff)}
    author = found.get("clerk") or make_staff(db, Role.EDITOR, username="clerk")
    names = ("check1", "check2", "check3")
    return author, [found.get(name) or make_staff(db, Role.REVIEWER, username=name) for name in names]


def make_draft(db: Session, portal: Portal, **values: Any) -> CreditEntry:
    """A draft entry, black when nothing else is said. Commits."""
    draft = service.complete(Draft(**{**BLACK, **values}), portal.secrets)
    entry = service.open_entry(db, draft, people(db)[0])
    db.commit()
    return entry


def make_entry(db: Session, portal: Portal, at: datetime | None = None, **values: Any) -> CreditEntry:
    """A public entry, published at a moment of the past or now. Commits."""
    author, reviewers = people(db)
    moment = at or now()
    with as_of(moment):
        entry = make_draft(db, portal, **values)
    carry_through(db, entry.piece, author, reviewers, moment, is_legal=True)
    db.commit()
    return entry
