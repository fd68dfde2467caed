"""Many people at once: each is counted, none twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.core.web import Portal
from portal.surveys.answering import Sender, keep_answer
from portal.surveys.definition import Definition, Kind, Question
from portal.surveys.forms import NewAnswer
from portal.surveys.inviting import AlreadyAnswered
from portal.surveys.models import Survey, SurveyAnswer
from tests.surveys.factories import GOOD, make_open_survey

THREADS = 16
SHORT = Definition((Question("knows", Kind.YES_NO, "您知道吗？", is_required=True),))


def test_2000_answers_from_16_threads_are_each_counted_once(portal: Portal, db: Session) -> None:
    """Through the service and its transactions, every tenth form sent twice; the doors are tried below."""
    survey = make_open_survey(portal, SHORT)

    def send(number: int) -> int:
        sender = Sender(f"10.1.{number // 250}.{number % 250}", f"form-{number % 2000}")
        try:
            with portal.database.write() as session:
                found = session.get_one(Survey, survey.id)
                keep_answer(session, portal.secrets, found, NewAnswer({"knows": "yes"}, {}), sender)
        except AlreadyAnswered:
            return 0
        return 1

    numbers = [*range(2000), *range(2000, 4000, 10)]
    with ThreadPoolExecutor(THREADS) as pool:
        kept = sum(pool.map(send, numbers))
    assert kept == 2000
    assert db.scalar(select(func.count(SurveyAnswer.submission_hash.distinct()))) == 2000


def test_one_form_sent_by_16_threads_at_once_counts_once(app: Any, portal: Portal, db: Session) -> None:
    make_open_survey(portal)

    def send(_number: int) -> int:
        browser = TestClient(app, follow_redirects=False)
        return browser.post("/surveys/test-survey", data={**GOOD, "form": "the-same"}).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        codes = sorted(pool.map(send, range(THREADS)))
    assert codes == [303] + [409] * (THREADS - 1)
    assert db.scalar(select(func.count(SurveyAnswer.id))) == 1
