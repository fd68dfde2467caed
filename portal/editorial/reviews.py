"""Three reviews by three different people, none of them the author; urgent publication by two, reviewed later."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.errors import BadInput, Conflict, Forbidden
from portal.core.i18n import gettext as _
from portal.core.roles import Person, Role
from portal.editorial.checks import Finding
from portal.editorial.history import now
from portal.editorial.laws import law_of
from portal.editorial.models import REVIEW_STATES, Piece, Result, Review, State
from portal.editorial.service import demand_settled, lock, log, reset, writers_of

LEVELS = (1, 2, 3)
URGENT_FROM = (State.DRAFT, *REVIEW_STATES, State.APPROVED, State.SCHEDULED)


def reviews_of_round(db: Session, piece: Piece) -> Sequence[Review]:
    """The reviews that count for the present text, in order."""
    return db.scalars(
        select(Review).where(Review.piece_id == piece.id, Review.round == piece.round).order_by(Review.id)
    ).all()


def next_level(db: Session, piece: Piece) -> int:
    """The review that comes next, 1–3; 0 when none is wanted. A piece published in haste still wants all three."""
    return level_after(piece, reviews_of_round(db, piece))


def level_after(piece: Piece, reviews: Sequence[Review]) -> int:
    """As next_level, from the reviews of the present round."""
    if piece.level:
        return piece.level
    if not count_late_left(piece, reviews) or is_returned_late(piece, reviews) or piece.pending_revision_id:
        return 0
    return _approvals(reviews) + 1


def _approvals(reviews: Sequence[Review]) -> int:
    return sum(review.result == Result.APPROVED for review in reviews)


def count_late_left(piece: Piece, reviews: Sequence[Review]) -> int:
    """How many reviews the text still lacks that was published in haste; 0 for everything else."""
    is_public = piece.is_urgent and piece.state == State.PUBLISHED
    return len(LEVELS) - _approvals(reviews) if is_public else 0


def is_returned_late(piece: Piece, reviews: Sequence[Review]) -> bool:
    """Whether a late review sent back what is public already: it must be corrected, or withdrawn."""
    returned = any(review.result == Result.RETURNED for review in reviews)
    return returned and count_late_left(piece, reviews) > 0


def why_not(db: Session, piece: Piece, by: Person) -> str:
    """Why this person may not give the next review; empty when they may."""
    return why_not_after(piece, by, writers_of(db, piece), reviews_of_round(db, piece))


def why_not_after(piece: Piece, by: Person, writers: Sequence[str], reviews: Sequence[Review]) -> str:
    """As why_not, from everybody who wrote in it and the reviews of the present round."""
    if not by.may(Role.REVIEWER):
        return _("您的账号没有审核权限。")
    if piece.author == by.username:
        return _("作者不能审核自己的稿件，请由其他人审核。")
    if by.username in writers:
        return _("您改过这篇稿件，请由其他人审核。")
    if any(review.reviewer == by.username for review in reviews):
        return _("您已经审过这一稿，三审须由三个人完成。")
    return ""


def _demand_reviewer(db: Session, piece: Piece, by: Person) -> int:
    lock(db, piece)
    level = next_level(db, piece)
    if not level:
        raise Conflict(_("这篇内容现在不在审核中。"), _("请刷新页面查看当前状态。"))
    reason = why_not(db, piece, by)
    if reason:
        raise Forbidden(reason)
    return level


def _keep_review(
    db: Session, piece: Piece, by: Person, level: int, result: Result, note: str, is_legal: bool = False
) -> Review:
    review = Review(
        piece_id=piece.id,
        round=piece.round,
        level=level,
        version=piece.version,
        reviewer=by.username,
        reviewer_name=by.name,
        result=result,
        is_legal=is_legal,
        is_late=piece.state == State.PUBLISHED,
        note=note.strip()[:1000],
        at=now(),
    )
    db.add(review)
    piece.updated_at = now()
    db.flush()
    return review


def _demand_version(piece: Piece, version: int | None) -> None:
    if version is not None and version != piece.version:
        raise Conflict(_("这篇内容在您审核期间改过。"), _("请刷新页面，看过新的一稿再审。"))


def approve(
    db: Session, piece: Piece, by: Person, note: str = "", *, is_legal: bool = False, version: int | None = None
) -> Review:
    """Give the next review: 初审, 复审, 终审.

    is_legal: this review is also the legal one, which some pieces need before they are approved.
    version: the version the reviewer read.
    Raises Forbidden for the author, a co-author or somebody who reviewed this round; Conflict when none is wanted.
    """
    level = _demand_reviewer(db, piece, by)
    _demand_version(piece, version)
    if level == LEVELS[-1] and piece.needs_legal_review and not is_legal and not has_legal_review(db, piece):
        raise BadInput(_("这篇内容须经法制审核。"), _("请在终审前由一位审核人勾选“已做法制审核”。"))
    review = _keep_review(db, piece, by, level, Result.APPROVED, note, is_legal)
    if piece.state != State.PUBLISHED:
        piece.state = REVIEW_STATES[level] if level < len(LEVELS) else State.APPROVED
    db.flush()
    log(db, by, "review", piece, level=level, version=piece.version, legal=is_legal, late=review.is_late)
    return review


def has_legal_review(db: Session, piece: Piece) -> bool:
    """Whether one of this round's reviews was the legal one."""
    return any(review.is_legal for review in reviews_of_round(db, piece))


def send_back(db: Session, piece: Piece, by: Person, reason: str, version: int | None = None) -> Review:
    """Return the piece to its author with a reason; the next submission begins with the first review.

    What is public already (published in haste) stays so; its author is to correct or withdraw it.
    """
    if not reason.strip():
        raise BadInput(_("请写明退回的理由。"))
    level = _demand_reviewer(db, piece, by)
    _demand_version(piece, version)
    review = _keep_review(db, piece, by, level, Result.RETURNED, reason)
    if piece.state != State.PUBLISHED:
        reset(piece)
        db.flush()
    log(db, by, "send_back", piece, level=level, version=piece.version)
    return review


def ask_urgent(
    db: Session,
    piece: Piece,
    by: Person,
    reason: str,
    findings: Sequence[Finding] = (),
    *,
    is_confidential_checked: bool,
) -> None:
    """Ask to publish at once, before the reviews; a second person has to agree with `confirm_urgent`.

    findings: as in submit_for_review; haste excuses no telephone number. Any later edit takes the request back.
    """
    lock(db, piece)
    if piece.state not in URGENT_FROM:
        raise Conflict(_("这篇内容现在不能紧急发布。"))
    if not reason.strip():
        raise BadInput(_("请写明紧急发布的理由。"))
    if not is_confidential_checked:
        raise BadInput(_("紧急发布前也须完成保密审查。"), _("请勾选“已确认不含涉密和不宜公开的内容”。"))
    demand_settled(db, piece, findings)
    piece.is_confidential_checked = True
    piece.confidential_checked_by = by.username
    piece.urgent_by, piece.urgent_by_name, piece.urgent_at = by.username, by.name, now()
    piece.urgent_reason = reason.strip()[:500]
    db.flush()
    log(db, by, "ask_urgent", piece, version=piece.version)


def why_not_urgent(piece: Piece, by: Person) -> str:
    """Why this person may not agree to the urgent publication; empty when they may."""
    if not piece.urgent_by:
        return _("还没有人申请紧急发布。")
    if not by.may(Role.REVIEWER):
        return _("您的账号没有审核权限。")
    if by.username in {piece.urgent_by, piece.author}:
        return _("紧急发布须由申请人和作者以外的人确认。")
    return ""


def demand_urgent(db: Session, piece: Piece, by: Person, version: int | None) -> None:
    """Raise unless this person may agree to the urgent publication and nothing of the kind's law stands in the way."""
    lock(db, piece)
    _demand_version(piece, version)
    if piece.state not in URGENT_FROM:
        raise Conflict(_("这篇内容现在不能紧急发布。"))
    reason = why_not_urgent(piece, by)
    if reason:
        raise Forbidden(reason)
    if piece.needs_legal_review:
        raise Conflict(_("这类内容须经法制审核，不能紧急发布。"))
    faults = law_of(piece).before_publishing(db, piece)
    if faults:
        raise Conflict(faults[0], " ".join(faults[1:]))
