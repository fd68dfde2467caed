"""Good people for tests, by the real services; everything commits."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.clock import now, today
from portal.core.roles import Role
from portal.editorial import carry_through
from portal.groups import City
from portal.people import honour
from portal.people.drafts import Draft
from portal.people.honour import NewConsent
from portal.people.models import Answer, Giver, GoodPerson, Scope, Stage
from portal.people.service import open_person
from tests.conftest import make_staff

DEEDS = "他每天清晨清扫老巷，十年没有间断，邻居们都记得他的扫帚声。" * 12


def find_or_make_staff(db: Session) -> tuple[Staff, list[Staff]]:
    """An author and three reviewers, made once."""
    found = {staff.username: staff for staff in db.query(Staff)}
    author = found.get("writer") or make_staff(db, Role.EDITOR, username="writer")
    names = [f"second{number}" for number in (1, 2, 3)]
    return author, [found.get(name) or make_staff(db, Role.REVIEWER, username=name) for name in names]


def make_person(db: Session, slug: str = "", **values: Any) -> GoodPerson:
    """A profile in vetting."""
    author, _ = find_or_make_staff(db)
    draft = Draft(
        **{
            "name": "周示例",
            "category": "helping_others",
            "level": "city",
            "honour_title": "常州好人",
            "batch_year": 2026,
            "batch_no": 3,
            "batch_label": "2026年第三批",
            "region": "天宁区",
            "occupation_and_unit": "社区志愿者",
            "one_line": "十年清扫一条老巷",
            "deeds": DEEDS,
            **values,
        }
    )
    person = open_person(db, draft, author, slug=slug)
    db.commit()
    return person


def give_consent(db: Session, person: GoodPerson, scope: Scope = Scope.PROFILE, giver: Giver | None = None) -> None:
    """The person agrees, or the guardian of a minor."""
    author, _ = find_or_make_staff(db)
    giver = giver or (Giver.GUARDIAN if person.is_minor else Giver.SELF)
    honour.record_consent(db, person, author, NewConsent(scope, giver, "周示例", today(), "同意书 1 号"))
    db.commit()


def vet(db: Session, person: GoodPerson) -> None:
    """One authority asked and clear, and the person's consent."""
    author, _ = find_or_make_staff(db)
    opinion = honour.ask_opinion(db, person, author, "公安", today())
    honour.note_answer(db, person, opinion, author, Answer.CLEAR)
    give_consent(db, person)


def begin_notice(db: Session, person: GoodPerson, city: City) -> None:
    """The public notice, by a second person."""
    _, reviewers = find_or_make_staff(db)
    honour.begin_notice(db, person, reviewers[0], city)
    db.commit()


def make_published(db: Session, slug: str = "", **values: Any) -> GoodPerson:
    """A public profile whose notice lies behind it."""
    person = make_person(db, slug, **values)
    author, reviewers = find_or_make_staff(db)
    vet(db, person)
    if person.photo:
        give_consent(db, person, Scope.PORTRAIT)
    person.stage = Stage.APPROVED
    person.notice_from = today() - timedelta(days=10)
    person.notice_until = today() - timedelta(days=3)
    db.flush()
    carry_through(db, person.piece, author, reviewers, now())
    db.commit()
    return person
