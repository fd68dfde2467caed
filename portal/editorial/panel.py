"""What a desk page shows beside a piece: where it stands, who may do what, what the checks found."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import staff_names
from portal.core.clock import today
from portal.core.roles import Person, Role
from portal.core.web import Ctx
from portal.editorial import queries
from portal.editorial.checks import Finding, check_texts, read_word_lists
from portal.editorial.laws import Snapshot, law_of
from portal.editorial.models import UNPUBLISHED, Comment, Kind, Overrule, Piece, Result, Review, Revision, State, live
from portal.editorial.publication import why_not_correction
from portal.editorial.quotes import mark_words
from portal.editorial.reviews import (
    count_late_left,
    is_returned_late,
    level_after,
    reviews_of_round,
    why_not_after,
    why_not_urgent,
)
from portal.editorial.service import newest_revision, writers_of
from portal.groups import City

WRITING = (Role.EDITOR, Role.REVIEWER)
ROLES_OF: dict[str, tuple[Role, ...]] = {Kind.BOARD: (*WRITING, Role.SUPERVISOR)}
OBJECTS = re.compile(r"/(news|people|credit|board)/(?!feed\.atom$|nominate$)[^/]+")


@dataclass(frozen=True)
class Panel:
    """Everything the shared part of a desk page needs. why_not…: a reason, or empty when the person may.

    late_left: how many of the three reviews an urgent publication still lacks.
    """

    piece: Piece
    revision: Revision
    level: int
    why_not_review: str
    why_not_urgent: str
    why_not_correction: str
    pending: Revision | None
    reviews: Sequence[Review]
    comments: Sequence[Comment]
    overrules: Sequence[Overrule]
    findings: Sequence[Finding]
    labels: dict[str, str]
    has_own_withdrawal: bool
    late_left: int
    is_returned_late: bool
    names: Mapping[str, str]

    def mark(self, html: str) -> str:
        """The text with the words marked that findings and open remarks are about; a single sign tells no place."""
        findings = [(f"finding-{one.key}", one.found) for one in self.open_findings if len(one.found) > 1]
        comments = [(f"comment-{one.id}", one.quote) for one in self.comments if one.quote and one.settled_at is None]
        return mark_words(html, [*findings, *comments])

    @property
    def open_findings(self) -> list[Finding]:
        """Findings nobody has overruled yet."""
        settled = {overrule.finding for overrule in self.overrules}
        return [finding for finding in self.findings if finding.key not in settled]


@dataclass(frozen=True)
class Remarks:
    """What an editor is asked to mend. returned: the review that sent the text back, if it was the last one."""

    returned: Review | None
    comments: Sequence[Comment]


def open_remarks(db: Session, piece: Piece) -> Remarks:
    """What an editor should have beside them while writing."""
    last = next(iter(queries.list_reviews(db, piece)), None)
    comments = [one for one in queries.list_comments(db, piece) if one.settled_at is None]
    return Remarks(last if last is not None and last.result == Result.RETURNED else None, comments)


def make_panel(ctx: Ctx, piece: Piece) -> Panel:
    """The panel of a piece for the signed-in person; a fixed number of statements whatever its history."""
    db, person = ctx.db, ctx.staff
    revision = newest_revision(db, piece)
    overrules, given = queries.list_overrules(db, piece), reviews_of_round(db, piece)
    named = [*(one.by for one in overrules), *filter(None, [piece.withdrawn_by])]
    is_checked = piece.state in UNPUBLISHED or piece.pending_revision_id is not None
    law = law_of(piece)
    return Panel(
        piece=piece,
        revision=revision,
        level=level_after(piece, given),
        why_not_review=why_not_after(piece, person, writers_of(db, piece), given),
        why_not_urgent=why_not_urgent(piece, person),
        why_not_correction=why_not_correction(db, piece, person),
        pending=db.get(Revision, piece.pending_revision_id) if piece.pending_revision_id else None,
        reviews=queries.list_reviews(db, piece),
        comments=queries.list_comments(db, piece),
        overrules=overrules,
        findings=find_faults(ctx, piece, revision.snapshot) if is_checked else [],
        labels={name: law.label(name) for name in law.texts(revision.snapshot)},
        has_own_withdrawal=law.has_own_withdrawal,
        names=staff_names(db, named) if named else {},
        late_left=count_late_left(piece, given),
        is_returned_late=is_returned_late(piece, given),
    )


def find_faults(ctx: Ctx, piece: Piece, snapshot: Snapshot) -> list[Finding]:
    """What the checks find in a snapshot of this piece, with the city's own numbers allowed."""
    city: City = ctx.city
    texts = law_of(piece).texts(snapshot)
    lists = read_word_lists(ctx.settings.data)
    return check_texts(texts, today(), lists, lambda path: is_reachable(ctx, path), _own_numbers(city))


def _own_numbers(city: City) -> list[str]:
    numbers = [city.office.phone, city.office.email, *(unit.phone for unit in city.units)]
    numbers += [hotline.number for hotline in city.hotlines]
    return [re.sub(r"[^\w@.+]", "", number) for number in numbers if number]


@lru_cache(maxsize=512)
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+(?::\w+)?\}", path)
    return re.compile("[^/]+".join(map(re.escape, parts)))


def is_reachable(ctx: Ctx, path: str) -> bool:
    """Whether a path of this portal leads somewhere the public can read now."""
    if path.startswith("/desk"):
        return False
    if OBJECTS.fullmatch(path):
        return _is_live_path(ctx.db, path)
    return path.startswith("/static/") or any(
        _pattern(known).fullmatch(path) for known in ctx.portal.paths.values() if not known.startswith("/desk")
    )


def _is_live_path(db: Session, path: str) -> bool:
    return db.scalar(select(Piece.id).where(Piece.public_path == path, live())) is not None


def may_write(person: Person, piece: Piece) -> bool:
    """Whether this person takes part in pieces of this kind: the board is open to supervisors too."""
    return person.may(*ROLES_OF.get(piece.kind, WRITING))


def may_edit(piece: Piece) -> bool:
    """Whether the text can be changed at all: before publication freely, afterwards as a correction."""
    return piece.state in UNPUBLISHED or piece.state == State.PUBLISHED
