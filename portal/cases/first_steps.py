"""The first steps of a case: submitted, then dispatched by the router alone, put before a person, or held back."""

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from portal.cases.lifecycle import Act, as_system_of, chain, draft_event, enter
from portal.cases.models import UNSORTED, Case, CaseEvent
from portal.cases.states import State, Transition, Who, find_transition
from portal.cases.terms import next_reminder
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.groups import City, keep_prediction

if TYPE_CHECKING:
    from ml.predict import Routing

SUPERVISED_CHANNELS = frozenset({"media"})


def suggest(db: Session, case: Case, text: str, routing: "Routing | None") -> None:
    """Keep what the router says about a case, and its ledger entry."""
    if routing is None:
        return
    prediction = keep_prediction(db, f"case {case.case_no}", text, routing, case.submitted_at)
    case.prediction_id = prediction.id
    case.suggested_group, case.probability = routing.group, round(routing.probability, 6)


def goes_alone(case: Case, routing: "Routing | None") -> bool:
    """Whether the router may dispatch without a person."""
    is_plain = not case.is_urgent and case.stopper is None and not case.is_confidential
    return routing is not None and routing.auto and is_plain


SUBMIT = Transition(
    "submit", frozenset(), State.SUBMITTED, frozenset({Who.CITIZEN, *Who}), lazy("提交诉求"), "checked form"
)
HOLD = Transition(
    "submit", frozenset(), State.DRAFT_CONFIRM, frozenset({Who.CITIZEN, *Who}), lazy("提交诉求"), "contact unchecked"
)
WAITS = lazy("正在由工作人员确定承办组。")


def hold_back(act: Act, case: Case, routing: "Routing | None", is_suspect: bool) -> CaseEvent:
    """Received, and waiting until the contact is checked: nothing is kept in the router's ledger until then."""
    if routing is not None:
        case.suggested_group, case.probability = routing.group, round(routing.probability, 6)
    enter(act, case, State.DRAFT_CONFIRM)
    event = draft_event(act, case, HOLD, "", detail={"channel": case.channel, "is_suspect": is_suspect}, is_public=True)
    chain(case, event)
    return event


def first_steps(
    act: Act, case: Case, wanted_group: str, routing: "Routing | None", is_suspect: bool
) -> list[CaseEvent]:
    """Submitted, and at once dispatched or put before a person."""
    origin = {"channel": case.channel, **({"wanted_group": wanted_group} if wanted_group else {})}
    submitted = draft_event(act, case, SUBMIT, "", detail=origin, is_public=True)
    chain(case, submitted)
    system = as_system_of(act)
    is_alone = goes_alone(case, routing) and not is_suspect
    line = find_transition("route" if is_alone else "queue", State.SUBMITTED, system.who)
    assert line is not None
    assert line.target is not None
    if is_alone:
        case.group, case.unit = place_of(act.city, case)
        case.dispatched_at = act.at
    enter(system, case, line.target)
    case.remind_at = next_reminder(act.city, case, act.at)
    text = dispatch_words(act.city, case) if is_alone else WAITS
    second = draft_event(
        system, case, line, State.SUBMITTED.value, str(text), detail=why(case, routing, is_suspect), is_public=True
    )
    chain(case, second)
    return [submitted, second, *_supervise_at_once(system, case)]


def _supervise_at_once(system: Act, case: Case) -> list[CaseEvent]:
    """What came by the media is supervised 督办 from the start."""
    line = find_transition("supervise", case.stands, system.who)
    if case.channel not in SUPERVISED_CHANNELS or line is None:
        return []
    case.is_supervised = True
    event = draft_event(system, case, line, case.state, reason=case.channel, is_public=True)
    chain(case, event)
    return [event]


def place_of(city: City, case: Case) -> tuple[str, str]:
    """Group and unit that the router's word leads to."""
    group = case.suggested_group or UNSORTED
    return group, city.units_for(group, case.district)[0].key


def why(case: Case, routing: "Routing | None", is_suspect: bool) -> dict[str, Any]:
    """Why the router's word was or was not enough, for staff."""
    return {
        "suggested": case.suggested_group,
        "probability": case.probability,
        "is_urgent": case.is_urgent,
        "stopper": case.stopper,
        "is_suspect": is_suspect,
        "is_auto": bool(routing and routing.auto),
    }


def dispatch_words(city: City, case: Case) -> str:
    """Where the case went, for the reporter."""
    group, unit = city.find_group(case.group), city.find_unit(case.unit)
    return _("已交由“%(group)s”办理，承办单位：%(unit)s。") % {
        "group": group.name if group else case.group,
        "unit": unit.name if unit else _("待定"),
    }
