"""A finding from the visit to the verified rectification."""

from collections.abc import Callable
from datetime import UTC, datetime

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.board.models import BoardFinding, BoardInspection, BoardSite
from portal.board.rules import draw
from portal.core.roles import Role
from tests.board.factories import make_finding, make_site, photo

Desk = Callable[..., TestClient]
TYPED = {
    "colour": "black",
    "reason": "北门早市占道，垃圾桶外溢。",
    "found_on": "2025-03-03",
    "due_on": "2025-03-13",
    "unit": "tianning_gov",
    "score": "71",
    "no_faces": "y",
}
START = datetime(2025, 3, 3, 2, tzinfo=UTC)


def the_finding(db: Session) -> BoardFinding:
    """The only finding, as it is now."""
    db.commit()
    return db.scalars(select(BoardFinding)).one()


def test_a_finding_goes_from_the_visit_to_the_unit_and_is_verified_by_another_person(desk: Desk, db: Session) -> None:
    with time_machine.travel(START, tick=False):
        site = make_site(db)
        supervisor = desk(Role.SUPERVISOR)
        files = {"photos": ("a.jpg", photo())}
        answer = supervisor.post("/desk/board/findings/new", data={**TYPED, "site": str(site.id)}, files=files)
        path = answer.headers["location"]
        assert len(the_finding(db).before) == 1
        assert supervisor.post(f"{path}/notify").status_code == 303
        unit = desk(Role.UNIT, unit="tianning_gov")
        assert unit.get(path).status_code == 200
        assert unit.post(f"{path}/begin").status_code == 303
        report = {"text": "已清理并增设疏导点。", "rectified_on": "2025-03-03", "no_faces": "y"}
        assert unit.post(f"{path}/rectify", data=report, files=files).status_code == 303
        assert unit.post(f"{path}/verify").status_code == 403
        assert supervisor.post(f"{path}/verify").status_code == 303
        assert the_finding(db).is_verified
        assert "没有待办" in unit.get(path).text


def test_who_reported_the_rectification_cannot_verify_it(desk: Desk, db: Session) -> None:
    finding = make_finding(db)
    supervisor = desk(Role.SUPERVISOR)
    path = f"/desk/board/findings/{finding.id}"
    data = {"text": "已整改。", "rectified_on": finding.found_on.isoformat()}
    assert supervisor.post(f"{path}/rectify", data=data).status_code == 303
    assert supervisor.post(f"{path}/verify").status_code == 403
    other = desk(Role.EDITOR)
    assert other.post(f"{path}/send-back", data={"reason": "照片看不清。"}).status_code == 303
    assert "照片看不清" in supervisor.get(path).text
    assert other.post(f"{path}/verify").status_code == 409


def test_a_unit_and_a_group_see_only_their_own(desk: Desk, db: Session) -> None:
    own = make_finding(db)
    other = make_finding(db, make_site(db, "别处小区"), unit="zhonglou_gov", group_key="residential")
    unit = desk(Role.UNIT, unit="tianning_gov")
    assert unit.get(f"/desk/board/findings/{own.id}").status_code == 200
    assert unit.get(f"/desk/board/findings/{other.id}").status_code == 403
    assert unit.post(f"/desk/board/findings/{other.id}/begin").status_code == 403
    text = unit.get("/desk/board").text
    assert "云溪菜市场" in text
    assert "别处小区" not in text
    group = desk(Role.GROUP, groups=("residential",))
    assert group.get(f"/desk/board/findings/{other.id}").status_code == 200
    assert group.get(f"/desk/board/findings/{own.id}").status_code == 403
    assert "云溪菜市场" not in desk(Role.UNIT, username="nobody").get("/desk/board").text


def test_what_may_not_be_published_is_refused_at_its_field(desk: Desk, db: Session) -> None:
    with time_machine.travel(START, tick=False):
        site = str(make_site(db).id)
        supervisor = desk(Role.SUPERVISOR)
        tries = {
            "reason": {"reason": "车牌苏D12345的车占道。"},
            "due_on": {"due_on": ""},
            "found_on": {"found_on": "2025-03-04", "due_on": "2025-03-13"},
            "score": {"score": "101"},
            "unit": {"unit": "nobody"},
            "site": {"site": "999"},
        }
        for name, values in tries.items():
            answer = supervisor.post("/desk/board/findings/new", data={**TYPED, "site": site, **values})
            assert answer.status_code == 422, name
            assert f'id="{name}-error"' in answer.text, name
        both = {**TYPED, "site": "", "reason": "车牌苏D12345的车占道。"}
        answer = supervisor.post("/desk/board/findings/new", data=both)
        assert 'id="site-error"' in answer.text
        assert 'id="reason-error"' in answer.text
        data = {**TYPED, "site": site, "no_faces": ""}
        answer = supervisor.post("/desk/board/findings/new", data=data, files={"photos": ("a.jpg", photo())})
        assert 'id="no_faces-error"' in answer.text
        assert db.scalars(select(BoardFinding)).all() == []


def test_a_finding_is_overdue_the_day_after_its_term(desk: Desk, db: Session) -> None:
    with time_machine.travel(START, tick=False) as clock:
        finding = make_finding(db)
        clock.move_to(datetime(2025, 3, 13, 12, tzinfo=UTC))
        assert not finding.is_overdue
        clock.move_to(datetime(2025, 3, 13, 16, tzinfo=UTC))
        assert finding.is_overdue
        supervisor = desk(Role.SUPERVISOR)
        assert "超期未改" in supervisor.get(f"/desk/board/findings/{finding.id}").text
        assert "云溪菜市场" in supervisor.get("/desk/board?status=overdue").text
        assert "云溪菜市场" not in supervisor.get("/desk/board?status=verified").text


def test_a_random_inspection_keeps_what_its_draw_was_made_from(desk: Desk, db: Session) -> None:
    supervisor = desk(Role.SUPERVISOR)
    assert supervisor.post("/desk/board/sites/take-over").status_code == 303
    assert supervisor.post("/desk/board/sites/take-over").status_code == 303
    typed = {"kind": "random", "title": "三月抽查", "held_on": "2025-03-03", "wanted": "6", "seed": "0307"}
    path = supervisor.post("/desk/board/inspections", data=typed).headers["location"]
    db.commit()
    kept = db.scalars(select(BoardInspection)).one()
    sites = db.scalars(select(BoardSite)).all()
    assert len(sites) == len({site.key for site in sites}) == len(kept.pool)
    always = [site.key for site in sites if site.is_must_check]
    assert kept.seed.startswith("0307-")
    assert kept.site_keys == draw(kept.seed, kept.pool, 6, always)
    assert "0307" in supervisor.get(path).text
    assert supervisor.post("/desk/board/inspections", data={**typed, "wanted": ""}).status_code == 422
    assert supervisor.post("/desk/board/inspections", data={**typed, "wanted": "1999"}).status_code == 422


def test_sites_come_in_by_table_all_or_none(desk: Desk, db: Session) -> None:
    supervisor = desk(Role.SUPERVISOR)
    good = "点位名称,点位类型,区县,责任单位,必查\n云溪路,主次干道,天宁区,,是\n云溪里,背街小巷,,,否\n"
    bad = good + "云溪坊,没有这类,天宁区,,也许\n"
    answer = supervisor.post("/desk/board/sites/import", files={"file": ("a.csv", bad.encode())})
    assert answer.status_code == 422
    assert "第 4 行" in answer.text
    assert db.scalars(select(BoardSite)).all() == []
    for _again in range(2):
        answer = supervisor.post("/desk/board/sites/import", files={"file": ("a.csv", good.encode("gb18030"))})
        assert answer.status_code == 303
    db.commit()
    assert sorted(site.is_must_check for site in db.scalars(select(BoardSite))) == [False, True]
