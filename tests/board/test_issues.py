"""Issues: composed, reviewed, published; what became of the black ones; pictures only while public."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.board import find_newest_issue, find_public_issues, issues, list_group_findings, rate_of, service
from portal.board.issues import IssueDraft
from portal.board.models import BoardFinding, BoardIssue
from portal.core.errors import BadInput, Conflict
from portal.core.roles import Role
from portal.core.web import Portal
from portal.editorial import get_piece, withdraw
from tests.board.factories import make_finding, make_issue, make_site, people, photo

Desk = Callable[..., TestClient]
MARCH = datetime(2025, 3, 20, 2, tzinfo=UTC)
APRIL = datetime(2025, 4, 20, 2, tzinfo=UTC)


def test_an_issue_is_composed_reviewed_by_three_and_published(desk: Desk, client: TestClient, db: Session) -> None:
    with time_machine.travel(MARCH, tick=False):
        black = make_finding(db, score=71)
        red = make_finding(db, make_site(db, "云溪大道"), colour="red", reason="盲道畅通。", score=96)
        editor = desk(Role.EDITOR)
        typed = {"period": "month", "year": "2025", "number": "3", "title": "三月红黑榜", "intro": "共两处。"}
        answer = editor.post("/desk/board/new", data={**typed, "findings": [str(black.id), str(red.id)]})
        assert answer.status_code == 303
        db.commit()
        issue = db.scalars(select(BoardIssue)).one()
        assert issue.path == "/board/2025-03"
        assert client.get(issue.path).status_code == 404
        step = f"/desk/pieces/{issue.piece_id}"
        assert editor.post(f"{step}/submit", data={"confidential": "y"}).status_code == 303
        for number in (1, 2, 3):
            reviewer = desk(Role.REVIEWER, username=f"r{number}")
            assert reviewer.post(f"{step}/approve", data={"version": "1"}).status_code == 303
        assert client.get(issue.path).status_code == 404
        assert editor.post(f"{step}/schedule").status_code == 303
        page = client.get(issue.path).text
        for words in ("云溪菜市场", "云溪大道", "盲道畅通", "0.0%", "得分排名"):
            assert words in page
        assert "三月红黑榜" in client.get("/board").text
        assert editor.post("/desk/board/new", data=typed).status_code == 422


def test_a_finding_that_went_to_review_can_no_longer_be_changed(db: Session, portal: Portal) -> None:
    finding = make_finding(db)
    make_issue(db, finding)
    draft = service.FindingDraft(
        finding.site_id, "black", "别的理由。", "tianning_gov", finding.found_on, due_on=finding.due_on
    )
    with pytest.raises(Conflict):
        service.save_finding(db, finding, draft, people(db)[0])


def test_a_finding_changed_after_composing_stops_the_review_until_it_is_saved_again(desk: Desk, db: Session) -> None:
    finding = make_finding(db)
    author, _ = people(db)
    day = finding.found_on
    draft = IssueDraft("month", day.year, day.month, "本月", "", (finding.id,))
    issue = issues.open_issue(db, draft, author)
    changed = service.FindingDraft(finding.site_id, "black", "改过的理由。", "tianning_gov", day, due_on=finding.due_on)
    service.save_finding(db, finding, changed, author)
    db.commit()
    editor = desk(Role.EDITOR)
    step = f"/desk/pieces/{issue.piece_id}/submit"
    assert editor.post(step, data={"confidential": "y"}).status_code == 422
    issues.save_issue(db, issue, draft, author, 1)
    db.commit()
    assert editor.post(step, data={"confidential": "y"}).status_code == 303


def test_rectification_and_its_picture_are_public_only_once_verified(
    desk: Desk, client: TestClient, db: Session, portal: Portal
) -> None:
    with time_machine.travel(MARCH, tick=False):
        finding = make_finding(db)
        supervisor = desk(Role.SUPERVISOR)
        path = f"/desk/board/findings/{finding.id}"
        issue = make_issue(db, finding)
        report = {"text": "已改造排水沟。", "rectified_on": "2025-03-20", "no_faces": "y"}
        supervisor.post(f"{path}/rectify", data=report, files={"photos": ("a.jpg", photo())})
        db.commit()
        name = db.scalars(select(BoardFinding)).one().after[0]
        assert "已改造排水沟" not in client.get(issue.path).text
        assert client.get(f"/pictures/{name}.jpg").status_code == 404
        desk(Role.EDITOR).post(f"{path}/verify")
        page = client.get(issue.path).text
        assert "已改造排水沟" in page
        assert f"/pictures/{name}-small.jpg" in page
        assert "100.0%" in page
        assert client.get(f"/pictures/{name}.jpg").status_code == 200
        with portal.database.write() as session:
            kept = session.get(BoardIssue, issue.id)
            assert kept is not None
            withdraw(session, get_piece(session, kept.piece_id), "test", "编排有误。")
        assert client.get(issue.path).status_code == 410
        assert client.get(f"/pictures/{name}.jpg").status_code == 404
        assert "云溪菜市场" not in client.get("/board").text


def test_the_next_issue_says_what_became_of_the_last_ones_black_sites(client: TestClient, db: Session) -> None:
    with time_machine.travel(MARCH, tick=False) as clock:
        late = make_finding(db)
        make_issue(db, late)
        clock.move_to(APRIL)
        fresh = make_finding(db, make_site(db, "云溪新村"))
        issue = make_issue(db, fresh)
        page = client.get(issue.path).text
        assert "上期黑榜整改情况" in page
        assert "云溪菜市场" in page
        assert "超期未改" in page
        assert [one.issue_no for one in find_public_issues(db)] == ["2025-04", "2025-03"]
        newest = find_newest_issue(db)
        assert newest is not None
        assert newest.issue_no == "2025-04"


def test_a_withdrawn_issue_frees_its_findings_and_the_new_one_gets_a_new_number(db: Session) -> None:
    with time_machine.travel(MARCH, tick=False):
        finding = make_finding(db)
        first = make_issue(db, finding)
        withdraw(db, get_piece(db, first.piece_id), people(db)[1][0], "编排有误。")
        db.commit()
        second = make_issue(db, finding)
        assert (first.issue_no, second.issue_no) == ("2025-03", "2025-03-2")
        with pytest.raises(BadInput):
            make_issue(db, make_finding(db, make_site(db, "云溪桥")))


def test_the_rate_counts_what_was_found_verified_and_is_late_in_a_period(db: Session) -> None:
    with time_machine.travel(MARCH, tick=False):
        author, reviewers = people(db)
        done = make_finding(db, make_site(db, "一号点"), found_on=date(2025, 3, 1))
        service.rectify(db, done, author, "已整改。", date(2025, 3, 5))
        service.verify(db, done, reviewers[0])
        make_finding(db, make_site(db, "二号点"), found_on=date(2025, 3, 2))
        make_finding(db, make_site(db, "三号点"), found_on=date(2025, 2, 27))
        make_finding(db, make_site(db, "四号点"), found_on=date(2025, 3, 19))
        make_finding(db, make_site(db, "五号点"), colour="red")
        rate = rate_of(db, date(2025, 3, 1), date(2025, 3, 31))
        assert (rate.found, rate.verified, rate.overdue) == (3, 1, 1)


def test_the_page_of_an_issue_asks_as_little_for_many_sites_as_for_one(
    client: TestClient, db: Session, statements: list[str]
) -> None:
    counts = []
    with time_machine.travel(MARCH, tick=False) as clock:
        for moment, number in ((MARCH, 1), (APRIL, 12)):
            clock.move_to(moment)
            found = [
                make_finding(db, make_site(db, f"{moment.month}月{one}号"), group_key="markets")
                for one in range(number)
            ]
            issue = make_issue(db, *found)
            client.get(issue.path)
            statements.clear()
            assert client.get(issue.path).status_code == 200
            counts.append(len(statements))
        assert len(list_group_findings(db, "markets", 50)) == 13
    # The second issue has one before it, which is looked up once.
    assert counts[1] - counts[0] <= 1
