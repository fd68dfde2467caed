"""A reviewer without an account: one signed link, for one person, one version and one review, good for a week."""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.core.errors import BadInput, Conflict, Forbidden, Gone
from portal.core.i18n import gettext as _
from portal.core.roles import Person, Role
from portal.core.signing import BadToken, Secrets
from portal.core.web import Ctx
from portal.editorial.history import now
from portal.editorial.models import Piece, Result, Review, ReviewLink
from portal.editorial.reviews import approve, next_level, reviews_of_round, send_back
from portal.editorial.service import lock, log

PURPOSE = "review link"
COOKIE = "guest_review"
WEEK_S = 7 * 24 * 3600
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,120}")


@dataclass(frozen=True)
class Guest:
    """Somebody who reviews by a link; to the rest of editorial a person with the role of a reviewer."""

    username: str
    name: str
    id: int = 0
    unit: str | None = None
    roles: frozenset[Role] = frozenset({Role.REVIEWER})
    groups: frozenset[str] = frozenset()

    def may(self, *roles: Role) -> bool:
        """True for the reviewer's role only."""
        return Role.REVIEWER in roles


def guest_key(secrets: Secrets, email: str) -> str:
    """What a guest is called in reviews: the same for the same address, so that nobody reviews a piece twice."""
    return f"guest:{secrets.hash('review guest', email.strip().lower())[:24]}"


def make_link(db: Session, secrets: Secrets, piece: Piece, by: Person, name: str, email: str) -> str:
    """A token for one review of the present version by this guest.

    Raises BadInput without name and address, Conflict when no review is wanted or a guest gave one already.
    """
    lock(db, piece)
    if not name.strip() or not _EMAIL.fullmatch(email.strip()):
        raise BadInput(_("请填写审核人的姓名和邮箱。"))
    level = next_level(db, piece)
    if not level:
        raise Conflict(_("这篇内容现在不在审核中。"))
    guest = guest_key(secrets, email)
    if any(review.reviewer.startswith("guest:") for review in reviews_of_round(db, piece)):
        # A guest is known by an address only; more than one could be one person with two of them.
        raise Conflict(_("每轮三审最多有一位没有账号的审核人。"))
    link = ReviewLink(
        piece_id=piece.id,
        level=level,
        round=piece.round,
        version=piece.version,
        guest=guest,
        guest_name=name.strip()[:60],
        made_by=by.username,
        made_at=now(),
    )
    db.add(link)
    db.flush()
    log(db, by, "review_link", piece, level=level, version=piece.version)
    return secrets.sign(PURPOSE, link.id)


def read_link(db: Session, secrets: Secrets, token: str) -> tuple[ReviewLink, Piece]:
    """The link and its piece; raise Gone when it is used, too old, or for a text that has changed since."""
    over = Gone(_("这个审核链接已经失效。"), _("链接只能用一次，七天内有效；稿件改动后也会失效。请联系发给您的人。"))
    try:
        link_id = secrets.read(PURPOSE, token, WEEK_S)
    except BadToken as error:
        raise over from error
    link = db.get(ReviewLink, link_id) if isinstance(link_id, int) else None
    piece = db.get(Piece, link.piece_id) if link else None
    if link is None or piece is None or link.used_at is not None:
        raise over
    if (link.round, link.version, link.level) != (piece.round, piece.version, next_level(db, piece)):
        raise over
    return link, piece


def remember_guest(ctx: Ctx, link: ReviewLink) -> None:
    """Let the guest's browser fetch the pictures and papers of the text they were asked to review."""
    ctx.keep_cookie(COOKIE, link.id, WEEK_S)


def guest_piece(ctx: Ctx) -> int:
    """The id of the piece whose unused link this browser opened; 0 for everybody else."""
    link_id = ctx.read_cookie(COOKIE, WEEK_S)
    link = ctx.db.get(ReviewLink, link_id) if isinstance(link_id, int) else None
    return link.piece_id if link is not None and link.used_at is None else 0


def use_link(db: Session, secrets: Secrets, token: str, result: Result, note: str) -> Review:
    """Give the review the link is for; it is then used up."""
    link, piece = read_link(db, secrets, token)
    lock(db, piece)
    db.refresh(link, with_for_update=True)
    if link.used_at is not None:
        raise Gone(_("这个审核链接已经失效。"))
    if piece.author == link.guest:
        raise Forbidden(_("作者不能审核自己的稿件，请由其他人审核。"))
    guest = Guest(link.guest, link.guest_name)
    if result == Result.APPROVED:
        review = approve(db, piece, guest, note, version=link.version)
    else:
        review = send_back(db, piece, guest, note, version=link.version)
    link.used_at = now()
    db.flush()
    return review
