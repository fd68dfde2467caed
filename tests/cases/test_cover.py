"""Staff cover faces and plates; the photo that was there is destroyed, and the act is written down."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.models import CasePhoto
from portal.core.audit import AuditEvent
from portal.core.photos import small_key
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import UNIT, fresh, look, make_case, stored_photo

Desk = Callable[..., TestClient]


def test_a_covered_photo_takes_the_place_of_the_old_one_whose_files_are_gone(
    desk: Desk, portal: Portal, db: Session
) -> None:
    number = make_case(portal, photos=(stored_photo(portal),))
    old = look(db, number).photos[0]
    name, key = old.name, old.key
    office = desk(Role.DISPATCHER)
    assert f"/photos/{name}/cover" in office.get(f"/desk/cases/{number}").text
    page = office.get(f"/desk/cases/{number}/photos/{name}/cover")
    assert page.status_code == 200
    assert "原来的照片随即销毁" in page.text
    answer = office.post(f"/desk/cases/{number}/photos/{name}/cover", data={"boxes": "10 10 50 50\n70,70,20,20"})
    assert answer.status_code == 303
    new = fresh(db).scalars(select(CasePhoto)).one()
    assert new.name != name
    assert portal.photos.exists(new.key)
    assert not portal.photos.exists(key)
    assert not portal.photos.exists(small_key(key))
    assert office.get(f"/desk/cases/{number}/photos/{name}").status_code == 404
    event = look(db, number).events[-1]
    assert (event.action, event.actor, event.is_public) == ("cover", "dispatcher", False)
    assert db.scalars(select(AuditEvent.action).where(AuditEvent.action == "case.cover")).all() == ["case.cover"]


@pytest.mark.parametrize(
    "boxes", ["", "人脸", "1 2 3", "-1 0 10 10", "10 10 0 10", "101 0 5 5", "nan 0 5 5", "1 1 1 1\n" * 21]
)
def test_what_is_no_frame_is_refused_at_its_field_and_the_photo_stays(
    desk: Desk, portal: Portal, db: Session, boxes: str
) -> None:
    number = make_case(portal, photos=(stored_photo(portal),))
    name = look(db, number).photos[0].name
    answer = desk(Role.DISPATCHER).post(f"/desk/cases/{number}/photos/{name}/cover", data={"boxes": boxes})
    assert answer.status_code == 422
    assert 'href="#boxes"' in answer.text
    assert fresh(db).scalars(select(CasePhoto.name)).one() == name


def test_covering_is_the_offices_alone(desk: Desk, portal: Portal, db: Session) -> None:
    number = make_case(portal, photos=(stored_photo(portal),))
    path = f"/desk/cases/{number}/photos/{look(db, number).photos[0].name}/cover"
    assert desk(Role.UNIT, unit=UNIT).get(path).status_code == 403
    assert desk(Role.SUPERVISOR).get(path).status_code == 200
    assert desk(Role.SUPERVISOR, username="two").get(path[:-10] + "0000/cover").status_code == 404
