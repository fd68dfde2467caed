"""The three rates of complaint handling (响应率、解决率、满意率) and their score, exact to the digit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from portal.core.estimates.rounding import round_half_up
from portal.core.estimates.shares import Share, share

DEFAULT_WEIGHTS = ("0.30", "0.35", "0.35")
LEAST_COVERAGE = 0.3


@dataclass(frozen=True)
class Rates:
    """The three rates of a period.

    coverage: share of the base whose petitioner was reached or rated; is_thin: too small to judge by ("样本不足").
    score: 0–100, exact; None when a rate has no base, which is neither 0 nor 100.
    """

    response: Share
    resolution: Share
    satisfaction: Share
    coverage: Share
    is_thin: bool
    score: Decimal | None

    def score_text(self) -> str:
        """The score to print, with one decimal, half up; a dash when there is none."""
        return "—" if self.score is None else str(round_half_up(self.score))


def three_rates(
    base: int,
    contacted: int,
    followed_up: int,
    solved: int,
    satisfied: int,
    partly_solved: int = 0,
    partly_weight: float = 0.0,
    weights: Sequence[str] = DEFAULT_WEIGHTS,
) -> Rates:
    """The rates from counts of cases whose deadline fell in the period.

    contacted: first contact in time, of `base`.  followed_up: petitioner reached and answered, or rated; the base of
    solved, partly_solved and satisfied.  weights: of response, resolution, satisfaction as decimals that sum to 1.
    Raises ValueError when the weights do not sum to 1 or a count exceeds its base.
    """
    parts = [Fraction(weight) for weight in weights]
    if len(parts) != 3 or sum(parts) != 1:
        raise ValueError("three weights sum to 1")
    points = solved + Fraction(repr(partly_weight)) * partly_solved
    counted = [(Fraction(contacted), base), (points, followed_up), (Fraction(satisfied), followed_up)]
    score = None
    if base and followed_up:
        exact = 100 * sum((part * count / size for part, (count, size) in zip(parts, counted, strict=True)), Fraction())
        score = round_half_up(exact, 6)
    coverage = share(followed_up, base)
    response, resolution, satisfaction = (share(float(count), size) for count, size in counted)
    return Rates(
        response=response,
        resolution=resolution,
        satisfaction=satisfaction,
        coverage=coverage,
        is_thin=coverage.value is None or coverage.value < LEAST_COVERAGE,
        score=score,
    )
