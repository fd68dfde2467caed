"""What a unit does with a case: sign, contact, report, ask, return, ask for more time, defer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from portal.cases.joined import tell_reporters
from portal.cases.lifecycle import Act, keep_message, require, step
from portal.cases.models import Case, CaseEvent
from portal.cases.notify import tell_reporter
from portal.cases.photos import StoredPhoto, keep_photos
from portal.cases.states import State, Who
from portal.cases.teamwork import set_helpers
from portal.cases.terms import longer_promise, most_extension, paused_days, promise_from, promise_on
from portal.cases.triage import MOST_RETURNS, refuse_units_reported
from portal.core.chinese import sentence
from portal.core.clock import in_chinese, local, now, short_in_chinese
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.groups import City


def accept(db: Session, act: Act, case: Case) -> CaseEvent:
    """Sign for a case; the system signs when nobody has in time, so that the clock cannot be gamed."""
    require(act, case, "accept")
    case.accepted_at = act.at
    return step(db, act, case, "accept", is_public=True)


def contact(db: Session, act: Act, case: Case, note: str) -> CaseEvent:
    """Write down that the reporter was spoken to; the first time starts the work.

    Contact about a report runs through the office, whose people are the only ones to know the number.
    """
    require(act, case, "contact")
    if case.is_confidential and Who.TRIAGER not in act.who:
        raise Conflict(_("举报由指挥部办公室联系反映人。"), _("请把要问的写在备注里，由办公室转达。"))
    if not case.is_confidential and Who.HANDLER not in act.who:
        raise Conflict(_("这件诉求由承办单位联系反映人。"), _("需要时可以写备注提醒承办单位。"))
    if case.first_contact_at is None:
        case.first_contact_at = act.at
    return step(db, act, case, "contact", detail={"note": note}, is_public=True)


def reply(db: Session, act: Act, case: Case, text: str, photos: Sequence[StoredPhoto] = ()) -> CaseEvent:
    """Tell the reporter how it goes; counts as contact where it is the first word they get."""
    event = step(db, act, case, "reply", public=text, is_public=True)
    keep_photos(db, case, photos, "proof", act.at, event)
    case.reply, case.reply_public = text, event.public_text
    if case.first_contact_at is None:
        case.first_contact_at = act.at
    tell_reporters(db, act, case, text, is_step=True)
    db.flush()
    return event


def ask(db: Session, act: Act, case: Case, question: str) -> CaseEvent:
    """Put one clear question to the reporter; the clock stands for at most the city's days in all."""
    require(act, case, "ask")
    if case.paused_s >= act.city.deadlines.need_info_days * 86400:
        raise Conflict(_("等待补充的时间已经用完。"), _("请直接联系反映人，或按现有情况办理。"))
    case.question, case.paused_at = question, act.at
    event = step(db, act, case, "ask", public=question, is_public=True)
    tell_reporter(db, act, case, _("请您补充：%(question)s") % {"question": question})
    return event


def answer(db: Session, act: Act, case: Case, text: str, photos: Sequence[StoredPhoto] = ()) -> CaseEvent:
    """The reporter answers the question; the promise moves by the working days of the pause."""
    require(act, case, "answer")
    event = _end_pause(db, act, case, "answer", text)
    keep_message(db, event, text)
    keep_photos(db, case, photos, "answer", act.at, event)
    return event


def stop_waiting(db: Session, act: Act, case: Case) -> CaseEvent:
    """Nobody answered in time: work goes on."""
    require(act, case, "resume")
    return _end_pause(db, act, case, "resume", "")


def _end_pause(db: Session, act: Act, case: Case, action: str, public: str) -> CaseEvent:
    since = case.paused_at or act.at
    # The pause ends when it may last no longer, however late that is noticed.
    until = max(since, min(act.at, case.step_due_at or act.at))
    case.paused_s += int((until - since).total_seconds())
    case.paused_at, case.question = None, ""
    days = paused_days(act.city, since, until)
    promise = longer_promise(act.city, case.due_on, days) if days else None
    return step(db, act, case, action, public=public, is_public=True, promise=promise)


@dataclass(frozen=True)
class Return:
    """Why a unit sends a case back, and who it thinks should have it."""

    reason: str
    evidence: str
    proposed_unit: str | None = None


def may_return(city: City, case: Case) -> bool:
    """Whether the unit may still say that the case is not its own."""
    return _no_return(city, case, now()) is None


def _no_return(city: City, case: Case, at: datetime) -> Conflict | None:
    """Why a unit may not send the case back at this moment; None when it may."""
    if case.return_count >= MOST_RETURNS:
        return Conflict(_("这件诉求已退单两次，牵头单位已经指定，不能再退。"), _("请与协办单位一起办理。"))
    if case.unit in case.returned_by:
        return Conflict(_("贵单位已经退过一次。"), _("请按审核意见办理。"))
    days = city.deadlines.return_working_days
    if case.dispatched_at and at > promise_from(city, case.dispatched_at, days).at:
        return Conflict(_("退单要在派单后 %(days)s 个工作日内提出。") % {"days": days}, _("请继续办理。"))
    return None


def may_extend(city: City, case: Case) -> bool:
    """Whether more time may be asked for: not twice, and not after the promise ended."""
    return _no_extension(city, case, now()) is None and most_extension(city, case) > 0


def _no_extension(city: City, case: Case, at: datetime) -> Conflict | None:
    """Why no more time may be asked for at this moment; None when it may."""
    if case.extension_count >= city.deadlines.extensions_per_case:
        return Conflict(_("每件诉求只能延期一次。"), _("确实不能办的，可以提出挂账。"))
    if at > case.due_at:
        return Conflict(_("已经超过承诺日期，不能再延期。"), _("请尽快办理并向反映人说明。"))
    return None


def ask_return(db: Session, act: Act, case: Case, why: Return) -> CaseEvent:
    """A unit says the case is not its own: once per unit, soon after dispatch, never a third time; the clock runs."""
    require(act, case, "return")
    if why.reason not in {one.key for one in act.city.return_reasons}:
        raise BadInput(_("没有这个退单理由。"), _("请从列表中选择。"))
    if refusal := _no_return(act.city, case, act.at):
        raise refusal
    case.returned_by = [*case.returned_by, case.unit or ""]
    case.return_count += 1
    return step(
        db, act, case, "return", reason=why.reason,
        detail={"evidence": why.evidence, "proposed_unit": why.proposed_unit}, is_public=True,
    )  # fmt: skip


def ask_extension(db: Session, act: Act, case: Case, reason: str, working_days: int) -> CaseEvent:
    """Ask for more time: once, before the promise ends, at most as much again."""
    require(act, case, "extend")
    if refusal := _no_extension(act.city, case, act.at):
        raise refusal
    most = most_extension(act.city, case)
    if not 1 <= working_days <= most:
        raise BadInput(_("延期最多 %(days)s 个工作日。") % {"days": most}, _("请改短后再提交。"))
    return step(db, act, case, "extend", public=reason, detail={"working_days": working_days}, is_public=True)


def decide_extension(
    db: Session, act: Act, case: Case, is_granted: bool, working_days: int, note: str, reason: str = ""
) -> CaseEvent:
    """The arbiter's word on more time. working_days and reason: as asked for, taken from the history."""
    if not is_granted:
        return step(db, act, case, "refuse-extension", detail={"note": note}, is_public=True)
    require(act, case, "grant-extension")
    days = min(working_days, most_extension(act.city, case))
    case.extension_count += 1
    promise = longer_promise(act.city, case.due_on, days)
    public = _("办理时间延长到 %(day)s。") % {"day": short_in_chinese(promise.on)}
    detail = {"note": note}
    event = step(db, act, case, "grant-extension", public=public, detail=detail, is_public=True, promise=promise)
    why = _("原因：%(reason)s") % {"reason": sentence(reason)} if reason else ""
    tell_reporters(db, act, case, public + why)
    return event


@dataclass(frozen=True)
class Deferral:
    """Why something cannot be mended now, what is planned, and when it is looked at again."""

    reason: str
    plan: str
    review_on: date


def propose_defer(db: Session, act: Act, case: Case, what: Deferral) -> CaseEvent:
    """Propose to list a case as deferred 挂账; somebody else has to agree."""
    require(act, case, "propose-defer")
    if what.reason not in {one.key for one in act.city.defer_reasons}:
        raise BadInput(_("没有这个挂账理由。"), _("请从列表中选择。"))
    today = local(act.at).date()
    latest = today + timedelta(days=act.city.deadlines.pend_review_days)
    if not today < what.review_on <= latest:
        words = _("复查日期要在明天到 %(day)s之间。") % {"day": in_chinese(latest)}
        raise BadInput(words, _("请重新选择日期。"), "review_on")
    case.defer_proposal = {
        "reason": what.reason,
        "plan": what.plan,
        "review_on": what.review_on.isoformat(),
        "by": act.username,
    }
    return step(db, act, case, "propose-defer", reason=what.reason, detail=case.defer_proposal)


def refuse_defer(db: Session, act: Act, case: Case, why: str) -> CaseEvent:
    """Say no to a proposal: the promise stands, and another one can be made."""
    require(act, case, "refuse-defer")
    if case.defer_proposal is None:
        raise Conflict(_("没有等着决定的挂账。"), _("可能刚刚有人决定过，请看办理经过。"))
    case.defer_proposal = None
    return step(db, act, case, "refuse-defer", detail={"note": why})


def defer(db: Session, act: Act, case: Case) -> CaseEvent:
    """Agree to a deferral somebody else proposed; reason, plan and review date become public."""
    require(act, case, "defer")
    proposal = case.defer_proposal
    if proposal is None:
        raise Conflict(_("还没有人提出挂账。"), _("请先由承办单位或办公室提出，再由另一人同意。"))
    if proposal["by"] == act.username:
        raise Conflict(_("挂账要由两个人决定。"), _("请另一位同事来同意。"))
    case.review_on, case.defer_proposal = date.fromisoformat(proposal["review_on"]), None
    name = next((one.name for one in act.city.defer_reasons if one.key == proposal["reason"]), "")
    public = _("暂时不能解决，原因：%(reason)s。%(plan)s复查日期：%(day)s。") % {
        "reason": name,
        "plan": sentence(proposal["plan"]),
        "day": in_chinese(case.review_on),
    }
    # The review date takes the place of the promise, in the list too.
    promise = promise_on(act.city, case.review_on)
    event = step(db, act, case, "defer", public=public, reason=proposal["reason"], is_public=True, promise=promise)
    case.reply, case.reply_public = public, event.public_text
    tell_reporters(db, act, case, public)
    return event


def resume_work(db: Session, act: Act, case: Case) -> CaseEvent:
    """The review date is there, or the cause is gone: a new promise of the kind's whole term begins."""
    require(act, case, "resume-work")
    promise = promise_from(act.city, act.at, act.city.kind(case.kind).working_days)
    case.review_on = None
    public = _("已恢复办理。承诺 %(day)s前答复。") % {"day": short_in_chinese(promise.on)}
    event = step(db, act, case, "resume-work", public=public, is_public=True, promise=promise)
    # What was said when it was put off is no longer how it stands.
    case.reply, case.reply_public = public, event.public_text
    tell_reporters(db, act, case, public)
    return event


def add_helpers(db: Session, act: Act, case: Case, units: Sequence[str]) -> CaseEvent:
    """Name units that help the lead unit."""
    require(act, case, "add-helper")
    known = [unit for unit in units if act.city.find_unit(unit) and unit != case.unit]
    refuse_units_reported(act.city, case, known)
    set_helpers(db, case, [*case.helpers, *known])
    return step(db, act, case, "add-helper", detail={"helpers": case.helpers}, is_public=True)


def waits_for_reporter(case: Case) -> bool:
    """Whether the next move is the reporter's."""
    return case.stands in {State.NEED_INFO, State.RESOLVED}
