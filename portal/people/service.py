"""Writing profiles: every text goes through editorial; here it comes into the table the public reads from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.clock import today
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.roles import Person
from portal.core.signing import random_code
from portal.editorial import (
    Kind,
    Law,
    Piece,
    attach,
    correct,
    open_piece,
    render_markdown,
    save_revision,
    set_law,
    use_pictures,
)
from portal.people.honour import faults_before_publishing
from portal.people.models import Ending, GoodPerson, Nomination, Stage


@dataclass(frozen=True)
class Draft:
    """All an editor types; also the snapshot that revisions keep."""

    name: str
    category: str
    level: str
    honour_title: str
    batch_year: int
    batch_no: int
    batch_label: str
    region: str
    occupation_and_unit: str
    one_line: str
    deeds: str
    award_words: str = ""
    unit_count: int = 1
    photo: str = ""
    photo_alt: str = ""
    photo_credit: str = ""
    source: str = ""
    is_minor: bool = False


DEEDS = (300, 2000)
"""How long deeds may be when they go to review, in characters."""

LABELS = {
    "name": lazy("姓名"),
    "honour_title": lazy("称号"),
    "batch_label": lazy("批次"),
    "region": lazy("地区"),
    "occupation_and_unit": lazy("身份"),
    "one_line": lazy("一句话"),
    "deeds": lazy("事迹"),
    "award_words": lazy("颁奖词"),
    "photo_alt": lazy("照片说明"),
    "source": lazy("来源"),
}


def snapshot_of(draft: Draft) -> dict[str, Any]:
    """The draft as revisions keep it."""
    return asdict(draft)


def draft_of(snapshot: Mapping[str, Any]) -> Draft:
    """The draft a revision kept; fields it did not know have their defaults."""
    return Draft(**{key: value for key, value in snapshot.items() if key in Draft.__dataclass_fields__})


def open_person(
    db: Session,
    draft: Draft,
    by: Person,
    *,
    slug: str = "",
    nomination: Nomination | None = None,
    is_sample: bool = False,
) -> GoodPerson:
    """Begin a profile, in vetting."""
    piece = open_piece(db, Kind.PERSON, draft.name, by, snapshot_of(draft))
    person = GoodPerson(
        piece_id=piece.id,
        nomination_id=nomination.id if nomination else None,
        slug=slug or f"{today():%Y}-{random_code(6).lower()}",
        stage=Stage.VETTING,
        is_sample=is_sample,
        likes=0,
    )
    person.piece = piece
    _bring_in(person, draft)
    db.add(person)
    db.flush()
    attach(db, piece, person.id, person.path)
    use_pictures(db, piece, [draft.deeds], [draft.photo] if draft.photo else [])
    return person


def save_person(db: Session, person: GoodPerson, draft: Draft, by: Person, version: int, note: str = "") -> None:
    """Save a changed profile before publication; raise EditClash when somebody saved in between.

    Raises Conflict while the notice runs: what people may object to must not change under them.
    """
    if person.is_in_notice:
        raise Conflict(_("公示期间不能修改内容。"), _("请等公示结束后再改。"))
    if save_revision(db, person.piece, by, draft.name, snapshot_of(draft), version, note) is not None:
        _show(db, person, draft)


def correct_person(db: Session, person: GoodPerson, draft: Draft, by: Person, version: int, note: str) -> None:
    """Propose a correction of a public profile; readers see it once another person agrees."""
    correct(db, person.piece, by, draft.name, snapshot_of(draft), note, version)


def _bring_in(person: GoodPerson, draft: Draft) -> None:
    for key, value in asdict(draft).items():
        setattr(person, key, value)
    person.deeds_html = render_markdown(draft.deeds)


def _show(db: Session, person: GoodPerson, draft: Draft) -> None:
    _bring_in(person, draft)
    db.flush()
    use_pictures(db, person.piece, [draft.deeds], [draft.photo] if draft.photo else [])


def _of_piece(db: Session, piece: Piece) -> GoodPerson:
    person = db.scalars(select(GoodPerson).where(GoodPerson.piece_id == piece.id)).one()
    person.piece = piece
    return person


def _apply(db: Session, piece: Piece, snapshot: Mapping[str, Any]) -> None:
    _show(db, _of_piece(db, piece), draft_of(snapshot))


def _before_publishing(db: Session, piece: Piece) -> list[str]:
    return faults_before_publishing(db, _of_piece(db, piece))


def _before_review(db: Session, piece: Piece) -> list[str]:
    length = len(_of_piece(db, piece).deeds)
    if DEEDS[0] <= length <= DEEDS[1]:
        return []
    return [
        _("事迹现有 %(length)s 字，送审须在 %(least)s 到 %(most)s 字之间。")
        % {"length": length, "least": DEEDS[0], "most": DEEDS[1]}
    ]


def _ended(db: Session, piece: Piece) -> None:
    person = _of_piece(db, piece)
    person.ending = person.ending or Ending.REVOKED
    person.revoked_on = person.revoked_on or today()
    db.flush()


set_law(
    Kind.PERSON,
    Law(
        before_review=_before_review,
        before_publishing=_before_publishing,
        ended=_ended,
        apply=_apply,
        labels=LABELS,
        markdown=frozenset({"deeds"}),
        has_own_withdrawal=True,
    ),
)
