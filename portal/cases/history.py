"""Proving that no step of any case was altered, added or lost: the hash chain of each history, from its start."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.lifecycle import event_fields
from portal.cases.models import Case, CaseEvent
from portal.core.audit import chain_hash


def find_broken_histories(db: Session) -> Iterator[str]:
    """The numbers of cases whose history does not hold: an event changed, missing, or cut off at the end.

    The history of a case whose words were deleted by rule begins with that step; the audit log has the chain before.
    """
    rows = db.execute(
        select(Case.id, Case.case_no, Case.last_hash, Case.erased_at, CaseEvent)
        .outerjoin(CaseEvent, CaseEvent.case_id == Case.id)
        .order_by(Case.id, CaseEvent.id)
        .execution_options(yield_per=1000)
    )
    for (number, end, erased_at), steps in groupby(rows, key=lambda row: (row[1], row[2], row[3])):
        previous, is_whole = "", bool(end)
        for row in steps:
            event = row[4]
            if event is None:
                continue
            if erased_at is not None and event.action == "erase" and not previous:
                previous = event.previous_hash
            fields = event_fields(number, event)
            is_whole = is_whole and event.previous_hash == previous and event.hash == chain_hash(previous, fields)
            previous = event.hash
        if not is_whole or previous != end:
            yield number
