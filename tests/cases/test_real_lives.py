"""Sixty real letters and work orders live a whole life, from submission to the reporter's grade.

They stay where they are; without them this is skipped. It takes some seconds: each text passes seven doors.
"""

import csv
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.history import find_broken_histories
from portal.cases.models import Case, CaseCount
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import GROUP, UNIT, SureRouter, fresh, look
from tests.cases.test_handling import PROOF
from tests.conftest import DATA

FILES = ("complaints_dev.csv", "messages_7label.csv", "messages_unlabelled.csv", "work_orders_dev.csv")
A_FILE = 15
JSON = {"Accept": "application/json"}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real texts of ../shared/data are not here")


def texts_of(path: Path) -> list[str]:
    """Some of a file's texts that a form takes."""
    with path.open(encoding="utf-8", newline="") as file:
        fitting = [row["text"] for row in csv.DictReader(file) if 5 <= len(row["text"].strip()) <= 5000]
    return random.Random(7).sample(fitting, A_FILE)


def test_sixty_real_texts_go_through_the_whole_life(
    client: TestClient, desk: Callable[..., TestClient], portal: Portal, db: Session
) -> None:
    portal.router = SureRouter()
    office, unit = desk(Role.DISPATCHER), desk(Role.UNIT, unit=UNIT)
    texts = [text for name in FILES for text in texts_of(DATA / name)]
    for number, text in enumerate(texts):
        sent = client.post("/cases", data={"kind": "complaint", "text": text, "place": "示例路"}, headers=JSON)
        assert sent.status_code == 201, number
        case_no = sent.json()["case_no"]
        at = f"/desk/cases/{case_no}"
        steps = (
            (office, "dispatch", {"group": GROUP, "unit": UNIT}, None),
            (unit, "accept", {}, None),
            (unit, "contact", {"text": "已电话联系"}, None),
            (unit, "reply", {"text": "已到现场查看，正在处理。"}, None),
            (unit, "resolve", {"text": "已经处理完毕，并安排了巡查。", "outcome": "solved"}, PROOF),
        )
        assert office.get(at).status_code == 200, number
        for who, action, data, files in steps:
            assert who.post(f"{at}/{action}", data=data, files=files).status_code == 303, (number, action)
        rated = client.post(f"/cases/{case_no}/rating", data={"grade": str(3 + number % 3), "solved": "yes"})
        assert rated.status_code == 303, number
        case = look(db, case_no)
        assert (case.state, case.confirmed) == ("closed", "yes"), number
        assert case.text_raw.split() == text.split(), number
    assert len(texts) == 60
    assert Counter(fresh(db).scalars(select(Case.state))) == {"closed": 60}
    assert {row.state: row.count for row in fresh(db).scalars(select(CaseCount)) if row.count} == {"closed": 60}
    assert list(find_broken_histories(fresh(db))) == []
