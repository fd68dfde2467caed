"""No published table lets a hidden count be worked out, whatever the reader subtracts."""

import itertools
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.surveys.definition import Definition, Kind, Part, Question
from portal.surveys.disclosure import HIDDEN, SMALL, Cross, show_tally
from portal.surveys.tally import Tally, tabulate

GRADED = Question("q", Kind.GRADE5, "满意吗？", part=Part.SATISFACTION)
COUNT = st.one_of(st.integers(0, 6), st.integers(0, 60))


def tally_of(question: Question, values: list[Any]) -> Tally:
    return tabulate(Definition((question,)), [{"q": value} for value in values])[0]


def graded(counts: tuple[int, ...]) -> Tally:
    return tally_of(GRADED, [str(5 - place) for place, count in enumerate(counts) for _ in range(count)])


def possible(row: dict[str, Any], counts: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Every set of counts that agrees with all that was published."""
    n, cells = row["n"], row["cells"]
    shown = sum(cell["count"] for cell in cells if cell["count"] is not None)
    bounds = []
    for cell in cells:
        if cell["count"] is not None:
            bounds.append(range(cell["count"], cell["count"] + 1))
        elif cell["count_text"] == SMALL:
            bounds.append(range(1, 5))
        else:
            bounds.append(range(0, n - shown + 1))
    wide = [place for place, bound in enumerate(bounds) if len(bound) > 4]
    found = []
    # The largest range follows from the sum, so it need not be walked.
    free = wide[0] if wide else None
    for guess in itertools.product(*(bound if place != free else (0,) for place, bound in enumerate(bounds))):
        filled = list(guess)
        if free is not None:
            filled[free] = n - sum(guess)
        if sum(filled) != n or any(value not in bound for value, bound in zip(filled, bounds, strict=True)):
            continue
        if agrees(row, filled):
            found.append(tuple(filled))
    assert counts in found
    return found


def agrees(row: dict[str, Any], filled: list[int]) -> bool:
    """Whether the published figures, as they are printed, would come out of these counts."""
    figures = {figure["key"]: figure["share_text"] for figure in row["figures"]}
    again = {figure["key"]: figure["share_text"] for figure in show_all(tuple(filled))["figures"]}
    return all(again.get(key) == text for key, text in figures.items())


def show_all(counts: tuple[int, ...]) -> dict[str, Any]:
    from portal.surveys.disclosure import _figure

    return {"figures": [_figure(figure) for figure in graded(counts).figures]}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.tuples(COUNT, COUNT, COUNT, COUNT, COUNT))
def test_hidden_counts_of_a_question_stay_hidden(counts: tuple[int, ...]) -> None:
    row = show_tally(graded(counts), is_weighted=False)
    if row["n"] is None or all(cell["count"] is not None for cell in row["cells"]):
        return
    hidden = [place for place, cell in enumerate(row["cells"]) if cell["count"] is None]
    if max(counts) > 40 and len(hidden) > 2:
        return  # too many guesses to walk; the next test holds the rule itself
    guesses = possible(row, counts)
    for place in hidden:
        assert len({guess[place] for guess in guesses}) > 1, (counts, row)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.tuples(COUNT, COUNT, COUNT, COUNT, COUNT))
def test_no_count_of_1_to_4_and_no_share_of_a_hidden_count_is_printed(counts: tuple[int, ...]) -> None:
    row = show_tally(graded(counts), is_weighted=False)
    for cell in row["cells"]:
        assert cell["count"] is None or cell["count"] == 0 or cell["count"] >= 5
        assert cell["count"] is not None or cell["share"] is None
    hidden = {cell["value"] for cell in row["cells"] if cell["count"] is None}
    if hidden:
        assert not {"mean", "index100"} & {figure["key"] for figure in row["figures"]}
    if sum(counts) < 30:
        assert all(cell["share"] is None for cell in row["cells"])
        assert row["figures"] == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 40), st.integers(0, 40))
def test_a_box_that_nearly_everybody_ticked_tells_nothing_of_the_others(ticked: int, others: int) -> None:
    question = Question("q", Kind.MULTIPLE, "?", options=("甲", "都没有"), part=Part.PARTICIPATION)
    row = show_tally(tally_of(question, [["1"]] * ticked + [["2"]] * others), is_weighted=False)
    few = 0 < others < 5 or 0 < ticked < 5
    assert all((cell["count"] is None) == few for cell in row["cells"])
    assert not (few and row["figures"])


def test_a_rate_is_published_when_it_tells_nothing_new() -> None:
    row = show_tally(graded((212, 131, 44, 9, 4)), is_weighted=False)
    assert [cell["count_text"] for cell in row["cells"]] == ["212", "131", "44", "至少 9", SMALL]
    assert [figure["key"] for figure in row["figures"]] == ["top2", "basic_or_better"]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=2, max_size=4))
def test_a_breakdown_and_its_question_are_one_table(rows: list[tuple[int, int, int]]) -> None:
    question = Question("q", Kind.SINGLE, "?", options=("甲", "乙", "丙"))
    values = [str(place + 1) for row in rows for place, count in enumerate(row) for _ in range(count)]
    cross = Cross("区", {f"区{number}": row for number, row in enumerate(rows)})
    row = show_tally(tally_of(question, values), is_weighted=False, cross=cross)
    printed = row["breakdown"]["rows"]
    for column, cell in enumerate(row["cells"]):
        texts = [line[column + 1] for line in printed]
        gaps = [text for text in texts if text in {SMALL, HIDDEN}]
        # One gap in a column whose sum is told could be filled by subtraction.
        assert not (len(gaps) == 1 and cell["count"] is not None)
    for line in printed:
        gaps = [text for text in line[1:4] if text in {SMALL, HIDDEN}]
        assert not (len(gaps) == 1 and line[4] not in {SMALL, HIDDEN})
        assert not any(text.isdigit() and 0 < int(text) < 5 for text in line[1:5])
