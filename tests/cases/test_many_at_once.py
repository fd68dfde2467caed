"""Many people submit at the same moment."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.applications import Starlette
from starlette.testclient import TestClient

from portal.cases.models import Case, CaseCount, CaseEvent
from portal.core.web import Portal
from tests.cases.factories import TEXT, SureRouter, fresh

JSON = {"Accept": "application/json"}


def test_two_hundred_submissions_from_sixteen_threads_are_all_kept_and_none_twice(
    app: Starlette, portal: Portal, db: Session
) -> None:
    """Takes a few seconds: every submission is a durable commit."""
    portal.router = SureRouter(is_auto=True)

    def send(number: int) -> str:
        client = TestClient(app, raise_server_exceptions=False)
        client.headers["Sec-Fetch-Site"] = "same-origin"
        form = {"kind": "complaint", "text": f"{TEXT}第{number}次", "submission_id": f"form-number-{number:012}"}
        answer = client.post("/cases", data=form, headers=JSON)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["case_no"])

    # Every tenth form is sent twice, by different threads.
    forms = [*range(200), *range(0, 200, 10)]
    with ThreadPoolExecutor(16) as pool:
        numbers = list(pool.map(send, forms))
    assert len(set(numbers)) == 200
    assert numbers[200:] == numbers[0:200:10]
    assert fresh(db).scalar(select(func.count()).select_from(Case)) == 200
    assert db.scalar(select(func.count()).select_from(CaseEvent)) == 400
    assert db.scalar(select(func.sum(CaseCount.count))) == 200
