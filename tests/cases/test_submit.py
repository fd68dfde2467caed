"""A citizen submits a case."""

import re
from io import BytesIO
from urllib.parse import urlencode

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.models import Case, CaseEvent, CasePhoto
from portal.core.web import Portal
from portal.groups import find_prediction
from tests.cases.factories import TEXT, SureRouter, photo_bytes

JSON = {"Accept": "application/json"}
FORM = {"kind": "complaint", "text": TEXT, "place": "示例小学东门", "district": "tianning"}


def count(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(Case)) or 0


def test_the_form_names_emergency_numbers_and_the_promise(client: TestClient) -> None:
    page = client.get("/cases/new").text
    assert "110" in page
    assert "119" in page
    assert "120" in page
    assert 'name="submission_id"' in page


def test_a_complaint_gets_number_code_group_and_promise(client: TestClient, portal: Portal, db: Session) -> None:
    portal.router = SureRouter()
    answer = client.post("/cases", data=FORM, headers=JSON)
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"case_no", "query_code", "group", "due_on", "receipt"}
    assert re.fullmatch(r"CZ\d{8}-\d{4}", body["case_no"])
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", body["query_code"])
    assert body["group"] == "school_surroundings"
    case = db.scalars(select(Case)).one()
    assert case.text_raw == TEXT
    assert case.state == "triage"
    assert case.due_on.isoformat() == body["due_on"]
    assert body["query_code"].replace("-", "") not in str(vars(case))


def test_chinese_that_a_script_did_not_escape_is_read_as_it_was_written(client: TestClient, db: Session) -> None:
    body = f"kind=complaint&text={TEXT}&place=示例路+3%E5%8F%B7".encode()
    heads = {**JSON, "Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/cases", content=iter([body[:30], body[30:]]), headers=heads).status_code == 201
    case = db.scalars(select(Case)).one()
    assert case.text_raw == TEXT
    assert case.place == "示例路 3号"


def test_a_script_that_sends_json_is_told_to_send_a_form(client: TestClient, db: Session) -> None:
    answer = client.post("/cases", json=FORM, headers=JSON)
    assert answer.status_code == 415
    assert "multipart/form-data" in answer.json()["advice"]
    assert count(db) == 0


def test_the_page_leads_to_a_receipt_with_the_code_and_a_way_to_track(client: TestClient, portal: Portal) -> None:
    portal.router = SureRouter()
    answer = client.post("/cases", data=FORM)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"])
    assert page.status_code == 200
    assert "系统建议" in page.text
    assert "校园周边" in page.text
    assert "<svg" in page.text
    assert re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}", page.text)


def test_the_code_stands_in_no_address(client: TestClient) -> None:
    answer = client.post("/cases", data=FORM)
    code = re.search(r"code-secret\">([0-9A-Z-]{11})<", client.get(answer.headers["location"]).text)
    assert code is not None
    assert code[1] not in answer.headers["location"]
    assert code[1].replace("-", "") not in answer.headers["location"]


def test_a_sure_plain_complaint_is_dispatched_at_once(client: TestClient, portal: Portal, db: Session) -> None:
    portal.router = SureRouter(is_auto=True)
    client.post("/cases", data=FORM)
    case = db.scalars(select(Case)).one()
    assert (case.state, case.group, case.unit) == ("dispatched", "school_surroundings", "education")
    actions = db.scalars(select(CaseEvent.action).order_by(CaseEvent.id)).all()
    assert actions == ["submit", "route"]


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "report"},
        {"text": "路口的电线断线落地，还在冒火花，孩子在旁边玩。"},
        {"text": "工地拖欠工资三个月了没人管"},
    ],
)
def test_reports_dangers_and_stop_words_wait_for_a_person(
    client: TestClient, portal: Portal, db: Session, changed: dict[str, str]
) -> None:
    portal.router = SureRouter(is_auto=True)
    client.post("/cases", data=FORM | changed)
    assert db.scalars(select(Case.state)).one() == "triage"


def test_without_a_model_a_case_waits_as_unsorted(client: TestClient, db: Session) -> None:
    answer = client.post("/cases", data=FORM, headers=JSON)
    assert answer.status_code == 201
    assert answer.json()["group"] is None
    case = db.scalars(select(Case)).one()
    assert (case.state, case.group, case.suggested_group) == ("triage", "", None)


def test_the_prediction_is_kept_with_the_case(client: TestClient, portal: Portal, db: Session) -> None:
    portal.router = SureRouter()
    number = client.post("/cases", data=FORM, headers=JSON).json()["case_no"]
    prediction = find_prediction(db, f"case {number}")
    assert prediction is not None
    assert prediction.group == "school_surroundings"
    assert db.scalars(select(Case.prediction_id)).one() == prediction.id


def test_the_same_form_sent_twice_makes_one_case_and_the_same_receipt(client: TestClient, db: Session) -> None:
    form = FORM | {"submission_id": "b1946ac92492d2347c6235b4d2611184"}
    first, second = (client.post("/cases", data=form, headers=JSON).json() for _ in range(2))
    assert first == second
    assert count(db) == 1


def test_a_guessable_id_does_not_open_somebody_elses_receipt(client: TestClient, db: Session) -> None:
    client.post("/cases", data=FORM | {"submission_id": "1"}, headers=JSON)
    answer = client.post("/cases", data=FORM | {"submission_id": "1", "text": "另外一件完全不同的事情"}, headers=JSON)
    assert answer.status_code == 422
    assert "submission_id" in answer.json()["errors"]
    assert count(db) == 1


def test_photos_are_drawn_anew_without_position_or_comment(client: TestClient, portal: Portal, db: Session) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 48.0, 36.0), 3: "E", 4: (119.0, 58.0, 12.0)}
    exif[0x010F] = "ExampleCamera"
    files = [("photos", ("a.jpg", photo_bytes(exif=exif.tobytes(), comment=b"home"), "image/jpeg"))] * 2
    assert client.post("/cases", data=FORM, files=files).status_code == 303
    photos = db.scalars(select(CasePhoto)).all()
    assert len(photos) == 2
    data = portal.photos.get(photos[0].key)
    assert b"ExampleCamera" not in data
    assert not Image.open(BytesIO(data)).getexif()


def test_a_seventh_photo_is_an_error_at_its_field(client: TestClient, db: Session) -> None:
    files = [("photos", (f"{n}.jpg", photo_bytes(), "image/jpeg")) for n in range(7)]
    answer = client.post("/cases", data=FORM, files=files, headers=JSON)
    assert answer.status_code == 422
    assert "photos" in answer.json()["errors"]
    assert count(db) == 0


BAD = {
    "nothing written": ({"text": ""}, "text"),
    "too short": ({"text": "堵"}, "text"),
    "only blanks": ({"text": "  \n\t   "}, "text"),
    "a megabyte": ({"text": "堵" * 350_000}, "text"),
    "unknown kind": ({"kind": "poem"}, "kind"),
    "unknown district": ({"district": "atlantis"}, "district"),
    "long place": ({"place": "路" * 201}, "place"),
    "huge latitude": ({"lat": "1e400", "lng": "1"}, "lat"),
    "not a number": ({"lat": "nan", "lng": "1"}, "lat"),
    "words as longitude": ({"lat": "31", "lng": "东边"}, "lng"),
    "bad phone": ({"phone": "<script>"}, "phone"),
    "bad mail": ({"email": "a@b"}, "email"),
    "trap filled": ({"homepage": "http://spam.example"}, "homepage"),
    "long id": ({"submission_id": "x" * 500}, "submission_id"),
}


@pytest.mark.parametrize(("changed", "field"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_at_its_field_and_nothing_is_kept(
    client: TestClient, db: Session, changed: dict[str, str], field: str
) -> None:
    answer = client.post("/cases", data=FORM | changed, headers=JSON)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert client.post("/cases", data=FORM | changed).status_code == 422
    assert count(db) == 0


@pytest.mark.parametrize(
    "text", ["堵\x00车堵车堵车", "堵车\ud800堵车堵车", "𝕏堵车堵车堵车", "‮堵车堵车堵车", "{{7*7}}${7*7}<b>堵车</b>"]
)
def test_odd_signs_are_kept_harmless(client: TestClient, db: Session, text: str) -> None:
    body = urlencode({**FORM, "text": text.encode("utf-8", "surrogatepass")})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.post("/cases", content=body, headers=JSON | form)
    assert answer.status_code == 201
    kept = db.scalars(select(Case.text_raw)).one()
    assert "\x00" not in kept
    assert "堵车" in kept


def test_what_was_typed_stays_in_a_refused_form(client: TestClient) -> None:
    page = client.post("/cases", data=FORM | {"email": "broken", "name": "周先生"})
    assert page.status_code == 422
    assert TEXT in page.text
    assert "周先生" in page.text
    assert 'href="#email"' in page.text


def test_contact_data_is_encrypted_and_never_in_the_public_text(client: TestClient, db: Session) -> None:
    data = FORM | {"phone": "13812345678", "name": "周先生", "text": f"{TEXT} 我的电话13812345678"}
    client.post("/cases", data=data)
    case = db.scalars(select(Case)).one()
    assert case.contact is not None
    assert "13812345678" not in case.contact
    assert "13812345678" not in case.text_public


def test_a_form_sent_faster_than_a_person_types_waits_for_a_person(
    client: TestClient, portal: Portal, db: Session
) -> None:
    portal.router = SureRouter(is_auto=True)
    started = re.search(r'name="started"[^>]*value="([^"]+)"', client.get("/cases/new").text)
    assert started is not None
    client.post("/cases", data=FORM | {"started": started[1]})
    assert db.scalars(select(Case.state)).one() == "triage"


def test_the_check_step_shows_group_promise_and_other_channels_without_keeping_anything(
    client: TestClient, portal: Portal, db: Session
) -> None:
    portal.router = SureRouter()
    page = client.post("/cases/check", data=FORM | {"text": "工地拖欠工资三个月了没人管"})
    assert page.status_code == 200
    assert "12333" in page.text
    assert "校园周边" in page.text
    assert count(db) == 0
    part = client.post("/cases/check", data=FORM, headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert "校园周边" in part.text
