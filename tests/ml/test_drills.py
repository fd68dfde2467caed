"""Drills of the gate: what they move, and what their summary says."""

import pytest

from ml.drills import Drill, run, summary
from ml.gate import Verdict
from ml.learning import learn


def drill(promote, gain, moved=0, found=0, groups=None):
    verdict = Verdict(promote, ("…",), 100, 0.0, 0.0, 0.0, groups or {}, doubtful=dict.fromkeys(range(found), "pets"))
    return Drill("pets" if moved else "", moved, found, verdict, gain)


@pytest.fixture(scope="module")
def drilled(city):
    corpus, groups, decided = city
    taught = learn(corpus).weights
    return [next(run(taught, decided, groups, None, 1, poisoned)) for poisoned in (False, True)]


def test_a_drill_moves_a_tenth_of_one_group_or_nothing(drilled, city):
    honest, poisoned = drilled
    assert (honest.group, honest.moved, honest.found) == ("", 0, 0)
    assert not honest.doubted
    labels = [row.label for row in city[2]]
    assert poisoned.moved == round(labels.count(poisoned.group) / 10)


def test_what_bad_labels_teach_is_a_loss_by_the_labels_as_they_were(city, monkeypatch):
    corpus, groups, decided = city
    monkeypatch.setattr("ml.drills.SHARE", 1.0)
    taught = next(run(learn(corpus).weights, decided, groups, None, 1, poisoned=True))
    assert taught.gain < -0.1


def test_whoever_looks_at_doubted_labels_puts_the_moved_ones_right(city, monkeypatch):
    corpus, groups, decided = city
    monkeypatch.setattr("ml.drills.SHARE", 0.3)
    drill = next(run(learn(corpus).weights, decided, groups, None, 1, poisoned=True))
    assert drill.doubted
    assert drill.again is not None
    assert len(drill.again.doubtful) < len(drill.verdict.doubtful) / 2


def test_the_summary_counts_what_was_refused_and_what_was_named():
    words = summary([drill(False, -0.01, moved=2, found=2), drill(True, 0.005, moved=7)])
    assert "2 次中拒绝 1 次，其中因标签 1 次，复核点名的以后仍拒绝 0 次" in words
    assert "标错 9 条，点名 2 条" in words
    assert "错 2 条的 1/1" in words
    assert "更多的 0/1" in words
    assert "最差 +0.5%" in words


def test_the_summary_names_groups_that_lose_on_average_not_by_chance():
    up, down, far_down = (9, 0.8, 0.9), (9, 0.8, 0.78), (9, 0.8, 0.6)
    words = summary([drill(True, 0.0, groups={"pets": up, "markets": far_down, "villages": down})] * 2)
    assert "markets -20.0%" in words
    assert "pets" not in words
    assert "villages" not in words
