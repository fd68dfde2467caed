"""Round as people do on paper: half goes up, in decimal digits."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def round_half_up(value: float | Decimal | Fraction, places: int = 1) -> Decimal:
    """The value with so many decimals, half up (away from zero).

    A float counts as the shortest decimal that stands for it, so 82.975 rounds to 82.98 whatever its bits are.
    """
    if isinstance(value, Fraction):
        exact = _fraction(value, places)
    else:
        exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _fraction(value: Fraction, places: int) -> Decimal:
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(-whole if value < 0 else whole).scaleb(-places)


def percent_text(value: float | Fraction | None, places: int = 1) -> str:
    """A share of 0–1 as a percentage to print, `85.8`; a dash when there is none."""
    if value is None:
        return "—"
    exact = value if isinstance(value, Fraction) else Fraction(repr(value))
    return str(round_half_up(exact * 100, places))
