"""Writing the credit lists: entries go through editorial; here are their own law, their end and their batches."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import end_of, local, now, today
from portal.core.errors import BadInput, Conflict, Forbidden
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.identifiers import check_uscc, mask_name
from portal.core.roles import Person
from portal.core.signing import Secrets, random_code
from portal.credit import queries
from portal.credit.models import Colour, CreditBatch, CreditBatchCount, CreditEntry, Status, Subject
from portal.credit.rules import Draft, Faults, draft_of, faults_of, last_days, snapshot_of
from portal.editorial import (
    Kind,
    Law,
    Piece,
    State,
    attach,
    correct,
    newest_revision,
    open_piece,
    save_revision,
    set_law,
    withdraw,
)
from portal.groups import City, due_or_provisional

TAKE_DOWN_DAYS = 3

LABELS = {
    "subject_name": lazy("主体名称"),
    "reason_summary": lazy("事由"),
    "designating_authority": lazy("认定机关"),
    "basis_law": lazy("法律依据"),
    "decision_document_no": lazy("文号"),
    "decision_date": lazy("文书日期"),
    "display_months": lazy("公示期（月）"),
    "source_name": lazy("来源"),
    "source_url": lazy("来源链接"),
}


class EntryRefused(BadInput):
    """An entry that the rules do not let pass. faults: sentences by field of the form."""

    def __init__(self, faults: Faults) -> None:
        first = next(iter(faults.values()))[0]
        super().__init__(first, _("请核对每一处提示后再保存。"))
        self.faults = faults


def complete(draft: Draft, secrets: Secrets, kept: CreditEntry | None = None) -> Draft:
    """The draft as it may be kept: code in plain signs, a person's name masked, the key of its subject.

    A person's full name is used for the key and then forgotten. kept: the entry as it was, when it is edited.
    """
    if draft.subject_type != Subject.NATURAL_PERSON:
        code = check_uscc(draft.uscc).value
        return replace(draft, uscc=code, subject_key=code, is_adult=False, person_basis="", id_masked="")
    hidden = draft.id_masked[:4] + "*" * 14 if draft.id_masked[:4].isdigit() and len(draft.id_masked) > 4 else ""
    if kept is not None and kept.subject_name == draft.subject_name:
        return replace(draft, subject_key=kept.subject_key, id_masked=hidden)
    is_masked = "某" in draft.subject_name[1:]
    name = draft.subject_name if is_masked else mask_name(draft.subject_name)
    key = f"person:{secrets.hash('credit subject', draft.subject_name)[:40]}"
    return replace(draft, subject_name=name, subject_key=key, id_masked=hidden)


def all_faults(db: Session, draft: Draft, but: int = 0) -> Faults:
    """Every fault of a draft, those that only the other entries tell included. but: the entry itself."""
    faults = faults_of(draft, today())
    if not draft.subject_key:
        return faults
    if draft.decision_document_no and queries.find_twin(db, draft.subject_key, draft.decision_document_no, but):
        faults.setdefault("decision_document_no", []).append(_("这一主体的这份文书已经录入过，请勿重复。"))
    if draft.colour == Colour.RED and queries.find_live_black(db, draft.subject_key):
        faults.setdefault("colour", []).append(_("这一主体的黑榜信息还在公示，不能列入红榜。"))
    return faults


def _demand(db: Session, draft: Draft, but: int = 0) -> None:
    faults = all_faults(db, draft, but)
    if faults:
        raise EntryRefused(faults)


def _title(draft: Draft) -> str:
    return f"{_('红榜') if draft.colour == Colour.RED else _('黑榜')} · {draft.subject_name}"


def open_entry(db: Session, draft: Draft, by: Person, *, is_sample: bool = False) -> CreditEntry:
    """Begin an entry from a completed draft; raise EntryRefused with the faults of each field."""
    _demand(db, draft)
    is_black = draft.colour == Colour.BLACK
    piece = open_piece(db, Kind.CREDIT, _title(draft), by, snapshot_of(draft), needs_legal_review=is_black)
    # The number is drawn, not counted: gaps must not tell how many entries were taken down.
    entry = CreditEntry(piece_id=piece.id, entry_no=f"XY{today().year}-{random_code(6)}", is_sample=is_sample)
    _bring_in(entry, draft)
    entry.piece = piece
    db.add(entry)
    db.flush()
    attach(db, piece, entry.id, entry.path)
    return entry


def save_entry(db: Session, entry: CreditEntry, draft: Draft, by: Person, version: int, note: str = "") -> None:
    """Save a changed entry before publication; raise EntryRefused, or EditClash when somebody saved in between."""
    _demand(db, draft, entry.id)
    if save_revision(db, entry.piece, by, _title(draft), snapshot_of(draft), version, note) is not None:
        entry.piece.needs_legal_review = draft.colour == Colour.BLACK
        _bring_in(entry, draft)
        db.flush()


def correct_entry(db: Session, entry: CreditEntry, draft: Draft, by: Person, version: int, note: str) -> None:
    """Propose a correction of a public entry. It cannot change list, subject or grade: that is another entry."""
    _demand(db, draft, entry.id)
    fixed = ("colour", "subject_key", "grade", "batch_id")
    if any(getattr(draft, name) != getattr(entry, name) for name in fixed):
        raise Conflict(_("已公示的信息不能更换榜单、主体、失信程度和批次。"), _("请撤下后另行录入。"))
    correct(db, entry.piece, by, _title(draft), snapshot_of(draft), note, version)


def _bring_in(entry: CreditEntry, draft: Draft) -> None:
    for name in Draft.__dataclass_fields__:
        setattr(entry, name, getattr(draft, name))
    entry.decision_document_no = draft.decision_document_no or None


def draft_from(entry: CreditEntry) -> Draft:
    """The draft that an entry's row was made of."""
    values = {name: getattr(entry, name) for name in Draft.__dataclass_fields__}
    return Draft(**{**values, "decision_document_no": entry.decision_document_no or ""})


def _entry_of(db: Session, piece: Piece) -> CreditEntry:
    entry = db.scalars(select(CreditEntry).where(CreditEntry.piece_id == piece.id)).one()
    entry.piece = piece
    return entry


def _still_wrong(db: Session, piece: Piece) -> list[str]:
    """The rules once more, on what is kept now: time and other entries may have changed what holds."""
    entry = _entry_of(db, piece)
    faults = all_faults(db, draft_of(newest_revision(db, piece).snapshot), entry.id)
    found = [message for messages in faults.values() for message in messages]
    if entry.batch_id is not None:
        batch = queries.get_batch(db, entry.batch_id)
        if _tells(batch.press_note, entry):
            found.append(_("批次的新闻通稿写了这一主体，停止公示后无法撤回，请改为只写数字。"))
    return found


def _published(db: Session, piece: Piece) -> None:
    """Set the days that count from publication, and count the entry in its batch."""
    entry = _entry_of(db, piece)
    published_on = local(piece.published_at or now()).date()
    entry.status, entry.published_on = Status.PUBLISHED, published_on
    entry.listed_on = entry.listed_on or entry.decision_date or published_on
    _set_end(entry, piece, published_on)
    if entry.batch_id is not None and not entry.is_counted:
        place = (entry.batch_id, entry.colour, entry.field or entry.list_kind)
        row = db.get(CreditBatchCount, place, with_for_update=True)
        if row is None:
            batch_id, colour, field = place
            row = CreditBatchCount(batch_id=batch_id, colour=colour, field=field, count=0)
            db.add(row)
        row.count += 1
        entry.is_counted = True
    db.flush()


def _set_end(entry: CreditEntry, piece: Piece, published_on: date) -> None:
    """The last day follows from the grade; a day set by hand counts only between least and most."""
    least, last = last_days(draft_from(entry), published_on)
    wished = piece.expires_at
    entry.publish_min_until, entry.publish_max_until = least, last
    if wished is not None and end_of(least) <= wished <= end_of(last):
        entry.publish_max_until = local(wished - timedelta(seconds=1)).date()
    else:
        piece.expires_at = end_of(last)


def _ended(db: Session, piece: Piece) -> None:
    entry = _entry_of(db, piece)
    if entry.status not in {Status.REPAIRED, Status.REVOKED}:
        entry.status = Status.EXPIRED if piece.state == State.EXPIRED else Status.REVOKED
    entry.removed_on = today()
    db.flush()


def _apply(db: Session, piece: Piece, snapshot: Mapping[str, Any]) -> None:
    entry = _entry_of(db, piece)
    _bring_in(entry, draft_of(snapshot))
    piece.expires_at = None
    _set_end(entry, piece, entry.published_on or today())
    db.flush()


set_law(
    Kind.CREDIT,
    Law(
        before_review=_still_wrong,
        before_publishing=_still_wrong,
        published=_published,
        ended=_ended,
        apply=_apply,
        labels=LABELS,
    ),
)


def take_down(
    db: Session, entry: CreditEntry, by: Person | str, status: Status, decided_on: date, reason: str, city: City
) -> None:
    """End an entry because it was repaired or its decision revoked; it is gone at once.

    decided_on: the day the authority decided; the law allows three working days from there.
    Raises Conflict when it is not public, or is to be repaired before its least time.
    """
    if not entry.piece.is_live:
        raise Conflict(_("这条信息没有在公示。"))
    if status not in {Status.REPAIRED, Status.REVOKED}:
        raise BadInput(_("请选择修复或撤销。"))
    if decided_on > today():
        raise BadInput(_("决定日期不能晚于今天。"))
    if status == Status.REPAIRED and entry.publish_min_until is not None and today() < entry.publish_min_until:
        words = {"day": entry.publish_min_until.isoformat()}
        raise Conflict(_("还没有到最短公示期（%(day)s），不能修复。") % words, _("文书被撤销或变更的，请选择“撤销”。"))
    entry.status = status
    entry.removal_reason = reason.strip()[:200]
    entry.removal_due_on = due_or_provisional(decided_on, TAKE_DOWN_DAYS, city.calendar).on
    db.flush()
    withdraw(db, entry.piece, by, _("这条信用信息已停止公示。"), entry.removal_reason)
    is_late = today() > entry.removal_due_on
    audit.record(db, by, "credit.take_down", f"credit {entry.id}", status=status, is_late=is_late)


def _tells(note: str, entry: CreditEntry) -> bool:
    return entry.subject_name in note or bool(entry.uscc and entry.uscc in note)


def save_batch(
    db: Session, batch: CreditBatch | None, title: str, press_note: str, held_on: date, by: Person
) -> CreditBatch:
    """Keep a batch. The note stays for good, so it may name no subject; a change must be agreed to again."""
    if batch is None:
        batch = CreditBatch(title=title, made_by=by.username, created_at=now(), held_on=held_on)
        db.add(batch)
    batch.title, batch.press_note, batch.held_on = title, press_note, held_on
    batch.made_by, batch.approved_by = by.username, ""
    db.flush()
    entries = db.scalars(select(CreditEntry).where(CreditEntry.batch_id == batch.id))
    if any(_tells(f"{title}\n{press_note}", entry) for entry in entries):
        raise BadInput(_("通稿会一直保留，不能写具体主体。"), _("请改为只写数字和领域。"))
    audit.record(db, by, "credit.save_batch", f"credit batch {batch.id}")
    return batch


def approve_batch(db: Session, batch: CreditBatch, by: Person) -> None:
    """Agree, as another person, that a batch and its note are shown."""
    if batch.made_by == by.username:
        raise Forbidden(_("批次须由另一个人确认。"))
    batch.approved_by = by.username
    db.flush()
    audit.record(db, by, "credit.approve_batch", f"credit batch {batch.id}")
