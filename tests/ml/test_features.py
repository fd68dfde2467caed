"""Features are the same however a text is punctuated, and each occurrence stands where it was written."""

import numpy as np

from ml.features import Lookup
from ml.reference import pairs, signs


def test_marks_are_no_feature_and_part_their_neighbours():
    assert signs("狗叫，吵。") == ["狗", "叫", "吵"]
    assert pairs("狗叫，吵。") == ["狗叫"]


def test_a_feature_that_occurs_twice_holds_its_value_in_two_parts():
    known = Lookup(("叫", "狗", "狗叫"), np.ones(3))("狗叫,狗叫")
    assert known.singles == 5
    assert known.columns.tolist() == [1, 0, 3, 1, 0, 2, 3, 3, 2]
    assert known.values[[2, 6, 7]].tolist() == [0, 0, 0]
    assert known.values[5] == known.values[8] == 0.5
    assert np.isclose(sum(known.values[[0, 3]]) ** 2 + sum(known.values[[1, 4]]) ** 2, 0.6**2)


def test_a_text_without_its_punctuation_keeps_its_group(model, corpus, groups, thresholds):
    texts = [example.text for example in corpus.examples[::11] if "，" in example.text]
    bare = [text.replace("，", "").replace("。", "") for text in texts]
    pairs_of = [
        [model.route(text, groups, thresholds).group for text in both] for both in zip(texts, bare, strict=True)
    ]
    assert len(texts) > 60
    assert np.mean([one == other for one, other in pairs_of]) >= 0.97
