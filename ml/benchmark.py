"""Tables of what the router reaches, with its peers beside it.

    python -m ml.benchmark dev        real complaints, starter corpus only
    python -m ml.benchmark folds      real complaints, with confirmed cases: after 200, and in five folds
    python -m ml.benchmark messages   the learner alone: seven labels, five folds
    python -m ml.benchmark orders     the learner alone: units of work orders, after 300, 1,000 and 3,000
    python -m ml.benchmark drills     the gate: mislabelled and honest corrections, so many drills a kind (--drills)
    python -m ml.benchmark invariance other writings and damage of real complaints
    python -m ml.benchmark cost       one prediction beside one sparse product; sizes and times

Real texts are read in place from --data, else from the environment variable MINSHENG_DATA, else from ../shared/data;
where they are missing, the table says so and is skipped.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml import peers
from ml.data import OTHER, Corpus, Correction, read_corpus
from ml.evaluate import Report, Row, read_rows, report, targets
from ml.features import Floats
from ml.learning import learn, teach
from ml.predict import Model
from ml.scorer import Groups

ROOT = Path(__file__).resolve().parents[1]
FOLDS = 5
SEEDS = (0, 1)
CONFIRMED = 200
_COLUMNS = {
    "组内 严/宽": ("inside_strict", "inside_lenient"),
    "宏F1": ("macro_f1",),
    "前三": ("top3",),
    "稀有前三": ("rare_top3",),
    "组外AUROC": ("outside_auroc",),
    "12类 严/宽": ("way12_strict", "way12_lenient"),
    "直派90/95": ("coverage90", "coverage95"),
    "校准 严/宽": ("calibration_strict", "calibration_lenient"),
}


def city_groups(root: Path = ROOT, key: str = "changzhou") -> tuple[Groups, float | None]:
    """Groups and share of outside texts of a city profile, read here only: the portal passes them as arguments."""
    folder = root / "content" / "cities" / key
    table = tomllib.loads((folder / "groups.toml").read_text(encoding="utf-8"))
    city = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
    groups = {group["key"]: _shares(group["topics"]) for group in table["groups"] if "topics" in group}
    return groups, city.get("router", {}).get("outside_prior")


def _shares(topics: Sequence[Any]) -> dict[str, float]:
    return dict((t, 1.0) if isinstance(t, str) else (t["topic"], float(t.get("weight", 1.0))) for t in topics)


def print_heads() -> None:
    """The heading of a table of reports."""
    print(f"{'':<28}" + "  ".join(f"{name:<10}" for name in _COLUMNS))


def print_report(name: str, found: Report) -> None:
    """One line of a table of reports."""
    cells = ["/".join(f"{getattr(found, part):.3f}".removeprefix("0") for part in parts) for parts in _COLUMNS.values()]
    print(f"{name:<28}" + "  ".join(f"{cell:<12}" for cell in cells), flush=True)


class Dev:
    """The labelled complaints, the corpus and the city that the tables dev and folds share."""

    def __init__(self, data: Path) -> None:
        self.rows: list[Row] = read_rows(data / "complaints_dev.csv")
        self.corpus: Corpus = read_corpus(ROOT / "content" / "corpus")
        self.groups, self.outside_prior = city_groups()
        self.keys = tuple(self.groups)
        self.truth, self.accepted = targets(self.rows, self.keys)
        self.taught = teach(self.corpus)

    def show(self, name: str, mass: Floats, chosen: Sequence[int] | None = None) -> None:
        """Print the figures of these probabilities, over all rows or the chosen ones."""
        at = np.arange(len(self.rows)) if chosen is None else np.array(chosen)
        print_report(name, report(mass, self.truth[at], self.accepted[at], self.keys, np.full(len(self.keys), 0.75)))

    def mass(self, rows: Sequence[int], corrections: Sequence[int] = ()) -> Floats:
        """Probabilities for these rows from the corpus and the rows given as corrections."""
        confirmed = [Correction(self.rows[i].text, self.rows[i].label) for i in corrections]
        model = Model(learn(self.corpus, confirmed, self.groups, taught=self.taught).weights, {})
        return np.array([model.distribution(self.rows[i].text, self.groups, self.outside_prior) for i in rows])

    def starter(self) -> tuple[list[str], list[int]]:
        """The corpus as texts and columns, for the peers."""
        column = {topic: i for i, members in enumerate(self.groups.values()) for topic in members}
        texts = [example.text for example in self.corpus.examples]
        return texts, [column.get(example.topic, len(self.keys)) for example in self.corpus.examples]


def table_dev(data: Path) -> None:
    """Starter corpus only, ours and the peers, trained on the same texts."""
    dev = Dev(data)
    rows = [row.text for row in dev.rows]
    texts, labels = dev.starter()
    width = len(dev.keys) + 1
    print_heads()
    dev.show("关键词规则", peers.keyword_rules(dev.keys)(rows))
    dev.show("Signalen 配方", peers.signalen(texts, labels, width)(rows))
    dev.show("字 TF-IDF + LR", peers.plain_classifier(texts, labels, width)(rows))
    dev.show("民声", dev.mass(range(len(rows))))


def table_folds(data: Path) -> None:
    """After 200 confirmed cases (the rest measured) and in five folds, means over seeds, ours and the usual one."""
    dev = Dev(data)
    texts, labels = dev.starter()
    width = len(dev.keys) + 1
    print_heads()
    for seed in SEEDS:
        order = np.random.default_rng(seed).permutation(len(dev.rows)).tolist()
        known, rest = order[:CONFIRMED], order[CONFIRMED:]
        dev.show(f"民声，{CONFIRMED} 条确认后", dev.mass(rest, known), rest)
    for seed in SEEDS:
        ours = np.zeros((len(dev.rows), width))
        for known, rest in folds(dev.truth, seed):
            ours[rest] = dev.mass(rest, known)
        dev.show("民声，五折", ours)
    usual = np.zeros((len(dev.rows), width))
    for known, rest in folds(dev.truth, SEEDS[0]):
        confirmed = [dev.rows[i].text for i in known]
        router = peers.plain_classifier([*texts, *confirmed], [*labels, *dev.truth[known].tolist()], width)
        usual[rest] = router([dev.rows[i].text for i in rest])
    dev.show("字 TF-IDF + LR，五折", usual)


def table_drills(data: Path, number: int) -> None:
    """Drills of the gate with the real complaints, and with 1,000 texts: held-out ones of the corpus beside them."""
    from ml import drills

    dev = Dev(data)
    real = [Correction(row.text, row.label) for row in dev.rows]
    examples = dev.corpus.examples
    small = Corpus(dev.corpus.topics, tuple(e for i, e in enumerate(examples) if i % 4))
    group = {topic: key for key, members in dev.groups.items() for topic in members}
    held = [Correction(e.text, group.get(e.topic, OTHER)) for e in examples[::4]]
    chosen = np.random.default_rng(0).permutation(len(held))[: 1000 - len(real)]
    both = [*real, *(held[i] for i in chosen)]
    for rows, taught in ((real, dev.taught), (both, teach(small))):
        for poisoned in (False, True):
            done = list(drills.run(taught, rows, dev.groups, dev.outside_prior, number, poisoned))
            print(f"{len(rows)} 条更正，{'一个组一成标错' if poisoned else '如实'}：{drills.summary(done)}", flush=True)


def folds(labels: Any, seed: int) -> list[tuple[list[int], list[int]]]:
    """Five pairs of rows to learn from and rows to measure, each label spread evenly."""
    chance = np.random.default_rng(seed)
    place = np.zeros(len(labels), dtype=int)
    for label in np.unique(labels):
        mine = chance.permutation(np.flatnonzero(labels == label))
        place[mine] = (np.arange(len(mine)) + chance.integers(FOLDS)) % FOLDS
    return [(np.flatnonzero(place != f).tolist(), np.flatnonzero(place == f).tolist()) for f in range(FOLDS)]


NAMES = ("dev", "folds", "messages", "orders", "drills", "invariance", "cost")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one table; 0 also when its data are not there."""
    import ml.benchmark_learner as learner

    parser = argparse.ArgumentParser(description="路由模型的对比表")
    parser.add_argument("table", choices=NAMES)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("MINSHENG_DATA", ROOT.parent / "shared/data")))
    parser.add_argument("--drills", type=int, default=50, help="每种演练的次数")
    options = parser.parse_args(arguments)
    tables: dict[str, tuple[Callable[[Path], None], str]] = {
        "dev": (table_dev, "complaints_dev.csv"),
        "folds": (table_folds, "complaints_dev.csv"),
        "messages": (learner.table_messages, "messages_7label.csv"),
        "orders": (learner.table_orders, "work_orders_dev.csv"),
        "invariance": (learner.table_invariance, "complaints_dev.csv"),
        "cost": (learner.table_cost, ""),
        "drills": (lambda data: table_drills(data, options.drills), "complaints_dev.csv"),
    }
    table, needs = tables[options.table]
    if needs and not (options.data / needs).is_file():
        print(f"{options.table}：没有 {options.data / needs}，跳过")
        return 0
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    started = time.process_time()
    with threadpool_limits(limits=1):
        table(options.data)
    print(f"（CPU {time.process_time() - started:.0f} 秒）")
    return 0


if __name__ == "__main__":
    sys.exit(main())
