"""How entries end, and that nothing of them is left: travel in time over every public page."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.errors import Conflict
from portal.core.jobs import Job
from portal.core.roles import Role
from portal.core.web import Portal
from portal.credit import count_live, export_entries, find_public_entries, list_newest_entries, service
from portal.credit.jobs import jobs
from portal.credit.models import CreditEntry, Status
from tests.credit.factories import CODE, FIRM, RED, make_draft, make_entry, people

START = datetime(2025, 3, 3, 2, tzinfo=UTC)
PUBLIC = [
    "/",
    "/credit",
    "/credit?colour=black",
    "/credit?colour=red",
    "/search?q=云溪",
    "/sitemap.xml",
    "/news/feed.atom",
]
PUBLIC += [
    f"/credit?q={FIRM}",
    f"/credit?q={CODE}",
    "/data",
    "/data/credit.csv",
    "/data/credit.json",
    "/people",
    "/board",
]


def at(year: int, month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A moment on the clocks of the city."""
    return datetime.fromisoformat(f"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00+08:00")


def nightly() -> Job:
    """The job of 00:05."""
    return next(job for job in jobs if job.at == "00:05")


def assert_gone(
    client: TestClient, portal: Portal, db: Session, entry: CreditEntry, *, is_hidden: bool = False
) -> None:
    """No public page, list or export carries the name, the code or the reason."""
    db.commit()
    pages = [*PUBLIC, entry.path, f"{entry.path}/objection", f"/credit?q={entry.entry_no}"]
    for path in pages:
        text = client.get(path).text
        # The search box shows what was typed; everything else must be free of it.
        shown = text.replace(f'value="{FIRM}"', "").replace(f'value="{CODE}"', "") if "?q=" in path else text
        for secret in (entry.reason_summary, *(() if "?q=" in path else (FIRM, CODE))):
            assert secret not in shown, (path, secret)
        assert f'href="{entry.path}"' not in text, path
    assert client.get(entry.path).status_code == (404 if is_hidden else 410)
    assert client.get(f"{entry.path}/objection").status_code == (404 if is_hidden else 410)
    assert entry.id not in {one.id for one in find_public_entries(db)}
    assert entry.id not in {one.id for one in list_newest_entries(db, most=50)}
    _, rows = export_entries(db, portal.city)
    assert CODE not in {cell for row in rows for cell in row}


def test_an_entry_is_shown_on_its_last_day_and_gone_the_second_after(
    client: TestClient, portal: Portal, db: Session
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        batch = service.save_batch(db, None, "三月发布", "本批次共一条。", START.date(), people(db)[0])
        service.approve_batch(db, batch, people(db)[1][0])
        entry = make_entry(db, portal, batch_id=batch.id)
        assert str(entry.publish_min_until) == "2025-06-03"
        assert str(entry.publish_max_until) == "2025-09-03"
        clock.move_to(at(2025, 9, 3, 23, 59))
        assert FIRM in client.get("/credit").text
        assert client.get(entry.path).status_code == 200
        clock.move_to(at(2025, 9, 4))
        assert_gone(client, portal, db, entry)
        clock.move_to(at(2025, 9, 4, 0, 5))
        nightly().run(portal)
        db.commit()
        assert_gone(client, portal, db, entry)
        db.refresh(entry)
        assert entry.status == Status.EXPIRED
        assert str(entry.removed_on) == "2025-09-04"
        text = client.get("/credit").text
        assert "三月发布" in text
        assert "拖欠农民工工资" in text
        assert "1 条" in text


def test_an_end_set_by_hand_outside_the_grade_falls_back_to_the_grade(portal: Portal, db: Session) -> None:
    from portal.editorial import approve, schedule, submit_for_review

    author, reviewers = people(db)
    with time_machine.travel(START, tick=False):
        ends = {}
        for number, wished in enumerate((at(2025, 3, 10), at(2025, 7, 1, 0), at(2030, 1, 1)), 1):
            entry = make_draft(db, portal, decision_document_no=f"示〔2025〕{number}号")
            submit_for_review(db, entry.piece, author, is_confidential_checked=True)
            for level, reviewer in enumerate(reviewers):
                approve(db, entry.piece, reviewer, is_legal=level == 1)
            schedule(db, entry.piece, author, expires_at=wished)
            ends[number] = str(entry.publish_max_until)
            assert entry.piece.expires_at is not None
        assert ends == {1: "2025-09-03", 2: "2025-06-30", 3: "2025-09-03"}


def test_a_repair_before_the_least_time_is_refused_and_after_it_ends_the_entry_at_once(
    client: TestClient, portal: Portal, db: Session
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        entry = make_entry(db, portal)
        reviewer = people(db)[1][0]
        clock.move_to(at(2025, 6, 2))
        with pytest.raises(Conflict):
            service.take_down(db, entry, reviewer, Status.REPAIRED, at(2025, 6, 2).date(), "", portal.city)
        assert client.get(entry.path).status_code == 200
        clock.move_to(at(2025, 6, 3))
        service.take_down(db, entry, reviewer, Status.REPAIRED, at(2025, 6, 3).date(), "", portal.city)
        db.commit()
        assert entry.status == Status.REPAIRED
        assert str(entry.removal_due_on) == "2025-06-06"
        assert_gone(client, portal, db, entry)


def test_a_revoked_decision_ends_the_entry_at_any_time_and_frees_the_red_list(
    client: TestClient, portal: Portal, db: Session
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        entry = make_entry(db, portal)
        with pytest.raises(service.EntryRefused) as refused:
            make_draft(db, portal, **RED)
        assert set(refused.value.faults) == {"colour"}
        clock.move_to(at(2025, 3, 10))
        service.take_down(db, entry, people(db)[1][0], Status.REVOKED, at(2025, 3, 7).date(), "", portal.city)
        db.commit()
        assert_gone(client, portal, db, entry)
        assert count_live(db) == {"red": 0, "black": 0}
        make_entry(db, portal, **RED)
        assert count_live(db) == {"red": 1, "black": 0}


def test_withdrawing_through_the_common_panel_shows_no_reason_that_names_the_subject(
    client: TestClient, desk: Callable[..., TestClient], portal: Portal, db: Session
) -> None:
    entry = make_entry(db, portal)
    answer = desk(Role.REVIEWER).post(
        f"/desk/pieces/{entry.piece_id}/withdraw", data={"reason": f"{FIRM}（{CODE}）已更正"}
    )
    assert answer.status_code == 303
    assert_gone(client, portal, db, entry)
    db.refresh(entry)
    assert entry.status == Status.REVOKED
