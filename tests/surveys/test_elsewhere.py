"""Published figures on other pages: beside the grades of cases on a group's page, and as open data."""

import csv
import io
from collections.abc import Callable
from typing import Any

from starlette.testclient import TestClient

from portal.core.clock import now
from portal.core.roles import Role
from portal.core.web import Portal
from portal.figures.counting import count_again
from portal.surveys.models import Survey
from portal.surveys.service import close_survey
from tests.cases.factories import GROUP, closed, resolved
from tests.conftest import Statements
from tests.figures.test_groups import LONG_AGO
from tests.surveys.factories import GOOD, add_answers, make_open_survey

Desk = Callable[..., TestClient]


def publish(portal: Portal, desk: Desk, slug: str, **about: Any) -> None:
    """A published survey: 40 content, 10 not."""
    survey = make_open_survey(portal, slug=slug, **about)
    add_answers(portal, survey, GOOD, times=40)
    add_answers(portal, survey, {"knows": "no", "overall": "2", "why": "1"}, times=10)
    with portal.database.write() as db:
        close_survey(db, db.get_one(Survey, survey.id), "test")
    staff = desk(Role.ANALYST, username=f"analyst-{slug}")
    sent = {"questions": ["knows", "overall"]}
    assert staff.post(f"/desk/surveys/{survey.id}/publish", data=sent).status_code == 303


def test_grades_of_cases_and_surveys_meet_on_the_groups_page(client: TestClient, portal: Portal, desk: Desk) -> None:
    for _number in range(10):
        closed(portal, now() - LONG_AGO, phone="13812345678")
    resolved(portal, now() - LONG_AGO, phone="13812345678")
    count_again(portal)
    publish(portal, desk, "about-group", group_key=GROUP)
    publish(portal, desk, "about-another")
    page = client.get(f"/groups/{GROUP}").text
    part = page[page.index("大家满意吗") : page.index("</table>", page.index("大家满意吗"))]
    assert "诉求办结后的评价" in part
    assert "90.9%–100.0%" in part  # one of eleven gave no grade: all bad, or all good
    assert "80.0%" in part
    assert "67.0%–88.8%" in part
    assert "自愿参与样本，未加权" in part
    assert "/surveys/about-group/results" in page
    assert "/surveys/about-another/results" not in page


def test_a_groups_page_needs_no_more_statements_for_more_surveys(
    client: TestClient, portal: Portal, desk: Desk, statements: Statements
) -> None:
    client.get("/groups")
    publish(portal, desk, "first", group_key=GROUP)
    statements.clear()
    client.get(f"/groups/{GROUP}")
    few = len(statements)
    for number in range(3):
        publish(portal, desk, f"more-{number}", group_key=GROUP)
    statements.clear()
    client.get(f"/groups/{GROUP}")
    assert len(statements) == few > 0


def test_every_published_rate_is_open_data(client: TestClient, portal: Portal, desk: Desk) -> None:
    publish(portal, desk, "open-data")
    rows = list(csv.DictReader(io.StringIO(client.get("/data/survey_figures.csv").content.decode("utf-8-sig"))))
    found = {row["figure"]: row for row in rows}
    assert set(found) == {"awareness", "top2", "basic_or_better"}
    assert (found["top2"]["n"], found["top2"]["share"]) == ("50", "0.8")
    assert found["top2"]["low"] < found["top2"]["share"] < found["top2"]["high"]
    assert "survey_figures" in client.get("/data").text
