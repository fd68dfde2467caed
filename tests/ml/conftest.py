"""A model trained once a session on a part of the real corpus, and a small city to route for."""

import tomllib
from pathlib import Path

import pytest

from ml.data import Corpus, read_corpus
from ml.learning import SEED, learn
from ml.predict import Model
from ml.train import save

CORPUS = Path(__file__).parents[2] / "content" / "corpus"
A_TOPIC = 30
FAMILIES = {"居民小区": "residential", "养宠": "pets", "主次干道": "main_roads", "集贸市场": "markets"}


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The first texts of every topic: enough to route plainly worded texts, quick to train on."""
    whole = read_corpus(CORPUS)
    kept, seen = [], dict.fromkeys(whole.topic_keys(), 0)
    for example in whole.examples:
        seen[example.topic] += 1
        if seen[example.topic] <= A_TOPIC:
            kept.append(example)
    return Corpus(whole.topics, tuple(kept))


@pytest.fixture(scope="session")
def model_path(corpus, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("router") / "router.skops"
    save(learn(corpus).weights, path, corpus, (), SEED)
    return path


@pytest.fixture(scope="session")
def model(model_path) -> Model:
    return Model.load(model_path)


@pytest.fixture(scope="session")
def groups() -> dict[str, dict[str, float]]:
    topics = tomllib.loads((CORPUS / "topics.toml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, float]] = {}
    for key, row in topics.items():
        if row["family"] in FAMILIES:
            found.setdefault(FAMILIES[row["family"]], {})[key] = 1.0
    return found


@pytest.fixture(scope="session")
def thresholds(groups) -> dict[str, float]:
    return dict.fromkeys(groups, 0.8)
