"""The city: its thematic groups 专项组, units and calendar, and the router that suggests a group for a text.

The face: City (a profile, one for the whole portal, `ctx.city`), Router (`ctx.portal.router`), the working-day
arithmetic, and the ledger of predictions and decisions.
"""

from portal.groups.borders import Borders
from portal.groups.calendar import (
    CalendarMissing,
    Term,
    accepted_on,
    add_working_days,
    due_at,
    due_on,
    due_or_provisional,
    is_settled,
    working_days_before,
    working_days_between,
)
from portal.groups.campaign import Goal, Phase, Rhythm
from portal.groups.city import OTHER, City, Group
from portal.groups.ledger import (
    find_prediction,
    forget_example,
    keep_confirmation,
    keep_decision,
    keep_example,
    keep_prediction,
)
from portal.groups.models import Decision, Example, Prediction
from portal.groups.profile import check_city, list_cities, load_city
from portal.groups.queries import count_topics
from portal.groups.router import Router, Source
from portal.groups.sample import audit_by_group
from portal.groups.units_table import COLUMNS as UNIT_COLUMNS
from portal.groups.units_table import import_units, list_units
from portal.groups.values import District, Kind, Question, ScoreRules, Stopper, Unit

__all__ = [
    "OTHER",
    "UNIT_COLUMNS",
    "Borders",
    "CalendarMissing",
    "City",
    "Decision",
    "District",
    "Example",
    "Goal",
    "Group",
    "Phase",
    "Kind",
    "Prediction",
    "Question",
    "Rhythm",
    "Router",
    "ScoreRules",
    "Source",
    "Stopper",
    "Term",
    "Unit",
    "accepted_on",
    "add_working_days",
    "audit_by_group",
    "check_city",
    "count_topics",
    "due_at",
    "due_on",
    "due_or_provisional",
    "find_prediction",
    "import_units",
    "is_settled",
    "keep_confirmation",
    "forget_example",
    "keep_decision",
    "keep_example",
    "keep_prediction",
    "list_cities",
    "list_units",
    "load_city",
    "working_days_before",
    "working_days_between",
]
