"""Make a sample speak for a city, and publish counts without giving anyone away.

Weights: post-stratification and raking to known margins, with trimming, the design effect and a refusal where
the sample is too thin. Disclosure: which cells of a table may be shown so that no hidden one can be worked out.
"""

from portal.core.weighting.disclosure import (
    LEAST_CELL,
    LEAST_COUNT,
    LEAST_TOTAL,
    Protected,
    count_text,
    may_show_percentage,
    protect_list,
    protect_table,
)
from portal.core.weighting.weights import (
    PostStratified,
    Stratum,
    WeightingRefused,
    Weights,
    design_effect,
    effective_size,
    post_stratify,
    rake,
    weighted_share,
)

__all__ = [
    "LEAST_CELL",
    "LEAST_COUNT",
    "LEAST_TOTAL",
    "PostStratified",
    "Protected",
    "Stratum",
    "WeightingRefused",
    "Weights",
    "count_text",
    "design_effect",
    "effective_size",
    "may_show_percentage",
    "post_stratify",
    "protect_list",
    "protect_table",
    "rake",
    "weighted_share",
]
