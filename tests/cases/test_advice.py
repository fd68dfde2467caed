"""Before a case is sent: answers that are there, the same thing said by others, and what the public would read."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.help_answers import find_answers
from portal.cases.models import Case, CaseFollower
from portal.cases.notify import open_contact
from portal.core.clock import now
from portal.core.web import Portal
from tests.cases.factories import TEXT, SureRouter, dispatched, look

FORM = {"kind": "complaint", "text": TEXT, "place": "示例小学东门", "district": "tianning"}
JSON = {"Accept": "application/json"}


def public(portal: Portal, **values: object) -> str:
    """A case that everybody has been able to read since yesterday."""
    number = dispatched(portal, now() - timedelta(days=2), wants_publish=True, **values)
    with portal.database.write() as session:
        case = session.scalars(select(Case).where(Case.case_no == number)).one()
        case.public_from = now() - timedelta(days=1)
    return number


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("老板拖欠工资三个月了没人管怎么办", "拖欠工资"),
        ("请问提交要不要注册，需要注册吗", "需要注册吗？"),
        ("买东西不给退款，办卡跑路了", "买东西、办卡、退款"),
    ],
)
def test_the_help_pages_answer_is_offered(client: TestClient, portal: Portal, text: str, question: str) -> None:
    answers = find_answers(portal.settings.content_dir / "pages", text)
    assert question in [one.question for one in answers]
    page = client.post("/cases/check", data=FORM | {"text": text}).text
    assert "也许已经有答案" in page
    assert question in page


def test_what_has_nothing_to_do_with_the_help_page_gets_no_answer_of_it(portal: Portal) -> None:
    assert find_answers(portal.settings.content_dir / "pages", TEXT) == []
    assert find_answers(portal.settings.data / "nowhere", TEXT) == []


def test_a_case_near_by_is_offered_whatever_group_it_is_in(client: TestClient, portal: Portal) -> None:
    number = public(portal, lat=31.8101, lng=119.9701, place="")
    portal.router = SureRouter("main_roads")
    typed = FORM | {"text": "校门口放学总是堵，走不过去", "place": ""}
    assert number in client.post("/cases/check", data=typed | {"lat": "31.8106", "lng": "119.9706"}).text
    assert number not in client.post("/cases/check", data=typed | {"lat": "31.8300", "lng": "119.9706"}).text
    assert number not in client.post("/cases/check", data=typed).text


def test_one_click_supports_the_other_case_and_follows_it_with_the_contact_typed(
    client: TestClient, portal: Portal, db: Session
) -> None:
    portal.router = SureRouter()
    number = public(portal)
    page = client.post("/cases/check", data=FORM).text
    button = re.search(rf'formaction="(/cases/{number}/support)"', page)
    assert button is not None
    answer = client.post(button[1], data=FORM | {"email": "li@example.cn", "phone": "13800000000"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/cases/{number}"
    assert look(db, number).support_count == 1
    follower = db.scalars(select(CaseFollower)).one()
    assert open_contact(portal.secrets, follower.contact) == {"email": "li@example.cn", "phone": "13800000000"}


def test_what_is_no_address_is_kept_as_no_contact(client: TestClient, portal: Portal, db: Session) -> None:
    number = public(portal)
    client.post(f"/cases/{number}/support", data={"email": "a@b", "phone": "打给我"})
    assert db.scalars(select(CaseFollower)).one().contact is None


def test_who_agrees_to_publish_sees_the_public_words_before_sending(client: TestClient) -> None:
    typed = FORM | {"text": f"{TEXT}有事打13812345678。"}
    assert "有事打［电话］" in client.post("/cases/check", data=typed | {"publish": "1"}).text
    assert "有事打［电话］" not in client.post("/cases/check", data=typed).text
    assert "有事打［电话］" not in client.post("/cases/check", data=typed | {"publish": "1", "kind": "report"}).text


def test_this_has_no_place_drops_what_was_left_in_the_fields(client: TestClient, db: Session) -> None:
    data = FORM | {"no_place": "1", "lat": "31.8", "lng": "119.9"}
    assert client.post("/cases", data=data, headers=JSON).status_code == 201
    case = db.scalars(select(Case)).one()
    assert (case.is_placeless, case.place, case.lat, case.lng) == (True, "", None, None)
    assert "没有具体地点" in client.get(f"/cases/{case.case_no}/mine").text


def test_the_same_words_sent_again_and_again_wait_for_a_person(client: TestClient, portal: Portal, db: Session) -> None:
    portal.router = SureRouter(is_auto=True)
    for _turn in range(5):
        assert client.post("/cases", data=FORM, headers=JSON).status_code == 201
    client.post("/cases", data=FORM | {"text": f"{TEXT}今天也是。"}, headers=JSON)
    states = db.scalars(select(Case.state).order_by(Case.id)).all()
    assert states == ["dispatched"] * 3 + ["triage"] * 2 + ["dispatched"]


def test_a_program_that_supports_gets_the_count(client: TestClient, portal: Portal) -> None:
    number = public(portal)
    for _turn in range(2):
        answer = client.post(f"/cases/{number}/support", data={}, headers=JSON)
        assert answer.json() == {"case_no": number, "support_count": 1}
