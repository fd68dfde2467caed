"""Cases as lines of a list: the columns a line shows, read without making whole cases of them."""

from datetime import date, datetime
from typing import Any, NamedTuple

from portal.cases.models import Case
from portal.cases.standing import Standing


class _LineColumns(NamedTuple):
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


class CaseLine(_LineColumns, Standing):
    """What a line of a list shows of a case; the whole case has three times as many columns."""

    __slots__ = ()


class _OtherColumns(NamedTuple):
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


class OtherCase(_OtherColumns, Standing):
    """What comparing a case with another takes, and what decides who may see it: two hundred are read at once."""

    __slots__ = ()


OTHERS: tuple[Any, ...] = tuple(getattr(Case, name) for name in OtherCase._fields)
"""What to select for other cases; `OtherCase._make` takes the rows."""
COLUMNS: tuple[Any, ...] = tuple(getattr(Case, name) for name in CaseLine._fields)
"""What to select for lines; `CaseLine._make` takes the rows."""
