"""Writing a piece: open it, save revisions, submit it, comment on it, overrule what the checks found."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.editorial.checks import Finding
from portal.editorial.history import now
from portal.editorial.laws import law_of
from portal.editorial.models import (
    REVIEW_STATES,
    Comment,
    Kind,
    Overrule,
    Piece,
    Revision,
    State,
)

EDITABLE = (State.DRAFT, *REVIEW_STATES, State.APPROVED, State.SCHEDULED)


class EditClash(Conflict):
    """Somebody saved in between. theirs: the revision that is there now; nothing was overwritten."""

    def __init__(self, theirs: Revision) -> None:
        super().__init__(
            _("%(name)s 在您编辑期间保存过这一稿。") % {"name": theirs.author_name},
            _("两个版本都列在下面，请合并后再保存。"),
        )
        self.theirs = theirs


def log(db: Session, by: Person | str, action: str, piece: Piece, **detail: Any) -> None:
    """Put one step of a piece into the audit log."""
    audit.record(db, by, f"{piece.kind}.{action}", f"{piece.kind} {piece.object_id or piece.id}", **detail)


def open_piece(
    db: Session, kind: Kind, title: str, by: Person, snapshot: Mapping[str, Any], *, needs_legal_review: bool = False
) -> Piece:
    """Begin a draft with its first revision. The slice then makes its own row with `piece_id` and calls `attach`."""
    piece = Piece(
        kind=kind,
        title=title[:200],
        author=by.username,
        author_name=by.name,
        state=State.DRAFT,
        version=1,
        round=1,
        needs_legal_review=needs_legal_review,
        created_at=now(),
        updated_at=now(),
    )
    db.add(piece)
    db.flush()
    keep_revision(db, piece, by, piece.title, snapshot, "")
    return piece


def attach(db: Session, piece: Piece, object_id: int, public_path: str) -> None:
    """Tell the piece which row it is about and where the public will find it, e.g. /news/spring-market."""
    piece.object_id = object_id
    piece.public_path = public_path
    db.flush()
    log(db, piece.author, "open", piece)


def keep_revision(
    db: Session,
    piece: Piece,
    by: Person,
    title: str,
    snapshot: Mapping[str, Any],
    note: str,
    is_correction: bool = False,
) -> Revision:
    revision = Revision(
        piece_id=piece.id,
        number=piece.version,
        title=title[:200],
        snapshot=dict(snapshot),
        author=by.username,
        author_name=by.name,
        note=note[:500],
        is_correction=is_correction,
        at=now(),
    )
    db.add(revision)
    db.flush()
    return revision


def newest_revision(db: Session, piece: Piece) -> Revision:
    """The revision with the piece's present version."""
    return db.scalars(select(Revision).where(Revision.piece_id == piece.id, Revision.number == piece.version)).one()


def writers_of(db: Session, piece: Piece) -> Sequence[str]:
    """Who wrote any of its texts, by user name, the writer of the present one last."""
    return db.scalars(select(Revision.author).where(Revision.piece_id == piece.id).order_by(Revision.number)).all()


def lock(db: Session, piece: Piece) -> None:
    """Let nobody else change this piece until the transaction ends, and read it as it is now.

    SQLite has one writer at a time anyway; PostgreSQL locks the row.
    """
    db.refresh(piece, with_for_update=True)


def _check_version(db: Session, piece: Piece, version: int) -> None:
    lock(db, piece)
    if piece.version != version:
        raise EditClash(newest_revision(db, piece))


def save_revision(
    db: Session,
    piece: Piece,
    by: Person,
    title: str,
    snapshot: Mapping[str, Any],
    version: int,
    note: str = "",
) -> Revision | None:
    """Save a changed text; None when nothing changed. An edit after submission sends the piece back to the start.

    version: the version the editor began with; raise EditClash when somebody saved in between, and Conflict when
    the piece is public (then `correct` is the way) or over.
    """
    _check_version(db, piece, version)
    if piece.state not in EDITABLE:
        raise Conflict(_("这篇内容已经发布或撤下，不能直接改。"), _("已发布的内容请用“更正”。"))
    before = newest_revision(db, piece)
    if before.title == title[:200] and before.snapshot == dict(snapshot):
        return None
    piece.version += 1
    piece.title = title[:200]
    piece.updated_at = now()
    revision = keep_revision(db, piece, by, title, snapshot, note)
    is_reset = piece.state != State.DRAFT
    if is_reset:
        reset(piece)
    forget_oaths(piece)
    db.flush()
    log(db, by, "save", piece, version=piece.version, back_to_start=is_reset)
    return revision


def reset(piece: Piece) -> None:
    """Back to draft; the next submission begins with the first review."""
    piece.state = State.DRAFT
    piece.round += 1
    piece.publish_at = None
    forget_oaths(piece)


def forget_oaths(piece: Piece) -> None:
    """What was sworn and asked about one text says nothing about another: confidentiality, and haste."""
    piece.is_confidential_checked = False
    piece.urgent_by = piece.urgent_by_name = piece.urgent_reason = ""
    piece.urgent_at = None


def submit_for_review(
    db: Session, piece: Piece, by: Person, findings: Sequence[Finding] = (), *, is_confidential_checked: bool
) -> None:
    """Ask for the first review.

    findings: what the checks found in the present text; each must be mended or overruled.
    is_confidential_checked: the person says that the text holds nothing secret.
    Raises Conflict when it is no draft, BadInput with what still stands in the way.
    """
    lock(db, piece)
    if piece.state != State.DRAFT:
        raise Conflict(_("这篇内容已经送审。"), _("请刷新页面查看当前状态。"))
    if not is_confidential_checked:
        raise BadInput(_("送审前请先完成保密审查。"), _("请勾选“已确认不含涉密和不宜公开的内容”。"))
    demand_settled(db, piece, findings)
    faults = law_of(piece).before_review(db, piece)
    if faults:
        raise BadInput(faults[0], " ".join(faults[1:]))
    piece.state = State.REVIEW1
    piece.is_confidential_checked = True
    piece.confidential_checked_by = by.username
    piece.updated_at = now()
    db.flush()
    log(db, by, "submit", piece, version=piece.version)


def demand_settled(db: Session, piece: Piece, findings: Sequence[Finding]) -> None:
    """Raise BadInput while something that the checks found is neither mended nor overruled."""
    open_findings = unsettled(db, piece, findings)
    if open_findings:
        raise BadInput(
            _("还有 %(count)s 处检查意见没有处理。") % {"count": len(open_findings)},
            _("请逐条修改，或写明保留的理由。"),
        )


def unsettled(db: Session, piece: Piece, findings: Sequence[Finding]) -> list[Finding]:
    """Those findings that nobody has overruled."""
    settled = set(db.scalars(select(Overrule.finding).where(Overrule.piece_id == piece.id)))
    return [finding for finding in findings if finding.key not in settled]


def overrule(db: Session, piece: Piece, by: Person, finding: Finding, reason: str) -> None:
    """Let a finding stand, with a reason; once for each, the first reason is kept."""
    if not reason.strip():
        raise BadInput(_("请写明保留的理由。"))
    if not unsettled(db, piece, [finding]):
        return
    db.add(
        Overrule(
            piece_id=piece.id,
            finding=finding.key,
            found=finding.found[:200],
            reason=reason.strip()[:500],
            by=by.username,
            at=now(),
        )
    )
    db.flush()
    # The log is read by auditors, so it carries the kind of the finding and never the words found.
    log(db, by, "overrule", piece, finding=finding.kind)


def add_comment(db: Session, piece: Piece, by: Person, text: str, quote: str = "") -> Comment:
    """Keep a remark beside the text."""
    comment = Comment(
        piece_id=piece.id,
        version=piece.version,
        author=by.username,
        author_name=by.name,
        quote=quote.strip()[:200],
        text=text.strip()[:2000],
        at=now(),
    )
    db.add(comment)
    db.flush()
    log(db, by, "comment", piece)
    return comment


def settle_comment(db: Session, comment: Comment, by: Person) -> None:
    """Mark a remark as dealt with."""
    if comment.settled_at is None:
        comment.settled_at = now()
        comment.settled_by = by.username
        db.flush()
