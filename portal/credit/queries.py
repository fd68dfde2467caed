"""Reading the credit lists. What the public reads carries `public()`: live, not disputed, not over."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.core.errors import Gone, NotFound
from portal.core.i18n import gettext as _
from portal.core.identifiers import check_uscc
from portal.core.paging import Page, list_page
from portal.credit.models import (
    OPEN_MATTERS,
    Colour,
    CreditBatch,
    CreditBatchCount,
    CreditEntry,
    CreditMatter,
    MatterState,
    Status,
)
from portal.editorial import Piece, live


def public() -> ColumnElement[bool]:
    """The condition that everybody may read an entry now."""
    return and_(live(), CreditEntry.status == Status.PUBLISHED)


def _entries() -> Select[CreditEntry]:
    return select(CreditEntry).join(CreditEntry.piece).options(contains_eager(CreditEntry.piece))


def _matching(typed: str) -> ColumnElement[bool]:
    """Entries whose name holds these words, or whose code or number they are."""
    code = check_uscc(typed).value
    return or_(
        CreditEntry.subject_name.contains(typed, autoescape=True),
        CreditEntry.uscc == code,
        CreditEntry.entry_no == typed.upper(),
    )


def list_entries(
    db: Session, colour: str = "", field: str = "", q: str = "", after: str | None = None, size: int = 20
) -> Page[CreditEntry]:
    """Public entries, newest first."""
    query = _entries().where(public())
    if colour:
        query = query.where(CreditEntry.colour == colour)
    if field:
        query = query.where(CreditEntry.field == field)
    if q:
        query = query.where(_matching(q))
    keys = [Piece.published_at, Piece.id]
    return list_page(db, query, keys, lambda entry: [entry.piece.published_at, entry.piece.id], after, size)


def list_newest_entries(db: Session, colour: str = "", most: int = 5) -> Sequence[CreditEntry]:
    """The newest public entries of a colour, or of both, for the front page."""
    return list_entries(db, colour, size=most).rows


def count_live(db: Session) -> dict[str, int]:
    """How many entries are public now, by colour."""
    rows = db.execute(
        select(CreditEntry.colour, func.count()).join(CreditEntry.piece).where(public()).group_by(CreditEntry.colour)
    )
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    return {colour: found.get(colour, 0) for colour in Colour}


def find_public_entries(db: Session, most: int = 10_000) -> Sequence[CreditEntry]:
    """All that is public now, newest first: for search, export, open data and the site map."""
    query = _entries().where(public()).order_by(Piece.published_at.desc(), Piece.id.desc())
    return db.scalars(query.limit(most)).all()


def get_entry(db: Session, entry_no: str) -> CreditEntry:
    """The public entry with this number.

    Raises Gone when it is over and NotFound while it is disputed or unknown; neither says whom it was about.
    """
    entry = db.scalar(_entries().where(CreditEntry.entry_no == entry_no))
    if entry is None or (entry.status == Status.DRAFT and not entry.piece.is_live):
        raise NotFound(_("没有这条信用信息。"), _("请从诚信红黑榜的列表里查找。"))
    if entry.is_over:
        raise Gone(_("这条信用信息已停止公示。"), _("按规定，停止公示后不再显示主体和内容。"))
    if entry.status == Status.DISPUTED:
        raise NotFound(_("这条信用信息正在核实，暂不显示。"), _("核实有结果后，会恢复公示或停止公示。"))
    return entry


def get_entry_for_desk(db: Session, entry_id: int) -> CreditEntry:
    """An entry in any state; raise NotFound."""
    entry = db.scalar(_entries().where(CreditEntry.id == entry_id))
    if entry is None:
        raise NotFound(_("没有这条信用信息。"))
    return entry


DESK_FILTERS = ("draft", "in_review", "approved", "published", "disputed", "over")


def list_for_desk(
    db: Session, state: str = "", q: str = "", after: str | None = None, size: int = 30
) -> Page[CreditEntry]:
    """Entries in any state, the one touched last first."""
    query = _entries()
    if state == "in_review":
        query = query.where(Piece.state.in_(["review1", "review2", "review3"]))
    elif state == "approved":
        query = query.where(Piece.state.in_(["approved", "scheduled"]))
    elif state == "draft":
        query = query.where(Piece.state == "draft")
    elif state == "over":
        query = query.where(CreditEntry.status.in_([Status.REPAIRED, Status.EXPIRED, Status.REVOKED]))
    elif state:
        query = query.where(CreditEntry.status == state)
    if q:
        query = query.where(_matching(q))
    keys = [Piece.updated_at, Piece.id]
    return list_page(db, query, keys, lambda entry: [entry.piece.updated_at, entry.piece.id], after, size)


def find_live_black(db: Session, subject_key: str) -> CreditEntry | None:
    """A black entry of this subject that has not ended: public, or hidden while it is disputed."""
    return db.scalar(
        _entries()
        .where(
            CreditEntry.subject_key == subject_key,
            CreditEntry.colour == Colour.BLACK,
            live(),
            CreditEntry.status.in_([Status.PUBLISHED, Status.DISPUTED]),
        )
        .limit(1)
    )


def find_twin(db: Session, subject_key: str, document_no: str, but: int = 0) -> CreditEntry | None:
    """Another entry by the same document about the same subject."""
    return db.scalar(
        select(CreditEntry).where(
            CreditEntry.subject_key == subject_key,
            CreditEntry.decision_document_no == document_no,
            CreditEntry.id != but,
        )
    )


def list_open_matters(db: Session) -> Sequence[CreditMatter]:
    """Objections and repairs that wait for a decision, the most urgent first."""
    return db.scalars(
        select(CreditMatter)
        .where(CreditMatter.state.in_(OPEN_MATTERS))
        .options(joinedload(CreditMatter.entry).joinedload(CreditEntry.piece))
        .order_by(CreditMatter.decide_due_on, CreditMatter.id)
        .limit(200)
    ).all()


def list_matters(db: Session, entry: CreditEntry) -> Sequence[CreditMatter]:
    """Everything raised about an entry, newest first."""
    return db.scalars(
        select(CreditMatter).where(CreditMatter.entry_id == entry.id).order_by(CreditMatter.id.desc())
    ).all()


def get_matter(db: Session, matter_id: int) -> CreditMatter:
    """An objection or repair with its entry; raise NotFound."""
    matter = db.scalar(
        select(CreditMatter)
        .where(CreditMatter.id == matter_id)
        .options(joinedload(CreditMatter.entry).joinedload(CreditEntry.piece))
    )
    if matter is None:
        raise NotFound(_("没有这件异议。"))
    return matter


def list_unmarked(db: Session) -> Sequence[CreditMatter]:
    """Objections nobody has looked at yet."""
    return db.scalars(
        select(CreditMatter)
        .where(CreditMatter.state == MatterState.RECEIVED, CreditMatter.kind == "objection")
        .options(joinedload(CreditMatter.entry).joinedload(CreditEntry.piece))
    ).all()


@dataclass(frozen=True)
class BatchView:
    """A batch with its counts: (colour, field, count)."""

    batch: CreditBatch
    counts: tuple[tuple[str, str, int], ...]

    def total(self, colour: str) -> int:
        """How many entries of a colour it made public."""
        return sum(count for one, _field, count in self.counts if one == colour)


def list_batches(db: Session, most: int = 20, *, is_public: bool = False) -> list[BatchView]:
    """Batches, newest first; for the public only those a second person agreed to and that published something."""
    query = select(CreditBatch).order_by(CreditBatch.held_on.desc(), CreditBatch.id.desc()).limit(most)
    if is_public:
        query = query.where(CreditBatch.approved_by != "")
    batches = db.scalars(query).all()
    ids = [batch.id for batch in batches]
    counts = db.scalars(
        select(CreditBatchCount)
        .where(CreditBatchCount.batch_id.in_(ids))
        .order_by(CreditBatchCount.colour.desc(), CreditBatchCount.count.desc(), CreditBatchCount.field)
    ).all()
    views = [
        BatchView(batch, tuple((one.colour, one.field, one.count) for one in counts if one.batch_id == batch.id))
        for batch in batches
    ]
    return [view for view in views if view.counts or not is_public]


def get_batch(db: Session, batch_id: int) -> CreditBatch:
    """A batch; raise NotFound."""
    batch = db.get(CreditBatch, batch_id)
    if batch is None:
        raise NotFound(_("没有这个批次。"))
    return batch
