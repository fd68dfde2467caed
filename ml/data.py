"""The starter corpus: topics, and texts written for this project, one file a topic.

content/corpus/topics.toml names the topics ([key] family, means); content/corpus/texts/{key}.txt holds their texts,
one a line. A topic without texts is left out of training, so a city may prepare a topic before its texts are there.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.text import normalise

OTHER = "other"
"""The label of a correction that says: no group of this city."""


class BadCorpus(Exception):
    """The corpus or a file of corrections cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Topic:
    """A fine topic: what a text can be about, whatever city it comes from."""

    key: str
    family: str
    means: str


@dataclass(frozen=True)
class Example:
    """A text and the key of its topic."""

    text: str
    topic: str


@dataclass(frozen=True)
class Correction:
    """A text and the group (or OTHER) that staff chose for it.

    decided_at: as ISO 8601, empty when unknown.  is_reviewed: a second person looked at the label and kept it.
    """

    text: str
    label: str
    decided_at: str = ""
    is_reviewed: bool = False


@dataclass(frozen=True)
class Corpus:
    """Topics in the order of the file and their texts."""

    topics: tuple[Topic, ...]
    examples: tuple[Example, ...]

    def topic_keys(self) -> tuple[str, ...]:
        """Keys of the topics that have texts, in the order of the file."""
        present = {example.topic for example in self.examples}
        return tuple(topic.key for topic in self.topics if topic.key in present)

    def digest(self) -> str:
        """SHA-256 of topics and texts: the same corpus gives the same model name."""
        return digest([*(f"{t.key}|{t.family}" for t in self.topics), *(f"{e.topic}\t{e.text}" for e in self.examples)])


def digest(lines: Iterable[str]) -> str:
    """SHA-256 over lines, as 64 hexadecimal digits; lone surrogates are allowed."""
    total = hashlib.sha256()
    for line in lines:
        total.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return total.hexdigest()


def read_corpus(folder: Path) -> Corpus:
    """The corpus in this folder; raise BadCorpus when its list of topics cannot be read or it has no texts."""
    try:
        table = tomllib.loads((folder / "topics.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadCorpus(f"读不了主题表 {folder / 'topics.toml'}：{error}") from error
    topics = tuple(Topic(key, row.get("family", ""), row.get("means", "")) for key, row in table.items())
    examples = tuple(Example(text, topic.key) for topic in topics for text in _lines(folder / f"texts/{topic.key}.txt"))
    if not examples:
        raise BadCorpus(f"语料目录 {folder} 里没有文本")
    return Corpus(topics, examples)


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        return []
    return list(dict.fromkeys(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()))


def read_corrections(path: Path) -> list[Correction]:
    """Staff decisions from a CSV with columns text, label and optionally decided_at and reviewed (yes).

    In the order of the file.

    UTF-8 (with or without a mark) or GB 18030, as Chinese Excel saves. Raise BadCorpus, naming the line, when a column
    or a value is missing.
    """
    reader = csv.DictReader(io.StringIO(decode(path)))
    if not {"text", "label"} <= set(reader.fieldnames or ()):
        raise BadCorpus(f"{path}：缺少列 text 或 label")
    rows = []
    for number, row in enumerate(reader, start=2):
        text, label = (row.get("text") or "").strip(), (row.get("label") or "").strip()
        if not text or not label:
            raise BadCorpus(f"{path} 第 {number} 行：text 和 label 都要填写")
        is_reviewed = (row.get("reviewed") or "").strip() == "yes"
        rows.append(Correction(text, label, (row.get("decided_at") or "").strip(), is_reviewed))
    return rows


def decode(path: Path) -> str:
    """The text of a file that Excel or a program saved; raise BadCorpus when it is neither UTF-8 nor GB 18030."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadCorpus(f"读不了文件 {path}：{error.strerror}") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadCorpus(f"{path}：文件编码不是 UTF-8 或 GB 18030")


def near_duplicates(
    texts: Sequence[str], others: Sequence[str] | None = None, least: float = 0.7
) -> list[tuple[int, int, float]]:
    """Pairs (i, j, share) of texts that share at least `least` of their sign triples (Jaccard), 0–1.

    With `others`, pairs of a text and another; without, pairs i < j inside `texts`. An inverted index over the rarer
    triples keeps this far below all pairs.
    """
    ours = [_triples(text) for text in texts]
    theirs = ours if others is None else [_triples(text) for text in others]
    index: dict[str, list[int]] = {}
    for number, grams in enumerate(theirs):
        for gram in grams:
            index.setdefault(gram, []).append(number)
    found = []
    for i, grams in enumerate(ours):
        shared: dict[int, int] = {}
        for gram in grams:
            for j in index.get(gram, ()):
                if others is not None or j > i:
                    shared[j] = shared.get(j, 0) + 1
        for j, count in shared.items():
            share = count / (len(grams) + len(theirs[j]) - count)
            if share >= least:
                found.append((i, j, share))
    return found


def _triples(text: str) -> set[str]:
    normal = normalise(text).text
    return {normal[i : i + 3] for i in range(max(1, len(normal) - 2))}
