"""Answers of the help page that may settle a question before it is sent."""

import math
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from portal.cases.similar import bigrams

LEAST_SHARE = 0.5
"""How much of a question's own words must stand in the text, rare words counting more."""
SKIPPED = re.compile(r"^not_offered:\s*(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class HelpAnswer:
    """A question of the help page, and its answer in plain words."""

    question: str
    answer: str


def find_answers(folder: Path, text: str, most: int = 2) -> list[HelpAnswer]:
    """The help page's answers whose questions the text asks, best first."""
    path = folder / "help.md"
    if not path.is_file():
        return []
    answers, weights = _read(path, path.stat().st_mtime_ns)
    typed = bigrams(text)
    found = []
    for answer in answers:
        words = bigrams(answer.question)
        whole = sum(weights[word] for word in words)
        share = sum(weights[word] for word in words & typed) / whole if whole else 0.0
        if share >= LEAST_SHARE:
            found.append((share, answer))
    return [answer for _share, answer in sorted(found, key=lambda pair: -pair[0])[:most]]


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> tuple[list[HelpAnswer], dict[str, float]]:
    """Every question with its answer, and what each pair of signs is worth: the rarer, the more."""
    source = path.read_text(encoding="utf-8")
    skipped = {part.strip() for line in SKIPPED.findall(source) for part in line.split("、")}
    answers = []
    for section in re.split(r"^## ", source, flags=re.MULTILINE)[1:]:
        title, _newline, body = section.partition("\n")
        if title.strip() in skipped:
            continue
        for part in re.split(r"^### ", body, flags=re.MULTILINE)[1:]:
            question, _newline, words = part.partition("\n")
            answers.append(HelpAnswer(question.strip(), _plain(words)))
    seen = Counter(word for answer in answers for word in bigrams(answer.question))
    return answers, {word: math.log(1 + len(answers) / count) for word, count in seen.items()}


def _plain(markdown: str) -> str:
    """The answer without marks; a link keeps its words."""
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown)
    return " ".join(re.sub(r"[*_`#>]", "", words).split())
