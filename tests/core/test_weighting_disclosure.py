"""No published table lets anyone work out a hidden count."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from portal.core.weighting import Protected, count_text, may_show_percentage, protect_list, protect_table

COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 6), st.integers(0, 60))
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(COUNTS, min_size=width, max_size=width), min_size=1, max_size=4)
)


def possible_range(published: Protected, place: tuple[int, int]) -> tuple[float, float]:
    """The least and the greatest value of a hidden place for somebody who knows all that is shown."""
    height, width = len(published.cells), len(published.cells[0])
    bounds: list[tuple[float, float | None]] = []
    for row in range(height):
        for column in range(width):
            value = published.cells[row][column]
            if value is not None:
                bounds.append((value, value))
            else:
                bounds.append((1, 4) if (row, column) in published.small else (0, None))
    equal, equal_to, below, below_to = [], [], [], []

    def known(total: int | None, at: tuple[int, int], line: np.ndarray) -> None:
        if total is not None:
            equal.append(line)
            equal_to.append(total)
        elif at in published.small:
            below.extend([line, -line])
            below_to.extend([4, -1])

    index = np.arange(height * width).reshape(height, width)
    for row in range(height):
        known(published.row_totals[row], (row, width), np.isin(index.ravel(), index[row]).astype(float))
    for column in range(width):
        known(published.column_totals[column], (height, column), np.isin(index.ravel(), index[:, column]).astype(float))
    known(published.total, (height, width), np.ones(height * width))
    row, column = place
    rows = range(height) if row == height else [row]
    columns = range(width) if column == width else [column]
    aim = np.zeros(height * width)
    for r in rows:
        for c in columns:
            aim[index[r, c]] = 1
    ends = []
    for sign in (1, -1):
        found = linprog(sign * aim, below or None, below_to or None, equal or None, equal_to or None, bounds)
        ends.append(sign * found.fun if found.status == 0 else sign * -np.inf)
    return ends[0], ends[1]


def hidden_places(published: Protected) -> list[tuple[int, int]]:
    height, width = len(published.cells), len(published.cells[0])
    places = [(r, c) for r in range(height) for c in range(width) if published.cells[r][c] is None]
    places += [(r, width) for r in range(height) if published.row_totals[r] is None]
    if height > 1:
        places += [(height, c) for c in range(width) if published.column_totals[c] is None]
    return places


@settings(max_examples=150, deadline=None)
@given(TABLES)
def test_no_hidden_count_follows_from_what_is_shown(table: list[list[int]]) -> None:
    published = protect_table(table)
    if published.total is None:
        return
    for place in hidden_places(published):
        low, high = possible_range(published, place)
        assert high - low >= 1 - 1e-6


@settings(max_examples=100, deadline=None)
@given(st.lists(COUNTS, min_size=1, max_size=6))
@example([1, 1, 1, 1])
@example([4])
def test_no_hidden_answer_follows_from_the_sum(counts: list[int]) -> None:
    published = protect_list(counts)
    for place in hidden_places(published):
        low, high = possible_range(published, place)
        assert high - low >= 1 - 1e-6


@given(TABLES)
def test_what_is_shown_is_true_and_no_small_count_is(table: list[list[int]]) -> None:
    published = protect_table(table)
    for row, counts in zip(published.cells, table, strict=True):
        for shown, true in zip(row, counts, strict=True):
            assert shown in (None, true)
            assert shown is None or shown == 0 or shown >= 5
    for shown, counts in zip(published.row_totals, table, strict=True):
        assert shown in (None, sum(counts))


def test_where_everything_is_small_the_sum_says_nothing() -> None:
    published = protect_list([1, 1, 1, 1])
    assert [published.text(0, column) for column in range(5)] == ["<5", "<5", "<5", "<5", "—"]


def test_one_small_cell_hides_the_next_smallest_of_its_row_and_column() -> None:
    published = protect_table([[3, 20, 40], [30, 8, 50], [60, 70, 80]])
    assert published.cells == ((None, None, 40), (None, None, 50), (60, 70, 80))
    assert published.text(0, 0) == "<5"
    assert published.text(1, 1) == "—"
    assert published.text(0, 3) == "63"
    assert published.text(3, 3) == "361"


def test_a_table_without_small_counts_is_shown_whole() -> None:
    published = protect_table([[10, 20], [30, 0]])
    assert published.cells == ((10, 20), (30, 0))
    assert published.column_totals == (40, 20)


def test_a_row_of_fewer_than_ten_people_is_hidden() -> None:
    published = protect_table([[6, 3], [30, 40], [50, 60]])
    assert published.cells[0] == (None, None)


def test_in_a_list_a_second_answer_is_hidden_beside_a_small_one() -> None:
    published = protect_list([212, 131, 44, 9, 4])
    assert [published.text(0, column) for column in range(6)] == ["212", "131", "44", "—", "<5", "400"]


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5")])
def test_one_to_four_are_told_as_fewer_than_five(count: int, text: str) -> None:
    assert count_text(count) == text


def test_a_percentage_needs_thirty_answers_or_ten_in_a_cell() -> None:
    assert not may_show_percentage(29)
    assert may_show_percentage(30)
    assert not may_show_percentage(9, is_cell=True)
    assert may_show_percentage(10, is_cell=True)


@pytest.mark.parametrize("table", [[], [[]], [[1, 2], [3]], [[-1]]])
def test_what_is_no_table_of_counts_is_refused(table: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="table"):
        protect_table(table)
