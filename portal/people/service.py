"""Writing profiles: every text goes through editorial; here it comes into the table the public reads from."""

from collections.abc import Mapping
from dataclasses import asdict
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
from portal.people.drafts import NOTICED, Draft, draft_from, draft_of, snapshot_of
from portal.people.honour import demand_consent, faults_before_publishing
from portal.people.models import Ending, GoodPerson, Nomination, Stage

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

    Raises Conflict while the notice runs: what people may object to must not change under them. A change of it
    afterwards asks for a new notice.
    """
    if person.is_in_notice:
        raise Conflict(_("公示期间不能修改内容。"), _("请等公示结束后再改。"))
    before = draft_from(person)
    if save_revision(db, person.piece, by, draft.name, snapshot_of(draft), version, note) is None:
        return
    if person.notice_from is not None and any(getattr(before, name) != getattr(draft, name) for name in NOTICED):
        # What people could object to is no longer what would be honoured, so they are asked again.
        person.stage, person.notice_from, person.notice_until = Stage.VETTING, None, None
    _show(db, person, draft)


def correct_person(db: Session, person: GoodPerson, draft: Draft, by: Person, version: int, note: str) -> None:
    """Propose a correction of a public profile; readers see it once another person agrees.

    Raises Conflict when it shows what nobody consented to, or gives another level: that is a further honour.
    """
    demand_consent(db, person, draft.photo, is_minor=draft.is_minor)
    if draft.level != person.level:
        raise Conflict(_("更正不能改变层级。"), _("获评更高荣誉的，请在材料页上“登记新的荣誉”。"))
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
    person, draft = _of_piece(db, piece), draft_of(snapshot)
    demand_consent(db, person, draft.photo, is_minor=draft.is_minor)
    _show(db, person, draft)


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
