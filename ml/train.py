"""Training: from the starter corpus, and where given staff corrections, to a model file and its card.

python -m ml.train --out var/router.skops
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from ml import archive
from ml.data import Corpus, Correction, digest, read_corpus
from ml.learning import SEED, learn, teach
from ml.predict import BadModel, Model
from ml.scorer import Groups, Weights

LEARNER = "8"
"""Changes with every change of how the weights are learned, so that a name stands for one model."""


@dataclass(frozen=True)
class Card:
    """What a model was made of; kept beside it as model.json."""

    name: str
    rows: int
    corrections: int
    decided_until: str
    topics: tuple[str, ...]
    features: int
    scores: dict[str, float]
    data_sha256: str
    scikit_learn: str
    seed: int
    created_at: str
    sha256: str
    bytes: int


def train(
    corpus_dir: Path | str,
    out_path: Path | str,
    corrections: Sequence[Correction] | None = None,
    groups: Groups | None = None,
    seed: int = SEED,
    kept: Path | None = None,
) -> Card:
    """Train on the corpus and on staff corrections, write model and card, and return the card.

    corrections need groups, which say what topics the label of a correction stands for. kept: as in `taught`. Raises
    BadCorpus when there is nothing to learn from, ValueError for corrections without groups.
    """
    corpus = read_corpus(Path(corpus_dir))
    weights = learn(corpus, corrections or (), groups, seed, taught(corpus, seed, kept)).weights
    return save(weights, Path(out_path), corpus, corrections or (), seed)


def taught(corpus: Corpus, seed: int = SEED, kept: Path | None = None) -> Weights:
    """What the corpus alone teaches: read from the file `kept` when it holds this, else learned and written there."""
    if kept is None:
        return teach(corpus)
    try:
        model = Model.load(kept)
        if model.name == name_of(corpus, (), seed):
            return model.weights
    except BadModel:
        pass  # There is none yet, or it is harmed: a new one takes its place.
    weights = teach(corpus)
    save(weights, kept, corpus, (), seed)
    return weights


def name_of(corpus: Corpus, corrections: Sequence[Correction], seed: int) -> str:
    """The name of the model that this data makes: the same data, the same name."""
    return f"minsheng-{_data_digest(corpus, corrections, seed)[:12]}"


def _data_digest(corpus: Corpus, corrections: Sequence[Correction], seed: int) -> str:
    return digest([corpus.digest(), str(seed), archive.FORMAT, LEARNER, *(f"{c.label}\t{c.text}" for c in corrections)])


def save(
    weights: Weights,
    path: Path,
    corpus: Corpus,
    corrections: Sequence[Correction],
    seed: int,
    scores: dict[str, float] | None = None,
) -> Card:
    """Write a trained model and its card."""
    card = {
        "name": name_of(corpus, corrections, seed),
        "rows": len(corpus.examples),
        "corrections": len(corrections),
        "decided_until": max((row.decided_at for row in corrections), default=""),
        "topics": list(weights.topics),
        "features": len(weights.vocabulary),
        "scores": scores or {},
        "data_sha256": _data_digest(corpus, corrections, seed),
        "scikit_learn": version("scikit-learn"),
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
