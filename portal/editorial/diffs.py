"""What changed between two revisions, line by line, for the shared `ui.diff` and for two columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

LINES_LIMIT = 2000


@dataclass(frozen=True)
class Row:
    """A line of a side-by-side comparison; op: "=" same, "-" only left, "+" only right, "~" changed."""

    op: str
    left: str
    right: str


def compare(before: str, after: str) -> list[Row]:
    """Both texts side by side, lines matched as far as they can be."""
    left, right = before.splitlines()[:LINES_LIMIT], after.splitlines()[:LINES_LIMIT]
    rows: list[Row] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [Row("=", line, line) for line in left[i1:i2]]
            continue
        span = max(i2 - i1, j2 - j1)
        old = [*left[i1:i2], *[""] * (span - (i2 - i1))]
        new = [*right[j1:j2], *[""] * (span - (j2 - j1))]
        rows += [Row("~" if a and b else "-" if a else "+", a, b) for a, b in zip(old, new, strict=True)]
    return rows


def changed_fields(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[Row]]:
    """Side-by-side rows of every field that differs."""
    names = dict.fromkeys([*after, *before])
    return {
        name: compare(before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    }
