"""Learning: first the topics from the corpus, then a city's groups from what its staff decided.

The first step is scikit-learn's multinomial logistic regression, once over topics and once over their families; a
topic's score is the sum of its own and a part of its family's, because kin lend each other their words. The second
step keeps these scores z0 = x W + b and learns a few numbers more from corrections, which name a group (or outside)
and no topic:

    z = a z0 + (x V + c) S' + d        S: share of each topic in each group and outside

so that every topic of a group moves with its group. The loss is minus the logarithm of the probability of the group
that was decided; V, c and d start at zero and are held there by a penalty, so a rare group that no correction mentions
keeps what the corpus taught. The sum is again one linear model over topics. With enough corrections its temperature is
fitted to answers on texts it had not seen.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ml.data import OTHER, BadCorpus, Corpus, Correction
from ml.features import Floats, Ints, build_vectorizer, rarity
from ml.scorer import Groups, Plan, Weights

SEED = 20260101
STRENGTH = 10.0
"""Inverse of the penalty on the topics' weights (C of scikit-learn)."""
FAMILY_PART = 0.3
"""How much of its family's score a topic gets."""
SHARPNESS = 1.5
"""Factor on the scores learned from the corpus alone: the penalty leaves them too timid. Chosen once, on real texts."""
GROUP_STRENGTH = 4.0
"""Inverse of the penalty on what corrections add by words and by group."""
TOPIC_STRENGTH = 1.0
"""Inverse of the penalty on what they add to a topic as a whole."""
STEPS = 60
CORPUS_STEPS = 30
"""Steps of the first fit: fewer leave the topics' biases astray, more bring nothing."""
FOLDS = 5
ENOUGH = 100
"""Corrections needed to fit the temperature."""


@dataclass(frozen=True)
class Learned:
    """Weights, and for each correction the probabilities (n, g + 1) by a model that had not seen it (None without)."""

    weights: Weights
    unseen: Floats | None = None
    labels: Ints | None = None


def build_classifier(strength: float = STRENGTH, seed: int = SEED) -> Any:
    """The untrained scikit-learn classifier over topics."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=CORPUS_STEPS, tol=1e-4, random_state=seed)


def learn(
    corpus: Corpus, corrections: Sequence[Correction] = (), groups: Groups | None = None, seed: int = SEED
) -> Learned:
    """Weights learned from corpus and corrections; the same for the same input.

    Raises ValueError for corrections without groups, BadCorpus for a label that is neither a group nor OTHER.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    # The products are small: more threads would only wait for each other, at length where cores are busy.
    with threadpool_limits(limits=1):
        return _learn(corpus, corrections, groups, seed)


def _learn(corpus: Corpus, corrections: Sequence[Correction], groups: Groups | None, seed: int) -> Learned:
    vectorizer = build_vectorizer()
    texts = [example.text for example in corpus.examples]
    vectorizer.fit([*texts, *(row.text for row in corrections)])
    weights = _topic_weights(corpus, vectorizer, vectorizer.transform(texts), seed)
    if not corrections:
        return Learned(weights.rounded())
    if not groups:
        raise ValueError("corrections need the groups that their labels name")
    return _learn_groups(weights, vectorizer.transform([row.text for row in corrections]), corrections, groups, seed)


def _topic_weights(corpus: Corpus, vectorizer: Any, features: Any, seed: int) -> Weights:
    topics = corpus.topic_keys()
    family = {topic.key: topic.family for topic in corpus.topics}
    labels = [example.topic for example in corpus.examples]
    matrix, bias = _fitted(features, labels, topics, seed)
    if len({family[topic] for topic in topics}) > 1:
        kin = _fitted(features, [family[label] for label in labels], [family[topic] for topic in topics], seed)
        matrix, bias = matrix + FAMILY_PART * kin[0], bias + FAMILY_PART * kin[1]
    vocabulary, idf = rarity(vectorizer)
    counts = np.bincount([topics.index(label) for label in labels], minlength=len(topics))
    return Weights(
        topics,
        tuple(vocabulary),
        idf=idf,
        matrix=SHARPNESS * matrix,
        bias=SHARPNESS * bias,
        prior=counts / counts.sum(),
        temperature=1.0,
        corrections=0,
    )


def _fitted(features: Any, labels: Sequence[str], columns: Sequence[str], seed: int) -> tuple[Floats, Floats]:
    """Weights (k, columns) and bias (columns,) of a classifier over labels, one column for each name given."""
    classifier = build_classifier(seed=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn would rather go on; we stop on purpose.
        classifier.fit(features.astype(np.float32), labels)
    if len(classifier.classes_) == 2:  # scikit-learn keeps one row for two classes.
        classifier.coef_ = np.vstack([-classifier.coef_, classifier.coef_]) / 2
        classifier.intercept_ = np.concatenate([-classifier.intercept_, classifier.intercept_]) / 2
    place = {label: i for i, label in enumerate(classifier.classes_)}
    order = [place[column] for column in columns]
    return classifier.coef_[order].T.astype(float), classifier.intercept_[order].astype(float)


def _learn_groups(
    weights: Weights, features: Any, corrections: Sequence[Correction], groups: Groups, seed: int
) -> Learned:
    plan = Plan.of(groups, weights.topics)
    labels = _labels(corrections, plan)
    scores = features @ weights.matrix + weights.bias
    unseen = np.zeros_like(scores)
    fold = np.random.default_rng(seed).permutation(len(labels)) % FOLDS
    for number in np.unique(fold):
        rest = fold == number
        if not rest.all():
            shift = fit_groups(features[~rest], scores[~rest], labels[~rest], plan.shares)
            unseen[rest] = shift.scores(features[rest], scores[rest], plan.shares)
    temperature = _temperature(unseen, labels, plan.shares) if len(labels) >= ENOUGH else 1.0
    shift = fit_groups(features, scores, labels, plan.shares)
    seen = np.bincount(labels, minlength=len(plan.keys) + 1) / len(labels)
    learned = replace(
        weights,
        matrix=shift.sharpness * weights.matrix + shift.matrix @ plan.shares.T,
        bias=shift.sharpness * weights.bias + plan.shares @ shift.bias + shift.topics,
        prior=_prior(weights.prior, seen, plan),
        temperature=temperature,
        corrections=len(corrections),
    )
    return Learned(learned.rounded(), _mass(unseen / temperature, plan.shares), labels)


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
    """What corrections add: matrix (k, g + 1), bias (g + 1,), topics (t,), and the factor on the topics' scores."""

    matrix: Floats
    bias: Floats
    topics: Floats
    sharpness: float

    def scores(self, features: Any, scores: Floats, shares: Floats) -> Floats:
        """Topic scores (n, t) for rows with these features and scores of the first step."""
        moved: Floats = self.sharpness * scores + (features @ self.matrix + self.bias) @ shares.T + self.topics
        return moved


def fit_groups(features: Any, scores: Floats, labels: Ints, shares: Floats) -> Shift:
    """Fit the second step to n decided texts.

    features (n, k) sparse; scores (n, t) of the first step; labels (n,) columns of shares (t, g + 1). Only features
    that occur are fitted, so a handful of corrections costs next to nothing. Source of the loss: multinomial logistic
    regression with sets of allowed classes.
    """
    from scipy.optimize import minimize

    used = np.unique(features.indices)
    rows = features[:, used].tocsr()
    columns = rows.T.tocsr()
    k, (t, g) = len(used), shares.shape
    allowed = shares[:, labels].T
    ends = np.cumsum([k * g, g, t])
    strength = np.full(int(ends[-1]), GROUP_STRENGTH)
    strength[ends[1] :] = TOPIC_STRENGTH

    def loss(flat: Floats) -> tuple[float, Floats]:
        matrix, bias, topics, sharpness = np.split(flat, ends)
        moved = sharpness * scores + (rows @ matrix.reshape(k, g) + bias) @ shares.T + topics
        powers = np.exp(moved - moved.max(axis=1, keepdims=True))
        every = powers.sum(axis=1)
        fitting = powers * allowed
        right = np.maximum(fitting.sum(axis=1), 1e-300)
        held = flat[:-1] / strength
        error = powers / every[:, None] - fitting / right[:, None]
        by_group = error @ shares
        slope = [(columns @ by_group).ravel(), by_group.sum(axis=0), error.sum(axis=0), [(error * scores).sum()]]
        value = float(np.log(every / right).sum()) + float(held @ flat[:-1]) / 2
        return value, np.concatenate(slope) + np.append(held, 0.0)

    first = np.zeros(len(strength) + 1)
    first[-1] = 1.0
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    words, bias, topics, sharpness = np.split(found, ends)
    matrix = np.zeros((features.shape[1], g))
    matrix[used] = words.reshape(k, g)
    return Shift(matrix, bias, topics, max(float(sharpness[0]), 0.1))


def to_pipeline(weights: Weights) -> Any:
    """The same model as a scikit-learn pipeline, to check the lean scorer against."""
    from sklearn.pipeline import make_pipeline

    vectorizer = build_vectorizer(least_texts=1)
    cut = sum(len(gram) == 1 for gram in weights.vocabulary)
    vocabulary = (weights.vocabulary[:cut], weights.vocabulary[cut:])
    for (_, part), own, idf in zip(
        vectorizer.transformer_list, vocabulary, (weights.idf[:cut], weights.idf[cut:]), strict=True
    ):
        part.set_params(vocabulary=list(own))
        part.fit([""])  # Only to make its parts; the rarity is ours.
        part.idf_ = idf
    classifier = build_classifier()
    classifier.classes_ = np.array(weights.topics)
    classifier.coef_ = weights.matrix.T / weights.temperature
    classifier.intercept_ = weights.bias / weights.temperature
    classifier.n_features_in_ = len(weights.vocabulary)
    return make_pipeline(vectorizer, classifier)
