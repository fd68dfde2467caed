"""The gate between a new model and the public: a challenger goes live only when it is not worse.

Two questions are asked. Are the corrections it learned from believable? Labels that go from one group to another
beyond what a model which did not see them can explain stop everything (labels.py). And is it as good as the champion on
later texts that neither has learned from? Later in time, no near-duplicate of a learned text among them, resampled in
pairs and by clusters of near-duplicates. Every answer comes with its reason in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.data import OTHER, Correction, near_duplicates, read_corpus
from ml.labels import Mixed, find_mixed
from ml.learning import SEED, learn
from ml.metrics import Bools, Floats, Ints, calibration_error
from ml.predict import Model
from ml.scorer import Groups
from ml.train import save

MARGIN = 0.02
"""How far the challenger's accuracy may fall short overall, at the lower end of the interval."""
GROUP_MARGIN = 0.05
"""How far it may fall short in a group."""
CALIBRATION_MARGIN = 0.03
FEWEST = 40
"""Hold-out texts needed for a verdict."""
FEWEST_OF_A_GROUP = 5
RESAMPLES = 2000
LATER_SHARE = 0.25


@dataclass(frozen=True)
class Verdict:
    """What the gate decided: promote or not, the reasons in words, and the figures behind them.

    difference: challenger's accuracy less the champion's, all answers counted (outside included); low, high: its
    interval at 90 %. groups: key to (texts, champion's accuracy, challenger's). doubtful: places, in the earlier
    corrections (see split), of labels that wait for a second look.
    """

    promote: bool
    reasons: tuple[str, ...]
    rows: int
    difference: float
    low: float
    high: float
    groups: Mapping[str, tuple[int, float, float]]
    doubtful: tuple[int, ...] = ()


def split(corrections: Sequence[Correction], share: float = LATER_SHARE) -> tuple[list[Correction], list[Correction]]:
    """Earlier corrections to learn from, and later ones to judge by.

    In order of decided_at (undated ones come first, as they stand). A later text that nearly repeats an earlier one is
    left out of the later part: knowing it would be no merit.
    """
    ordered = sorted(corrections, key=lambda row: row.decided_at)
    cut = len(ordered) - int(len(ordered) * share)
    earlier, later = ordered[:cut], ordered[cut:]
    repeats = {i for i, _, _ in near_duplicates([row.text for row in later], [row.text for row in earlier])}
    return earlier, [row for i, row in enumerate(later) if i not in repeats]


def clusters(texts: Sequence[str]) -> Ints:
    """A number for each text, the same for texts that nearly repeat each other, directly or through others."""
    number = np.arange(len(texts))
    for i, j, _ in near_duplicates(texts):
        number[number == number[j]] = number[i]
    return number


def audit(mass: Floats, labels: Ints, keys: Sequence[str]) -> Verdict | None:
    """Refuse corrections when labels of one group stand under another; None when they are believable.

    mass and labels as in labels.find_mixed, columns named by keys and OTHER.
    """
    found = find_mixed(mass, labels)
    if not found:
        return None
    names = [*keys, OTHER]
    doubtful = sorted({row for one in found for row in one.rows})
    return Verdict(
        False, tuple(_mixed_words(one, names) for one in found), len(labels), 0.0, 0.0, 0.0, {}, tuple(doubtful)
    )


def _mixed_words(one: Mixed, names: Sequence[str]) -> str:
    named = "其他组" if one.named is None else f"“{names[one.named]}”"
    return (
        f"看文字应属“{names[one.meant]}”的 {one.texts} 条更正中，约 {one.share:.0%} 被标为{named}，"
        f"与其余证据相反；最可疑的有 {len(one.rows)} 条，请先复核"
    )


def challenge(
    champion: Model,
    corpus_dir: Path,
    out_path: Path,
    corrections: Sequence[Correction],
    groups: Groups,
    outside_prior: float | None = None,
    seed: int = SEED,
) -> Verdict:
    """Train a challenger on the earlier corrections, write it to out_path, and say whether it may go live.

    The labels are audited first; the later corrections that the champion has not learned from decide. The file is
    written whatever the verdict, so that its card can be shown. Raises BadCorpus as training does.
    """
    corpus = read_corpus(corpus_dir)
    earlier, later = split(corrections)
    learned = learn(corpus, earlier, groups, seed)
    save(learned.weights, out_path, corpus, earlier, seed)
    if learned.unseen is not None and learned.labels is not None:
        refusal = audit(learned.unseen, learned.labels, tuple(groups))
        if refusal is not None:
            return refusal
    known_until = str(champion.card.get("decided_until", ""))
    fresh = [row for row in later if not known_until or row.decided_at > known_until]
    return judge(champion, Model.load(out_path), fresh, groups, outside_prior, seed)


def judge(
    champion: Model,
    challenger: Model,
    later: Sequence[Correction],
    groups: Groups,
    outside_prior: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Compare two models on later corrections that neither has learned from (see split)."""
    keys = [*groups, OTHER]
    number = {key: i for i, key in enumerate(keys)}
    known = [row for row in later if row.label in number]
    if len(known) < FEWEST:
        reason = f"可用于比较的较新更正只有 {len(known)} 条，不足 {FEWEST} 条，暂不更换模型"
        return Verdict(False, (reason,), len(known), 0.0, 0.0, 0.0, {})
    truth = np.array([number[row.label] for row in known])
    old, new = (
        np.array([model.distribution(row.text, groups, outside_prior) for row in known])
        for model in (champion, challenger)
    )
    return compare(old, new, truth, clusters([row.text for row in known]), keys, seed)


def compare(old: Floats, new: Floats, truth: Ints, cluster: Ints, keys: Sequence[str], seed: int = 0) -> Verdict:
    """The verdict from both models' probabilities (n, g + 1); keys name the columns."""
    was, now = old.argmax(axis=1) == truth, new.argmax(axis=1) == truth
    gain = now.astype(float) - was
    low, high = _interval(gain, cluster, seed)
    groups = {
        key: (int(mine.sum()), float(was[mine].mean()), float(now[mine].mean()))
        for column, key in enumerate(keys)
        if (mine := truth == column).any()
    }
    reasons = [
        *_overall_faults(float(gain.mean()), low),
        *_group_faults(groups),
        *_calibration_faults(old, new, was, now),
    ]
    if not reasons:
        return Verdict(True, (_praise(gain, low, high, groups),), len(truth), float(gain.mean()), low, high, groups)
    return Verdict(False, tuple(reasons), len(truth), float(gain.mean()), low, high, groups)


def _interval(gain: Floats, cluster: Ints, seed: int) -> tuple[float, float]:
    """Interval at 90 % of the mean gain; whole clusters are drawn, because near-duplicates share their fate."""
    names, slots = np.unique(cluster, return_inverse=True)
    sums, sizes = np.bincount(slots, gain), np.bincount(slots)
    drawn = np.random.default_rng(seed).integers(0, len(names), (RESAMPLES, len(names)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    return float(np.quantile(means, 0.05)), float(np.quantile(means, 0.95))


def _overall_faults(difference: float, low: float) -> list[str]:
    if difference < 0 or low < -MARGIN:
        return [f"总体正确率变化 {difference:+.1%}，90% 区间下限 {low:+.1%}，没有把握不变差（允许 {-MARGIN:+.1%}）"]
    return []


def _group_faults(groups: Mapping[str, tuple[int, float, float]]) -> list[str]:
    return [
        f"“{key}”的正确率由 {was:.1%} 降到 {now:.1%}（{rows} 条），超过允许的 {GROUP_MARGIN:.0%}"
        for key, (rows, was, now) in groups.items()
        if rows >= FEWEST_OF_A_GROUP and was - now > GROUP_MARGIN and (was - now) * rows >= 2
    ]


def _calibration_faults(old: Floats, new: Floats, was: Bools, now: Bools) -> list[str]:
    before, after = calibration_error(old.max(axis=1), was), calibration_error(new.max(axis=1), now)
    if after > before + CALIBRATION_MARGIN:
        return [f"校准误差由 {before:.3f} 升到 {after:.3f}，概率不如原来可信"]
    return []


def _praise(gain: Floats, low: float, high: float, groups: Mapping[str, tuple[int, float, float]]) -> str:
    judged = sum(rows >= FEWEST_OF_A_GROUP for rows, _, _ in groups.values())
    return (
        f"在 {len(gain)} 条较新的更正上，总体正确率变化 {gain.mean():+.1%}（90% 区间 {low:+.1%} 至 {high:+.1%}），"
        f"{judged} 个有足够文本的组都没有变差，可以更换"
    )
