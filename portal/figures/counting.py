"""Counting the cases for the figures: every quarter of an hour what changed, and by night the whole year."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.cases import Case, CaseEvent, newest_step
from portal.core.clock import end_of, local, now, start_of, today
from portal.core.web import Portal
from portal.figures.measures import Tally
from portal.figures.models import ONLY, FigureCell, FigureRun
from portal.figures.queries import count_openings, find_run, list_months, month_of, stream_rows
from portal.figures.warning import BASE_WEEKS, last_monday
from portal.groups import audit_by_group, count_topics

LATELY = timedelta(days=90)
Place = tuple[str, str, str]


def count_again(portal: Portal, *, is_whole: bool = False) -> list[str]:
    """Bring the sums up to now; returns the months that were counted.

    The running month is always counted, since promises end every hour; others when a case of theirs took a step, and
    all of them at the first run and by night (is_whole), because cases also age.
    """
    moment = now()
    with portal.database.read() as db:
        step, before = newest_step(db), find_run(db)
        is_first = before is None or is_whole
        months = set(list_months(today())) if is_first else {local(moment).strftime("%Y-%m")}
        if before is not None and before.step < step:
            months |= _touched(db, before.step)
        topics, openings = count_topics(db, moment - LATELY), _openings(db)
    for month in sorted(months):
        _count_month(portal, month, moment)
    with portal.database.write() as db:
        db.merge(FigureRun(id=ONLY, step=step, at=moment, topics=dict(topics), openings=openings))
    return sorted(months)


def _touched(db: Session, since: int) -> set[str]:
    """The months of cases that took a step since, also the month a promise was moved away from."""
    steps = select(Case.due_at, CaseEvent.old_due_at).join(CaseEvent, CaseEvent.case_id == Case.id)
    found = db.execute(steps.where(CaseEvent.id > since).execution_options(yield_per=1000))
    return {local(one).strftime("%Y-%m") for pair in found for one in pair if one is not None}


def _openings(db: Session) -> list[tuple[str, str, str, int]]:
    end = last_monday(today())
    found = count_openings(db, start_of(end - timedelta(weeks=BASE_WEEKS + 1)), start_of(end))
    return [(group, district, day.isoformat(), n) for (group, district, day), n in sorted(found.items())]


def _count_month(portal: Portal, month: str, moment: datetime) -> None:
    """Read a month without holding any lock, and write its sums only where they differ."""
    city, period = portal.city, month_of(month)
    found: defaultdict[Place, Tally] = defaultdict(Tally)
    with portal.database.read() as db:
        for row in stream_rows(db, period, moment):
            place = (row.group, row.unit or "", row.district or "")
            found[place].add(row, moment, city.score, city.deadlines.recheck_days)
        for group, (right, judged) in audit_by_group(db, start_of(period.first), end_of(period.last)).items():
            found[group, "", ""].counts.update(Counter(right=right, judged=judged))
        known = {
            (cell.group, cell.unit, cell.district): cell.sums
            for cell in db.scalars(select(FigureCell).where(FigureCell.month == month))
        }
    cells: Mapping[Place, dict[str, Any]] = {place: tally.packed() for place, tally in found.items()}
    if cells == known:
        return
    with portal.database.write() as db:
        db.execute(delete(FigureCell).where(FigureCell.month == month))
        rows = [
            {"month": month, "group": group, "unit": unit, "district": district, "sums": sums}
            for (group, unit, district), sums in cells.items()
        ]
        if rows:
            db.execute(insert(FigureCell), rows)
