"""Nominations from anyone: kept with an encrypted contact, looked at by staff, forgotten in time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import now, today
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.i18n import gettext as _
from portal.core.photos import Photo, PhotoStore
from portal.core.roles import Person
from portal.core.signing import Secrets, random_code
from portal.editorial import keep_picture
from portal.people.models import Nomination, NominationState, Objection, ObjectionState

KEEP_CONTACT = timedelta(days=365)


@dataclass(frozen=True)
class NewNomination:
    """What somebody typed."""

    category: str
    nominee: str
    region: str
    deeds: str
    evidence: str
    contact: str


def nominate(
    db: Session, secrets: Secrets, photos: PhotoStore, new: NewNomination, pictures: Sequence[Photo]
) -> Nomination:
    """Keep a nomination; its pictures are seen by staff only."""
    kept = [keep_picture(db, photos, picture, _("推荐材料照片"), "nomination") for picture in pictures]
    nomination = Nomination(
        nomination_no=f"HR{today():%Y%m%d}-{random_code(5)}",
        category=new.category,
        nominee=new.nominee,
        region=new.region,
        deeds=new.deeds,
        evidence=new.evidence,
        contact=secrets.encrypt(new.contact),
        pictures=[picture.name for picture in kept],
        state=NominationState.NEW,
        at=now(),
    )
    db.add(nomination)
    db.flush()
    return nomination


def get_nomination(db: Session, number: int) -> Nomination:
    """A nomination; raise NotFound."""
    found = db.get(Nomination, number)
    if found is None:
        raise NotFound(_("没有这条推荐。"))
    return found


def list_nominations(db: Session, state: str = NominationState.NEW, most: int = 50) -> Sequence[Nomination]:
    """Nominations in a state, oldest first."""
    return db.scalars(select(Nomination).where(Nomination.state == state).order_by(Nomination.id).limit(most)).all()


def _decide(db: Session, nomination: Nomination, by: Person, state: NominationState) -> None:
    if nomination.state != NominationState.NEW:
        raise Conflict(_("这条推荐已经处理过。"))
    nomination.state, nomination.decided_by, nomination.decided_at = state, by.username, now()
    db.flush()
    audit.record(db, by, f"nomination.{state}", f"nomination {nomination.nomination_no}")


def accept(db: Session, nomination: Nomination, by: Person) -> None:
    """Take it up; the profile is opened by the caller."""
    _decide(db, nomination, by, NominationState.ACCEPTED)


def decline(db: Session, nomination: Nomination, by: Person, reason: str) -> None:
    """Do not take it up, with a reason for the file."""
    if not reason.strip():
        raise BadInput(_("请写明不采用的理由。"))
    nomination.decline_reason = reason.strip()[:500]
    _decide(db, nomination, by, NominationState.DECLINED)


def forget_contacts(db: Session) -> None:
    """Delete contacts a year after what they were for was decided: they have no purpose any more."""
    before = now() - KEEP_CONTACT
    db.execute(update(Nomination).where(Nomination.contact != "", Nomination.decided_at < before).values(contact=""))
    is_decided = or_(Objection.state == ObjectionState.REJECTED, Objection.state == ObjectionState.UPHELD)
    db.execute(
        update(Objection).where(Objection.contact != "", is_decided, Objection.decided_at < before).values(contact="")
    )
