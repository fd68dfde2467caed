"""Learning: first the topics from the corpus, then a city's groups from what its staff decided.

The first step is scikit-learn's multinomial logistic regression over topics. The second keeps its weights W, b and
learns a few numbers more from corrections, which name a group (or outside) and no topic:

    z = a (x W + b) + (x V + c) S'        S: share of each topic in each group and outside

so that every topic of a group moves with its group. The loss is minus the logarithm of the probability of the group
that was decided; V starts at zero and is held there by a penalty, so a rare group that no correction mentions keeps
what the corpus taught. `a` is the temperature, learned with the rest. The sum is again one linear model over topics.
"""

from __future__ import annotations

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
SHARPNESS = 2.0
"""Factor on the scores learned from the corpus alone: its penalty leaves them too timid. Chosen once, on real texts."""
GROUP_STRENGTH = 2.0
"""Inverse of the penalty on what corrections add."""
STEPS = 60
FOLDS = 5


@dataclass(frozen=True)
class Learned:
    """Weights, and for each correction the probabilities (n, g + 1) by a model that had not seen it (None without)."""

    weights: Weights
    unseen: Floats | None = None
    labels: Ints | None = None


def build_classifier(strength: float = STRENGTH, seed: int = SEED) -> Any:
    """The untrained scikit-learn classifier over topics."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, max_iter=300, tol=1e-3, random_state=seed)


def learn(
    corpus: Corpus, corrections: Sequence[Correction] = (), groups: Groups | None = None, seed: int = SEED
) -> Learned:
    """Weights learned from corpus and corrections; the same for the same input.

    Raises ValueError for corrections without groups, BadCorpus for a label that is neither a group nor OTHER.
    """
    topics = corpus.topic_keys()
    vectorizer = build_vectorizer()
    texts = [example.text for example in corpus.examples]
    vectorizer.fit([*texts, *(row.text for row in corrections)])
    classifier = build_classifier(seed=seed)
    classifier.fit(vectorizer.transform(texts), [example.topic for example in corpus.examples])
    weights = _topic_weights(corpus, topics, vectorizer, classifier)
    if not corrections:
        return Learned(weights.rounded())
    if not groups:
        raise ValueError("corrections need the groups that their labels name")
    return _learn_groups(weights, vectorizer.transform([row.text for row in corrections]), corrections, groups, seed)


def _topic_weights(corpus: Corpus, topics: tuple[str, ...], vectorizer: Any, classifier: Any) -> Weights:
    place = {topic: i for i, topic in enumerate(classifier.classes_)}
    order = [place[topic] for topic in topics]
    vocabulary, idf = rarity(vectorizer)
    counts = np.bincount([topics.index(example.topic) for example in corpus.examples], minlength=len(topics))
    return Weights(
        topics,
        tuple(vocabulary),
        idf=idf,
        matrix=SHARPNESS * classifier.coef_[order].T,
        bias=SHARPNESS * classifier.intercept_[order],
        prior=counts / counts.sum(),
        temperature=1.0,
        corrections=0,
    )


def _learn_groups(
    weights: Weights, features: Any, corrections: Sequence[Correction], groups: Groups, seed: int
) -> Learned:
    plan = Plan.of(groups, weights.topics)
    labels = _labels(corrections, plan)
    scores = features @ weights.matrix + weights.bias
    unseen = np.zeros((len(labels), len(plan.keys) + 1))
    fold = np.random.default_rng(seed).permutation(len(labels)) % FOLDS
    for number in range(FOLDS):
        rest = fold == number
        shift = fit_groups(features[~rest], scores[~rest], labels[~rest], plan.shares)
        unseen[rest] = shift.mass(features[rest], scores[rest], plan.shares)
    shift = fit_groups(features, scores, labels, plan.shares)
    topics_seen = np.bincount(labels, minlength=len(plan.keys) + 1) / len(labels)
    learned = replace(
        weights,
        matrix=shift.sharpness * weights.matrix + shift.matrix @ plan.shares.T,
        bias=shift.sharpness * weights.bias + plan.shares @ shift.bias,
        prior=_prior(weights.prior, topics_seen, plan),
        corrections=len(corrections),
    )
    return Learned(learned.rounded(), unseen, labels)


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


@dataclass(frozen=True)
class Shift:
    """What corrections add: matrix (k, g + 1), bias (g + 1,), and the factor on the topics' scores."""

    matrix: Floats
    bias: Floats
    sharpness: float

    def mass(self, features: Any, scores: Floats, shares: Floats) -> Floats:
        """Probabilities (n, g + 1) for rows with these features and topic scores."""
        moved = self.sharpness * scores + (features @ self.matrix + self.bias) @ shares.T
        powers = np.exp(moved - moved.max(axis=1, keepdims=True))
        mass: Floats = powers @ shares
        mass /= mass.sum(axis=1, keepdims=True)
        return mass


def fit_groups(features: Any, scores: Floats, labels: Ints, shares: Floats, strength: float = GROUP_STRENGTH) -> Shift:
    """Fit the second step to n decided texts.

    features (n, k) sparse; scores (n, t) of the first step; labels (n,) columns of shares (t, g + 1). Only features
    that occur are fitted, so a handful of corrections costs next to nothing. Source of the loss: multinomial logistic
    regression with sets of allowed classes.
    """
    from scipy.optimize import minimize

    used = np.unique(features.indices)
    rows = features[:, used].tocsr()
    columns = rows.T.tocsr()
    k, g = len(used), shares.shape[1]
    allowed = shares[:, labels].T

    def loss(flat: Floats) -> tuple[float, Floats]:
        matrix, bias, sharpness = flat[: k * g].reshape(k, g), flat[k * g : -1], flat[-1]
        moved = sharpness * scores + (rows @ matrix + bias) @ shares.T
        moved -= moved.max(axis=1, keepdims=True)
        powers = np.exp(moved)
        every = powers.sum(axis=1)
        fitting = powers * allowed
        right = np.maximum(fitting.sum(axis=1), 1e-300)
        value = float(np.log(every / right).sum()) + float(flat[:-1] @ flat[:-1]) / (2 * strength)
        error = powers / every[:, None] - fitting / right[:, None]
        by_group = error @ shares
        slope = flat / strength
        slope[: k * g] += (columns @ by_group).ravel()
        slope[k * g : -1] += by_group.sum(axis=0)
        slope[-1] = float((error * scores).sum())
        return value, slope

    first = np.zeros(k * g + g + 1)
    first[-1] = 1.0
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    matrix = np.zeros((features.shape[1], g))
    matrix[used] = found[: k * g].reshape(k, g)
    return Shift(matrix, found[k * g : -1], max(float(found[-1]), 0.1))


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
