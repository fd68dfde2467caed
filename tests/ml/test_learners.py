"""What the tables compare: each learner tells plainly different texts apart, rare labels too."""

import numpy as np
import pytest

from ml.learners import LEARNERS, topic_scores

DOGS = ["遛狗不牵绳，狗追着小孩跑", "楼下的狗整夜叫，没人管", "大型犬没有戴嘴套进电梯", "草坪上到处是狗粪，主人不收拾"]
LIGHTS = ["路灯坏了半个月没人修", "巷口一排路灯都不亮", "路灯白天亮晚上不亮", "新装的路灯总是闪"]


@pytest.mark.parametrize("name", LEARNERS)
def test_each_learner_tells_texts_apart(name):
    texts = [*DOGS * 3, *LIGHTS]
    labels = np.array([0] * 12 + [1] * 4)
    said = LEARNERS[name](texts, labels, ["谁家的狗不牵绳在小孩旁边跑", "路灯晚上不亮"])
    assert said.tolist() == [0, 1]


def test_topic_scores_of_any_text_have_one_length():
    scores = topic_scores([*DOGS, "", "龘"])
    assert np.linalg.norm(scores, axis=1) == pytest.approx(1.0)
    assert scores[0] @ scores[1] > scores[0] @ topic_scores(LIGHTS)[0]
