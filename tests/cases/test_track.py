"""A citizen follows a case by number and code, without an account."""

import re
from datetime import timedelta

from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.core.web import Portal
from tests.cases.factories import TEXT, look, make_case, photo_bytes

JSON = {"Accept": "application/json"}
FORM = {"kind": "complaint", "text": TEXT, "place": "示例小学东门", "district": "tianning"}


def submit(client: TestClient) -> tuple[str, str]:
    body = client.post("/cases", data=FORM, headers=JSON).json()
    return body["case_no"], body["query_code"]


def stranger(app: Starlette) -> TestClient:
    other = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    other.headers["Sec-Fetch-Site"] = "same-origin"
    return other


def test_number_and_code_open_the_case_on_another_device(client: TestClient, app: Starlette) -> None:
    number, code = submit(client)
    other = stranger(app)
    answer = other.post("/cases/track", data={"case_no": number, "query_code": code})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/cases/{number}/mine"
    assert TEXT in other.get(f"/cases/{number}/mine").text


def test_case_blanks_and_similar_signs_in_the_code_are_forgiven(client: TestClient, app: Starlette) -> None:
    number, code = submit(client)
    typed = code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    answer = stranger(app).post("/cases/track", data={"case_no": f" {number.lower()} ", "query_code": typed})
    assert answer.status_code == 303


def test_a_wrong_code_and_a_wrong_number_get_the_same_answer(client: TestClient, app: Starlette) -> None:
    number, code = submit(client)
    other = stranger(app)
    wrong_code = other.post("/cases/track", data={"case_no": number, "query_code": "00000-00000"})
    wrong_number = other.post("/cases/track", data={"case_no": "CZ20200101-0001", "query_code": code})
    assert wrong_code.status_code == wrong_number.status_code == 422
    strip = re.compile(r'value="[^"]*"')
    assert strip.sub("", wrong_code.text) == strip.sub("", wrong_number.text)


def test_the_own_view_is_closed_to_strangers(client: TestClient, app: Starlette) -> None:
    number, _code = submit(client)
    other = stranger(app)
    assert other.get(f"/cases/{number}/mine").status_code == 303
    assert other.get(f"/cases/{number}").status_code == 404
    for act in ("rating", "withdraw", "edit", "answer", "reopen", "split"):
        data = {"grade": "5", "solved": "yes", "text": TEXT, "reason": "x"}
        assert other.post(f"/cases/{number}/{act}", data=data).status_code == 404


def test_a_receipt_can_be_checked_and_a_changed_one_cannot(client: TestClient) -> None:
    body = client.post("/cases", data=FORM, headers=JSON).json()
    good = client.get("/cases/verify", params={"receipt": body["receipt"]})
    assert "凭证有效" in good.text
    assert body["case_no"] in good.text
    bad = client.get("/cases/verify", params={"receipt": body["receipt"][:-2] + "xx"})
    assert "未通过核验" in bad.text


def test_the_first_ten_minutes_allow_an_edit(client: TestClient, db: Session) -> None:
    number, _code = submit(client)
    text = "改过的内容:校门口每天傍晚五点堵车半小时。"
    assert client.post(f"/cases/{number}/edit", data={"text": text, "place": "西门"}).status_code == 303
    assert look(db, number).text_raw == text


def test_later_an_edit_is_refused_but_withdrawing_is_not(
    client: TestClient, portal: Portal, db: Session, time_machine: object
) -> None:
    number, _code = submit(client)
    case = look(db, number)
    time_machine.move_to(case.submitted_at + timedelta(minutes=11), tick=False)  # type: ignore[attr-defined]
    assert client.post(f"/cases/{number}/edit", data={"text": TEXT}).status_code == 409
    assert client.post(f"/cases/{number}/withdraw", data={"reason": ""}).status_code == 303
    assert look(db, number).state == "withdrawn"
    assert client.post(f"/cases/{number}/withdraw", data={"reason": ""}).status_code == 409


def test_who_took_a_case_back_sees_it_done_and_is_promised_nothing_more(client: TestClient) -> None:
    number, _code = submit(client)
    client.post(f"/cases/{number}/withdraw", data={"reason": "已经有人来修好了"})
    page = client.get(f"/cases/{number}/mine").text
    assert "反映人撤回" in page
    assert "承诺答复" not in page
    assert "同意公开" not in page
    late = client.post(f"/cases/{number}/edit", data={"text": TEXT})
    assert (late.status_code, "已经撤回" in late.text) == (409, True)


def test_an_old_browser_that_says_nothing_of_itself_can_still_act_on_its_case(client: TestClient) -> None:
    del client.headers["Sec-Fetch-Site"]
    number, code = submit(client)
    assert client.post("/cases/track", data={"case_no": number, "query_code": code}).status_code == 303
    assert client.post(f"/cases/{number}/withdraw", data={"reason": "已经好了"}).status_code == 303


def test_photos_are_for_their_reporter_only_until_made_public(client: TestClient, app: Starlette, db: Session) -> None:
    files = [("photos", ("a.jpg", photo_bytes(), "image/jpeg"))]
    number = client.post("/cases", data=FORM, files=files, headers=JSON).json()["case_no"]
    name = look(db, number).photos[0].name
    answer = client.get(f"/cases/{number}/photos/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert client.get(f"/cases/{number}/photos/{name}?size=small").status_code == 200
    assert stranger(app).get(f"/cases/{number}/photos/{name}").status_code == 404
    assert client.get(f"/cases/{number}/photos/{'0' * 32}").status_code == 404


def test_odd_numbers_in_the_path_are_simply_unknown(client: TestClient, portal: Portal) -> None:
    make_case(portal)
    for odd in ("CZ", "9" * 400, "..%2f..%2fetc", "%00", "CZ20261123-0001'--", "国"):
        assert client.get(f"/cases/{odd}").status_code == 404


def test_guessing_is_limited_for_each_case(app: Starlette, portal: Portal) -> None:
    object.__setattr__(portal.settings, "limits", True)
    number = make_case(portal)
    other = stranger(app)
    answers = [
        other.post("/cases/track", data={"case_no": number, "query_code": f"{n:05}-AAAAA"}).status_code
        for n in range(12)
    ]
    assert answers[:10] == [422] * 10
    assert answers[10:] == [429] * 2


def test_a_signed_link_opens_the_case_and_a_foreign_one_does_not(app: Starlette, portal: Portal) -> None:
    number = make_case(portal)
    other = stranger(app)
    token = portal.secrets.sign("case link", number)
    assert other.get(f"/cases/open/{token}").headers["location"] == f"/cases/{number}/mine"
    assert other.get(f"/cases/{number}/mine").status_code == 200
    foreign = portal.secrets.sign("receipt proof", number)
    assert stranger(app).get(f"/cases/open/{foreign}").status_code == 404
