"""Which counts may be published so that no answer of a small group can be worked out.

Counts of 1 to 4 are told as "<5". Where a total would give a hidden count away by subtraction, further cells are
hidden, the smallest first and totals last, until every hidden cell could have at least two values for a reader
who knows all that is shown, that no count is negative, and that "<5" means 1 to 4.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LEAST_COUNT = 5
LEAST_CELL = 10
LEAST_TOTAL = 30
SMALL_TEXT = "<5"
HIDDEN_TEXT = "—"

_Place = tuple[int, int]


def count_text(count: int) -> str:
    """A count that stands alone, as it may be printed."""
    return SMALL_TEXT if 0 < count < LEAST_COUNT else str(count)


def may_show_percentage(base: int, is_cell: bool = False) -> bool:
    """Whether a base is large enough for a percentage: 30 for a whole question, 10 for a cell of a table."""
    return base >= (LEAST_CELL if is_cell else LEAST_TOTAL)


@dataclass(frozen=True)
class Protected:
    """A table as it may be published; None is hidden.

    small: places of hidden counts that are told as "<5" (row, column); a total has the row or column number one
    past the last.
    """

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...]
    column_totals: tuple[int | None, ...]
    total: int | None
    small: frozenset[_Place]

    def text(self, row: int, column: int) -> str:
        """What to print at a place; totals stand one past the last row or column."""
        values = (*(zip(self.cells, self.row_totals, strict=True)), (self.column_totals, self.total))
        cells, total = values[row]
        value = (*cells, total)[column]
        if value is not None:
            return str(value)
        return SMALL_TEXT if (row, column) in self.small else HIDDEN_TEXT


class _Grid:
    """A table with its totals, signed so that every row and column sums to 0.

    A hidden cell has bounds, what a reader knows of it. It is safe when it can move by one without leaving its
    bounds, others moving along: then there is a circle of hidden cells through it, alternately one up and one
    down. Rows and columns are the knots of that circle.
    """

    def __init__(self, table: Sequence[Sequence[int]], with_column_totals: bool) -> None:
        self.height, self.width = len(table), len(table[0])
        rows = [[*row, -sum(row)] for row in table]
        self.values: list[list[int]] = [*rows, [-sum(column) for column in zip(*rows, strict=True)]]
        self.hidden: dict[_Place, tuple[float, float]] = {}
        self.small: set[_Place] = set()
        self.untold: set[_Place] = set()
        if not with_column_totals:
            self.untold = {(self.height, column) for column in range(self.width)}
            self.hidden = dict.fromkeys(self.untold, (-math.inf, math.inf))

    def is_total(self, place: _Place) -> bool:
        return place[0] == self.height or place[1] == self.width

    def value(self, place: _Place) -> int:
        return abs(self.values[place[0]][place[1]])

    def places(self) -> Iterator[_Place]:
        return itertools.product(range(self.height + 1), range(self.width + 1))

    def hide(self, place: _Place) -> None:
        if place in self.hidden:
            return
        if 0 < self.value(place) < LEAST_COUNT:
            self.small.add(place)
        self._bound(place)

    def _bound(self, place: _Place) -> None:
        low, high = (1.0, LEAST_COUNT - 1.0) if place in self.small else (0.0, math.inf)
        is_negative = self.is_total(place) and place != (self.height, self.width)
        self.hidden[place] = (-high, -low) if is_negative else (low, high)

    def is_safe(self, place: _Place) -> bool:
        return self._can_move(place, up=True) or self._can_move(place, up=False)

    def _can_move(self, place: _Place, up: bool) -> bool:
        """Whether the cell can go up (or down) by one with others making good for it."""
        if not self._has_room(place, up):
            return False
        row, column = place
        start, goal = (("column", column), ("row", row)) if up else (("row", row), ("column", column))
        seen, edge = {start}, [start]
        while edge:
            kind, number = edge.pop()
            for other, (r, c) in self._line(kind, number):
                # From a column a cell goes down, from a row one goes up; so they alternate.
                if (r, c) != place and other not in seen and self._has_room((r, c), up=kind == "row"):
                    if other == goal:
                        return True
                    seen.add(other)
                    edge.append(other)
        return False

    def _has_room(self, place: _Place, up: bool) -> bool:
        if place not in self.hidden:
            return False
        low, high = self.hidden[place]
        value = self.values[place[0]][place[1]]
        return value < high if up else value > low

    def _line(self, kind: str, number: int) -> Iterator[tuple[tuple[str, int], _Place]]:
        if kind == "row":
            return ((("column", column), (number, column)) for column in range(self.width + 1))
        return ((("row", row), (row, number)) for row in range(self.height + 1))

    def protect(self) -> None:
        """Hide more until every hidden cell is safe; where all is hidden, tell less of it, totals first."""
        while (exposed := self._find_exposed()) is not None:
            if self._close_a_circle(exposed):
                continue
            left = [place for place in self.places() if place not in self.hidden]
            if left:
                self.hide(min(left, key=self._cost))
            elif self.small:
                # Four cells of "<5" under a total of "<5" are one each.
                place = max(self.small, key=lambda one: (self.is_total(one), one))
                self.small.remove(place)
                self._bound(place)
            else:
                return

    def _find_exposed(self) -> _Place | None:
        return next((p for p in sorted(self.hidden) if p not in self.untold and not self.is_safe(p)), None)

    def _close_a_circle(self, exposed: _Place) -> bool:
        """Hide the cheapest three cells that make a rectangle with this one and make it safe."""
        row, column = exposed
        corners = (
            ((row, c), (r, column), (r, c))
            for r in range(self.height + 1)
            for c in range(self.width + 1)
            if r != row and c != column
        )
        for three in sorted(corners, key=lambda places: sum(map(self._cost, places))):
            hidden, small = dict(self.hidden), set(self.small)
            for place in three:
                self.hide(place)
            if self.is_safe(exposed):
                return True
            self.hidden, self.small = hidden, small
        return False

    def _cost(self, place: _Place) -> float:
        if place in self.hidden:
            return 0
        # Readers need totals more than any cell; and a hidden nought protects little.
        return self.value(place) + (10**9 if self.is_total(place) else 0) + (LEAST_CELL if not self.value(place) else 0)

    def published(self) -> Protected:
        def shown(row: int, column: int) -> int | None:
            return None if (row, column) in self.hidden else self.value((row, column))

        return Protected(
            cells=tuple(tuple(shown(row, column) for column in range(self.width)) for row in range(self.height)),
            row_totals=tuple(shown(row, self.width) for row in range(self.height)),
            column_totals=tuple(shown(self.height, column) for column in range(self.width)),
            total=shown(self.height, self.width),
            small=frozenset(self.small),
        )


def protect_table(table: Sequence[Sequence[int]], least_base: int = LEAST_CELL) -> Protected:
    """A table of counts (rows: groups of people, columns: answers) with all its totals, as it may be published.

    Cells of a row with fewer than `least_base` people are hidden altogether.
    Raises ValueError for an empty or ragged table and negative counts.
    Source: Willenborg, de Waal 2001, Elements of statistical disclosure control, chapter 4.
    """
    return _protected(table, least_base, with_column_totals=len(table) > 1)


def protect_list(counts: Sequence[int]) -> Protected:
    """The counts of one question with their sum, as they may be published: a table of one row."""
    return _protected([list(counts)], least_base=0, with_column_totals=False)


def _protected(table: Sequence[Sequence[int]], least_base: int, with_column_totals: bool) -> Protected:
    if not table or not table[0] or len({len(row) for row in table}) != 1 or any(n < 0 for row in table for n in row):
        raise ValueError("a table has rows of one length and no negative counts")
    grid = _Grid(table, with_column_totals)
    for place in grid.places():
        if 0 < grid.value(place) < LEAST_COUNT and place not in grid.untold:
            grid.hide(place)
    for row, counts in enumerate(table):
        if 0 < sum(counts) < least_base:
            for column in range(grid.width):
                grid.hide((row, column))
    grid.protect()
    return grid.published()
