"""Routing answers any text, in the shape that readers of the lines rely on."""

import json
import subprocess
import sys

import pytest

from ml.predict import Model, threshold

ODD = [
    "",
    " ",
    "?",
    "好",
    "\ud800",
    "\udfff" * 50,
    "\x00\x01",
    "🐶" * 99,
    "a" * 1_000_000,
    "狗" * 1_000_000,
    "<b>",
    "１２３",
    "\u200b",
]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_any_text_is_answered(model, groups, thresholds, text):
    routing = model.route(text, groups, thresholds)
    assert routing.group in groups
    assert {group for group, _ in routing.ranked} == set(groups)
    assert sum(p for _, p in routing.ranked) + routing.outside == pytest.approx(1, abs=1e-9)


def test_a_plain_complaint_goes_to_its_group(model, groups, thresholds):
    routing = model.route("小区里遛狗不牵绳，狗屎也没人捡", groups, thresholds)
    assert routing.group == "pets"
    assert routing.ranked[0] == ("pets", routing.probability)
    assert routing.topic.startswith("dog_")


def test_a_text_without_any_known_sign_is_never_dispatched_alone(model, groups):
    assert not model.route("", groups, dict.fromkeys(groups, 0.0)).auto


def test_auto_follows_the_threshold_of_the_group(model, groups):
    text = "有人遛狗不牵绳"
    sure = model.route(text, groups, {"pets": 0.0})
    assert sure.group == "pets"
    assert sure.auto
    assert not model.route(text, groups, {"pets": 1.1}).auto
    assert not model.route(text, groups, {"markets": 0.0}).auto


def test_a_city_where_most_texts_are_outside_is_told_so(model, groups, thresholds):
    text = "楼道里的灯坏了"
    few, many = (model.route(text, groups, thresholds, outside_prior=share) for share in (0.1, 0.9))
    assert few.outside < many.outside
    assert few.group == many.group


def test_a_topic_that_the_model_does_not_know_changes_nothing(model, groups, thresholds):
    more = {**groups, "pets": {**groups["pets"], "unicorns": 1.0}}
    assert model.route("狗叫", more, thresholds).ranked == model.route("狗叫", groups, thresholds).ranked


def test_a_topic_may_be_shared_between_groups(model, groups, thresholds):
    half = {"a": {"dog_leash": 0.5}, "b": {"dog_leash": 0.5}}
    routing = model.route("遛狗不牵绳", half, thresholds)
    assert routing.ranked[0][1] == pytest.approx(routing.ranked[1][1])


def test_the_answer_has_the_shape_of_the_contract(model, groups, thresholds):
    answer = json.loads(json.dumps(model.route("遛狗不牵绳", groups, thresholds).to_json("7")))
    assert list(answer) == ["id", "group", "probability", "auto", "outside", "ranked", "words", "topic", "model"]
    assert answer["id"] == "7"
    assert answer["ranked"][0] == {"group": answer["group"], "probability": answer["probability"]}
    assert set(answer["words"][0]) == {"word", "weight"}
    assert answer["model"] == model.name


def test_without_groups_there_is_nothing_to_choose(model):
    with pytest.raises(ValueError, match="group"):
        model.route("狗", {}, {})


def test_the_threshold_follows_from_the_costs():
    assert threshold(wrong_cost=10, look_cost=1) == pytest.approx(0.9)
    assert threshold(wrong_cost=1, look_cost=1) == 0
    assert threshold(wrong_cost=0, look_cost=0) == 0
    with pytest.raises(ValueError, match="negative"):
        threshold(-1, 1)


def test_serving_imports_no_learning_library():
    code = "import sys, ml.predict; print([m for m in sys.modules if m.split('.')[0] in {'sklearn', 'scipy', 'skops'}])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_same_data_gives_the_same_name(model, corpus, tmp_path):
    from ml.learning import SEED
    from ml.train import save

    again = save(model.weights, tmp_path / "router.skops", corpus, (), SEED)
    assert again.name == model.name == Model.load(tmp_path / "router.skops").name
