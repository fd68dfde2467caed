"""Tables of the learner alone, on other labels than a city's groups, and of cost and invariance."""

from __future__ import annotations

import csv
import re
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ml.changes import changes
from ml.data import OTHER, Corpus, Correction, read_corpus
from ml.features import Ints
from ml.learners import LEARNERS, Learner
from ml.learning import learn, teach
from ml.predict import Model
from ml.reference import to_pipeline
from ml.text import normalise

SIZES = (300, 1000, 3000)
UNITS = 20
LATEST = 2000
DRAWS = 3
USUAL_LENGTH = 119
"""Signs of a work order, on average."""
OPENING = re.compile(r"^.{0,14}?(来电|微信|网络|来访)(反映|咨询|投诉|求助|举报|建议|表扬)[::,]*")
CLOSING = re.compile(r"[,(]*(现)?请[^,]{0,14}(核实|处理|联系|跟进|协助|回复|规定).*$")


def table_messages(data: Path) -> None:
    """Seven labels of letters, five folds, accuracy and macro-F1; the title counts twice."""
    from sklearn.metrics import f1_score
    from sklearn.model_selection import StratifiedKFold

    with (data / "messages_7label.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [f"{row['title']}。{row['title']}。{row['text']}" for row in rows]
    _, labels = np.unique([row["label"] for row in rows], return_inverse=True)
    for name, way in LEARNERS.items():
        found = []
        for seed in (0, 1, 2):
            said = np.zeros(len(labels), dtype=int)
            for known, rest in StratifiedKFold(5, shuffle=True, random_state=seed).split(texts, labels):
                said[rest] = way([texts[i] for i in known], labels[known], [texts[i] for i in rest])
            found.append(((said == labels).mean(), f1_score(labels, said, average="macro")))
        accuracy, f1 = np.mean(found, axis=0)
        print(f"{name:<20}正确率 {accuracy:.3f}  宏F1 {f1:.3f}", flush=True)


def table_orders(data: Path) -> None:
    """The unit of a work order (first twenty units) from 300 to 3,000 others: of the same months, and of earlier ones.

    Same months: 2,000 orders drawn at random, mean of three draws. Earlier: the latest 2,000, learnt from all before.
    """
    texts, labels = _orders(data)
    last = np.arange(len(texts))
    draws = [np.random.default_rng(seed).permutation(len(texts)) for seed in range(DRAWS)]
    later = np.concatenate((last[-LATEST:], np.random.default_rng(0).permutation(last[:-LATEST])))
    for kind, orders in (("同期", draws), ("较早", [later])):
        for name, way in LEARNERS.items():
            right = [np.mean([_share_right(way, texts, labels, order, size) for order in orders]) for size in SIZES]
            cells = "  ".join(f"{size}：{share:.3f}" for size, share in zip(SIZES, right, strict=True))
            print(f"{kind}  {name:<20}{cells}", flush=True)


def _share_right(way: Learner, texts: Sequence[str], labels: Ints, order: Ints, size: int) -> float:
    """Share right on the first LATEST of this order, learnt from the next `size`."""
    rest, known = order[:LATEST], order[LATEST : LATEST + size]
    said = way([texts[i] for i in known], labels[known], [texts[i] for i in rest])
    return float((said == labels[rest]).mean())


def _orders(data: Path) -> tuple[list[str], Ints]:
    """Orders of the first units in order of time, without formulas that name the unit, each text once."""
    with (data / "work_orders_dev.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: row["date"])
    first = [unit for unit, _ in Counter(row["dept"] for row in rows).most_common(UNITS)]
    found = {without_formula(row["text"]): first.index(row["dept"]) for row in rows if row["dept"] in first}
    return list(found), np.array(list(found.values()))


def without_formula(text: str) -> str:
    """A work order without its opening and closing formula, in normal form."""
    return CLOSING.sub("", OPENING.sub("", normalise(text).text))


def table_invariance(data: Path) -> None:
    """Share of real complaints whose group stays the same when the writing changes: of all, and of those it changed."""
    from ml.benchmark import Dev

    dev = Dev(data)
    model = Model(dev.taught, {})

    def groups(texts: Sequence[str]) -> Ints:
        return np.array([model.distribution(text, dev.groups)[:-1].argmax() for text in texts])

    plain = [row.text for row in dev.rows]
    before = groups(plain)
    for name, change in changes().items():
        written = [change(text) for text in plain]
        same = groups(written) == before
        changed = np.array([a != b for a, b in zip(plain, written, strict=True)])
        print(f"{name:<14}{same.mean():.3f}  其中写法变了的 {changed.sum()} 条 {same[changed].mean():.3f}", flush=True)


def table_cost(_: Path) -> None:
    """Predictions with words beside products of a sparse row and the same matrix; sizes and times.

    Over the texts of the corpus whose length comes nearest to that of a hotline's notes.
    """
    from scipy import sparse

    from ml.benchmark import ROOT, city_groups
    from ml.train import train

    groups, prior = city_groups()
    thresholds = dict.fromkeys(groups, 0.75)
    corpus = read_corpus(ROOT / "content" / "corpus")
    texts = sorted((example.text for example in corpus.examples), key=lambda text: abs(len(text) - USUAL_LENGTH))[:20]
    _, few = _seconds(lambda: teach(Corpus(corpus.topics, corpus.examples[:: len(corpus.examples) // 2000])))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "router.skops"
        card, trained = _seconds(lambda: train(ROOT / "content" / "corpus", path))
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        model, loaded = _seconds(lambda: Model.load(path))
    group = {topic: key for key, members in groups.items() for topic in members}
    decided = [Correction(e.text, group.get(e.topic, OTHER)) for e in corpus.examples]
    again = {
        size: _seconds(lambda: learn(corpus, decided[:: len(decided) // size][:size], groups, taught=model.weights))[1]  # noqa: B023
        for size in (200, 1000)
    }
    matrix, vectorizer = model.weights.matrix, to_pipeline(model.weights)[0]
    rows = [vectorizer.transform([text]) for text in texts]
    product = sparse.csr_matrix(matrix)
    one, dense, both = (
        seconds / len(texts)
        for seconds in _times(
            lambda: [model.route(text, groups, thresholds, prior) for text in texts],
            lambda: [row @ matrix for row in rows],
            lambda: [row @ product for row in rows],
        )
    )
    print(f"训练 {card.rows} 条：CPU {trained:.1f} 秒，内存至多 {most:.0f} MB；2,000 条：CPU {few:.1f} 秒")
    print("多一条更正后重学（含校准）：" + "，".join(f"共 {size} 条 {s:.2f} 秒" for size, s in again.items()))
    print(f"文件 {card.bytes / 1e6:.2f} MB；载入 {loaded * 1000:.0f} 毫秒")
    print(f"一次判断（{np.mean([*map(len, texts)]):.0f} 字，含理由词）{one * 1e6:.0f} 微秒")
    for name, base in (("稠密", dense), ("稀疏", both)):
        print(f"  同样大小的稀疏行 × {name}矩阵 {base * 1e6:.0f} 微秒，比值 {one / base:.1f}")


def _seconds(work: Callable[[], Any]) -> tuple[Any, float]:
    """What a work gives, and its CPU seconds."""
    started = time.process_time()
    given = work()
    return given, time.process_time() - started


def _times(*works: Callable[[], Any], rounds: int = 100, repeats: int = 2) -> list[float]:
    """CPU seconds of one call of each work: the least of interleaved rounds, for busy machines."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for number, work in enumerate(works):
            started = time.process_time()
            for _ in range(repeats):
                work()
            best[number] = min(best[number], (time.process_time() - started) / repeats)
    return best
