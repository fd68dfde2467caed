"""A photo that was used before is flagged for whoever handles the case."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases import closing
from portal.cases.models import CasePhoto
from portal.cases.photos import StoredPhoto, store_photos
from portal.cases.reuse import compare_photos
from portal.cases.states import Outcome
from portal.core.photos import check_and_shrink
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import do, fresh, in_progress, make_case
from tests.core.test_photos_alike import scene


def stored(portal: Portal, image: Image.Image, quality: int = 80) -> StoredPhoto:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return store_photos(portal, [check_and_shrink(out.getvalue())])[0]


def test_a_photo_cut_from_another_cases_photo_is_flagged(
    desk: Callable[..., TestClient], portal: Portal, db: Session
) -> None:
    image = scene(1)
    first = make_case(portal, photos=(stored(portal, image), stored(portal, scene(2))))
    assert compare_photos(portal) == 2
    piece = image.crop((20, 10, image.width - 30, image.height - 20))
    second = make_case(portal, photos=(stored(portal, piece, 50), stored(portal, scene(3))))
    assert compare_photos(portal) == 2
    assert compare_photos(portal) == 0
    assert fresh(db).scalars(select(CasePhoto.same_as).order_by(CasePhoto.id)).all() == [None, None, first, None]
    office = desk(Role.DISPATCHER)
    assert f"有一张照片与 {first} 的照片相同" in office.get(f"/desk/cases/{second}").text
    assert "的照片相同" not in office.get(f"/desk/cases/{first}").text


def test_an_exact_copy_is_flagged_at_once(desk: Callable[..., TestClient], portal: Portal) -> None:
    first = make_case(portal, photos=(stored(portal, scene(1)),))
    second = make_case(portal, photos=(stored(portal, scene(1)),))
    assert f"有一张照片与 {first} 的照片相同" in desk(Role.DISPATCHER).get(f"/desk/cases/{second}").text


def test_a_proof_that_is_the_reported_photo_is_flagged(desk: Callable[..., TestClient], portal: Portal) -> None:
    number = in_progress(portal, photos=(stored(portal, scene(1)),))
    how = closing.Resolution("已经清理干净，派人每天看。", Outcome.SOLVED, [stored(portal, scene(1), 60)])
    do(portal, number, Role.UNIT, lambda db, act, case: closing.resolve(db, act, case, how))
    compare_photos(portal)
    page = desk(Role.SUPERVISOR).get(f"/desk/cases/{number}").text
    assert "办理后的照片与反映时的照片相同" in page


def test_two_photos_of_one_report_may_look_alike(desk: Callable[..., TestClient], portal: Portal) -> None:
    number = make_case(portal, photos=(stored(portal, scene(1)), stored(portal, scene(1), 60)))
    compare_photos(portal)
    assert "的照片相同" not in desk(Role.DISPATCHER).get(f"/desk/cases/{number}").text


def test_a_lost_file_is_compared_with_nothing(portal: Portal, db: Session) -> None:
    photo = stored(portal, scene(1))
    make_case(portal, photos=(photo,))
    portal.photos.delete(photo.key.replace(".jpg", "-small.jpg"))
    assert compare_photos(portal) == 1
    assert fresh(db).scalars(select(CasePhoto.prints)).one() == b""
