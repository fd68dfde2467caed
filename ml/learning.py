"""Learning: first the topics from the corpus, then a city's groups from what its staff decided.

The first step is scikit-learn's. Multinomial logistic regression is fitted once over topics and once over their
families; a topic's score is the sum of its own and a part of its family's, because kin lend each other their words, and
of a part of naive Bayes', which needs fewer texts to know a word (Ng and Jordan 2002). It depends on the corpus alone,
so the portal keeps its result (`teach`) and a night's training is the second step only. That one keeps the scores
z0 = x W + b and learns a few numbers more from corrections, which name a group (or outside), no topic:

    z = a z0 + (x V + u U + c) S' + d        S: share of each topic in each group and outside
                                             u: what the topics' scores x W say of a text, without their mean

so that every topic of a group moves with its group: by its own words (V), and by likeness of topic (U), which reaches
texts in other words. The loss is minus the logarithm of the probability of the group that was decided, which no
classifier of scikit-learn has (`descent.py`); V, U, c and d start at zero and are held there by a penalty, so a rare
group that no correction mentions keeps what the corpus taught. The sum is again one linear model over topics. With
enough corrections its temperature is fitted to answers on texts it had not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.counting import Vocabulary, count
from ml.data import OTHER, BadCorpus, Corpus, Correction
from ml.descent import Bias, Factor, Features, descend, set_loss, zeros
from ml.features import Floats, Ints
from ml.scorer import Groups, Plan, Weights

SEED = 20260101
STRENGTH = 10.0
"""Inverse of the penalty on the topics' weights (C of scikit-learn)."""
NEAR = 0.005
"""Share of the largest weight by which no weight may still move in a round; a tenth of it tells no topic better."""
ROUNDS = 200
"""Rounds over the corpus at most; it needs about twenty."""
FAMILY_PART = 0.3
"""How much of its family's score a topic gets."""
SHARPNESS = 1.35
"""Factor on the regressions' scores from the corpus alone: the penalty leaves them too timid. Chosen on real texts, so
that probabilities stand between how often people choose the same group first and how often they would accept it."""
BAYES_PART = 0.28
"""Factor on the scores of naive Bayes beside them. Half of it, or a third more, does nearly as well."""
SMOOTHING = 0.05
"""What naive Bayes adds to every count of a word in a topic."""
GROUP_STRENGTH = 0.3
"""Inverse of the penalty on what corrections add to a group: few name it, and people differ about borders."""
OUTSIDE_STRENGTH = 2.0
"""The same for outside, of which every correction tells something."""
TOPIC_STRENGTH = 1.0
"""Inverse of the penalty on what they add to a topic as a whole."""
FACTOR_UNIT = 0.1
"""What a unit of the factor a weighs in a step: its scores are large, and it must not run ahead."""
FOLDS = 5
ENOUGH = 100
"""Corrections needed to fit the temperature."""


@dataclass(frozen=True)
class Learned:
    """Weights, and for each correction the probabilities (n, g + 1) by a model that had not seen it (None without)."""

    weights: Weights
    unseen: Floats | None = None
    labels: Ints | None = None


def learn(
    corpus: Corpus,
    corrections: Sequence[Correction] = (),
    groups: Groups | None = None,
    seed: int = SEED,
    taught: Weights | None = None,
    cluster: Ints | None = None,
) -> Learned:
    """Weights learned from corpus and corrections; the same for the same input.

    taught: what `teach` made of this corpus, when it is at hand; the corpus is then not looked at. cluster (n,):
    corrections with the same number are kept on one side when answers to unseen texts are needed. Raises ValueError for
    corrections without groups, BadCorpus for a label that is neither a group nor OTHER.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # The products are small: more threads would only wait for each other, at length where cores are busy.
    with threadpool_limits(limits=1):
        taught = teach(corpus) if taught is None else taught
        if not corrections:
            return Learned(taught)
        if not groups:
            raise ValueError("corrections need the groups that their labels name")
        return _learn_groups(taught, corrections, groups, seed, cluster)


def teach(corpus: Corpus) -> Weights:
    """The first step: weights over topics, learned from the corpus alone, rounded as the file keeps them."""
    counted = count([example.text for example in corpus.examples])
    vocabulary = Vocabulary.of(counted)
    features = vocabulary.matrix(counted)
    topics = corpus.topic_keys()
    family = {topic.key: topic.family for topic in corpus.topics}
    labels = [example.topic for example in corpus.examples]
    matrix, bias = _fitted(features, labels, topics)
    if len({family[topic] for topic in topics}) > 1:
        kin = _fitted(features, [family[label] for label in labels], [family[topic] for topic in topics])
        matrix, bias = matrix + FAMILY_PART * kin[0], bias + FAMILY_PART * kin[1]
    matrix = SHARPNESS * matrix + BAYES_PART * _bayes(features, labels, topics)
    counts = np.bincount([topics.index(label) for label in labels], minlength=len(topics))
    return Weights.of(
        matrix,
        SHARPNESS * bias,
        vocabulary.idf,
        counts / counts.sum(),
        topics=topics,
        vocabulary=vocabulary.words(),
        temperature=1.0,
        corrections=0,
    )


def _fitted(features: Any, labels: Sequence[str], columns: Sequence[str]) -> tuple[Floats, Floats]:
    """Weights (k, columns) and bias (columns,) of a classifier over labels, one column for each name given."""
    names = sorted(set(labels))
    matrix, bias = fit_labels(features, np.array([names.index(label) for label in labels]), len(names))
    order = [names.index(column) for column in columns]
    return matrix[:, order], bias[order]


def _bayes(features: Any, labels: Sequence[str], topics: Sequence[str]) -> Floats:
    """Weights (k, topics) of naive Bayes: the logarithm of how much likelier a topic's texts use a word."""
    from sklearn.naive_bayes import MultinomialNB

    fitted = MultinomialNB(alpha=SMOOTHING).fit(features, labels)
    likely = dict(zip(fitted.classes_.tolist(), fitted.feature_log_prob_, strict=True))
    matrix: Floats = np.array([likely[topic] for topic in topics]).T
    matrix -= matrix.mean(axis=1, keepdims=True)
    return matrix


def fit_labels(features: Any, labels: Ints, width: int, strength: float = STRENGTH) -> tuple[Floats, Floats]:
    """Weights (k, width) and bias (width,) from sparse features (n, k) and labels (n,) below width.

    A label that no row has never wins: its bias is minus infinity.
    """
    bias = np.full(width, -np.inf)
    matrix = np.zeros((features.shape[1], width))
    seen = np.unique(labels)
    bias[seen] = 0.0
    if len(seen) > 1:
        fitted = build_classifier(strength).fit(features, labels)
        # Of two labels scikit-learn tells one score, which is their difference.
        halves = np.array([[-0.5], [0.5]]) if len(seen) == 2 else np.eye(len(seen))
        matrix[:, seen] = (halves @ fitted.coef_).T
        bias[seen] = halves @ fitted.intercept_
    return matrix, bias


def build_classifier(strength: float = STRENGTH, near: float = NEAR, rounds: int = ROUNDS) -> Any:
    """The untrained classifier. Source of its solver: Defazio, Bach and Lacoste-Julien 2014, SAGA."""
    # Loaded here: it takes seconds, and a night's training does without.
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, solver="saga", tol=near, max_iter=rounds, random_state=SEED)


def _learn_groups(
    taught: Weights, corrections: Sequence[Correction], groups: Groups, seed: int, cluster: Ints | None
) -> Learned:
    plan = Plan.of(groups, taught.topics)
    labels = _labels(corrections, plan)
    features = Vocabulary.read(taught.vocabulary, taught.idf).matrix(count([row.text for row in corrections]))
    matrix, spread = taught.matrix.astype(np.float32), plan.shares.astype(np.float32)
    scores = (features @ matrix + taught.bias).astype(np.float32)
    reading, near = _likeness(features, matrix)
    alike = (features @ features.T).toarray() + near @ near.T
    unseen = np.zeros_like(scores)
    _, piece = np.unique(np.arange(len(labels)) if cluster is None else cluster, return_inverse=True)
    fold = (np.random.default_rng(seed).permutation(piece.max() + 1) % FOLDS)[piece]
    for number in np.unique(fold):
        rest, known = np.flatnonzero(fold == number), np.flatnonzero(fold != number)
        if len(known):
            shift = fit_groups(alike[np.ix_(known, known)], scores[known], labels[known], plan.shares)
            unseen[rest] = shift.scores(alike[np.ix_(rest, known)], scores[rest], plan.shares)
    temperature = _temperature(unseen, labels, plan.shares) if len(labels) >= ENOUGH else 1.0
    shift = fit_groups(alike, scores, labels, plan.shares)
    seen = np.bincount(labels, minlength=len(plan.keys) + 1) / len(labels)
    learned = Weights.of(
        shift.sharpness * matrix + (features.T @ shift.by + reading @ (near.T @ shift.by)) @ spread.T,
        shift.sharpness * taught.bias + plan.shares @ shift.bias + shift.topics,
        taught.idf,
        _prior(taught.prior, seen, plan),
        topics=taught.topics,
        vocabulary=taught.vocabulary,
        temperature=temperature,
        corrections=len(corrections),
    )
    return Learned(learned, _mass(unseen / temperature, plan.shares), labels)


def _likeness(features: Any, matrix: Floats) -> tuple[Floats, Floats]:
    """Weights (k, t) that tell what topics a text is like, and what they tell of these rows (n, t), about 1 long."""
    reading: Floats = matrix - matrix.mean(axis=1, keepdims=True)
    near: Floats = features @ reading
    length = np.float32(max(np.sqrt((near**2).sum(axis=1).mean()), 1e-6))
    return reading / length, near / length


def _labels(corrections: Sequence[Correction], plan: Plan) -> Ints:
    column = {key: i for i, key in enumerate([*plan.keys, OTHER])}
    unknown = next((row.label for row in corrections if row.label not in column), None)
    if unknown is not None:
        raise BadCorpus(f"更正里的组“{unknown}”不是这个城市的组，也不是 {OTHER}")
    return np.array([column[row.label] for row in corrections], dtype=np.intp)


def _prior(prior: Floats, seen: Floats, plan: Plan) -> Floats:
    """Share of each topic to expect: the corpus's within a group, the corrections' between groups."""
    parts = prior[:, None] * plan.shares
    scaled: Floats = (parts / np.maximum(parts.sum(axis=0), 1e-12) * seen).sum(axis=1)
    scaled /= scaled.sum()
    return scaled


def _mass(scores: Floats, shares: Floats) -> Floats:
    """Probabilities (n, g + 1) of groups and outside from topic scores (n, t)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    mass: Floats = powers @ shares
    mass /= mass.sum(axis=1, keepdims=True)
    return mass


def _temperature(scores: Floats, labels: Ints, shares: Floats) -> float:
    """The divisor of topic scores that makes the labels likeliest.

    Source: Guo et al. 2017, On calibration of modern neural networks.
    """
    line = np.arange(len(labels))

    def surprise(temperature: float) -> float:
        return -float(np.log(np.maximum(_mass(scores / temperature, shares)[line, labels], 1e-12)).sum())

    return min((float(step) for step in np.geomspace(0.5, 2.5, 33)), key=surprise)


@dataclass(frozen=True)
class Shift:
    """What corrections add: by (n, g + 1) over their rows (V = X' by, U = u' by), bias (g + 1,), topics (t,), and a."""

    by: Floats
    bias: Floats
    topics: Floats
    sharpness: float

    def scores(self, alike: Floats, scores: Floats, shares: Floats) -> Floats:
        """Topic scores (m, t) of rows, from those of the first step and their products (m, n) with the corrections."""
        moved: Floats = self.sharpness * scores + (alike @ self.by + self.bias) @ shares.T + self.topics
        return moved


def fit_groups(alike: Floats, scores: Floats, labels: Ints, shares: Floats) -> Shift:
    """Fit the second step to n decided texts.

    alike (n, n) scalar products of what is read of them, x and u; scores (n, t) of the first step; labels (n,) columns
    of shares (t, g + 1). Source of the loss: multinomial logistic regression with sets of allowed classes.
    """
    (t, g), n = shares.shape, len(labels)
    spread = shares.astype(np.float32)
    unit = np.sqrt(np.array([GROUP_STRENGTH] * (g - 1) + [OUTSIDE_STRENGTH], np.float32))
    each = np.eye(t, dtype=np.float32) * np.float32(TOPIC_STRENGTH**0.5)
    parts = (
        Features(lambda by: alike @ by, spread * unit),
        Bias(spread * unit),
        Bias(each),
        Factor(scores, FACTOR_UNIT),
    )
    start = zeros((n, g), (g,), (t,), (1,))
    start[-1][0] = 1.0 / FACTOR_UNIT
    by, bias, topics, factor = descend(parts, set_loss(spread[:, labels].T), start)
    return Shift(unit * by, unit * bias, each @ topics, max(FACTOR_UNIT * float(factor[0]), 0.1))
