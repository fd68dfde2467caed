"""The lean scorer says what scikit-learn says, to the sixth digit, before and after saving."""

import numpy as np
import pytest

from ml.reference import to_pipeline
from ml.scorer import powers_of
from ml.text import normalise

ODD = ["", "？", "好", "𠮷野家门口的垃圾", "電動車", "ab", "\ud800路灯", "狗" * 3000, "路灯不亮 " * 40]


def test_topic_probabilities_equal_those_of_scikit_learn(model, corpus):
    texts = [example.text for example in corpus.examples[::5]] + ODD
    full = to_pipeline(model.weights).predict_proba(texts)
    lean = np.array([powers_of(model._scorer.score(normalise(text).text).scores) for text in texts])
    lean /= lean.sum(axis=1, keepdims=True)
    assert np.abs(full - lean).max() < 1e-6


def test_saving_changes_nothing(model, model_path):
    from ml.predict import Model

    again = Model.load(model_path).weights
    assert np.array_equal(again.matrix, model.weights.matrix)
    assert again.vocabulary == model.weights.vocabulary
    content = model.weights.to_content("x")
    assert np.array_equal(content["levels"], again.to_content("x")["levels"])


@pytest.mark.parametrize("text", ODD)
def test_words_cost_no_accuracy(model, groups, thresholds, text):
    routing = model.route(text, groups, thresholds)
    assert [p for _, p in routing.ranked] == sorted(model.distribution(text, groups)[:-1].tolist(), reverse=True)
