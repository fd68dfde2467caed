"""Figures that say how sure they are: shares, grades, claims, samples, differences, times.

Counts may be weighted (then give the effective sample size). Nothing here loads scipy; the tests compare with it.
"""

from portal.core.estimates.compare import (
    Agreement,
    Difference,
    Limits,
    binomial_tails,
    cohen_kappa,
    difference,
    funnel_limits,
)
from portal.core.estimates.grades import GRADES, Grades, grade_bounds, grades
from portal.core.estimates.rates import Rates, three_rates
from portal.core.estimates.rounding import percent_text, round_half_up
from portal.core.estimates.shares import (
    Claim,
    Interval,
    Share,
    Verdict,
    agresti_coull,
    check_claim,
    sample_size,
    share,
    share_bounds,
    wilson,
)
from portal.core.estimates.times import Survival, survival, survival_of

__all__ = [
    "GRADES",
    "Agreement",
    "Claim",
    "Difference",
    "Grades",
    "Interval",
    "Limits",
    "Rates",
    "Share",
    "Survival",
    "Verdict",
    "agresti_coull",
    "binomial_tails",
    "check_claim",
    "cohen_kappa",
    "difference",
    "funnel_limits",
    "grade_bounds",
    "grades",
    "percent_text",
    "round_half_up",
    "sample_size",
    "share",
    "share_bounds",
    "survival",
    "survival_of",
    "three_rates",
    "wilson",
]
