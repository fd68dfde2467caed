"""A new model goes live only when it is not worse; poisoned labels are refused before that."""

from dataclasses import replace

import numpy as np
import pytest

from ml import gate
from ml.data import Correction
from ml.learning import Learned, learn
from ml.predict import Model

KEYS = ("pets", "markets", "other")


def mass(answers, sure=0.8):
    return np.where(np.eye(3)[answers] > 0, sure, (1 - sure) / 2)


def compared(old, new, truth, cluster):
    """The verdict when the last quarter is held out by time."""
    return gate.compare(old, new, truth, cluster, KEYS, np.arange(len(truth)) >= len(truth) * 3 // 4)


def test_a_better_model_is_promoted_in_words():
    truth = np.arange(120) % 3
    old = truth.copy()
    old[:12] = (old[:12] + 1) % 3
    verdict = compared(mass(old, 0.95), mass(truth, 0.95), truth, np.arange(120))
    assert verdict.promote
    assert verdict.difference == pytest.approx(0.1)
    assert "可以更换" in verdict.reasons[0]


def test_a_worse_model_is_refused():
    truth = np.arange(120) % 3
    new = truth.copy()
    new[:12] = (new[:12] + 1) % 3
    verdict = compared(mass(truth), mass(new), truth, np.arange(120))
    assert not verdict.promote
    assert "总体正确率" in verdict.reasons[0]


def test_a_model_that_forgets_one_small_group_is_refused_though_better_overall():
    truth = np.repeat([0, 1, 2], [10, 100, 100])
    old, new = truth.copy(), truth.copy()
    old[60:100] = 2
    new[:4] = 1
    verdict = compared(mass(old), mass(new), truth, np.arange(210))
    assert verdict.difference > 0
    assert not verdict.promote
    assert [reason for reason in verdict.reasons if "pets" in reason]


def test_a_model_that_is_too_sure_is_refused():
    truth = np.arange(150) % 3
    said = truth.copy()
    said[:45] = (said[:45] + 1) % 3
    verdict = compared(mass(said, 0.7), mass(said, 0.999), truth, np.arange(150))
    assert not verdict.promote
    assert "校准" in verdict.reasons[-1]


def test_near_duplicates_count_as_one_piece_of_evidence():
    truth = np.zeros(60, dtype=int)
    old = np.ones(60, dtype=int)
    alone = compared(mass(old), mass(truth), truth, np.arange(60))
    same = compared(mass(old), mass(np.where(np.arange(60) < 30, 0, 1)), truth, np.repeat([0, 1], 30))
    assert alone.low == alone.high == 1
    assert (same.low, same.high) == (0, 1)


def test_later_texts_that_repeat_learned_ones_do_not_judge():
    rows = [Correction(f"第{i}号楼下的垃圾桶满了没有人收拾", "other", f"2026-01-{i + 10}") for i in range(8)]
    rows.append(Correction("广场舞音响太吵了睡不着觉", "other", "2026-02-01"))
    earlier, later = gate.split(rows, share=0.34)
    assert len(earlier) == 6
    assert [row.text for row in later] == ["广场舞音响太吵了睡不着觉"]


def test_near_duplicates_share_a_cluster():
    number = gate.clusters(
        ["楼下的垃圾桶满了三天没人收拾，请来看看", "楼下的垃圾桶满了三天没人收拾，请来看看吧", "路灯不亮"]
    )
    assert number[0] == number[1] != number[2]


def test_a_model_that_is_worse_on_the_latest_texts_is_refused_though_better_overall():
    truth = np.arange(200) % 3
    old, new = truth.copy(), truth.copy()
    old[:30] = (old[:30] + 1) % 3
    new[150:160] = (new[150:160] + 1) % 3
    verdict = compared(mass(old), mass(new), truth, np.arange(200))
    assert verdict.difference == pytest.approx(0.1)
    assert not verdict.promote
    assert "最新" in verdict.reasons[0]


def test_a_small_group_may_differ_by_chance():
    truth = np.repeat([0, 1, 2], [20, 100, 100])
    old, new = truth.copy(), truth.copy()
    old[[0, 60, 61, 62, 63, 64, 65, 120, 121, 122]] = [1, 2, 2, 2, 2, 2, 2, 1, 1, 1]
    new[[1, 2, 3]] = [1, 1, 1]
    verdict = compared(mass(old, 0.98), mass(new, 0.98), truth, np.arange(220))
    assert verdict.groups["pets"][1] - verdict.groups["pets"][2] > gate.GROUP_MARGIN
    assert verdict.promote, verdict.reasons


def test_too_few_later_texts_change_nothing(model, groups):
    verdict = gate.examine(model, Learned(model.weights), [], [Correction("狗叫", "pets")] * 5, groups)
    assert not verdict.promote
    assert "不足" in verdict.reasons[0]


def test_a_model_is_not_worse_than_itself(city):
    corpus, groups, decided = city
    learned = learn(corpus)
    verdict = gate.examine(Model(learned.weights, {}), learned, [], decided, groups)
    assert verdict.promote, verdict.reasons
    assert verdict.difference == verdict.low == verdict.high == 0


def test_what_the_champion_has_learned_from_does_not_judge(city):
    corpus, groups, decided = city
    learned = learn(corpus)
    champion = Model(learned.weights, {"decided_until": decided[-51].decided_at})
    verdict = gate.examine(champion, learned, [], decided, groups)
    assert verdict.rows == 50


def test_honest_corrections_pass_the_audit(city):
    corpus, groups, decided = city
    learned = learn(corpus, decided, groups)
    assert gate.audit(learned.unseen, learned.labels, tuple(groups)) is None


def test_ten_per_cent_of_one_group_mislabelled_are_refused(city):
    corpus, groups, decided = city
    mine = [i for i, row in enumerate(decided) if row.label == "pets"]
    poisoned = list(decided)
    for i in np.random.default_rng(5).choice(mine, round(len(mine) / 10), replace=False):
        poisoned[i] = Correction(decided[i].text, "markets", decided[i].decided_at)
    learned = learn(corpus, poisoned, groups)
    verdict = gate.audit(learned.unseen, learned.labels, tuple(groups))
    assert verdict is not None
    assert not verdict.promote
    assert "复核" in verdict.reasons[0]
    wrong = {i for i, (a, b) in enumerate(zip(decided, poisoned, strict=True)) if a != b}
    assert len(wrong & set(verdict.doubtful)) > len(wrong) / 2
    assert {verdict.doubtful[i] for i in wrong & set(verdict.doubtful)} == {"pets"}


def test_the_gate_names_doubtful_labels_by_their_place_until_somebody_kept_them(city, tmp_path, monkeypatch):
    corpus, groups, decided = city
    monkeypatch.setattr(gate, "read_corpus", lambda _: corpus)
    wrong = [i for i, row in enumerate(decided) if row.label == "pets"][::4]
    rows = [replace(row, label="markets") if i in wrong else row for i, row in enumerate(decided)]
    champion = Model(learn(corpus).weights, {})

    def judge(rows):
        shuffled = [rows[i] for i in np.random.default_rng(1).permutation(len(rows))]
        verdict = gate.challenge(champion, tmp_path, tmp_path / "router.skops", shuffled, groups)
        return {shuffled[i] for i in verdict.doubtful}

    doubted, moved = judge(rows), {rows[i] for i in wrong}
    assert len(doubted & moved) >= 4
    assert len(doubted - moved) <= 1
    kept = judge([replace(row, is_reviewed=True) if row in doubted else row for row in rows])
    assert not kept & {replace(row, is_reviewed=True) for row in doubted}
