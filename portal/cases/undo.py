"""The ten minutes to change one's mind, and taking a case back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from portal.cases.first_steps import goes_alone, suggest
from portal.cases.intake import digest, find_stoppers
from portal.cases.joined import release
from portal.cases.lifecycle import Act, as_system_of, keep_message, public_version, step
from portal.cases.models import UNSORTED, Case, CaseEvent
from portal.cases.states import State
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.groups import City

if TYPE_CHECKING:
    from ml.predict import Routing


@dataclass(frozen=True)
class Edited:
    """What a reporter may change within the first minutes."""

    text: str
    place: str
    district: str | None


def may_edit(city: City, case: Case, act: Act) -> bool:
    """Whether the first minutes are still running and nobody has signed for the case."""
    is_early = act.at <= case.submitted_at + timedelta(minutes=city.deadlines.undo_minutes)
    return is_early and case.stands in {State.SUBMITTED, State.TRIAGE, State.DISPATCHED}


def edit_case(db: Session, act: Act, case: Case, new: Edited, routing: "Routing | None") -> CaseEvent:
    """Change the words of a case within the first minutes, and route it again; raise Conflict afterwards."""
    if case.stands is State.WITHDRAWN:
        raise Conflict(_("这件诉求已经撤回，不能再修改。"), _("需要办理的话，请重新提交。"))
    if not may_edit(act.city, case, act):
        raise Conflict(_("提交已超过可修改的时间。"), _("您可以在进度页补充说明，或撤回后重新提交。"))
    event = step(db, act, case, "edit", detail={"old_text_hash": case.text_hash}, is_public=True)
    case.text_raw, case.text_public = new.text, public_version(act.city, new.text)
    case.place, case.place_public = new.place, public_version(act.city, new.place)
    case.district, case.text_hash = new.district, digest(new.text)
    stoppers = find_stoppers(act.city, new.text)
    case.stopper, case.is_urgent = (stoppers[0].key if stoppers else None), any(one.urgent for one in stoppers)
    case.priority = "urgent" if case.is_urgent else "normal"
    suggest(db, case, new.text, routing)
    if case.stands is State.DISPATCHED and not (goes_alone(case, routing) and case.suggested_group == case.group):
        case.unit = None
        step(db, as_system_of(act), case, "reroute", group=UNSORTED, is_public=True)
    db.flush()
    return event


def withdraw_case(db: Session, act: Act, case: Case, reason: str) -> CaseEvent:
    """Take a case back, at any time before it is resolved; it disappears from every public page."""
    event = step(db, act, case, "withdraw", detail={"has_reason": bool(reason)})
    keep_message(db, event, reason)
    case.is_hidden = case.is_hidden or case.public_from is not None
    case.public_from = None
    db.flush()
    # Others who said the same go on being heard.
    release(db, act, case)
    return event
