"""The words shown are exact shares of the decision score and stand where the citizen wrote them."""

import numpy as np
import pytest

from ml.scorer import contributions, powers_of
from ml.text import normalise

TEXTS = [
    "小区里遛狗不牵绳，狗屎也没人捡，希望物业管一管",
    "菜市场门口全是摊贩 路都走不了",
    "路灯坏了三天，晚上黑漆漆的，老人摔了一跤",
    "電動車 停在樓道裏 充電，太危險了🔥",
    "Ｋ ＴＶ 门口①垃圾堆了一周",
]


@pytest.mark.parametrize("text", TEXTS)
def test_words_and_rest_sum_to_the_decision_score(model, groups, thresholds, text):
    routing = model.route(text, groups, thresholds)
    assert sum(word.weight for word in routing.words) + routing.rest == pytest.approx(routing.score, abs=1e-9)


@pytest.mark.parametrize("text", TEXTS)
def test_the_score_has_the_gradient_of_the_log_odds(model, groups, thresholds, text):
    plan = model.plan(groups)
    scored = model._scorer.score(normalise(text).text)
    best = plan.keys.index(model.route(text, groups, thresholds).group)

    def log_odds(scores):
        mass = plan.mass(powers_of(scores))
        return np.log(mass[best] / (1 - mass[best]))

    direction = plan.direction(powers_of(scored.scores), best)
    step = 1e-6
    slope = [
        (log_odds(scored.scores + step * unit) - log_odds(scored.scores - step * unit)) / (2 * step)
        for unit in np.eye(len(scored.scores))
    ]
    assert np.allclose(slope, direction, atol=1e-6)


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_cut_from_the_raw_text_strongest_first(model, groups, thresholds, text):
    words = model.route(text, groups, thresholds).words
    assert words
    assert all(text[word.start : word.end] == word.word for word in words)
    assert [word.weight for word in words] == sorted((word.weight for word in words), reverse=True)
    assert all(word.weight > 0 for word in words)


def test_all_heat_comes_from_the_features(model, groups):
    from ml.words import sign_heat

    normal = normalise(TEXTS[0])
    scored = model._scorer.score(normal.text)
    parts = contributions(scored, np.arange(len(model.weights.topics), dtype=float))
    assert sign_heat(scored.known, parts).sum() == pytest.approx(parts.sum())


def test_removing_the_words_hurts_more_than_removing_as_many_other_signs(model, corpus, groups, thresholds):
    chance = np.random.default_rng(7)
    shown, other = [], []
    for example in corpus.examples[::9]:
        text = example.text
        routing = model.route(text, groups, thresholds)
        taken = {place for word in routing.words[:3] for place in range(word.start, word.end)}
        if not taken or len(taken) * 2 > len(text):
            continue
        random = set(chance.choice(len(text), len(taken), replace=False).tolist())
        for places, drops in ((taken, shown), (random, other)):
            left = "".join(sign for place, sign in enumerate(text) if place not in places)
            after = dict(model.route(left, groups, thresholds).ranked)[routing.group]
            drops.append(routing.probability - after)
    assert len(shown) > 30
    assert np.mean(shown) > 2 * max(np.mean(other), 0)
