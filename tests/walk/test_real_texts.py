"""Real letters and work orders can be submitted and routed. They stay where they are; without them this is skipped.

Sixty by default, routed by what a few texts of every topic teach; MINSHENG_ALL=1 takes every text and the whole corpus.
The share routed as a person labelled them is printed.
"""

import csv
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from ml.data import Corpus, read_corpus
from ml.learning import SEED, learn
from ml.predict import Model
from ml.train import save
from portal.app import create_app
from portal.cases.models import Case
from tests.conftest import DATA, ROOT
from tests.walk.conftest import House, settings_in

FILES = ("complaints_dev.csv", "messages_7label.csv", "messages_unlabelled.csv", "work_orders_dev.csv")
A_FILE = None if os.environ.get("MINSHENG_ALL") else 15
A_TOPIC = None if os.environ.get("MINSHENG_ALL") else 8
LONGEST = 5000
JSON = {"Accept": "application/json"}

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real texts of ../shared/data are not here")


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of one file, or some of them."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows if A_FILE is None else random.Random(4).sample(rows, A_FILE)


class Score:
    """How many texts went where a person would have sent them, outside included; for rows labelled with our groups."""

    def __init__(self) -> None:
        self.texts = self.labelled = self.strict = self.lenient = 0

    def add(self, row: dict[str, str], group: str) -> None:
        """Count one answer; group: a key, or `other`."""
        self.texts += 1
        if "also_ok" in row:
            self.labelled += 1
            self.strict += group == row["label"]
            self.lenient += group in {row["label"], row["also_ok"]}

    def __str__(self) -> str:
        text = f"{self.texts} submitted and routed"
        if self.labelled:
            shares = (self.strict / self.labelled, self.lenient / self.labelled)
            text += ", {:.3f} as labelled, {:.3f} with the accepted second label".format(*shares)
        return text


@pytest.fixture(scope="module")
def routed(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An empty portal whose router has learned from a few texts of every topic."""
    folder = tmp_path_factory.mktemp("routed")
    (folder / "portal.db").write_bytes(prepared.read_bytes())
    settings = settings_in(folder)
    whole, seen = read_corpus(ROOT / "content" / "corpus"), Counter[str]()
    kept = []
    for example in whole.examples:
        seen[example.topic] += 1
        if A_TOPIC is None or seen[example.topic] <= A_TOPIC:
            kept.append(example)
    corpus = Corpus(whole.topics, tuple(kept))
    save(learn(corpus).weights, settings.model_path, corpus, (), SEED)
    assert Model.load(settings.model_path)
    app = create_app(settings)
    yield House(app)
    app.state.portal.database.dispose()


@pytest.mark.parametrize("name", FILES)
def test_every_real_text_can_be_submitted_and_is_routed(
    routed: House, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    browser, score = routed.citizen(), Score()
    for number, row in enumerate(read_rows(name)):
        text = row["text"]
        form = {"kind": "complaint", "text": text, "place": "示例路 1 号", "district": "tianning"}
        answer = browser.post("/cases", data=form, headers=JSON)
        where = f"{name}, text {number}"
        if len(text.strip()) < 5 or len(text) > LONGEST:
            assert answer.status_code == 422, where
            continue
        assert answer.status_code == 201, f"{where}: {answer.status_code} {answer.text[:200]}"
        case_no = answer.json()["case_no"]
        with routed.portal.database.read() as db:
            case = db.scalars(select(Case).where(Case.case_no == case_no)).one()
        assert case.text_raw == text.strip() or case.text_raw.split() == text.split(), where
        routing = routed.portal.router.suggest(text)
        assert routing is not None, where
        assert 0 <= routing.probability <= 1, where
        assert browser.get(f"/cases/{case_no}/mine").status_code == 200, where
        score.add(row, "other" if routing.outside > routing.probability else routing.group)
    with capsys.disabled():
        print(f"\n{name}: {score}")
