"""Small router models, trained once a session, and a portal that has one of them live."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette

from ml.data import Corpus, read_corpus
from ml.learning import SEED, learn
from ml.train import save
from portal.app import create_app
from portal.core.settings import Settings
from portal.core.web import Portal
from tests.conftest import ROOT

CORPUS = ROOT / "content" / "corpus"
A_TOPIC = 12


def first_texts(most: int) -> Corpus:
    """The first texts of every topic."""
    whole, kept = read_corpus(CORPUS), []
    seen = dict.fromkeys(whole.topic_keys(), 0)
    for example in whole.examples:
        seen[example.topic] += 1
        if seen[example.topic] <= most:
            kept.append(example)
    return Corpus(whole.topics, tuple(kept))


@pytest.fixture(scope="session")
def small_content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Content with the real cities and a small corpus."""
    content = tmp_path_factory.mktemp("content")
    (content / "cities").symlink_to(ROOT / "content" / "cities")
    (content / "corpus" / "texts").mkdir(parents=True)
    shutil.copy(CORPUS / "topics.toml", content / "corpus")
    for example in first_texts(A_TOPIC).examples:
        with (content / "corpus" / "texts" / f"{example.topic}.txt").open("a", encoding="utf-8") as stream:
            stream.write(f"{example.text}\n")
    return content


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two models that do not answer alike."""
    paths = []
    for most in (A_TOPIC, A_TOPIC // 2):
        corpus, path = first_texts(most), tmp_path_factory.mktemp("model") / "router.skops"
        save(learn(corpus).weights, path, corpus, (), SEED)
        paths.append(path)
    return paths


@pytest.fixture
def settings(settings: Settings, small_content: Path, small_models: list[Path]) -> Settings:
    """Settings of a portal whose live model is the first small one."""
    for name in ("router.skops", "model.json"):
        shutil.copy(small_models[0].with_name(name), settings.data / name)
    return replace(settings, city_dir=small_content / "cities")


@pytest.fixture
def app(settings: Settings) -> Iterator[Starlette]:
    """The portal, with its own router."""
    app = create_app(settings)
    yield app
    app.state.portal.database.dispose()


@pytest.fixture
def portal(app: Starlette) -> Portal:
    """What the app consists of."""
    found: Portal = app.state.portal
    return found
