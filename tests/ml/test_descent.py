"""Our part of training does what scikit-learn's would: the same features, and the same weights where both can fit."""

import numpy as np
import pytest
from scipy import sparse

from ml import train
from ml.counting import Vocabulary, count
from ml.data import Corpus, Correction
from ml.descent import Features, descend, set_loss, zeros
from ml.learning import (
    GROUP_STRENGTH,
    OUTSIDE_STRENGTH,
    SEED,
    STRENGTH,
    TOPIC_STRENGTH,
    build_classifier,
    fit_groups,
    fit_labels,
    learn,
    teach,
)
from ml.predict import Model
from ml.reference import build_vectorizer
from ml.scorer import Plan
from ml.text import normalise

ODD = ["", "？", "好", "狗叫，狗叫！", "ＫＴＶ ①", "𠮷野家门口", "\ud800路灯", "路灯不亮" * 30]


@pytest.fixture(scope="module")
def texts(corpus):
    return [example.text for example in corpus.examples[::4]] + ODD


def test_features_equal_those_of_scikit_learn(texts):
    vectorizer = build_vectorizer()
    theirs = vectorizer.fit_transform(texts)
    counted = count(texts)
    vocabulary = Vocabulary.of(counted)
    names = [gram for _, part in vectorizer.transformer_list for gram in part.get_feature_names_out()]
    assert list(vocabulary.words()) == names
    assert abs(vocabulary.matrix(counted) - theirs).max() < 1e-6


def test_a_vocabulary_that_was_written_down_is_read_again(texts):
    vocabulary = Vocabulary.of(count(texts))
    again = Vocabulary.read(vocabulary.words(), vocabulary.idf)
    assert np.array_equal(again.numbers, vocabulary.numbers)
    others = count(["从没见过的龘字", "路灯不亮，狗叫"])
    assert abs(again.matrix(others) - vocabulary.matrix(others)).max() == 0


def test_the_lean_look_up_finds_the_same_features(model, texts):
    weights = model.weights
    rows = Vocabulary.read(weights.vocabulary, weights.idf).matrix(count(texts)).toarray()
    for text, row in zip(texts, rows, strict=True):
        known = model._scorer._look_up(normalise(text).text)
        lean = np.bincount(known.columns, known.values, len(weights.vocabulary) + 1)[:-1]
        assert np.allclose(lean * weights.temperature, row, atol=1e-5)


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def labelled(corpus):
    kept = [example for example in corpus.examples if example.topic < "n"][::5]
    counted = count([example.text for example in kept])
    names, labels = np.unique([example.topic for example in kept], return_inverse=True)
    return Vocabulary.of(counted).matrix(counted), labels, len(names)


def test_a_set_of_one_column_is_the_loss_of_scikit_learn(labelled):
    features, labels, width = labelled
    theirs = build_classifier(near=1e-4, rounds=2000).set_params(fit_intercept=False).fit(features, labels)
    alike, each = (features @ features.T).toarray(), np.eye(width, dtype=np.float32)
    part = Features(lambda by: alike @ by, each * np.float32(STRENGTH**0.5))
    (by,) = descend([part], set_loss(each[labels]), zeros((len(labels), width)), tolerance=1e-3)
    ours = softmax(STRENGTH**0.5 * alike @ by)
    assert np.abs(ours - theirs.predict_proba(features)).max() < 0.005


def test_stopping_early_chooses_the_same_topics(labelled):
    features, labels, width = labelled
    matrix, bias = fit_labels(features, labels, width)
    exact = build_classifier(near=1e-5, rounds=5000).fit(features, labels).predict_proba(features)
    early = softmax(features @ matrix + bias)
    assert (early.argmax(axis=1) == exact.argmax(axis=1)).all()
    assert np.abs(early.max(axis=1) - exact.max(axis=1)).mean() < 0.03


@pytest.mark.parametrize("seen", [[0], [0, 2], [0, 1, 3]])
def test_a_label_without_rows_never_wins(seen):
    labels = np.repeat(seen, 4)
    features = sparse.csr_matrix(np.eye(4)[labels])
    matrix, bias = fit_labels(features, labels, 5)
    assert (features @ matrix + bias).argmax(axis=1).tolist() == labels.tolist()
    absent = [column for column in range(5) if column not in seen]
    assert np.isneginf(bias[absent]).all()
    assert np.isfinite(bias[seen]).all()


def test_weights_over_groups_are_where_the_loss_is_least():
    random = np.random.default_rng(2)
    n, t = 40, 5
    shares = Plan.of({"a": {"0": 1.0, "1": 1.0}, "b": {"2": 0.5, "3": 1.0}}, tuple("01234")).shares
    features, scores = random.normal(size=(n, 9)).astype(np.float32), random.normal(size=(n, t)).astype(np.float32)
    labels = random.integers(0, 3, n)
    alike = features @ features.T
    best = fit_groups(alike, scores, labels, shares)
    strengths = np.array([GROUP_STRENGTH, GROUP_STRENGTH, OUTSIDE_STRENGTH])

    def loss(by, topics, sharpness):
        moved = sharpness * scores + (alike @ by + best.bias) @ shares.T + topics
        value, _ = set_loss(shares[:, labels].T)(moved)
        held = (by * (alike @ by)).sum(axis=0) @ (1 / strengths) + topics @ topics / TOPIC_STRENGTH
        return value + float(held) / 2

    least = loss(best.by, best.topics, best.sharpness)
    for _ in range(20):
        step = random.normal(size=best.by.shape) * 0.01, random.normal(size=t) * 0.05, random.normal() * 0.05
        assert loss(best.by + step[0], best.topics + step[1], best.sharpness + step[2]) > least


def test_the_learned_weights_say_what_the_second_step_found(corpus, groups, monkeypatch):
    found = []

    def spy(alike, scores, labels, shares):
        found.append((alike, scores, shares, fit_groups(alike, scores, labels, shares)))
        return found[-1][-1]

    monkeypatch.setattr("ml.learning.fit_groups", spy)
    decided = [Correction(example.text, "pets") for example in corpus.examples[::40]]
    taught = teach(corpus)
    weights = learn(corpus, decided, groups, taught=taught).weights
    alike, scores, shares, shift = found[-1]
    features = Vocabulary.read(weights.vocabulary, weights.idf).matrix(count([row.text for row in decided]))
    moved = shift.scores(alike, scores, shares)
    assert np.abs(features @ weights.matrix + weights.bias - moved).max() < 0.1
    assert np.abs(moved - scores).max() > 1.0


def test_what_the_corpus_taught_can_be_kept(corpus, groups):
    taught = teach(corpus)
    decided = [Correction(example.text, "pets") for example in corpus.examples if example.topic == "dog_leash"][:5]
    fresh, kept = learn(corpus, decided, groups), learn(corpus, decided, groups, taught=taught)
    assert np.array_equal(fresh.weights.matrix, kept.weights.matrix)
    assert np.array_equal(learn(corpus, taught=taught).weights.matrix, taught.matrix)


def test_the_kept_first_step_is_read_again_unless_it_is_harmed_or_another(corpus, tmp_path, monkeypatch):
    kept = tmp_path / "starter" / "router.skops"
    first = train.taught(corpus, kept=kept)
    monkeypatch.setattr(train, "teach", None)
    again = train.taught(corpus, kept=kept)
    assert np.array_equal(again.matrix, first.matrix)
    assert np.array_equal(again.idf, first.idf)
    monkeypatch.setattr(train, "teach", lambda _: first)
    kept.write_bytes(b"harmed")
    assert train.taught(corpus, kept=kept) is first
    assert np.array_equal(Model.load(kept).weights.bias, first.bias)
    smaller = Corpus(corpus.topics, corpus.examples[1:])
    assert train.taught(smaller, kept=kept) is first
    assert Model.load(kept).name == train.name_of(smaller, (), SEED)
