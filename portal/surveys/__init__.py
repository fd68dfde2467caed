"""Surveys 满意度: questions, answers, estimates, published results.

The face: what the front page, group pages, search and open data may ask for.
"""

from portal.surveys.models import Survey
from portal.surveys.queries import (
    Headline,
    count_by_survey,
    find_headline,
    find_open_survey,
    find_result,
    list_open,
    list_published,
    list_published_for,
)

__all__ = [
    "Headline",
    "Survey",
    "count_by_survey",
    "find_headline",
    "find_open_survey",
    "find_result",
    "list_open",
    "list_published",
    "list_published_for",
]
