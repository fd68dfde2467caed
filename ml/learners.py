"""Learners over plain labels, a city's groups left aside: what the tables of letters and work orders compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ml.counting import Vocabulary, count
from ml.data import read_corpus
from ml.features import Floats, Ints
from ml.learning import fit_labels, teach
from ml.reference import build_vectorizer
from ml.scorer import Weights
from ml.text import normalise

LETTER_STRENGTH = 60.0
"""Few labels and long letters carry more weight than short texts over many topics."""
TOPICS_LENGTH = 0.5
"""Length of the part of topic scores beside that of pairs, which is 1. Chosen on draws that no table shows."""
EVENNESS = 0.25
"""The power by which a rare label's texts weigh more: 0 all texts alike, 1 all labels alike."""

Learner = Callable[[Sequence[str], Ints, Sequence[str]], Ints]
"""Learns from texts and labels, and labels the other texts."""


def usual(texts: Sequence[str], labels: Ints, others: Sequence[str]) -> Ints:
    """The peer: tf-idf of character 1–2 grams and logistic regression, as most would build it."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2)
    classifier = LogisticRegression(max_iter=300, C=10.0)
    classifier.fit(vectorizer.fit_transform([normalise(text).text for text in texts]), labels)
    found: Ints = classifier.predict(vectorizer.transform([normalise(text).text for text in others]))
    return found


def regression(texts: Sequence[str], labels: Ints, others: Sequence[str]) -> Ints:
    """The router's own features and fit, over these labels instead of topics."""
    counted = count(texts)
    vocabulary = Vocabulary.of(counted)
    matrix, bias = fit_labels(vocabulary.matrix(counted), labels, int(labels.max()) + 1, LETTER_STRENGTH)
    found: Ints = (vocabulary.matrix(count(others)) @ matrix + bias).argmax(axis=1)
    return found


def margin(texts: Sequence[str], labels: Ints, others: Sequence[str]) -> Ints:
    """Our features, each kept however rare, and a linear support vector machine: what labels alone learn best from."""
    vectorizer = build_vectorizer(least_texts=1)
    return _separated(vectorizer.fit_transform(texts), labels, vectorizer.transform(others))


def margin_with_topics(texts: Sequence[str], labels: Ints, others: Sequence[str]) -> Ints:
    """The same, with the scores of the router's topics as features: new labels on top of what the corpus taught."""
    from scipy import sparse

    vectorizer = build_vectorizer(least_texts=1)
    known, asked = (
        sparse.hstack([features, TOPICS_LENGTH * topic_scores(some)]).tocsr()
        for features, some in ((vectorizer.fit_transform(texts), texts), (vectorizer.transform(others), others))
    )
    return _separated(known, labels, asked)


def _separated(known: Any, labels: Ints, asked: Any) -> Ints:
    from sklearn.svm import LinearSVC

    weight = np.bincount(labels)[labels] ** -EVENNESS
    found: Ints = (
        LinearSVC(C=1.0, random_state=0).fit(known, labels, sample_weight=weight / weight.mean()).predict(asked)
    )
    return found


def topic_scores(texts: Sequence[str]) -> Floats:
    """What the starter corpus says of each text: topic scores (n, t) about their mean, scaled to length 1."""
    weights = _taught()
    features = Vocabulary.read(weights.vocabulary, weights.idf).matrix(count(texts))
    scores: Floats = features @ weights.matrix + weights.bias
    scores -= scores.mean(axis=1, keepdims=True)
    scores /= np.linalg.norm(scores, axis=1, keepdims=True)
    return scores


@cache
def _taught() -> Weights:
    return teach(read_corpus(Path(__file__).resolve().parents[1] / "content" / "corpus"))


LEARNERS: dict[str, Learner] = {
    "字 TF-IDF + LR": usual,
    "民声（LR）": regression,
    "民声特征 + SVM": margin,
    "民声语料 + SVM": margin_with_topics,
}
