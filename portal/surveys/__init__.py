"""Surveys 满意度: questions, answers, estimates, published results.

The face: what the front page, group pages, search and open data may ask for; and handing an open answer on as a case.
"""

from portal.surveys.handing_on import contact_of, get_willing_text, hand_on
from portal.surveys.models import Survey
from portal.surveys.queries import (
    Headline,
    count_by_survey,
    find_headline,
    find_open_survey,
    find_result,
    get_survey,
    headline_of,
    list_open,
    list_published,
    list_results,
    next_moment,
)
from portal.surveys.sheets import import_answers

__all__ = [
    "Headline",
    "Survey",
    "contact_of",
    "count_by_survey",
    "find_headline",
    "find_open_survey",
    "find_result",
    "get_survey",
    "get_willing_text",
    "hand_on",
    "import_answers",
    "list_open",
    "list_published",
    "headline_of",
    "list_results",
    "next_moment",
]
