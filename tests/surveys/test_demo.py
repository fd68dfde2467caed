"""The demo: invented answers, a survey that is open, and results with weights."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.clock import now
from portal.core.pages import routing_by
from portal.core.web import Portal
from portal.surveys.demo import load_demo
from portal.surveys.models import State, Survey, SurveyAnswer


def test_the_demo_shows_an_open_survey_and_weighted_results(client: TestClient, portal: Portal, db: Session) -> None:
    with routing_by(portal.paths):
        assert load_demo(portal)
        assert not load_demo(portal)
    surveys = {survey.slug: survey for survey in db.scalars(select(Survey))}
    assert {survey.stands for survey in surveys.values()} == {State.OPEN, State.PUBLISHED}
    assert all(survey.is_sample for survey in surveys.values())
    counts = db.scalars(select(func.count(SurveyAnswer.id)).group_by(SurveyAnswer.survey_id)).all()
    assert set(counts) == {400}
    assert (db.scalar(select(func.max(SurveyAnswer.at))) or now()) <= now()
    data = client.get("/surveys/satisfaction-2026-q3/results.json").json()
    assert data["weighting"]["design_effect"] > 1
    assert data["n"] == 400
    for survey in surveys.values():
        page = client.get(f"/surveys/{survey.slug}" + ("/results" if survey.stands is State.PUBLISHED else ""))
        assert page.status_code == 200
        assert "示例" in page.text
