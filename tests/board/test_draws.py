"""A random draw that a reader can repeat with nothing but the public page."""

import hashlib
import re
from collections.abc import Callable
from html import unescape

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.board import rules, service
from portal.board.models import BoardInspection
from portal.core.audit import AuditEvent, find_breaks
from portal.core.clock import today
from portal.core.roles import Role
from portal.core.web import Portal
from portal.migrations import downgrade, upgrade
from tests.board.factories import make_finding, make_issue, make_site, people

Desk = Callable[..., TestClient]


def make_draw(db: Session, portal: Portal, wanted: int = 6) -> BoardInspection:
    """A draw among the city's own sites. Commits."""
    service.take_over_sites(db, portal.city)
    drawn = service.open_inspection(
        db, "random", "三月抽查", today(), people(db)[0], seed="双色球 2025024", wanted=wanted
    )
    db.commit()
    return drawn


def words(page: str) -> str:
    """The text of a page."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def test_a_reader_repeats_the_draw_from_the_page_of_the_issue(client: TestClient, db: Session, portal: Portal) -> None:
    with time_machine.travel("2025-03-07 02:00:00Z"):
        drawn = make_draw(db, portal)
        site = next(one for one in service.queries.list_sites(db) if one.key == drawn.site_keys[-1])
        make_issue(db, make_finding(db, site, inspection_id=drawn.id))
        page = client.get("/board/2025-03").text
    rows = re.findall(r'<th scope="row">([^<]*)</th><td>([^<]*)</td><td>([^<]*)</td>', page)
    drawn_keys = [key for _name, key, lot in rows if lot == "必查" or re.fullmatch("[0-9a-f]{16}", lot)]
    must = [key for _name, key, lot in rows if lot == "必查"]
    rest = re.search(r"没有抽中：(\S+)", words(page))
    seed = re.search(r"种子：\s*<code>([^<]+)</code>", page)
    assert seed is not None
    assert rest is not None
    lots = sorted(
        {*drawn_keys, *rest[1].split("、")} - set(must),
        key=lambda key: hashlib.sha256(f"{unescape(seed[1])}:{key}".encode()).hexdigest(),
    )
    assert len(must) == 3
    assert drawn_keys == must + lots[:3]
    assert "抽签 3 个" in words(page)


def test_nobody_chooses_a_draw_by_choosing_its_seed(db: Session, portal: Portal, desk: Desk) -> None:
    first, second = make_draw(db, portal), make_draw(db, portal)
    assert first.seed != second.seed, "the same words give another seed each time"
    entries = db.scalars(select(AuditEvent).where(AuditEvent.action == "board.announce_draw").order_by(AuditEvent.id))
    for drawn, entry in zip((first, second), entries, strict=True):
        assert drawn.seed == f"双色球 2025024-{entry.hash[:32]}"
        assert entry.detail["words"] == "双色球 2025024"
        sites = "\n".join([*drawn.pool, "", *drawn.must_keys])
        assert entry.detail["sites_sha256"] == hashlib.sha256(sites.encode()).hexdigest()
    assert not list(find_breaks(db))
    assert "挑不了结果" in desk(Role.SUPERVISOR).get(f"/desk/board/inspections/{first.id}").text
    assert first.seed.rpartition("-")[2] in desk(Role.AUDITOR).get("/desk/audit?action=board.announce_draw").text


def test_a_draw_stays_as_it_was_when_the_register_changes(db: Session, portal: Portal, desk: Desk) -> None:
    drawn = make_draw(db, portal)
    before = list(drawn.must_keys)
    for site in service.queries.list_sites(db):
        site.is_must_check = True
    db.commit()
    page = desk(Role.SUPERVISOR).get(f"/desk/board/inspections/{drawn.id}").text
    assert len(before) == 3
    assert page.count("<td>必查</td>") == 3


def test_a_finding_belongs_to_an_inspection_only_when_its_site_was_visited(
    db: Session, portal: Portal, desk: Desk
) -> None:
    drawn = make_draw(db, portal)
    elsewhere = make_site(db, "云溪菜市场")
    typed = {
        **{"site": str(elsewhere.id), "colour": "red", "reason": "摊位整齐，地面干净。", "unit": "tianning_gov"},
        **{"found_on": today().isoformat(), "inspection": str(drawn.id)},
    }
    supervisor = desk(Role.SUPERVISOR)
    answer = supervisor.post("/desk/board/findings/new", data=typed)
    assert answer.status_code == 422
    assert "这次检查的名单里没有这个点位" in answer.text
    assert "摊位整齐" in answer.text
    typed["site"] = str(next(one.id for one in service.queries.list_sites(db) if one.key == drawn.site_keys[0]))
    assert supervisor.post("/desk/board/findings/new", data=typed).status_code == 303


def test_the_draws_of_an_older_portal_learn_which_sites_had_to_be_in(db: Session, portal: Portal) -> None:
    drawn = make_draw(db, portal)
    must = list(drawn.must_keys)
    # That portal drew by the typed words alone; with others a site that had to be in may happen to have the lowest lot.
    drawn.seed = "双色球 2025024"
    drawn.site_keys = rules.draw(drawn.seed, drawn.pool, drawn.wanted, must)
    db.commit()
    db.close()
    downgrade(portal.database, "0022")
    upgrade(portal.database)
    assert db.scalars(select(BoardInspection)).one().must_keys == must
