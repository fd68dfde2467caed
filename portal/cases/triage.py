"""What the office decides: who handles a case, what is not taken, what belongs together, what is public."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.cases.intake import dispatch_words
from portal.cases.lifecycle import Act, public_version, require, step
from portal.cases.models import UNSORTED, Case, CaseEvent, CaseFollower
from portal.cases.notify import tell_reporter
from portal.cases.reading import named_units
from portal.cases.states import FINAL, Outcome, State
from portal.core.clock import local
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.groups import OTHER, City, Prediction, keep_decision, keep_example

NOT_OURS = frozenset({"out_of_scope", "legal_channel", "other_region", "party_npc_court_military"})
"""Decline reasons that say no group of the city is meant: the router learns from these."""
MOST_RETURNS = 2


@dataclass(frozen=True)
class Assignment:
    """Which group and unit a case goes to. about_unit: for a report, whom it is about."""

    group: str
    unit: str
    note: str = ""
    about_unit: str | None = None
    helpers: tuple[str, ...] = ()


def dispatch(db: Session, act: Act, case: Case, to: Assignment) -> CaseEvent:
    """Send a case to a group and unit, and keep the decision beside the router's prediction."""
    require(act, case, "dispatch")
    _check_place(act.city, case, to)
    case.about_unit = to.about_unit or case.about_unit
    return _assign(db, act, case, "dispatch", to)


def _check_place(city: City, case: Case, to: Assignment) -> None:
    if city.find_group(to.group) is None or city.find_unit(to.unit) is None:
        raise BadInput(_("没有这个专项组或单位。"), _("请从列表中选择。"))
    refuse_units_reported(city, case, (to.unit, *to.helpers), to.about_unit)


def refuse_units_reported(city: City, case: Case, keys: Iterable[str], about_unit: str | None = None) -> None:
    """Raise Conflict when a report would reach a unit it is about: as the office says, or because the text names it."""
    if not case.is_confidential:
        return
    units = [unit for key in keys if (unit := city.find_unit(key))]
    about = {case.about_unit, about_unit, *named_units(units, case.text_raw)}
    if any(unit.key in about for unit in units):
        raise Conflict(_("举报不能交给被反映的单位办理。"), _("请改派上级单位，或由指挥部办公室直接办理。"))


def _assign(db: Session, act: Act, case: Case, action: str, to: Assignment) -> CaseEvent:
    case.dispatched_at = act.at
    case.accepted_at = None
    case.helpers = [unit for unit in to.helpers if unit != to.unit]
    event = step(
        db, act, case, action, group=to.group, unit=to.unit, detail={"note": to.note, "helpers": case.helpers},
        is_public=True,
        public=dispatch_words(act.city, _placed(case, to)),
    )  # fmt: skip
    _learn(db, act, case, to.group, action)
    tell_reporter(db, act, case, event.public_text, is_step=True)
    return event


def _placed(case: Case, to: Assignment) -> Case:
    """A stand-in that carries only the place, for the words that name it."""
    return Case(group=to.group, unit=to.unit)


def _learn(db: Session, act: Act, case: Case, group: str, reason: str) -> None:
    """Keep a person's routing decision beside the prediction, and the text (redacted) for the next training."""
    if case.prediction_id is not None:
        prediction = db.get_one(Prediction, case.prediction_id)
        keep_decision(db, prediction, act.username, group, reason)
    if not case.is_confidential:
        keep_example(db, f"case {case.case_no}", case.text_public, group)


def reject(db: Session, act: Act, case: Case, reason: str, note: str = "") -> CaseEvent:
    """Decline a case: always with a typed reason, its text and the right channel. reason: a key of the city's list."""
    option = next((one for one in act.city.decline_reasons if one.key == reason), None)
    if option is None:
        raise BadInput(_("没有这个不予受理的理由。"), _("请从列表中选择。"))
    public = f"{option.text}{note}"
    event = step(db, act, case, "reject", public=public, reason=reason, is_public=True)
    case.reply, case.reply_public = public, event.public_text
    case.public_from = None
    if reason == "duplicate":
        case.outcome = Outcome.DUPLICATE
    if reason in NOT_OURS:
        _learn(db, act, case, OTHER, "reject")
    db.flush()
    tell_reporter(db, act, case, public)
    return event


def transfer(db: Session, act: Act, case: Case, channel: str, follow_up_on: date, note: str = "") -> CaseEvent:
    """Hand a case to somebody outside the portal, with a day on which the office looks again."""
    if follow_up_on <= local(act.at).date():
        raise BadInput(_("回访日期要晚于今天。"), _("请重新选择日期。"))
    public = _("已转%(channel)s办理。%(note)s") % {"channel": channel, "note": note}
    case.review_on = follow_up_on
    event = step(
        db, act, case, "transfer", public=public, reason="outside",
        detail={"channel": channel, "follow_up_on": follow_up_on}, is_public=True,
    )  # fmt: skip
    case.reply, case.reply_public = public, event.public_text
    _learn(db, act, case, OTHER, "transfer")
    tell_reporter(db, act, case, public)
    return event


def redispatch(db: Session, act: Act, case: Case, to: Assignment) -> CaseEvent:
    """The arbiter agrees to a return and names the next unit; after the second return the word is final."""
    require(act, case, "redispatch")
    _check_place(act.city, case, to)
    if to.unit in case.returned_by and case.return_count < MOST_RETURNS:
        raise Conflict(_("这个单位已经退过单。"), _("请改派其他单位，或选择“不同意退单”。"))
    return _assign(db, act, case, "redispatch", to)


def uphold(db: Session, act: Act, case: Case, note: str) -> CaseEvent:
    """The arbiter refuses a return: the unit keeps the case and has signed for it."""
    case.accepted_at = act.at
    return step(db, act, case, "uphold", detail={"note": note}, is_public=True)


def merge(db: Session, act: Act, case: Case, main: Case) -> CaseEvent:
    """Join a case to the main one about the same thing; its reporter follows that one and keeps the own code."""
    require(act, case, "merge")
    if main.id == case.id or main.merged_into_id or main.stands in FINAL:
        raise Conflict(_("只能并入另一件正在办理的诉求。"), _("请核对主单的编号。"))
    case.merged_into_id = main.id
    event = step(db, act, case, "merge", detail={"main": main.case_no}, is_public=True)
    case.outcome = Outcome.DUPLICATE
    case.public_from = None
    main.support_count += 1
    db.add(CaseFollower(case_id=main.id, person_hash=_follower(act, case), contact=None, at=act.at))
    db.flush()
    tell_reporter(
        db,
        act,
        case,
        _("您的诉求与 %(main)s 反映的是同一件事，已合并办理，结果会同样告诉您。") % {"main": main.case_no},
    )
    return event


def _follower(act: Act, case: Case) -> str:
    return act.secrets.hash("follower", f"case {case.case_no}")


def unmerge(db: Session, act: Act, case: Case) -> CaseEvent:
    """Make a merged case one of its own again, when the reporter or the office objects in time."""
    require(act, case, "unmerge")
    days = act.city.deadlines.merge_objection_days
    if case.closed_at is not None and act.at > case.closed_at + timedelta(days=days):
        raise Conflict(_("并单已超过 %(days)s 天，不能再拆开。") % {"days": days}, _("您可以重新提交一件诉求。"))
    main = db.get(Case, case.merged_into_id) if case.merged_into_id else None
    case.merged_into_id, case.outcome, case.unit = None, None, None
    if main is not None:
        follower = db.query(CaseFollower).filter_by(case_id=main.id, person_hash=_follower(act, case)).one_or_none()
        if follower is not None:
            db.delete(follower)
            main.support_count = max(0, main.support_count - 1)
    return step(db, act, case, "unmerge", group=UNSORTED, is_public=True)


@dataclass(frozen=True)
class Publication:
    """What of a case becomes public: the checked text, and the names of the photos that show nobody."""

    text: str = ""
    photos: frozenset[str] = frozenset()


def publish(db: Session, act: Act, case: Case, what: Publication) -> CaseEvent:
    """Make the checked version public, not before the city's delay; only with the reporter's consent."""
    require(act, case, "publish")
    if not case.wants_publish or case.is_confidential:
        raise Conflict(_("反映人没有同意公开，不能公开。"), _("可以请反映人在进度页重新选择。"))
    if what.text:
        case.text_public = public_version(act.city, what.text)
    delayed = case.submitted_at + timedelta(days=act.city.deadlines.publish_delay_days)
    case.public_from, case.is_hidden = max(act.at, delayed), False
    for photo in case.photos:
        if photo.kind != "proof":
            photo.is_public = photo.name in what.photos
    return step(db, act, case, "publish", detail={"photos": len(what.photos)})


def hide(db: Session, act: Act, case: Case, reason: str) -> CaseEvent:
    """Take a case off the public pages; handling goes on."""
    event = step(db, act, case, "hide", detail={"note": reason})
    case.is_hidden, case.public_from = True, None
    db.flush()
    return event


def supervise(db: Session, act: Act, case: Case, reason: str) -> CaseEvent:
    """Put a case under supervision 督办."""
    case.is_supervised = True
    return step(db, act, case, "supervise", detail={"note": reason}, is_public=True)


def add_note(db: Session, act: Act, case: Case, text: str) -> CaseEvent:
    """An internal note, read by staff only."""
    return step(db, act, case, "note", detail={"note": text})


def reveal_contact(db: Session, act: Act, case: Case, reason: str) -> CaseEvent:
    """Write down that somebody looked at contact data, and why."""
    return step(db, act, case, "reveal", detail={"note": reason})


def may_see_contact(case: Case, is_handler_only: bool) -> bool:
    """Whether this reader may ask for the contact data: handlers not when anonymous, nor for a report."""
    if case.contact is None:
        return False
    return not (is_handler_only and (case.is_anonymous or case.is_confidential))


def is_open(case: Case) -> bool:
    """Whether somebody still works on the case."""
    return case.stands not in FINAL | {State.RESOLVED}
