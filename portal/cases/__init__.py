"""Complaints 投诉 and their kin: submit, route, triage, handle, answer, rate.

The face: taking a case in from another channel (`CaseForm`, `NewCase`, `open_case`, `as_citizen`, `import_cases`),
reading public cases, counts for figures and the front page, and the proof that histories are whole.
"""

from portal.cases.forms import CaseForm
from portal.cases.history import find_broken_histories
from portal.cases.intake import NewCase, Opened, open_case
from portal.cases.lifecycle import Act, as_citizen, as_system
from portal.cases.models import Case, CaseEvent, CasePhoto, CaseRating
from portal.cases.photos import store_photos
from portal.cases.queries import (
    GroupCount,
    PublicFilter,
    count_by_group,
    count_grades,
    find_case,
    is_public,
    list_answered,
    list_public,
    list_public_newest,
    newest_step,
    next_moment,
)
from portal.cases.queue import QueueFilter, list_queue
from portal.cases.sheets import REGISTER, import_cases, list_register
from portal.cases.states import OUTCOME_WORDS, Outcome, State, state_name
from portal.cases.teamwork import mentioned_in

__all__ = [
    "OUTCOME_WORDS",
    "REGISTER",
    "Act",
    "Case",
    "CaseEvent",
    "CasePhoto",
    "CaseForm",
    "CaseRating",
    "GroupCount",
    "NewCase",
    "Opened",
    "Outcome",
    "PublicFilter",
    "QueueFilter",
    "State",
    "as_citizen",
    "as_system",
    "count_by_group",
    "count_grades",
    "find_broken_histories",
    "find_case",
    "import_cases",
    "is_public",
    "list_answered",
    "list_public",
    "list_public_newest",
    "list_queue",
    "list_register",
    "mentioned_in",
    "newest_step",
    "next_moment",
    "open_case",
    "state_name",
    "store_photos",
]
