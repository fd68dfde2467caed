"""A model trained once a session on a part of the real corpus, and a small city to route for."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

from ml.data import Corpus, Correction, read_corpus
from ml.learning import SEED, learn
from ml.predict import Model
from ml.train import save

CORPUS = Path(__file__).parents[2] / "content" / "corpus"
A_TOPIC = 30
FEW = 16
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


@pytest.fixture(scope="session")
def city():
    """A small city: its corpus, its groups, and confirmed cases from texts that are not in the corpus."""
    whole = read_corpus(CORPUS)
    kin = {"养宠": "pets", "集贸市场": "markets", "不属于": "other"}
    topics = tuple(topic for topic in whole.topics if topic.family in kin)
    label = {topic.key: kin[topic.family] for topic in topics}
    seen = dict.fromkeys(label, 0)
    learned, decided = [], []
    for example in whole.examples:
        if example.topic in label:
            seen[example.topic] += 1
            if seen[example.topic] <= FEW:
                learned.append(example)
            elif seen[example.topic] <= 2 * FEW:
                decided.append(Correction(example.text, label[example.topic]))
    mixed = [decided[i] for i in np.random.default_rng(3).permutation(len(decided))]
    dated = [Correction(row.text, row.label, f"2026-01-01T00:{i:05d}") for i, row in enumerate(mixed)]
    groups = {key: {t: 1.0 for t, name in label.items() if name == key} for key in ("pets", "markets")}
    return Corpus(topics, tuple(learned)), groups, dated
