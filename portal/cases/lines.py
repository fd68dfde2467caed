"""Cases as lines of a list: the columns a line shows, read without making whole cases of them."""

from datetime import date, datetime
from typing import Any, NamedTuple

from portal.cases.models import Case, summarise
from portal.cases.states import Outcome, State


class CaseLine(NamedTuple):
    """What a line of a list shows of a case; the whole case has three times as many columns."""

    id: int
    case_no: str
    text_public: str
    place_public: str
    kind: str
    district: str | None
    group: str
    unit: str | None
    state: str
    queue: int
    outcome: str | None
    due_on: date
    due_at: datetime
    submitted_at: datetime
    public_from: datetime | None
    suggested_group: str | None
    probability: float | None
    is_urgent: bool
    is_supervised: bool
    is_sample: bool
    support_count: int
    priority: str

    @property
    def stands(self) -> State:
        """The state as a member of State."""
        return State(self.state)

    @property
    def ended(self) -> Outcome | None:
        """The outcome as a member of Outcome."""
        return Outcome(self.outcome) if self.outcome else None

    @property
    def summary(self) -> str:
        """The beginning of the public text."""
        return summarise(self.text_public)


class OtherCase(NamedTuple):
    """What comparing a case with another takes, and what decides who may see it: two hundred are read at once."""

    id: int
    case_no: str
    text_public: str
    place_public: str
    lat: float | None
    lng: float | None
    group: str
    unit: str | None
    helpers: list[str]
    state: str
    outcome: str | None
    is_confidential: bool
    about_unit: str | None

    @property
    def stands(self) -> State:
        """The state as a member of State."""
        return State(self.state)

    @property
    def ended(self) -> Outcome | None:
        """The outcome as a member of Outcome."""
        return Outcome(self.outcome) if self.outcome else None

    @property
    def summary(self) -> str:
        """The beginning of the public text."""
        return summarise(self.text_public)


OTHERS: tuple[Any, ...] = tuple(getattr(Case, name) for name in OtherCase._fields)
"""What to select for other cases; `OtherCase._make` takes the rows."""
COLUMNS: tuple[Any, ...] = tuple(getattr(Case, name) for name in CaseLine._fields)
"""What to select for lines; `CaseLine._make` takes the rows."""
