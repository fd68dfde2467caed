"""What the office decides: who handles a case, what is not taken, what belongs together, what is public."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.cases.first_steps import dispatch_words
from portal.cases.joined import tell_reporters
from portal.cases.lifecycle import Act, public_version, require, step
from portal.cases.models import Case, CaseEvent
from portal.cases.reading import named_units
from portal.cases.states import FINAL, Outcome, State
from portal.cases.teamwork import set_helpers
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
    check_place(act.city, case, to)
    case.about_unit = to.about_unit or case.about_unit
    return _assign(db, act, case, "dispatch", to)


def check_place(city: City, case: Case, to: Assignment) -> None:
    """Raise BadInput for a place the city does not have, Conflict for one a report must not reach."""
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
    case.officer = None
    set_helpers(db, case, [unit for unit in to.helpers if unit != to.unit])
    event = step(
        db, act, case, action, group=to.group, unit=to.unit, detail={"note": to.note, "helpers": case.helpers},
        is_public=True,
        public=dispatch_words(act.city, _placed(case, to)),
    )  # fmt: skip
    _learn(db, act, case, to.group, action)
    tell_reporters(db, act, case, event.public_text, is_step=True)
    return event


def _placed(case: Case, to: Assignment) -> Case:
    """A stand-in that carries only the place, for the words that name it."""
    return Case(group=to.group, unit=to.unit)


def _learn(db: Session, act: Act, case: Case, group: str, reason: str) -> None:
    """Keep a person's routing decision beside the prediction, and the text (redacted) for the next training."""
    if case.prediction_id is not None:
        prediction = db.get_one(Prediction, case.prediction_id)
        keep_decision(db, prediction, act.username, group, reason, at=act.at)
    if not case.is_confidential:
        keep_example(db, f"case {case.case_no}", case.text_public, group, act.at)


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
    tell_reporters(db, act, case, public)
    return event


def transfer(db: Session, act: Act, case: Case, channel: str, follow_up_on: date, note: str = "") -> CaseEvent:
    """Hand a case to somebody outside the portal, with a day on which the office looks again."""
    if follow_up_on <= local(act.at).date():
        raise BadInput(_("回访日期要晚于今天。"), _("请重新选择日期。"), "follow_up_on")
    public = _("已转%(channel)s办理。%(note)s") % {"channel": channel, "note": note}
    case.review_on = follow_up_on
    event = step(
        db, act, case, "transfer", public=public, reason="outside",
        detail={"channel": channel, "follow_up_on": follow_up_on}, is_public=True,
    )  # fmt: skip
    case.reply, case.reply_public = public, event.public_text
    _learn(db, act, case, OTHER, "transfer")
    tell_reporters(db, act, case, public)
    return event


def follow_up(db: Session, act: Act, case: Case, text: str, again_on: date | None = None) -> CaseEvent:
    """Say what became of a case handed outside; again_on: when the office asks once more, None when it is done."""
    require(act, case, "follow-up")
    if again_on is not None and again_on <= local(act.at).date():
        raise BadInput(_("下次回访日期要晚于今天。"), _("请重新选择日期，或留空。"), "again_on")
    case.review_on = again_on
    event = step(db, act, case, "follow-up", public=text, detail={"again_on": again_on}, is_public=True)
    case.reply, case.reply_public = text, event.public_text
    tell_reporters(db, act, case, text)
    return event


def redispatch(db: Session, act: Act, case: Case, to: Assignment) -> CaseEvent:
    """The arbiter agrees to a return and names the next unit; after the second return the word is final."""
    require(act, case, "redispatch")
    check_place(act.city, case, to)
    if to.unit in case.returned_by and case.return_count < MOST_RETURNS:
        raise Conflict(_("这个单位已经退过单。"), _("请改派其他单位，或选择“不同意退单”。"))
    if case.return_count >= MOST_RETURNS and not set(to.helpers) - {to.unit}:
        # The last word names a lead and helpers; who sent it back knows the matter and helps, if nobody else is named.
        to = replace(to, helpers=tuple(case.returned_by))
    return _assign(db, act, case, "redispatch", to)


def uphold(db: Session, act: Act, case: Case, note: str) -> CaseEvent:
    """The arbiter refuses a return: the unit keeps the case and has signed for it."""
    case.accepted_at = act.at
    return step(db, act, case, "uphold", detail={"note": note}, is_public=True)


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
    """Put a case under supervision 督办: who answers for it is named, to the reporter too."""
    case.is_supervised = True
    public = leader_words(act.city, case)
    return step(db, act, case, "supervise", detail={"note": reason}, public=public, is_public=True)


def leader_words(city: City, case: Case) -> str:
    """Who answers for a supervised case, in words; empty while no unit has it."""
    unit = city.find_unit(case.unit)
    if unit is None:
        return ""
    if not unit.leader:
        return _("由%(unit)s主要负责人督办。") % {"unit": unit.name}
    return _("由%(unit)s负责人%(leader)s督办。") % {"unit": unit.name, "leader": unit.leader}


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
