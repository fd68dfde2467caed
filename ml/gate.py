"""The gate between a new model and the public: a challenger goes live only when it is not worse.

Two questions are asked. Are the corrections believable? Labels that go from one group to another beyond what a model
which did not see them can explain stop everything (labels.py). And is it as good as the champion on texts that neither
has learned from? The latest quarter is held out by time, with no near-duplicate of a learned text among them; pairs are
resampled by clusters of near-duplicates. Every answer comes with its reason in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from ml.data import OTHER, Corpus, Correction, near_duplicates, read_corpus
from ml.labels import Mixed, find_mixed
from ml.learning import SEED, Learned, learn
from ml.metrics import Bools, Floats, Ints, calibration_error, f1_by_column
from ml.predict import Model
from ml.scorer import Groups, Weights
from ml.train import save, taught

MARGIN = 0.03
"""How far the challenger's accuracy may fall short overall, at the lower end of the interval."""
GROUP_MARGIN = 0.05
"""How far it may fall short in a group, by F1: one that it took too often before may lose a few of its own."""
MORE_WRONG = 2
"""Wrong answers more than before in a group, below which a fall says nothing."""
CALIBRATION_MARGIN = 0.03
LATER_MARGIN = 0.03
"""How far it may fall short on the later texts alone, which are fewer."""
FEWEST = 40
"""Later texts needed for a verdict."""
FEWEST_OF_A_GROUP = 5
RESAMPLES = 2000
LEAST = 0.001
"""Probability below which an answer is as wrong as can be."""
LATER_SHARE = 0.25
NO_CORPUS = Corpus((), ())
"""Stands where what the corpus taught is at hand."""


@dataclass(frozen=True)
class Verdict:
    """What the gate decided: promote or not, the reasons in words, and the figures behind them.

    difference: challenger's accuracy less the champion's, all answers counted (outside included); low, high: its
    interval at 90 %. groups: key to (texts, champion's F1, challenger's). doubtful: labels that wait for a second look,
    by their place in the corrections, each with the group (or OTHER) that its text seems to mean.
    """

    promote: bool
    reasons: tuple[str, ...]
    rows: int
    difference: float
    low: float
    high: float
    groups: Mapping[str, tuple[int, float, float]]
    doubtful: Mapping[int, str] = field(default_factory=dict)


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


def audit(mass: Floats, labels: Ints, keys: Sequence[str], reviewed: Bools | None = None) -> Verdict | None:
    """Refuse corrections when labels of one group stand under another; None when they are believable.

    mass, labels and reviewed as in labels.find_mixed, columns named by keys and OTHER.
    """
    found = find_mixed(mass, labels, reviewed)
    if not found:
        return None
    names = [*keys, OTHER]
    # The most surprising pair comes last here, so that its word counts for a label that two pairs doubt.
    doubtful = {row: names[one.meant] for one in reversed(found) for row in one.rows}
    words = tuple(_mixed_words(one, names) for one in found)
    return Verdict(False, words, len(labels), 0.0, 0.0, 0.0, {}, dict(sorted(doubtful.items())))


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
    kept: Path | None = None,
) -> Verdict:
    """Train a challenger on the earlier corrections, write it to out_path, and say whether it may go live.

    What decides is told at `examine`. The file is written whatever the verdict, so that its card can be shown. kept: as
    in ml.train.taught. Raises BadCorpus as training does.
    """
    corpus = read_corpus(corpus_dir)
    trial = try_out(champion, taught(corpus, seed, kept), corrections, groups, outside_prior, seed)
    save(trial.learned.weights, out_path, corpus, trial.earlier, seed)
    return trial.verdict


@dataclass(frozen=True)
class Trial:
    """What was learned from the earlier corrections, the later ones that were kept apart, and the verdict."""

    earlier: Sequence[Correction]
    later: Sequence[Correction]
    learned: Learned
    verdict: Verdict


def try_out(
    champion: Model,
    starter: Weights,
    corrections: Sequence[Correction],
    groups: Groups,
    outside_prior: float | None = None,
    seed: int = SEED,
) -> Trial:
    """Learn from the earlier corrections on top of what the corpus taught (starter), and examine what came of it."""
    earlier, later = split(corrections)
    learned = learn(NO_CORPUS, earlier, groups, seed, starter, clusters([row.text for row in earlier]))
    verdict = examine(champion, learned, earlier, later, groups, outside_prior, seed)
    place = {id(row): i for i, row in enumerate(corrections)}
    rows = _judged(learned, earlier, later, groups)
    doubtful = {place[id(rows[i])]: meant for i, meant in verdict.doubtful.items()}
    return Trial(earlier, later, learned, replace(verdict, doubtful=doubtful))


def examine(
    champion: Model,
    learned: Learned,
    earlier: Sequence[Correction],
    later: Sequence[Correction],
    groups: Groups,
    outside_prior: float | None = None,
    seed: int = SEED,
) -> Verdict:
    """Whether what was learned from the earlier corrections may go live; a verdict in words.

    First all labels, early and late, are audited against a model that did not see them. Then both models are compared
    on those corrections that the champion has not learned from: the later ones, and the earlier ones as the challenger
    answers them unseen (by cross-fitting), because a few dozen later ones alone decide nothing.
    """
    keys = [*groups, OTHER]
    challenger = Model(learned.weights, {})
    every = _judged(learned, earlier, later, groups)
    plain = unseen_answers(challenger, learned, every, groups)
    truth = np.array([keys.index(row.label) for row in every], dtype=np.intp)
    reviewed = np.array([row.is_reviewed for row in every], dtype=bool)
    if (refusal := audit(plain, truth, tuple(groups), reviewed)) is not None:
        return refusal
    until = str(champion.card.get("decided_until", ""))
    fresh = [i for i, row in enumerate(every) if not until or row.decided_at > until]
    rows = [every[i] for i in fresh]
    is_later = np.array(fresh, dtype=np.intp) >= (0 if learned.unseen is None else len(earlier))
    if is_later.sum() < FEWEST:
        return _too_few(int(is_later.sum()))
    new = challenger.with_prior(plain[fresh], groups, outside_prior)
    old = answers(champion, rows, groups, outside_prior)
    return compare(old, new, truth[fresh], clusters([row.text for row in rows]), keys, is_later, seed)


def _judged(
    learned: Learned, earlier: Sequence[Correction], later: Sequence[Correction], groups: Groups
) -> list[Correction]:
    """What a verdict is about: the earlier corrections, if they were learned from, and the later ones."""
    known = [row for row in later if row.label in {*groups, OTHER}]
    return known if learned.unseen is None else [*earlier, *known]


def unseen_answers(challenger: Model, learned: Learned, rows: Sequence[Correction], groups: Groups) -> Floats:
    """Probabilities (n, g + 1), no share of outside stated, by a model that has not seen the row: the corrections that
    were learned from come first, by cross-fitting, and then any others."""
    if learned.unseen is None:
        return answers(challenger, rows, groups)
    return np.vstack([learned.unseen, answers(challenger, rows[len(learned.unseen) :], groups)])


def answers(model: Model, rows: Sequence[Correction], groups: Groups, outside_prior: float | None = None) -> Floats:
    """Probabilities (n, g + 1) of groups and outside by this model."""
    found = [model.distribution(row.text, groups, outside_prior) for row in rows]
    return np.array(found).reshape(len(rows), len(groups) + 1)


def _too_few(rows: int) -> Verdict:
    reason = f"可用于比较的较新更正只有 {rows} 条，不足 {FEWEST} 条，暂不更换模型"
    return Verdict(False, (reason,), rows, 0.0, 0.0, 0.0, {})


def compare(
    old: Floats, new: Floats, truth: Ints, cluster: Ints, keys: Sequence[str], is_later: Bools, seed: int = SEED
) -> Verdict:
    """The verdict from both models' probabilities (n, g + 1) over keys; is_later (n,): held out by time."""
    said, says = old.argmax(axis=1), new.argmax(axis=1)
    was, now = said == truth, says == truth
    gain = now.astype(float) - was
    low, high = _interval(gain, cluster, seed)
    counts = np.bincount(truth, minlength=len(keys))
    before, after = (f1_by_column(picked, truth, range(len(keys))) for picked in (said, says))
    groups = {key: (int(n), before[i], after[i]) for i, (key, n) in enumerate(zip(keys, counts, strict=True)) if n}
    reasons = [
        *_overall_faults(float(gain.mean()), low, float(gain[is_later].mean()), _likelier(old, new, truth)),
        *_group_faults(groups, {key: _more_wrong(said, says, truth, i) for i, key in enumerate(keys)}),
        *_calibration_faults(old, new, was, now),
    ]
    words = tuple(reasons) or (_praise(gain, low, high, int(is_later.sum()), groups),)
    return Verdict(not reasons, words, len(truth), float(gain.mean()), low, high, groups)


def _interval(gain: Floats, cluster: Ints, seed: int) -> tuple[float, float]:
    """Interval at 90 % of the mean gain; whole clusters are drawn, because near-duplicates share their fate."""
    names, slots = np.unique(cluster, return_inverse=True)
    sums, sizes = np.bincount(slots, gain), np.bincount(slots)
    drawn = np.random.default_rng(seed).integers(0, len(names), (RESAMPLES, len(names)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    return float(np.quantile(means, 0.05)), float(np.quantile(means, 0.95))


def _likelier(old: Floats, new: Floats, truth: Ints) -> float:
    """Mean logarithm of how much likelier the new model holds what is right: finer than right and wrong."""
    line = np.arange(len(truth))
    return float(np.log(np.maximum(new[line, truth], LEAST) / np.maximum(old[line, truth], LEAST)).mean())


def _overall_faults(difference: float, low: float, later: float, likelier: float) -> list[str]:
    faults = []
    if low < -MARGIN:
        faults.append(
            f"总体正确率变化 {difference:+.1%}，90% 区间下限 {low:+.1%}，没有把握不变差（允许 {-MARGIN:+.1%}）"
        )
    if likelier < 0:
        faults.append(f"正确答案得到的概率平均是原来的 {np.exp(likelier):.0%}，没有学到东西")
    if later < -LATER_MARGIN:
        faults.append(f"在最新的更正上正确率变化 {later:+.1%}（允许 {-LATER_MARGIN:+.1%}）")
    return faults


def _more_wrong(said: Ints, says: Ints, truth: Ints, column: int) -> tuple[int, int]:
    """Texts that the new model newly misses in a group or wrongly takes into it, less those it mends; and how many
    texts changed in all."""
    was, now = (said == column) != (truth == column), (says == column) != (truth == column)
    return int(now.sum()) - int(was.sum()), int((was != now).sum())


def _group_faults(groups: Mapping[str, tuple[int, float, float]], wrong: Mapping[str, tuple[int, int]]) -> list[str]:
    """Groups whose F1 falls beyond the margin, and by more than chance would have it (two standard errors)."""
    return [
        f"“{key}”的查准查全（F1）由 {was:.1%} 降到 {now:.1%}（{rows} 条），超过允许的 {GROUP_MARGIN:.0%}"
        for key, (rows, was, now) in groups.items()
        if was - now > GROUP_MARGIN and wrong[key][0] >= max(2.0 * wrong[key][1] ** 0.5, MORE_WRONG)
    ]


def _calibration_faults(old: Floats, new: Floats, was: Bools, now: Bools) -> list[str]:
    before, after = calibration_error(old.max(axis=1), was), calibration_error(new.max(axis=1), now)
    if after > before + CALIBRATION_MARGIN:
        return [f"校准误差由 {before:.3f} 升到 {after:.3f}，概率不如原来可信"]
    return []


def _praise(gain: Floats, low: float, high: float, later: int, groups: Mapping[str, tuple[int, float, float]]) -> str:
    judged = sum(rows >= FEWEST_OF_A_GROUP for rows, _, _ in groups.values())
    return (
        f"在 {len(gain)} 条没有学过的更正上（其中较新的 {later} 条），总体正确率变化 {gain.mean():+.1%}"
        f"（90% 区间 {low:+.1%} 至 {high:+.1%}），{judged} 个有足够文本的组都没有变差，可以更换"
    )
