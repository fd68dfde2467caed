"""The same features and the same classifier made of scikit-learn's parts: what our own code is checked against.

Neither training nor serving imports this; the suite does, and the benchmark.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml.features import PLANE, SIGNS_LENGTH
from ml.learning import build_classifier
from ml.scorer import Weights
from ml.text import MARK, normalise


def signs(raw: str) -> list[str]:
    """Single signs of the normal form of a text, marks left out."""
    return [sign for sign in normalise(raw).text if _is_read(sign)]


def pairs(raw: str) -> list[str]:
    """Pairs of neighbouring signs of the normal form of a text; none across a mark."""
    text = normalise(raw).text
    return [a + b for a, b in zip(text, text[1:], strict=False) if _is_read(a) and _is_read(b)]


def _is_read(sign: str) -> bool:
    return sign != MARK and ord(sign) < PLANE


def build_vectorizer(least_texts: int = 2) -> Any:
    """The scikit-learn vectoriser of these features; least_texts: a feature in fewer texts is left out."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import FeatureUnion

    parts = [
        (name, TfidfVectorizer(analyzer=analyzer, sublinear_tf=True, min_df=least_texts))
        for name, analyzer in (("signs", signs), ("pairs", pairs))
    ]
    return FeatureUnion(parts, transformer_weights={"signs": SIGNS_LENGTH})


def to_pipeline(weights: Weights) -> Any:
    """The same model as a scikit-learn pipeline, to check the lean scorer against."""
    from sklearn.pipeline import make_pipeline

    vectorizer = build_vectorizer(least_texts=1)
    cut = sum(len(gram) == 1 for gram in weights.vocabulary)
    vocabulary = (weights.vocabulary[:cut], weights.vocabulary[cut:])
    for (_, part), own, idf in zip(
        vectorizer.transformer_list, vocabulary, (weights.idf[:cut], weights.idf[cut:]), strict=True
    ):
        part.set_params(vocabulary=list(own))
        part.fit([""])  # Only to make its parts; the rarity is ours.
        part.idf_ = idf
    classifier = build_classifier()
    classifier.classes_ = np.array(weights.topics)
    classifier.coef_ = weights.matrix.T / weights.temperature
    classifier.intercept_ = weights.bias / weights.temperature
    classifier.n_features_in_ = len(weights.vocabulary)
    return make_pipeline(vectorizer, classifier)
