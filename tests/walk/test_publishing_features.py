"""The features of publishing, one short story each; the number is that of the product's list."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.clock import end_of, now
from portal.core.errors import BadInput, Conflict
from portal.core.roles import Role
from portal.core.web import Portal
from portal.credit import service as credit
from portal.editorial import approve, correct, publish_due, schedule, send_back, submit_for_review
from portal.people import honour
from portal.people.models import Scope
from tests.credit import factories as entries
from tests.people import factories as people
from tests.publishing import factories as news

Desk = Callable[..., TestClient]
MONDAY = "2026-03-02 02:00:00Z"


def test_1_and_2_news_goes_from_draft_through_three_named_reviews_to_the_public(
    client: TestClient, db: Session, desk: Desk
) -> None:
    article = news.make_draft(db, slug="path")
    author, reviewers = news.find_or_make_staff(db)
    submit_for_review(db, article.piece, author, is_confidential_checked=True)
    for level, reviewer in enumerate(reviewers):
        assert article.piece.state_name == ("待初审", "待复审", "待终审")[level]
        approve(db, article.piece, reviewer)
    db.commit()
    assert client.get("/news/path").status_code == 404
    schedule(db, article.piece, author)
    db.commit()
    assert client.get("/news/path").status_code == 200
    page = desk(Role.EDITOR).get(f"/desk/news/{article.id}").text
    for shown in ("初审通过", "复审通过", "终审通过", *(reviewer.name for reviewer in reviewers)):
        assert shown in page


def test_3_news_goes_live_and_ends_at_the_time_that_was_set(client: TestClient, db: Session) -> None:
    with time_machine.travel(MONDAY, tick=True) as clock:
        article = news.make_draft(db, slug="path")
        author, reviewers = news.find_or_make_staff(db)
        submit_for_review(db, article.piece, author, is_confidential_checked=True)
        for reviewer in reviewers:
            approve(db, article.piece, reviewer)
        schedule(db, article.piece, author, now() + timedelta(hours=3), now() + timedelta(days=2))
        db.commit()
        assert client.get("/news/path").status_code == 404
        clock.shift(timedelta(hours=3, minutes=1))
        publish_due(db)
        db.commit()
        assert client.get("/news/path").status_code == 200
        clock.shift(timedelta(days=2))
        assert client.get("/news/path").status_code == 410


def test_4_and_5_every_text_is_kept_compared_and_sent_back_with_a_reason(db: Session, desk: Desk) -> None:
    article = news.make_draft(db, body="步道全长三公里。")
    author, reviewers = news.find_or_make_staff(db)
    submit_for_review(db, article.piece, author, is_confidential_checked=True)
    send_back(db, article.piece, reviewers[0], "里程请再核对。")
    db.commit()
    editor = desk(Role.EDITOR)
    assert "里程请再核对。" in editor.get(f"/desk/news/{article.id}").text
    typed = {"title": "河边步道修好了", "column": "progress", "source": "办公室", "version": "1"}
    editor.post(f"/desk/news/{article.id}/edit", data={**typed, "body": "步道全长二点八公里。"})
    page = editor.get(f"/desk/pieces/{article.piece_id}/revisions").text
    assert "<del>步道全长三公里。</del>" in page
    assert "<ins>步道全长二点八公里。</ins>" in page


def test_7_a_profile_shows_kind_deed_place_and_batch(client: TestClient, db: Session) -> None:
    people.make_published(db, "zhou")
    page = client.get("/people/zhou").text
    for shown in ("助人为乐", "清扫老巷", "天宁区", "2026年第三批", "常州好人"):
        assert shown in page


def test_8_anybody_nominates_with_evidence(client: TestClient) -> None:
    typed = {
        **{"category": "bravery", "nominee": "河边的钓友", "region": "天宁区", "contact": "13800138000"},
        **{"deeds": "四月的傍晚，他跳进河里救起了一个落水的孩子。", "evidence": "派出所有记录", "consent": "y"},
    }
    answer = client.post("/people/nominate", data=typed)
    assert answer.status_code == 303
    assert "推荐已收到" in client.get(answer.headers["location"]).text


def test_9_nobody_is_honoured_before_five_working_days_and_the_last_objection(
    client: TestClient, db: Session, portal: Portal
) -> None:
    with time_machine.travel(MONDAY, tick=True) as clock:
        person = people.make_person(db, "zhou")
        people.vet(db, person)
        people.begin_notice(db, person, portal.city)
        client.post("/people/zhou/objection", data={"text": "事迹里有一处不对"})
        assert person.notice_until is not None
        clock.move_to(end_of(person.notice_until) + timedelta(minutes=1))
        with pytest.raises(Conflict, match="异议"):
            honour.approve_honour(db, person, people.find_or_make_staff(db)[1][0])


def test_11_a_profile_needs_consent_and_goes_with_it(client: TestClient, db: Session) -> None:
    person = people.make_published(db, "zhou")
    given = next(one for one in honour.list_consents(db, person) if one.scope == Scope.PROFILE)
    honour.withdraw_consent(db, person, given, people.find_or_make_staff(db)[0])
    db.commit()
    answer = client.get("/people/zhou")
    assert answer.status_code == 410
    assert "清扫老巷" not in answer.text


def test_13_a_groups_page_gathers_its_news_its_cases_and_its_figures(client: TestClient, db: Session) -> None:
    news.make_news(db, title="东门市场开业", group_key="markets")
    page = client.get("/groups/markets").text
    assert "东门市场开业" in page
    assert 'href="/cases?group=markets"' in page
    assert "最新公开的诉求" in page
    assert "stat-value" in page


def test_87_an_entry_names_subject_code_issuer_basis_and_day(client: TestClient, db: Session, portal: Portal) -> None:
    page = client.get(entries.make_entry(db, portal, decision_date=now().date()).path).text
    for shown in (entries.FIRM, entries.CODE, "人力资源和社会保障局", "第四十八条", "示人社监〔2025〕9号"):
        assert shown in page


def test_88_the_grade_sets_the_period_and_the_end_comes_by_itself(
    client: TestClient, db: Session, portal: Portal
) -> None:
    with time_machine.travel("2025-03-03 02:00:00Z", tick=True) as clock:
        for months in (2, 13):
            with pytest.raises(credit.EntryRefused):
                entries.make_draft(db, portal, display_months=months)
        entry = entries.make_entry(db, portal, display_months=6)
        clock.move_to("2025-09-04 00:00:00+08:00")
        assert client.get(entry.path).status_code == 410


def test_89_an_objection_hides_the_entry_and_has_a_clock(
    client: TestClient, db: Session, portal: Portal, desk: Desk
) -> None:
    with time_machine.travel("2025-03-03 02:00:00Z", tick=True):
        entry = entries.make_entry(db, portal)
        typed = {"ground": "wrong_fact", "text": "工资已在二月付清。", "contact": "13800138000"}
        said = client.post(f"{entry.path}/objection", data=typed, headers={"Accept": "application/json"}).json()
        assert said["decide_due_on"] == "2025-03-10"
        page = desk(Role.EDITOR).get(f"/desk/credit/{entry.id}").text
        matter = page.split("/desk/credit/matters/")[1].split("/")[0]
        desk(Role.REVIEWER).post(f"/desk/credit/matters/{matter}/dispute")
        assert client.get(entry.path).status_code == 404
        assert entries.FIRM not in client.get("/credit").text


def test_90_a_persons_name_is_masked_and_nothing_is_left_after_removal(
    client: TestClient, db: Session, portal: Portal
) -> None:
    with time_machine.travel("2025-03-03 02:00:00Z", tick=True) as clock:
        entry = entries.make_entry(
            db,
            portal,
            **{"subject_type": "natural_person", "subject_name": "钱示例远", "uscc": ""},
            **{"is_adult": True, "person_basis": "《示例法》第三条"},
        )
        page = client.get(entry.path).text
        assert "钱示例远" not in page
        assert "钱某" in page
        clock.move_to("2025-09-04 00:00:00+08:00")
        assert "钱某" not in client.get(entry.path).text + client.get("/credit").text


def test_91_a_batch_keeps_its_note_and_its_counts_by_field(client: TestClient, db: Session, portal: Portal) -> None:
    author, reviewers = entries.people(db)
    batch = credit.save_batch(db, None, "三月发布", "本批次共一条。", now().date(), author)
    credit.approve_batch(db, batch, reviewers[0])
    entries.make_entry(db, portal, batch_id=batch.id, decision_date=now().date())
    page = client.get("/credit").text
    for shown in ("三月发布", "本批次共一条。", "拖欠农民工工资", "1 条"):
        assert shown in page


def test_92_a_black_entry_needs_other_people_and_a_legal_review(db: Session, portal: Portal) -> None:
    entry = entries.make_draft(db, portal, decision_date=now().date())
    author, reviewers = entries.people(db)
    submit_for_review(db, entry.piece, author, is_confidential_checked=True)
    approve(db, entry.piece, reviewers[0])
    approve(db, entry.piece, reviewers[1])
    with pytest.raises(BadInput, match="法制审核"):
        approve(db, entry.piece, reviewers[2])
    approve(db, entry.piece, reviewers[2], is_legal=True)
    with pytest.raises(Conflict):
        correct(db, entry.piece, author, "黑榜", {}, "说明", entry.piece.version)
