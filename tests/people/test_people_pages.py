"""What the public reads of good people, sends in, and never sees."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.core.web import Portal
from portal.people import count_people, honour, list_newest_people
from portal.people.models import GoodPerson, Nomination, Objection
from tests.conftest import Statements
from tests.people.factories import DEEDS, begin_notice, find_or_make_staff, make_person, make_published, vet

TYPED = {
    "category": "bravery",
    "nominee": "河边的钓友",
    "region": "天宁区",
    "deeds": "四月的傍晚，他跳进河里救起了一个落水的孩子。",
    "evidence": "派出所有记录",
    "contact": "13800138000",
    "consent": "y",
}
CITIZEN_PAGES = ["/people", "/people/{slug}", "/people/feed.atom", "/people?q=周示例", "/people/{slug}/objection"]


def photo() -> bytes:
    """A small picture."""
    buffer = BytesIO()
    Image.new("RGB", (300, 300), "#993333").save(buffer, "PNG")
    return buffer.getvalue()


def person_likes(db: Session) -> int:
    """How many likes the only person has."""
    return db.scalars(select(GoodPerson.likes)).one()


def test_a_profile_shows_deeds_award_words_and_batch(client: TestClient, db: Session) -> None:
    make_published(db, "zhou", award_words="一把扫帚，十年清晨。")
    page = client.get("/people/zhou").text
    for part in ("周示例", "常州好人", "2026年第三批", "扫帚声", "一把扫帚，十年清晨"):
        assert part in page


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("category=helping_others", True),
        ("category=bravery", False),
        ("level=city", True),
        ("level=national", False),
        ("batch=2026-3", True),
        ("batch=2025-1", False),
        ("q=天宁", True),
        ("place=天宁区", True),
        ("place=钟楼区", False),
        ("year=2026", True),
        ("year=2025", False),
        ("year=1%27", True),
        ("q=%25", False),
    ],
)
def test_the_wall_is_filtered(client: TestClient, db: Session, query: str, is_found: bool) -> None:
    make_published(db, "zhou")
    assert ("周示例" in client.get(f"/people?{query}").text) is is_found


def test_a_batch_holds_the_people_of_one_level(client: TestClient, db: Session) -> None:
    make_published(db, "zhou", name="周示例")
    make_published(db, "wu", name="吴示例", level="province", honour_title="江苏好人")
    page = client.get("/people").text
    assert '<option value="2026-3-city">2026年第三批（市级）</option>' in page
    assert '<option value="2026-3-province">2026年第三批（省级）</option>' in page
    city = client.get("/people?batch=2026-3-city").text
    assert "周示例" in city
    assert "吴示例" not in city
    assert "共 1 位（组）" in city
    assert "共 2 位（组）" in client.get("/people?batch=2026-3").text


def test_a_group_counts_once_and_says_how_many_belong_to_it(client: TestClient, db: Session) -> None:
    make_published(db, "one")
    make_published(db, "three", unit_count=3)
    assert count_people(db) == 2
    page = client.get("/people").text
    assert "共 2 位（组）" in page
    assert page.count("portrait card") == 2
    assert "助人为乐 · 3 人" in page


@pytest.mark.parametrize("path", CITIZEN_PAGES)
def test_a_profile_on_its_way_is_on_no_page(client: TestClient, db: Session, path: str) -> None:
    person = make_person(db, "zhou")
    vet(db, person)
    answer = client.get(path.format(slug="zhou"))
    assert "十年清扫一条老巷" not in answer.text
    assert list_newest_people(db) == []


def test_a_notice_shows_who_and_how_to_object_but_not_the_deeds(
    client: TestClient, db: Session, portal: Portal
) -> None:
    person = make_person(db, "zhou")
    vet(db, person)
    begin_notice(db, person, portal.city)
    page = client.get("/people/zhou").text
    assert "公示期" in page
    assert "/people/zhou/objection" in page
    assert DEEDS[:20] not in page
    assert "周示例" in client.get("/people").text
    assert "周示例" not in client.get("/people/feed.atom").text
    assert "点赞评议" in page
    assert client.post("/people/zhou/like").status_code == 303
    assert person_likes(db) == 1


def test_colleagues_read_on_which_decision_a_title_was_revoked(desk: Callable[..., TestClient], db: Session) -> None:
    person = make_published(db, "zhou")
    honour.revoke(db, person, find_or_make_staff(db)[1][0], "经查事迹不实", "文明办〔2026〕9号", "内部另附")
    db.commit()
    page = desk(Role.EDITOR).get(f"/desk/people/{person.id}").text
    for words in ("称号已撤销", "文明办〔2026〕9号", "经查事迹不实", "内部另附"):
        assert words in page


def test_a_revoked_title_answers_410_without_name_or_deeds_everywhere(client: TestClient, db: Session) -> None:
    person = make_published(db, "zhou")
    honour.revoke(db, person, find_or_make_staff(db)[1][0], "经查事迹不实", "文明办〔2026〕9号", "内部另附")
    db.commit()
    answer = client.get("/people/zhou")
    assert answer.status_code == 410
    assert "称号已撤销" in answer.text
    for path in CITIZEN_PAGES:
        text = client.get(path.format(slug="zhou")).text
        for secret in ("十年清扫一条老巷", DEEDS[:20], "内部另附"):
            assert secret not in text
        assert "周示例" not in text or "q=" in path


def test_a_title_is_not_taken_down_round_its_recorded_decision(
    client: TestClient, db: Session, desk: Callable[..., TestClient]
) -> None:
    person = make_published(db, "zhou")
    reviewer = desk(Role.REVIEWER)
    assert reviewer.post(f"/desk/pieces/{person.piece_id}/withdraw", data={"reason": "不实"}).status_code == 409
    refused = reviewer.post(f"/desk/people/{person.id}/revoke", data={"reason": "不实", "decision": ""})
    assert refused.status_code == 422
    assert client.get("/people/zhou").status_code == 200
    done = reviewer.post(f"/desk/people/{person.id}/revoke", data={"reason": "不实", "decision": "会议纪要 3 号"})
    assert done.status_code == 303
    assert client.get("/people/zhou").status_code == 410


def test_consent_taken_back_takes_the_page_down_at_once(client: TestClient, db: Session) -> None:
    person = make_published(db, "zhou")
    consent = honour.list_consents(db, person)[0]
    honour.withdraw_consent(db, person, consent, find_or_make_staff(db)[0])
    db.commit()
    answer = client.get("/people/zhou")
    assert answer.status_code == 410
    assert "本人意愿" in answer.text
    assert "撤销" not in answer.text


def test_a_nomination_is_kept_with_its_contact_encrypted_and_its_photo_hidden(
    client: TestClient, db: Session, desk: Callable[..., TestClient], portal: Portal
) -> None:
    files = {"photos": ("a.png", photo(), "image/png")}
    answer = client.post("/people/nominate", data=TYPED, files=files)
    assert answer.status_code == 303
    nomination = db.scalars(select(Nomination)).one()
    assert nomination.nomination_no in client.get(answer.headers["location"]).text
    assert "13800138000" not in nomination.contact
    picture = f"/pictures/{nomination.pictures[0]}.jpg"
    assert client.get(picture).status_code == 404
    editor = desk(Role.EDITOR)
    assert editor.get(picture).status_code == 200
    page = editor.get(f"/desk/people/nominations/{nomination.id}").text
    assert "13800138000" in page
    assert "派出所有记录" in page


@pytest.mark.parametrize("field", ["category", "nominee", "region", "deeds", "evidence", "contact", "consent"])
def test_every_missing_field_is_named_at_its_place_and_nothing_is_kept(
    client: TestClient, db: Session, field: str
) -> None:
    answer = client.post("/people/nominate", data={**TYPED, field: ""})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert db.scalar(select(func.count()).select_from(Nomination)) == 0


def test_a_machine_nominates_in_json(client: TestClient) -> None:
    headers = {"Accept": "application/json"}
    done = client.post("/people/nominate", data=TYPED, headers=headers)
    assert done.status_code == 201
    assert done.json()["nomination_no"].startswith("HR")
    refused = client.post("/people/nominate", data={**TYPED, "contact": "nobody"}, headers=headers)
    assert refused.status_code == 422
    assert list(refused.json()["errors"]) == ["contact"]


def test_a_browser_likes_once(client: TestClient, db: Session) -> None:
    make_published(db, "zhou")
    headers = {"Accept": "application/json"}
    assert client.post("/people/zhou/like", headers=headers).json() == {"likes": 1}
    assert client.post("/people/zhou/like", headers=headers).json() == {"likes": 1}
    client.cookies.clear()
    assert client.post("/people/zhou/like", headers=headers).json() == {"likes": 2}
    assert client.post("/people/nobody/like").status_code == 404


def test_an_objection_is_for_staff_only(client: TestClient, db: Session, desk: Callable[..., TestClient]) -> None:
    person = make_published(db, "zhou")
    data = {"text": "巷子其实是大家一起扫的", "contact": "a@example.org"}
    assert client.post("/people/zhou/objection", data=data).status_code == 303
    assert client.post("/people/zhou/objection", data={"text": "短", "contact": "x"}).status_code == 422
    assert db.scalar(select(func.count()).select_from(Objection)) == 1
    assert "大家一起扫" not in client.get("/people/zhou").text
    page = desk(Role.REVIEWER).get(f"/desk/people/{person.id}").text
    assert "大家一起扫" in page
    assert "a@example.org" in page


def test_a_longer_wall_sends_as_many_statements(client: TestClient, db: Session, statements: Statements) -> None:
    make_published(db)
    statements.clear()
    client.get("/people")
    few = len(statements)
    for _ in range(8):
        make_published(db)
    statements.clear()
    client.get("/people")
    assert len(statements) == few


def test_a_nomination_becomes_a_profile_at_the_desk(
    client: TestClient, db: Session, desk: Callable[..., TestClient]
) -> None:
    client.post("/people/nominate", data=TYPED)
    editor = desk(Role.EDITOR)
    nomination = db.scalars(select(Nomination)).one()
    page = editor.get(f"/desk/people/new?nomination={nomination.id}").text
    assert "河边的钓友" in page
    profile = {
        "nomination": str(nomination.id),
        "name": "河边的钓友",
        "category": "bravery",
        "level": "city",
        "honour_title": "常州好人",
        "batch_year": "2026",
        "batch_no": "4",
        "batch_label": "2026年第四批",
        "region": "天宁区",
        "occupation_and_unit": "市民",
        "one_line": "跳进河里救起落水的孩子",
        "deeds": DEEDS,
        "unit_count": "1",
    }
    answer = editor.post("/desk/people/new", data=profile)
    assert answer.status_code == 303
    db.commit()
    assert db.scalars(select(Nomination)).one().state == "accepted"
    assert "河边的钓友" in editor.get(answer.headers["location"]).text
