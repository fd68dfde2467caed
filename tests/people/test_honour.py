"""The way of an honour: nothing gets round opinions, consent, the public notice and the three reviews."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.clock import end_of, today
from portal.core.errors import BadInput, Conflict, Forbidden
from portal.core.photos import check_and_shrink
from portal.core.signing import Secrets
from portal.core.web import Portal
from portal.editorial import (
    State,
    approve,
    approve_correction,
    keep_picture,
    newest_revision,
    picture_path,
    schedule,
    submit_for_review,
)
from portal.people import honour
from portal.people.drafts import draft_of
from portal.people.models import Answer, Giver, GoodPerson, ObjectionState, Scope, Stage
from portal.people.service import correct_person, save_person
from tests.people.factories import (
    DEEDS,
    begin_notice,
    find_or_make_staff,
    give_consent,
    make_person,
    make_published,
    vet,
)
from tests.people.test_people_pages import photo

MONDAY = "2026-03-02 02:00:00Z"


def review(db: Session, person: GoodPerson) -> None:
    """Three reviews."""
    author, reviewers = find_or_make_staff(db)
    submit_for_review(db, person.piece, author, is_confidential_checked=True)
    for reviewer in reviewers:
        approve(db, person.piece, reviewer)


def test_a_notice_needs_an_answer_of_every_authority_and_consent(db: Session, portal: Portal) -> None:
    person = make_person(db)
    author, reviewers = find_or_make_staff(db)
    with pytest.raises(Conflict, match="征求"):
        honour.begin_notice(db, person, reviewers[0], portal.city)
    opinion = honour.ask_opinion(db, person, author, "税务", today())
    with pytest.raises(Conflict, match="没有回复：税务"):
        honour.begin_notice(db, person, reviewers[0], portal.city)
    honour.note_answer(db, person, opinion, author, Answer.OBJECTION)
    with pytest.raises(Conflict, match="有异议：税务"):
        honour.begin_notice(db, person, reviewers[0], portal.city)
    honour.note_answer(db, person, opinion, author, Answer.CLEAR)
    with pytest.raises(Conflict, match="同意"):
        honour.begin_notice(db, person, reviewers[0], portal.city)
    give_consent(db, person)
    honour.begin_notice(db, person, reviewers[0], portal.city)
    assert person.stage == Stage.NOTICE


def test_who_wrote_the_profile_does_not_decide_on_its_notice(db: Session, portal: Portal) -> None:
    person = make_person(db)
    vet(db, person)
    with pytest.raises(Forbidden, match="撰稿人以外"):
        honour.begin_notice(db, person, find_or_make_staff(db)[0], portal.city)


@time_machine.travel(MONDAY, tick=False)
def test_the_notice_lasts_five_working_days(db: Session, portal: Portal) -> None:
    person = make_person(db)
    vet(db, person)
    begin_notice(db, person, portal.city)
    assert person.notice_from is not None
    assert person.notice_until is not None
    assert (person.notice_until - person.notice_from).days == 7


def test_an_honour_is_recognised_only_after_the_last_day_of_its_notice(db: Session, portal: Portal) -> None:
    _, reviewers = find_or_make_staff(db)
    with time_machine.travel(MONDAY, tick=False) as clock:
        person = make_person(db)
        vet(db, person)
        begin_notice(db, person, portal.city)
        assert person.notice_until is not None
        clock.move_to(end_of(person.notice_until) - timedelta(minutes=1))
        with pytest.raises(Conflict, match="没有结束"):
            honour.approve_honour(db, person, reviewers[0])
        clock.move_to(end_of(person.notice_until) + timedelta(minutes=1))
        honour.approve_honour(db, person, reviewers[0])
        assert person.stage == Stage.APPROVED


def test_an_open_objection_blocks_until_it_is_answered(db: Session, portal: Portal) -> None:
    _, reviewers = find_or_make_staff(db)
    with time_machine.travel(MONDAY, tick=False) as clock:
        person = make_person(db)
        vet(db, person)
        begin_notice(db, person, portal.city)
        objection = honour.object_to(db, portal.secrets, person, "事迹有出入", "13800138000")
        assert person.notice_until is not None
        clock.move_to(end_of(person.notice_until))
        with pytest.raises(Conflict, match="异议"):
            honour.approve_honour(db, person, reviewers[0])
        with pytest.raises(BadInput, match="理由"):
            honour.decide_objection(db, person, objection, reviewers[0], ObjectionState.REJECTED, " ")
        honour.decide_objection(db, person, objection, reviewers[0], ObjectionState.REJECTED, "已核实，事迹属实")
        honour.approve_honour(db, person, reviewers[0])


def test_an_upheld_objection_stops_the_honour(db: Session, portal: Portal) -> None:
    person = make_person(db)
    vet(db, person)
    begin_notice(db, person, portal.city)
    objection = honour.object_to(db, portal.secrets, person, "事迹不实", "")
    honour.decide_objection(db, person, objection, find_or_make_staff(db)[1][0], ObjectionState.UPHELD, "不实")
    assert person.stage == Stage.STOPPED


def test_three_reviews_alone_do_not_publish_a_profile(db: Session) -> None:
    person = make_person(db)
    review(db, person)
    with pytest.raises(Conflict, match="还没有认定"):
        schedule(db, person.piece, find_or_make_staff(db)[1][0])
    assert person.piece.state == State.APPROVED


def test_nothing_is_changed_while_people_may_object(db: Session, portal: Portal) -> None:
    person = make_person(db)
    vet(db, person)
    begin_notice(db, person, portal.city)
    author, _ = find_or_make_staff(db)
    draft = draft_of({**newest_revision(db, person.piece).snapshot, "one_line": "换了一句话"})
    with pytest.raises(Conflict, match="公示期间"):
        save_person(db, person, draft, author, person.piece.version)


def test_a_minor_needs_a_guardian(db: Session) -> None:
    person = make_person(db, is_minor=True)
    with pytest.raises(BadInput, match="监护人"):
        give_consent(db, person, giver=Giver.SELF)
    assert any("监护人" in fault for fault in honour.faults_of_consent(db, person))
    give_consent(db, person, giver=Giver.GUARDIAN)
    assert honour.faults_of_consent(db, person) == []


def test_a_portrait_needs_a_consent_of_its_own(db: Session) -> None:
    person = make_person(db, photo="0" * 32, photo_alt="周示例在扫街")
    give_consent(db, person)
    assert any("肖像" in fault for fault in honour.faults_of_consent(db, person))
    give_consent(db, person, Scope.PORTRAIT)
    assert honour.faults_of_consent(db, person) == []


def test_a_revocation_needs_a_recorded_decision(db: Session) -> None:
    person = make_published(db)
    with pytest.raises(BadInput, match="书面决定"):
        honour.revoke(db, person, find_or_make_staff(db)[1][0], "事迹不实", " ")
    assert person.piece.is_live


def test_contacts_are_kept_encrypted(db: Session, portal: Portal) -> None:
    person = make_person(db)
    objection = honour.object_to(db, portal.secrets, person, "事迹有出入", "13800138000")
    assert "13800138000" not in objection.contact
    assert Secrets(portal.settings.secret_key).decrypt(objection.contact) == "13800138000"


def test_a_change_of_what_was_announced_asks_for_a_new_notice(db: Session) -> None:
    person = make_person(db)
    author, _ = find_or_make_staff(db)
    person.stage, person.notice_from = Stage.APPROVED, today() - timedelta(days=20)
    person.notice_until = today() - timedelta(days=10)
    db.commit()
    snapshot = newest_revision(db, person.piece).snapshot
    save_person(db, person, draft_of({**snapshot, "deeds": DEEDS + "后来他又带了徒弟。"}), author, 1)
    assert person.stage == Stage.APPROVED
    save_person(db, person, draft_of({**snapshot, "one_line": "三十年清扫一条老巷"}), author, 2)
    assert person.stage == Stage.VETTING
    assert person.notice_until is None


def test_a_correction_shows_no_portrait_nobody_consented_to(db: Session) -> None:
    person = make_published(db)
    author, reviewers = find_or_make_staff(db)
    draft = draft_of({**newest_revision(db, person.piece).snapshot, "photo": "0" * 32, "photo_alt": "他在扫街"})
    with pytest.raises(Conflict, match="肖像"):
        correct_person(db, person, draft, author, 1, "补一张照片")
    give_consent(db, person, Scope.PORTRAIT)
    correct_person(db, person, draft, author, 1, "补一张照片")
    honour.withdraw_consent(db, person, honour.list_consents(db, person)[-1], author)
    with pytest.raises(Conflict, match="肖像"):
        approve_correction(db, person.piece, reviewers[0])
    assert person.photo == ""


def test_a_portrait_consent_taken_back_takes_the_portrait_and_leaves_the_deeds(
    client: TestClient, db: Session, portal: Portal
) -> None:
    picture = keep_picture(db, portal.photos, check_and_shrink(photo()), "周示例在扫街", "writer")
    person = make_published(db, "zhou", photo=picture.name, photo_alt="周示例在扫街")
    path = picture_path(picture.name)
    assert client.get(path).status_code == 200
    consent = next(one for one in honour.list_consents(db, person) if one.scope == Scope.PORTRAIT)
    honour.withdraw_consent(db, person, consent, find_or_make_staff(db)[0])
    db.commit()
    page = client.get("/people/zhou")
    assert page.status_code == 200
    assert picture.name not in page.text + client.get("/people").text
    assert client.get(path).status_code == 404
