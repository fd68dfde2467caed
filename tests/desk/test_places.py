"""Findings and complaints about the same site know each other, and everybody sees no more of either than elsewhere."""

from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.roles import Role
from portal.core.web import Portal
from tests.board.factories import make_finding, make_site
from tests.cases.factories import make_case

Desk = Callable[..., TestClient]
WORDS = "云溪菜市场门口的地面一直积水，老人走过去很滑。"


def test_a_finding_leads_to_the_complaints_of_its_site_and_back(desk: Desk, portal: Portal, db: Session) -> None:
    site = make_site(db, "云溪菜市场")
    finding = make_finding(db, site)
    case_no = make_case(portal, text=WORDS)
    supervisor = desk(Role.SUPERVISOR)
    assert f"/desk/places/{site.key}" in supervisor.get(f"/desk/board/findings/{finding.id}").text
    page = supervisor.get(f"/desk/places/{site.key}").text
    assert "地面积水，摊位占道。" in page
    assert case_no in page
    assert f"/desk/places/of/{case_no}" in supervisor.get(f"/desk/cases/{case_no}").text
    back = supervisor.get(f"/desk/places/of/{case_no}")
    assert back.headers["location"] == f"/desk/places/{site.key}"


def test_a_case_that_names_no_site_says_so(desk: Desk, portal: Portal, db: Session) -> None:
    make_site(db, "云溪菜市场")
    case_no = make_case(portal, text="巷口的路灯不亮，晚上看不见路。")
    assert "没有提到名册里的点位" in desk(Role.SUPERVISOR).get(f"/desk/places/of/{case_no}").text


def test_nobody_sees_more_than_elsewhere(desk: Desk, portal: Portal, db: Session) -> None:
    site = make_site(db, "云溪菜市场")
    make_finding(db, site)
    case_no = make_case(portal, text=WORDS)
    page = desk(Role.EDITOR).get(f"/desk/places/{site.key}").text
    assert "地面积水，摊位占道。" in page
    assert case_no not in page
    other = desk(Role.UNIT, unit="another_unit")
    page = other.get(f"/desk/places/{site.key}").text
    assert "地面积水，摊位占道。" not in page
    assert case_no not in page
    assert other.get(f"/desk/places/of/{case_no}").status_code == 404
    assert desk(Role.ADMIN).get(f"/desk/places/{site.key}").status_code == 403
