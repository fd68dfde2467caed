"""Every pair of states, for every role: what the table lists works, all else is refused and changes nothing."""

from collections.abc import Callable
from itertools import product

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from portal.cases.desk_actions import ACTIONS
from portal.cases.lifecycle import Act, as_citizen, step
from portal.cases.models import Case, CaseEvent
from portal.cases.states import CAPACITIES, FINAL, PAUSED, TRANSITIONS, State, Who, find_transition, queue_of
from portal.core.errors import Conflict
from portal.core.roles import Role
from portal.core.web import Portal
from tests.cases.factories import GROUP, UNIT, dispatched, fresh, look

ROLES: dict[str, frozenset[Who]] = {
    "citizen": frozenset({Who.CITIZEN}),
    "system": frozenset({Who.SYSTEM}),
    **{role.value: who for role, who in CAPACITIES.items()},
}
MOVES = sorted({line.action for line in TRANSITIONS})


def listed(action: str, state: State, who: frozenset[Who]) -> bool:
    return any(line.action == action and state in line.sources and line.who & who for line in TRANSITIONS)


@pytest.mark.parametrize("role", ROLES)
def test_each_step_works_where_it_is_listed_and_is_refused_elsewhere(portal: Portal, db: Session, role: str) -> None:
    """Walks all 18 states times all actions on one case, each inside a savepoint that is rolled back."""
    number = dispatched(portal)
    citizen = as_citizen(portal)
    act = Act(citizen.city, citizen.secrets, citizen.base_url, ROLES[role], role, role, citizen.at)
    tried = 0
    with portal.database.unit() as session:
        for state, action in product(State, MOVES):
            case = session.scalars(select(Case).where(Case.case_no == number)).one()
            case.state, case.queue = state.value, queue_of(state)
            session.flush()
            before = session.scalar(select(func.count()).select_from(CaseEvent))
            savepoint = session.begin_nested()
            if listed(action, state, ROLES[role]):
                event = step(session, act, case, action)
                line = find_transition(action, state, ROLES[role])
                assert line is not None
                assert event.to_state == case.state == (line.target or state).value
                assert (event.from_state, event.actor) == (state.value, role)
                tried += 1
            else:
                with pytest.raises(Conflict):
                    step(session, act, case, action)
                assert case.state == state.value
                assert session.scalar(select(func.count()).select_from(CaseEvent)) == before
            savepoint.rollback()
            session.expire_all()
        session.rollback()
    assert tried > 0


def test_every_state_can_be_reached_and_only_final_ones_have_no_way_on() -> None:
    targets = {line.target for line in TRANSITIONS if line.target}
    assert targets == set(State) - {State.DRAFT_CONFIRM}
    for state in set(State) - FINAL:
        assert any(state in line.sources and line.target not in {None, state} for line in TRANSITIONS)


def test_the_clock_stands_only_where_the_rules_say() -> None:
    assert FINAL | {State.DRAFT_CONFIRM, State.NEED_INFO, State.DEFERRED, State.RESOLVED} == PAUSED


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.SUPERVISOR, Role.GROUP, Role.UNIT])
def test_the_desk_refuses_what_the_table_does_not_list(
    desk: Callable[..., TestClient], portal: Portal, db: Session, role: Role
) -> None:
    number = dispatched(portal)
    client = desk(role, groups=(GROUP,), unit=UNIT)
    # The service is walked through every pair above; here each state and each action comes up once, through the door.
    unlisted = {state: [action for action in ACTIONS if not listed(action, state, CAPACITIES[role])] for state in State}
    pairs = {(state, unlisted[state][place % len(unlisted[state])]) for place, state in enumerate(State)}
    pairs |= {(State.WITHDRAWN, action) for action in ACTIONS}
    for state, action in sorted(pairs):
        with portal.database.write() as session:
            session.execute(update(Case).values(state=state.value, queue=queue_of(state)))
            before = session.scalar(select(func.count()).select_from(CaseEvent))
        answer = client.post(f"/desk/cases/{number}/{action}", data={})
        assert answer.status_code == 409, (state, action)
        assert look(db, number).state == state.value
        assert fresh(db).scalar(select(func.count()).select_from(CaseEvent)) == before
