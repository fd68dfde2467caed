"""The one place where a case moves: the table is asked, the clock set, the history chained, the counts kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.orm import Session

from portal.cases.models import Case, CaseCount, CaseEvent, CaseMessage
from portal.cases.notify import tell_step
from portal.cases.states import CAPACITIES, FINAL, State, Transition, Who, find_transition, queue_of
from portal.cases.terms import Promise, next_reminder, step_due
from portal.core.audit import chain_hash
from portal.core.clock import now
from portal.core.db import insert_into
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.privacy import redact
from portal.core.roles import Person, Role
from portal.core.signing import Secrets
from portal.core.web import Portal
from portal.groups import City

SYSTEM_NAME = "系统"
CITIZEN_NAME = "反映人"


@dataclass(frozen=True)
class Act:
    """Somebody doing something at a moment. A back-dated moment serves demos, imports and tests.

    who: the capacities they act in.  username: "citizen", "system" or the account.
    """

    city: City
    secrets: Secrets
    base_url: str
    who: frozenset[Who]
    username: str
    name: str
    at: datetime = field(default_factory=now)

    @property
    def is_staff(self) -> bool:
        """Whether a member of staff acts."""
        return not self.who & {Who.CITIZEN, Who.SYSTEM}


def as_citizen(portal: Portal, at: datetime | None = None) -> Act:
    """An act of the reporter."""
    who = frozenset({Who.CITIZEN})
    return Act(portal.city, portal.secrets, portal.settings.base_url, who, "citizen", CITIZEN_NAME, at or now())


def as_system(portal: Portal, at: datetime | None = None) -> Act:
    """An act of the portal itself."""
    who = frozenset({Who.SYSTEM})
    return Act(portal.city, portal.secrets, portal.settings.base_url, who, "system", SYSTEM_NAME, at or now())


def as_staff(portal: Portal, person: Person, case: Case, at: datetime | None = None) -> Act:
    """An act of a member of staff on this case, in the capacities they hold for it."""
    who = capacities(person, case)
    return Act(portal.city, portal.secrets, portal.settings.base_url, who, person.username, person.name, at or now())


def as_office(portal: Portal, person: Person, at: datetime | None = None) -> Act:
    """An act of the office where there is no case yet: entering one on somebody's behalf."""
    who = frozenset({Who.TRIAGER})
    return Act(portal.city, portal.secrets, portal.settings.base_url, who, person.username, person.name, at or now())


def as_system_of(act: Act) -> Act:
    """What the portal itself does because of somebody's act, at the same moment."""
    return replace(act, who=frozenset({Who.SYSTEM}), username="system", name=SYSTEM_NAME)


def capacities(person: Person, case: Case) -> frozenset[Who]:
    """What a person may act as on this case: handling is for its own unit and group only."""
    held: set[Who] = set()
    for role in person.roles:
        is_foreign = (role is Role.UNIT and person.unit != case.unit) or (
            role is Role.GROUP and case.group not in person.groups
        )
        if not is_foreign:
            held |= CAPACITIES.get(role, frozenset())
        elif role is Role.UNIT and person.unit in case.helpers:
            held.add(Who.HELPER)
    return frozenset(held)


def require(act: Act, case: Case, action: str) -> Transition:
    """The line of the table that allows this; raise Conflict when there is none."""
    line = find_transition(action, case.stands, act.who)
    if line is None:
        raise Conflict(_("这件诉求现在的状态不能这样操作，可能刚刚有人处理过。"), _("请刷新页面，看看最新的办理情况。"))
    return line


def step(
    db: Session,
    act: Act,
    case: Case,
    action: str,
    *,
    public: str = "",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    is_public: bool = False,
    group: str | None = None,
    unit: str | None = None,
    promise: Promise | None = None,
) -> CaseEvent:
    """Do one step: check it against the table, move the case, write it down; raise Conflict and change nothing.

    public: words for everybody who may read the case (redacted here).  detail: internal, without contact data.
    group and unit: the new ones, where the step assigns them.  promise: the new one, where the step changes it.
    """
    line = require(act, case, action)
    before, old_due = (case.group, case.unit, case.state), case.due_at
    target = line.target or case.stands
    if group is not None:
        case.group = group
    if unit is not None:
        case.unit = unit
    if promise is not None:
        case.due_on, case.due_at, case.is_provisional = promise.on, promise.at, promise.is_provisional
    case.updated_at = act.at
    if line.target is not None:
        enter(act, case, target)
    if line.target is not None or promise is not None:
        case.remind_at = next_reminder(act.city, case, act.at)
    keep_count(db, before, (case.group, case.unit, case.state))
    event = draft_event(act, case, line, before[2], public, reason, detail, is_public)
    if promise is not None:
        event.old_due_at, event.new_due_at = old_due, promise.at
    chain(case, event)
    db.add(event)
    db.flush()
    tell_step(db, act, case, event)
    return event


def enter(act: Act, case: Case, state: State) -> None:
    """Put the case into a state and set the state's clock; only `step` and the opening of a case call it."""
    case.state, case.queue = state.value, queue_of(state)
    case.step_due_at = step_due(act.city, case, state, act.at)
    if state in FINAL:
        case.closed_at = act.at
    elif case.closed_at is not None:
        case.closed_at = None


def draft_event(
    act: Act,
    case: Case,
    line: Transition,
    from_state: str,
    public: str = "",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    is_public: bool = False,
) -> CaseEvent:
    """An event of this step, not yet chained nor kept."""
    who = min(line.who & act.who)
    return CaseEvent(
        case_id=case.id,
        at=act.at,
        action=line.action,
        who=who.value,
        actor=act.username,
        actor_name=act.name,
        from_state=from_state,
        to_state=case.state,
        group=case.group,
        unit=case.unit,
        old_due_at=None,
        new_due_at=None,
        reason=reason,
        public_text=redact(public, "public", keep=shown_numbers(act.city)),
        detail=json.loads(json.dumps(detail or {}, default=str)),
        is_public=is_public,
        previous_hash="",
        hash="",
    )


def chain(case: Case, event: CaseEvent) -> None:
    """Chain the event to the case's last one; the case keeps the end of its chain, so a cut tail shows too."""
    event.previous_hash = case.last_hash
    event.hash = chain_hash(case.last_hash, event_fields(case.case_no, event))
    case.last_hash = event.hash


def event_fields(case_no: str, event: CaseEvent) -> dict[str, Any]:
    """What the hash of an event covers: everything it says."""
    return {
        "case": case_no,
        "at": _moment(event.at),
        "action": event.action,
        "who": event.who,
        "actor": event.actor,
        "states": [event.from_state, event.to_state],
        "place": [event.group, event.unit],
        "due": [_moment(event.old_due_at), _moment(event.new_due_at)],
        "reason": event.reason,
        "text": event.public_text,
        "detail": event.detail,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def shown_numbers(city: City) -> list[str]:
    """Telephone numbers that may be shown: hotlines, the office, units."""
    return [*(line.number for line in city.hotlines), city.office.phone, *(unit.phone for unit in city.units)]


def public_version(city: City, text: str) -> str:
    """The text as everybody may read it."""
    return redact(text, "public", keep=shown_numbers(city))


def keep_count(db: Session, before: tuple[str, str | None, str] | None, after: tuple[str, str | None, str]) -> None:
    """Move one case from one count to another, in this transaction."""
    if before == after:
        return
    places = [(after, 1)] if before is None else sorted([(before, -1), (after, 1)], key=lambda pair: str(pair[0]))
    rows = [{"group": group, "unit": unit or "", "state": state, "count": by} for (group, unit, state), by in places]
    db.connection().execute(_counting(db.get_bind().dialect.name), rows)


@cache
def _counting(dialect: str) -> Executable:
    # Made once: every step of every case counts, and with its rows in it the statement would be compiled each time.
    insert = insert_into(dialect, CaseCount)
    return insert.on_conflict_do_update(
        index_elements=["group", "unit", "state"],
        set_={"count": CaseCount.count + insert.excluded["count"]},
    )


def keep_message(db: Session, event: CaseEvent, text: str) -> None:
    """Keep what a citizen wrote, as typed, beside the event that shows it redacted."""
    if text:
        db.add(CaseMessage(case_id=event.case_id, event_id=event.id, text=text))
        db.flush()
