"""Objections and applications for repair: received from anybody, decided at the desk, with clocks in working days.

An objection hides its entry while it is looked into. The desk has one working day to begin; when nobody does, the
clock hides the entry, so that no objection waits in silence beside a public entry.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import now, today
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.photos import Photo, PhotoStore
from portal.core.roles import Person
from portal.core.signing import Secrets, random_code
from portal.credit import queries, service
from portal.credit.models import OPEN_MATTERS, CreditEntry, CreditMatter, MatterKind, MatterState, Status
from portal.groups import City, due_on

MARK_DAYS = 1
DECIDE_DAYS = 5
EXTENDED_DAYS = 7
REPAIR_DAYS = 10
CLOCK = "clock"


class Ground(StrEnum):
    """Why somebody objects."""

    NOT_US = "not_us"
    WRONG_FACT = "wrong_fact"
    DECISION_CHANGED = "decision_changed"
    TERM_OVER = "term_over"
    REPAIRED = "repaired"
    OTHER = "other"


GROUND_NAMES = {
    Ground.NOT_US: lazy("不是本单位或本人"),
    Ground.WRONG_FACT: lazy("内容与事实不符"),
    Ground.DECISION_CHANGED: lazy("文书已撤销或变更"),
    Ground.TERM_OVER: lazy("公示期已满"),
    Ground.REPAIRED: lazy("已履行义务，申请信用修复"),
    Ground.OTHER: lazy("其他"),
}


@dataclass(frozen=True)
class NewMatter:
    """What somebody hands in about an entry."""

    ground: str
    text: str
    contact: str
    photos: tuple[Photo, ...] = ()


def open_matter(
    db: Session, entry: CreditEntry, new: NewMatter, secrets: Secrets, store: PhotoStore, city: City
) -> CreditMatter:
    """Keep an objection or an application for repair, and set its terms; it needs no account."""
    kind = MatterKind.REPAIR if new.ground == Ground.REPAIRED else MatterKind.OBJECTION
    received_at = now()
    cutoff = city.deadlines.cutoff
    days = REPAIR_DAYS if kind == MatterKind.REPAIR else DECIDE_DAYS
    matter = CreditMatter(
        entry_id=entry.id,
        kind=kind,
        ground=new.ground,
        state=MatterState.RECEIVED,
        receipt=f"YY{random_code(8)}",
        text_sealed=secrets.encrypt(new.text),
        contact_sealed=secrets.encrypt(new.contact),
        files=[store.put_photo(photo, today()) for photo in new.photos],
        received_at=received_at,
        mark_due_on=due_on(received_at, MARK_DAYS, city.calendar, cutoff).on,
        decide_due_on=due_on(received_at, days, city.calendar, cutoff).on,
    )
    db.add(matter)
    db.flush()
    audit.record(db, "visitor", "credit.object", f"credit {entry.id}", kind=kind, ground=new.ground)
    return matter


def _demand_open(matter: CreditMatter) -> None:
    if not matter.is_open:
        raise Conflict(_("这件异议已经办结。"), _("请刷新页面查看结果。"))


def dispute(db: Session, matter: CreditMatter, by: Person | str) -> None:
    """Begin to look into an objection; its entry is hidden until it is decided."""
    _demand_open(matter)
    if matter.kind != MatterKind.OBJECTION:
        raise Conflict(_("信用修复申请不影响公示，核实后直接作出决定。"))
    if matter.state == MatterState.DISPUTED:
        return
    matter.state, matter.disputed_at = MatterState.DISPUTED, now()
    if matter.entry.status == Status.PUBLISHED:
        matter.entry.status = Status.DISPUTED
    db.flush()
    audit.record(db, by, "credit.dispute", f"credit {matter.entry_id}", matter=matter.id)


def extend(db: Session, matter: CreditMatter, by: Person, reason: str, city: City) -> None:
    """Give an objection seven working days instead of five, once, because another body has to check."""
    _demand_open(matter)
    if matter.kind != MatterKind.OBJECTION or matter.is_extended:
        raise Conflict(_("办理期限只能延长一次。"))
    if not reason.strip():
        raise BadInput(_("请写明需要哪个单位核实。"))
    matter.decide_due_on = due_on(matter.received_at, EXTENDED_DAYS, city.calendar, city.deadlines.cutoff).on
    matter.is_extended, matter.extension_reason = True, reason.strip()[:300]
    db.flush()
    audit.record(db, by, "credit.extend_matter", f"credit {matter.entry_id}", matter=matter.id)


def decide(
    db: Session,
    matter: CreditMatter,
    by: Person,
    is_upheld: bool,
    note: str,
    city: City,
    decided_on: date | None = None,
) -> None:
    """Decide: upheld takes the entry down at once; rejected shows it again, unless another objection is open.

    note: the answer to the person, kept with the matter.  decided_on: the authority's day, today when not given.
    Raises Conflict when it was decided, or is a repair before the least time.
    """
    _demand_open(matter)
    if not note.strip():
        raise BadInput(_("请写明核实情况和理由。"))
    matter.state = MatterState.UPHELD if is_upheld else MatterState.REJECTED
    matter.decided_at, matter.decided_by = now(), by.username
    matter.decision_note = note.strip()[:1000]
    db.flush()
    is_late = today() > matter.decide_due_on
    audit.record(db, by, "credit.decide_matter", f"credit {matter.entry_id}", upheld=is_upheld, is_late=is_late)
    entry = matter.entry
    if is_upheld and entry.piece.is_live:
        is_repair = matter.kind == MatterKind.REPAIR
        status, reason = (Status.REPAIRED, _("信用修复")) if is_repair else (Status.REVOKED, _("异议成立"))
        service.take_down(db, entry, by, status, decided_on or today(), reason, city)
    elif not is_upheld and entry.status == Status.DISPUTED and not _is_still_disputed(db, entry):
        entry.status = Status.PUBLISHED
        db.flush()


def _is_still_disputed(db: Session, entry: CreditEntry) -> bool:
    query = select(func.count()).where(CreditMatter.entry_id == entry.id, CreditMatter.state == MatterState.DISPUTED)
    return bool(db.scalar(query))


def mark_unlooked(db: Session, city: City) -> list[CreditMatter]:
    """Hide the entries of objections whose working day passed without anybody looking; the clock calls it."""
    late = [matter for matter in queries.list_unmarked(db) if matter.mark_due_on < today()]
    for matter in late:
        dispute(db, matter, CLOCK)
    return late


def answer_of(matter: CreditMatter, secrets: Secrets) -> tuple[str, str]:
    """The text and the contact of a matter, for the desk."""
    return secrets.decrypt(matter.text_sealed), secrets.decrypt(matter.contact_sealed)


def count_open(db: Session) -> int:
    """How many matters wait for a decision."""
    return db.scalar(select(func.count()).where(CreditMatter.state.in_(OPEN_MATTERS))) or 0
