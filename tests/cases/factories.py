"""Cases for tests: made through the services a browser uses, with a router that says what a test wants."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from ml.predict import Routing, Word
from portal.accounts.models import Staff
from portal.cases import closing, handling, triage
from portal.cases.intake import NewCase, open_case
from portal.cases.lifecycle import Act, as_citizen, as_staff, as_system
from portal.cases.models import Case
from portal.cases.photos import StoredPhoto, store_photos
from portal.cases.queries import get_whole_case
from portal.cases.states import Outcome
from portal.core.clock import now
from portal.core.photos import check_and_shrink
from portal.core.roles import Role
from portal.core.web import Portal
from tests.conftest import make_staff

TEXT = "校门口放学的时候堵得走不动，家长的车停了三排，孩子只能从车缝里穿过去。"
GROUP = "school_surroundings"
UNIT = "education"


class SureRouter:
    """A router that always answers the same."""

    def __init__(self, group: str = GROUP, probability: float = 0.93, is_auto: bool = False) -> None:
        self.group, self.probability, self.is_auto = group, probability, is_auto

    def suggest(self, text: str) -> Routing | None:
        """The group this router was made with, and the first signs of the text as its reason."""
        rest = (1 - self.probability) / 2
        return Routing(
            group=self.group,
            probability=self.probability,
            auto=self.is_auto,
            outside=rest,
            ranked=((self.group, self.probability), ("main_roads", rest)),
            words=(Word(text[:3], 1.84, 0, min(3, len(text))),),
            topic="school_gate_traffic",
            model="test-model",
            score=2.0,
            rest=0.16,
        )


def photo_bytes(colour: str = "red", kind: str = "JPEG", **save: Any) -> bytes:
    """A small photo with something on it."""
    image = Image.new("RGB", (320, 240), colour)
    ImageDraw.Draw(image).rectangle((40, 60, 200, 180), fill="white")
    out = BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def stored_photo(portal: Portal, colour: str = "green") -> StoredPhoto:
    """A photo on disk, ready to be named."""
    return store_photos(portal, [check_and_shrink(photo_bytes(colour))])[0]


def new_case(**values: Any) -> NewCase:
    """What a citizen submits."""
    return NewCase(**{"kind": "complaint", "text": TEXT, "place": "示例小学东门", "district": "tianning", **values})


def make_case(portal: Portal, at: datetime | None = None, routing: Routing | None = None, **values: Any) -> str:
    """Submit a case; returns its number."""
    with portal.database.write() as db:
        opened = open_case(db, as_citizen(portal, at or now()), new_case(**values), routing)
        return opened.case.case_no


def office(portal: Portal, *roles: Role, username: str = "") -> Staff:
    """A member of staff by name, made when missing."""
    name = username or "office-" + "-".join(roles)
    with portal.database.unit() as db:
        found = db.scalar(select(Staff).where(Staff.username == name))
        return found or make_staff(db, *roles, username=name, groups=(GROUP,), unit=UNIT)


Doing = Callable[[Session, Act, Case], object]


def do(portal: Portal, case_no: str, by: Role | str, doing: Doing, at: datetime | None = None) -> None:
    """Do something to a case through its service. by: a role, "citizen" or "system"."""
    person = office(portal, by) if isinstance(by, Role) else None
    with portal.database.write() as db:
        case = get_whole_case(db, case_no)
        if person is not None:
            act = as_staff(portal, person, case, at)
        else:
            act = as_citizen(portal, at) if by == "citizen" else as_system(portal, at)
        doing(db, act, case)


def dispatched(portal: Portal, at: datetime | None = None, group: str = GROUP, unit: str = UNIT, **values: Any) -> str:
    """A case that waits for its unit's signature."""
    case_no = make_case(portal, at, **values)
    to = triage.Assignment(group, unit)
    do(portal, case_no, Role.DISPATCHER, lambda db, act, case: triage.dispatch(db, act, case, to), at)
    return case_no


def in_progress(portal: Portal, at: datetime | None = None, **values: Any) -> str:
    """A case whose reporter was contacted."""
    case_no = dispatched(portal, at, **values)
    later = (at or now()) + timedelta(minutes=5)
    do(portal, case_no, Role.UNIT, handling.accept, later)
    do(portal, case_no, Role.UNIT, lambda db, act, case: handling.contact(db, act, case, "电话说明"), later)
    return case_no


def resolved(portal: Portal, at: datetime | None = None, **values: Any) -> str:
    """A case that waits for its rating."""
    case_no = in_progress(portal, at, **values)
    how = closing.Resolution("已在校门口划定接送区，每天两次疏导。", Outcome.SOLVED, [stored_photo(portal)])
    later = (at or now()) + timedelta(minutes=10)
    do(portal, case_no, Role.UNIT, lambda db, act, case: closing.resolve(db, act, case, how), later)
    return case_no


def closed(portal: Portal, at: datetime | None = None, **values: Any) -> str:
    """A case its reporter was satisfied with."""
    case_no = resolved(portal, at, **values)
    later = (at or now()) + timedelta(minutes=15)
    rating = closing.Rating(5, "yes")
    do(portal, case_no, "citizen", lambda db, act, case: closing.rate(db, act, case, rating), later)
    return case_no


def look(db: Session, case_no: str) -> Case:
    """The case as it is in the database now."""
    fresh(db)
    return get_whole_case(db, case_no)


def fresh(db: Session) -> Session:
    """The session without what it saw before: SQLite would go on showing the moment of its first look."""
    db.rollback()
    db.expunge_all()
    return db
