"""Training: from the starter corpus, and where given staff corrections, to a model file and its card.

python -m ml.train --out var/router.skops
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ml import archive
from ml.data import Corpus, Correction, Example, digest, read_corpus
from ml.features import Floats, build_vectorizer
from ml.scorer import Groups, Weights

SEED = 20260101
STRENGTH = 4.0
"""Inverse of the penalty on the weights (C of scikit-learn)."""
TEMPERATURE = 1.0


@dataclass(frozen=True)
class Card:
    """What a model was made of; kept beside it as model.json."""

    name: str
    rows: int
    corrections: int
    topics: tuple[str, ...]
    features: int
    scores: dict[str, float]
    data_sha256: str
    scikit_learn: str
    seed: int
    created_at: str
    sha256: str
    bytes: int


def build_pipeline(strength: float = STRENGTH, seed: int = SEED) -> Any:
    """The untrained scikit-learn pipeline: sign n-grams, then multinomial logistic regression over topics."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    classifier = LogisticRegression(C=strength, max_iter=300, tol=1e-3, random_state=seed)
    return make_pipeline(build_vectorizer(), classifier)


def fit(examples: Sequence[Example], topics: Sequence[str], seed: int = SEED) -> Weights:
    """Weights learned from labelled texts; deterministic for the same texts, topics and seed."""
    pipeline = build_pipeline(seed=seed)
    pipeline.fit([example.text for example in examples], [example.topic for example in examples])
    vectorizer, classifier = (step for _, step in pipeline.steps)
    order = [list(classifier.classes_).index(topic) for topic in topics]
    counts = np.array([sum(example.topic == topic for example in examples) for topic in topics], dtype=float)
    return Weights(
        tuple(topics),
        tuple(vectorizer.get_feature_names_out().tolist()),
        idf=_rounded(vectorizer.idf_, np.float32),
        matrix=_rounded(classifier.coef_[order].T, np.float16),
        bias=_rounded(classifier.intercept_[order], np.float32),
        prior=_rounded(counts / counts.sum(), np.float32),
        temperature=TEMPERATURE,
        corrections=0,
    )


def _rounded(values: Floats, kind: type[np.floating[Any]]) -> Floats:
    """Values as the file will keep them, so that scores before and after saving are equal."""
    return values.astype(kind).astype(np.float64)


def train(
    corpus_dir: Path | str,
    out_path: Path | str,
    corrections: Sequence[Correction] | None = None,
    groups: Groups | None = None,
    seed: int = SEED,
) -> Card:
    """Train on the corpus and on staff corrections, write model and card, and return the card.

    corrections need groups, which say what topics the label of a correction stands for. Raises BadCorpus when there is
    nothing to learn from, ValueError for corrections without groups.
    """
    corpus = read_corpus(Path(corpus_dir))
    weights = fit(corpus.examples, corpus.topic_keys(), seed)
    return save(weights, Path(out_path), corpus, corrections or (), seed)


def save(
    weights: Weights,
    path: Path,
    corpus: Corpus,
    corrections: Sequence[Correction],
    seed: int,
    scores: dict[str, float] | None = None,
) -> Card:
    """Write a trained model and its card; the name follows from the data, so the same data gives the same name."""
    import sklearn

    data = digest([corpus.digest(), str(seed), archive.FORMAT, *(f"{c.label}\t{c.text}" for c in corrections)])
    card = {
        "name": f"minsheng-{data[:12]}",
        "rows": len(corpus.examples),
        "corrections": len(corrections),
        "topics": list(weights.topics),
        "features": len(weights.vocabulary),
        "scores": scores or {},
        "data_sha256": data,
        "scikit_learn": sklearn.__version__,
        "seed": seed,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    written = archive.write(path, weights.to_content(archive.FORMAT), card)
    return Card(**{**card, "topics": weights.topics, "sha256": written["sha256"], "bytes": written["bytes"]})


def main(arguments: Sequence[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(description="训练路由模型")
    parser.add_argument("--corpus", type=Path, default=Path("content/corpus"))
    parser.add_argument("--out", type=Path, default=Path("var/router.skops"))
    options = parser.parse_args(arguments)
    card = train(options.corpus, options.out)
    print(
        f"{card.name}：{card.rows} 条文本，{len(card.topics)} 个主题，{card.features} 个特征，{card.bytes / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
