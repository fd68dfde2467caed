"""What is not printed for everybody: a rate of a handful of cases says more about chance, or about one person."""

from dataclasses import replace

from portal.core.estimates import Share, Survival
from portal.figures.measures import Measures

LEAST = 10
"""A rate, a score or a curve that rests on fewer cases is not printed; how many there are is."""
NOTHING = Survival((), (), 0, 0)


def veiled(share: Share) -> Share:
    """The share, without its value when it rests on too few; count and base stay."""
    return share if share.base >= LEAST else replace(share, value=None, interval=None)


def veil(measures: Measures) -> Measures:
    """The figures as everybody may read them."""
    rates, flow, is_asked = measures.rates, measures.flow, measures.rated >= LEAST
    return replace(
        measures,
        rates=replace(
            rates,
            response=veiled(rates.response),
            resolution=veiled(rates.resolution),
            satisfaction=veiled(rates.satisfaction),
            coverage=veiled(rates.coverage),
            score=rates.score if is_asked else None,
        ),
        on_time=veiled(measures.on_time),
        high_satisfaction=veiled(measures.high_satisfaction),
        resolution_bounds=measures.resolution_bounds if is_asked else None,
        satisfaction_bounds=measures.satisfaction_bounds if is_asked else None,
        contact=measures.contact if measures.contact.n >= LEAST else NOTHING,
        resolve=measures.resolve if measures.resolve.n >= LEAST else NOTHING,
        flow=replace(
            flow,
            returned=veiled(flow.returned),
            reopened=veiled(flow.reopened),
            verified=veiled(flow.verified),
            lost_days=flow.lost_days if flow.returned.count >= LEAST else None,
        ),
    )
