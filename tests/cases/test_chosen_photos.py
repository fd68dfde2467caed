"""Photos chosen in a form that was looked at or refused come back with it."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.cases import handling, pending, triage
from portal.cases.models import Case, CasePhoto
from portal.cases.pending import forget_pending
from portal.cases.pending_models import PendingPhoto
from portal.core.clock import now
from portal.core.photos import check_and_shrink
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import GROUP, TEXT, UNIT, do, fresh, in_progress, office, photo_bytes
from tests.conftest import sign_in

FORM = {"kind": "complaint", "text": TEXT, "place": "示例小学东门", "submission_id": "A" * 26}
KEPT = re.compile(r'name="kept_photos" value="([^"]+)"')
THUMBNAIL = re.compile(r'src="(/cases/chosen/[^"]+)"')
COLOURS = ("red", "green", "blue", "yellow", "purple", "orange", "black")


def chosen(*colours: str) -> list[tuple[str, tuple[str, bytes, str]]]:
    return [("photos", (f"{colour}.jpg", photo_bytes(colour), "image/jpeg")) for colour in colours]


def count(db: Session, table: Any) -> int:
    return fresh(db).scalar(select(func.count()).select_from(table)) or 0


def test_a_form_refused_for_its_text_keeps_its_photos_until_it_is_right(client: TestClient, db: Session) -> None:
    refused = client.post("/cases", data=FORM | {"text": "短"}, files=chosen("red", "green"))
    assert refused.status_code == 422
    tokens = KEPT.findall(refused.text)
    assert len(tokens) == 2
    again = client.post("/cases", data=FORM | {"kept_photos": tokens})
    assert again.status_code == 303
    photos = fresh(db).scalars(select(CasePhoto)).all()
    assert [photo.kind for photo in photos] == ["report", "report"]
    assert count(db, PendingPhoto) == 0
    page = client.get(f"/cases/{db.scalars(select(Case.case_no)).one()}/mine").text
    assert page.count("/photos/") >= 2


def test_looking_first_keeps_the_photos_and_shows_them(client: TestClient, db: Session) -> None:
    looked = client.post("/cases/check", data=FORM, files=chosen("red"))
    assert looked.status_code == 200
    (token,) = KEPT.findall(looked.text)
    picture = client.get(THUMBNAIL.findall(looked.text)[0])
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.headers["cache-control"] == "no-store"
    assert Image.open(BytesIO(picture.content)).size == (320, 240)
    assert client.post("/cases", data=FORM | {"kept_photos": [token]}, files=chosen("blue")).status_code == 303
    assert count(db, CasePhoto) == 2


def test_what_is_kept_meanwhile_says_nothing_about_where_it_was_taken(client: TestClient, portal: Portal) -> None:
    exif = Image.Exif()
    exif[0x010F] = "示例相机"
    photo = ("photos", ("a.jpg", photo_bytes("red", exif=exif), "image/jpeg"))
    client.post("/cases/check", data=FORM, files=[photo])
    keys = list(portal.photos.list_keys())
    assert len(keys) == 2
    for key in keys:
        assert not Image.open(BytesIO(portal.photos.get(key))).getexif()


def test_who_unticks_a_photo_does_not_send_it(client: TestClient, db: Session) -> None:
    tokens = KEPT.findall(client.post("/cases/check", data=FORM, files=chosen("red", "green")).text)
    client.post("/cases", data=FORM | {"kept_photos": tokens[:1]})
    assert count(db, CasePhoto) == 1


def test_sending_twice_makes_one_case_with_one_set_of_photos(client: TestClient, db: Session) -> None:
    tokens = KEPT.findall(client.post("/cases/check", data=FORM, files=chosen("red", "green")).text)
    first = client.post("/cases", data=FORM | {"kept_photos": tokens})
    second = client.post("/cases", data=FORM | {"kept_photos": tokens})
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert (count(db, Case), count(db, CasePhoto)) == (1, 2)


def test_another_form_cannot_take_a_photo_along(client: TestClient, db: Session) -> None:
    tokens = KEPT.findall(client.post("/cases/check", data=FORM, files=chosen("red")).text)
    other = client.post("/cases", data=FORM | {"submission_id": "B" * 26, "kept_photos": tokens})
    assert other.status_code == 422
    assert "请重新选择" in other.text
    assert KEPT.findall(other.text) == []
    assert (count(db, Case), count(db, PendingPhoto)) == (0, 1)
    forged = client.post("/cases", data=FORM | {"kept_photos": ["nonsense"]})
    assert forged.status_code == 422


def test_after_an_hour_the_form_says_that_a_photo_is_gone_and_keeps_the_words(
    client: TestClient, db: Session, portal: Portal
) -> None:
    tokens = KEPT.findall(client.post("/cases/check", data=FORM, files=chosen("red")).text)
    with time_machine.travel(now() + timedelta(minutes=90), tick=False):
        late = client.post("/cases", data=FORM | {"kept_photos": tokens})
        assert late.status_code == 422
        assert "已过期" in late.text
        assert TEXT in late.text
        assert client.get(f"/cases/chosen/{tokens[0]}").status_code == 404
    assert forget_pending(portal, now()) == 0
    assert forget_pending(portal, now() + timedelta(minutes=90)) == 1
    assert list(portal.photos.list_keys()) == []
    assert client.post("/cases", data=FORM).status_code == 303


def test_seven_photos_are_too_many_and_none_is_lost(client: TestClient, db: Session) -> None:
    tokens = KEPT.findall(client.post("/cases/check", data=FORM, files=chosen(*COLOURS[:4])).text)
    more = client.post("/cases", data=FORM | {"kept_photos": tokens}, files=chosen(*COLOURS[4:]))
    assert more.status_code == 422
    assert "最多" in more.text
    tokens = KEPT.findall(more.text)
    assert len(tokens) == 7
    assert client.post("/cases", data=FORM | {"kept_photos": tokens[1:]}).status_code == 303
    assert count(db, CasePhoto) == 6


def test_a_file_that_is_no_photo_does_not_cost_the_others(client: TestClient) -> None:
    broken = ("photos", ("b.jpg", b"not a photo", "image/jpeg"))
    refused = client.post("/cases", data=FORM, files=[*chosen("red"), broken, *chosen("blue")])
    assert refused.status_code == 422
    assert "第 2 张" in refused.text
    assert len(KEPT.findall(refused.text)) == 2


def test_one_address_cannot_fill_the_disk_with_photos_it_never_sends(app: Starlette, db: Session) -> None:
    app.state.portal.settings = replace(app.state.portal.settings, limits=True)
    client = TestClient(app, follow_redirects=False)
    client.headers["Sec-Fetch-Site"] = "same-origin"
    for _turn in range(10):
        client.post("/cases/check", data=FORM, files=chosen(*COLOURS[:6]))
    assert count(db, PendingPhoto) == 60
    full = client.post("/cases/check", data=FORM, files=chosen("red"))
    assert "请再选一次" in full.text
    assert count(db, PendingPhoto) == 60


def test_a_program_that_sends_no_number_of_its_own_leaves_nothing(client: TestClient, db: Session) -> None:
    refused = client.post("/cases", data={"text": "短"}, files=chosen("red"), headers={"Accept": "application/json"})
    assert refused.status_code == 422
    assert count(db, PendingPhoto) == 0


def test_what_staff_take_down_keeps_its_photos_too(desk: Callable[..., TestClient], db: Session) -> None:
    browser = desk(Role.DISPATCHER)
    form = FORM | {"channel": "on_site"}
    refused = browser.post("/desk/cases/new", data=form | {"text": "短"}, files=chosen("red"))
    assert refused.status_code == 422
    tokens = KEPT.findall(refused.text)
    sent = [browser.post("/desk/cases/new", data=form | {"kept_photos": tokens}) for _turn in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]
    assert (count(db, Case), count(db, CasePhoto)) == (1, 1)


@pytest.mark.parametrize("path", ["/cases", "/desk/cases/new"])
def test_a_photo_swept_at_the_last_moment_is_said_and_nothing_is_kept_half(
    desk: Callable[..., TestClient], db: Session, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Between reading the form and naming its photos somebody else took one: the whole sending is refused."""
    browser = desk(Role.DISPATCHER)
    form = FORM | {"channel": "phone"}
    tokens = KEPT.findall(browser.post("/cases/check", data=form, files=chosen("red")).text)
    recall = pending.recall_for_case

    def recall_then_lose(ctx: Any, filled: Any) -> None:
        recall(ctx, filled)
        db.delete(db.scalars(select(PendingPhoto)).one())
        db.flush()

    for module in ("submitting", "entry"):
        monkeypatch.setattr(f"portal.cases.{module}.recall_for_case", recall_then_lose)
    refused = browser.post(path, data=form | {"kept_photos": tokens})
    assert refused.status_code == 422
    assert "请重新选择" in refused.text
    assert count(db, Case) == 0


def test_the_same_upload_gives_the_same_photo_as_if_it_had_been_sent_at_once(client: TestClient, db: Session) -> None:
    tokens = KEPT.findall(client.post("/cases/check", data=FORM, files=chosen("red")).text)
    client.post("/cases", data=FORM | {"kept_photos": tokens})
    photo = fresh(db).scalars(select(CasePhoto)).one()
    assert photo.sha256 == check_and_shrink(photo_bytes("red")).sha256


def test_a_refused_or_previewed_result_keeps_its_proof(portal: Portal, app: Starlette, db: Session) -> None:
    case_no = in_progress(portal)
    browser = sign_in(app, office(portal, Role.UNIT))
    path, form = f"/desk/cases/{case_no}/resolve", {"text": "已划定接送区，每天两次疏导。", "outcome": "solved"}
    refused = browser.post(path, data=form | {"outcome": ""}, files=chosen("green"))
    assert refused.status_code == 422
    tokens = KEPT.findall(refused.text)
    shown = browser.post(path, data=form | {"preview": "1", "kept_photos": tokens})
    assert shown.status_code == 200
    assert KEPT.findall(shown.text) == tokens
    assert browser.post(path, data=form | {"kept_photos": tokens}).status_code == 303
    assert [photo.kind for photo in fresh(db).scalars(select(CasePhoto))] == ["proof"]
    assert count(db, PendingPhoto) == 0


def test_a_colleague_cannot_use_what_another_chose(portal: Portal, app: Starlette, db: Session) -> None:
    case_no = in_progress(portal)
    path, form = f"/desk/cases/{case_no}/resolve", {"text": "已划定接送区，每天两次疏导。", "outcome": "solved"}
    browser = sign_in(app, office(portal, Role.UNIT))
    tokens = KEPT.findall(browser.post(path, data=form | {"outcome": ""}, files=chosen("green")).text)
    other = sign_in(app, office(portal, Role.UNIT, username="second-officer"))
    assert other.post(path, data=form | {"kept_photos": tokens}).status_code == 422
    assert count(db, CasePhoto) == 0


def test_an_answer_without_words_keeps_its_photos(client: TestClient, portal: Portal, db: Session) -> None:
    client.post("/cases", data=FORM)
    case_no = fresh(db).scalars(select(Case.case_no)).one()
    to = triage.Assignment(GROUP, UNIT)
    do(portal, case_no, Role.DISPATCHER, lambda session, act, case: triage.dispatch(session, act, case, to))
    do(portal, case_no, Role.UNIT, handling.accept)
    do(portal, case_no, Role.UNIT, lambda session, act, case: handling.contact(session, act, case, "电话说明"))
    do(portal, case_no, Role.UNIT, lambda session, act, case: handling.ask(session, act, case, "是哪一个门？"))
    refused = client.post(f"/cases/{case_no}/answer", data={"text": ""}, files=chosen("blue"))
    assert refused.status_code == 422
    tokens = KEPT.findall(refused.text)
    assert len(tokens) == 1
    assert client.post(f"/cases/{case_no}/answer", data={"text": "东门", "kept_photos": tokens}).status_code == 303
    assert [photo.kind for photo in fresh(db).scalars(select(CasePhoto))] == ["answer"]
