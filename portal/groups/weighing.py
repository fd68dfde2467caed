"""What can be said of all predictions from those that people judged, though not every one had the same chance of it.

Predictions that the router dispatched alone are judged by chance (the blind sample); those that it was not sure of are
looked at by people, nearly all. Each judged prediction therefore stands for as many as there are of its kind: it is
weighted by the inverse of its chance. Corrections that units asked for say nothing here, because only wrong ones come.
"""

from collections.abc import Callable, Sequence

from portal.core.estimates import Share, share
from portal.groups.queries import Line

LEAST_SIZE = 5.0
"""Effective size below which a share says nothing."""
MOST_UNSEEN = 0.1
"""Share of the predictions whose kind nobody has judged, above which nothing is said of all."""


def judged_by_chance(line: Line) -> str:
    """What people said about a prediction that was judged whatever the router said; empty when nobody did."""
    return line.blind if line.is_auto else line.decided


def share_right(lines: Sequence[Line], is_right: Callable[[Line, str], bool] | None = None) -> Share:
    """The share of all these predictions that are right, with its interval; without a value when too few are judged.

    is_right: of a line and what people said; whether the router's answer is that when left out. The interval is
    Wilson's at the effective size. Source: Horvitz, Thompson 1952, in the ratio form of Hájek 1971; Kish 1965, Survey
    sampling.
    """
    whole, seen, right, squares = 0, 0, 0.0, 0.0
    for is_auto in (True, False):
        kind = [line for line in lines if line.is_auto is is_auto]
        judged = [(line, said) for line in kind if (said := judged_by_chance(line))]
        whole += len(kind)
        if judged:
            good = sum(is_right(line, said) if is_right else said == line.answer for line, said in judged)
            seen += len(kind)
            right += good / len(judged) * len(kind)
            squares += len(kind) ** 2 / len(judged)
    if not seen or whole - seen > MOST_UNSEEN * whole or seen**2 / squares < LEAST_SIZE:
        return share(0, 0)
    return share(min(right, float(seen)), seen, effective=seen**2 / squares)


def count_judged(lines: Sequence[Line]) -> int:
    """How many of these predictions were judged by chance."""
    return sum(bool(judged_by_chance(line)) for line in lines)
