"""Many cases, written straight into the tables: to measure reading, not to test writing."""

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from portal.cases import Case, CaseEvent, NewCase, as_citizen, open_case
from portal.cases.models import CaseCount
from portal.cases.states import State, queue_of
from portal.core.clock import now
from portal.core.web import Portal

BATCH = 5000


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "id"}


def _template(portal: Portal) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One real case and its events, taken in by the portal itself."""
    text = "示例路口的路灯坏了三天，晚上看不清路面，请尽快修好。"
    with portal.database.write() as db:
        act = as_citizen(portal)
        case = open_case(db, act, NewCase("complaint", text), portal.router.suggest(text)).case
        row = _values(case)
        events = db.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id)).all()
        steps = [_values(event) for event in events]
    return row, steps


def seed_cases(portal: Portal, count: int) -> None:
    """Copy one case so many times, with other numbers, days, groups, units and states, each with its events."""
    row, steps = _template(portal)
    dice = random.Random(20260101)
    groups = [group.key for group in portal.city.groups]
    states = ["triage", "dispatched", "accepted", "in_progress", "resolved", "closed", "closed", "closed"]
    for first in range(0, count, BATCH):
        cases, events = [], []
        for number in range(first, min(first + BATCH, count)):
            at = now() - timedelta(minutes=dice.randrange(60 * 24 * 365))
            group, state = dice.choice(groups), dice.choice(states)
            unit = portal.city.units_for(group)[0].key
            own = {
                "id": 1_000_000 + number,
                "case_no": f"ZZ{at:%Y%m%d}-{number:06d}",
                "submission_hash": f"{number:064d}",
            }
            placed = {
                "state": state,
                "queue": queue_of(State(state)),
                "group": "" if state == "triage" else group,
                "unit": unit,
                "officer": f"officer-{dice.randrange(300)}" if state in {"in_progress", "resolved", "closed"} else None,
            }
            times = {"submitted_at": at, "updated_at": at, "due_at": at + timedelta(days=5), "public_from": None}
            cases.append({**row, **own, **placed, **times})
            events += [{**step, "case_id": own["id"], "at": at} for step in steps]
        with portal.database.write() as db:
            db.execute(insert(Case), cases)
            db.execute(insert(CaseEvent), events)
    _count(portal)


def _count(portal: Portal) -> None:
    with portal.database.write() as db:
        db.execute(delete(CaseCount))
        unit = func.coalesce(Case.unit, "")
        rows = db.execute(select(Case.group, unit, Case.state, func.count()).group_by(Case.group, unit, Case.state))
        db.execute(insert(CaseCount), [{"group": g, "unit": u, "state": s, "count": n} for g, u, s, n in rows])
        db.execute(update(Case).where(Case.state == "triage").values(unit=None))
