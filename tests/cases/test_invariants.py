"""Random people do random things at random times; what must hold, holds."""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.cases import closing, handling, joined, parts, teamwork, triage, undo
from portal.cases.clockwork import remind, take_steps
from portal.cases.history import find_broken_histories
from portal.cases.lifecycle import Act, as_citizen
from portal.cases.models import Case, CaseCount, CaseRating
from portal.cases.queries import get_whole_case
from portal.cases.states import PAUSED, Outcome, State, Who, queue_of
from portal.core.clock import local
from portal.core.errors import BadInput, Conflict
from portal.core.web import Portal
from tests.cases.factories import GROUP, UNIT, make_case

PLACES = [(GROUP, UNIT), ("main_roads", "traffic_police"), ("residential", "housing")]
DOINGS: dict[str, Any] = {
    "dispatch": lambda db, act, case, n: triage.dispatch(db, act, case, triage.Assignment(*PLACES[n % 3])),
    "reject": lambda db, act, case, n: triage.reject(db, act, case, "out_of_scope"),
    "accept": lambda db, act, case, n: handling.accept(db, act, case),
    "contact": lambda db, act, case, n: handling.contact(db, act, case, "电话"),
    "reply": lambda db, act, case, n: handling.reply(db, act, case, "正在处理"),
    "ask": lambda db, act, case, n: handling.ask(db, act, case, "在哪里"),
    "answer": lambda db, act, case, n: handling.answer(db, act, case, "在东门"),
    "return": lambda db, act, case, n: handling.ask_return(db, act, case, handling.Return("territory", "不在辖区")),
    "redispatch": lambda db, act, case, n: triage.redispatch(db, act, case, triage.Assignment(*PLACES[n % 3])),
    "uphold": lambda db, act, case, n: triage.uphold(db, act, case, "继续"),
    "extend": lambda db, act, case, n: handling.ask_extension(db, act, case, "等材料", 1 + n),
    "decide": lambda db, act, case, n: handling.decide_extension(db, act, case, n % 2 == 0, 2, "行"),
    "propose": lambda db, act, case, n: handling.propose_defer(
        db, act, case, handling.Deferral("funding", "明年改造", local(act.at).date() + timedelta(days=5 + n))
    ),
    "defer": lambda db, act, case, n: handling.defer(db, act, case),
    "resolve": lambda db, act, case, n: closing.resolve(
        db, act, case, closing.Resolution("说明了情况。", Outcome.UNFOUNDED)
    ),
    "rate": lambda db, act, case, n: closing.rate(db, act, case, closing.Rating(1 + n % 5, ["yes", "no"][n % 2])),
    "reopen": lambda db, act, case, n: closing.reopen(db, act, case, "还有"),
    "decide-reopen": lambda db, act, case, n: closing.decide_reopen(db, act, case, n % 2 == 0, "理由已核实"),
    "withdraw": lambda db, act, case, n: undo.withdraw_case(db, act, case, ""),
    "merge": lambda db, act, case, n: joined.merge(db, act, case, _other(db, case)),
    "unmerge": lambda db, act, case, n: joined.unmerge(db, act, case),
    "split": lambda db, act, case, n: parts.split(
        db, act, case, parts.Part("路灯也坏了三天了", "", triage.Assignment(*PLACES[n % 3]))
    ),
    "prioritise": lambda db, act, case, n: teamwork.prioritise(
        db, act, case, list(teamwork.Priority)[n % 4], "影响很多人"
    ),
    "check": lambda db, act, case, n: teamwork.keep_checks(db, act, case, [str(n)]),
    "help": lambda db, act, case, n: handling.add_helpers(db, act, case, [PLACES[n % 3][1]]),
    "supervise": lambda db, act, case, n: triage.supervise(db, act, case, "领导交办"),
    "transfer": lambda db, act, case, n: triage.transfer(
        db, act, case, "12345", local(act.at).date() + timedelta(days=3)
    ),
    "follow-up": lambda db, act, case, n: triage.follow_up(db, act, case, "对方还在办"),
    "still-fixed": lambda db, act, case, n: closing.still_fixed(db, act, case),
    "publish": lambda db, act, case, n: triage.publish(db, act, case, triage.Publication()),
    "hide": lambda db, act, case, n: triage.hide(db, act, case, "有人认出"),
}


def _other(db: Session, case: Case) -> Case:
    """Another case to be joined to."""
    return db.scalars(select(Case).where(Case.id != case.id).order_by(Case.id)).first() or case


# A likely way through life comes up more often than chance would bring it.
COMMON = ["dispatch", "accept", "contact", "ask", "answer", "extend", "decide", "resolve", "rate", "reopen"]
STEPS = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(sorted(DOINGS)), st.sampled_from(COMMON)),
        st.sampled_from([*Who]),
        st.integers(0, 5),
        st.floats(0, 40),
    ),
    max_size=25,
)
OWNERLESS = {State.SUBMITTED, State.TRIAGE, State.REJECTED, State.WITHDRAWN, State.MERGED, State.TRANSFERRED}
MOVERS = {"answer", "defer", "resume", "grant-extension", "resume-work", "grant-reopen", "reopen"}


def act_as(portal: Portal, who: Who, moment: Any) -> Act:
    base = as_citizen(portal, moment)
    return Act(base.city, base.secrets, base.base_url, frozenset({who}), who.value, who.value, moment)


def check(db: Session, case: Case) -> None:
    """What section 5 of the product's rules says must hold at any moment."""
    state = case.stands
    assert case.queue == queue_of(state)
    assert state in OWNERLESS or (case.group and case.unit), "no state without an owner"
    assert case.return_count <= triage.MOST_RETURNS
    assert len(case.returned_by) == len(set(case.returned_by)), "one return per unit"
    assert case.extension_count <= 1
    assert case.paused_s <= 5 * 86400 + 3600, "the clock stands for a question no longer than five days in all"
    assert case.unit not in case.helpers, "nobody helps themselves"
    assert case.remind_at is None or state not in PAUSED, "no reminder while the clock stands"
    if state in {State.WITHDRAWN, State.REJECTED} or case.is_hidden:
        assert case.public_from is None, "taken back is taken back everywhere"
    if case.reopen_count >= 2:
        assert case.is_supervised
        assert any(event.action == "supervise" and event.public_text for event in case.events), "a leader is named"
    for event in case.events:
        assert event.actor
        if event.old_due_at != event.new_due_at:
            assert event.action in MOVERS, "nothing else moves a promise"
    grades = db.scalar(select(func.count()).select_from(CaseRating).where(CaseRating.case_id == case.id))
    by_citizen = [event for event in case.events if event.detail.get("grade")]
    assert grades == len(by_citizen)
    assert all(event.who == Who.CITIZEN for event in by_citizen), "only the reporter rates"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_order_of_acts_breaks_a_case(portal: Portal, steps: list[tuple[str, Who, int, float]]) -> None:
    """Takes a few seconds: each example leads a new case through up to 25 acts."""
    start = as_citizen(portal).at - timedelta(days=60)
    make_case(portal, start)
    number = make_case(portal, start, wants_publish=True)
    moment = start
    for name, who, choice, hours in steps:
        moment += timedelta(hours=hours)
        take_steps(portal, moment)
        remind(portal, moment)
        with portal.database.unit() as db:
            case = get_whole_case(db, number)
            before = case.state
            try:
                DOINGS[name](db, act_as(portal, who, moment), case, choice)
                db.commit()
            except (Conflict, BadInput):
                db.rollback()
                assert get_whole_case(db, number).state == before, "a refusal changes nothing"
        with portal.database.read() as db:
            check(db, get_whole_case(db, number))
    with portal.database.read() as db:
        kept = {(row.group, row.unit, row.state): row.count for row in db.scalars(select(CaseCount)) if row.count}
        counted = db.execute(
            select(Case.group, func.coalesce(Case.unit, ""), Case.state, func.count()).group_by(
                Case.group, func.coalesce(Case.unit, ""), Case.state
            )
        )
        assert kept == {(group, unit, state): count for group, unit, state, count in counted}
        assert list(find_broken_histories(db)) == []
