"""How a case ends: resolved with proof, rated by its reporter, reopened when it is not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.joined import tell_everybody
from portal.cases.lifecycle import Act, as_system_of, keep_message, public_version, require, step
from portal.cases.models import Case, CaseEvent, CaseFollower, CaseRating
from portal.cases.notify import tell_reporter
from portal.cases.photos import StoredPhoto, keep_photos
from portal.cases.states import Outcome, State
from portal.cases.teamwork import other_officer
from portal.cases.terms import promise_from
from portal.cases.triage import leader_words
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.groups import keep_confirmation

LEAST_SATISFIED = 3
REOPENING = frozenset({"not_fixed", "came_back", "passed_round"})
"""Reasons that go to the arbiter whatever the grade: somebody may be polite and still say that it is not done."""
SOLVED = {"yes": Outcome.SOLVED, "partly": Outcome.PARTLY, "no": Outcome.NOT_SOLVED}
ITS_OWN = frozenset({Outcome.SOLVED, Outcome.PARTLY, Outcome.NOT_SOLVED})
"""Outcomes of a unit that dealt with the matter: its group was the right one, and the router may learn that."""
SUPERVISED_FROM = 2
"""The second reopening is supervised and its leader named."""


@dataclass(frozen=True)
class Resolution:
    """What was done, how it ended, and the proof."""

    text: str
    outcome: Outcome
    photos: Sequence[StoredPhoto] = ()


def needs_proof(act: Act, case: Case, outcome: Outcome) -> bool:
    """Whether a photo has to show the result: visible kinds that are said to be mended."""
    return act.city.kind(case.kind).needs_proof and outcome in {Outcome.SOLVED, Outcome.PARTLY}


def resolve(db: Session, act: Act, case: Case, how: Resolution) -> CaseEvent:
    """Say that a case is done: with an answer, an outcome, and a new photo where the result can be seen."""
    require(act, case, "resolve")
    if len(how.text.strip()) < 5:
        raise BadInput(_("办结要有答复内容。"), _("请写明做了什么、结果怎样。"))
    if needs_proof(act, case, how.outcome) and not how.photos:
        raise BadInput(_("这类诉求办结要有整改后的照片。"), _("请上传至少一张照片。"), "photos")
    case.resolved_at, case.outcome, case.confirmed = act.at, how.outcome.value, None
    if case.first_contact_at is None:
        case.first_contact_at = act.at
    event = step(db, act, case, "resolve", public=how.text, reason=how.outcome.value, is_public=True)
    keep_photos(db, case, how.photos, "proof", act.at, event)
    case.reply, case.reply_public = how.text, event.public_text
    db.flush()
    if how.outcome in ITS_OWN and not case.is_confidential:
        keep_confirmation(db, f"case {case.case_no}", act.username, case.text_public, case.group, act.at)
    _tell_everybody(db, act, case, how.text)
    return event


def _tell_everybody(db: Session, act: Act, case: Case, text: str) -> None:
    tell_reporter(db, act, case, _("您的诉求已办结：%(text)s 请您评价。") % {"text": text})
    public = _("您关注的诉求已办结：%(text)s") % {"text": case.reply_public}
    tell_everybody(db, act, case, _("您反映的事已办结：%(text)s") % {"text": text}, public)


@dataclass(frozen=True)
class Rating:
    """The reporter's own word. grade: 1-5, 5 best.  solved: yes, partly or no.  reasons: keys the page offered."""

    grade: int
    solved: str
    comment: str = ""
    reasons: tuple[str, ...] = ()


def rate(db: Session, act: Act, case: Case, rating: Rating) -> CaseEvent:
    """Keep a rating. Solved and at least 基本满意 closes the case; all else goes back to the arbiter."""
    is_content = rating.grade >= LEAST_SATISFIED and rating.solved != "no"
    is_satisfied = is_content and not REOPENING & set(rating.reasons)
    action = "satisfied" if is_satisfied else "dispute"
    require(act, case, action)
    case.confirmed = rating.solved
    if is_satisfied:
        case.outcome = SOLVED[rating.solved].value
    event = step(
        db, act, case, action, reason=f"grade {rating.grade}", is_public=True,
        detail={"grade": rating.grade, "solved": rating.solved, "reasons": list(rating.reasons)}, public=rating.comment,
    )  # fmt: skip
    db.add(
        CaseRating(
            case_id=case.id,
            turn=case.reopen_count,
            grade=rating.grade,
            solved=rating.solved,
            reasons=list(rating.reasons),
            comment_public=public_version(act.city, rating.comment),
            at=act.at,
        )
    )
    db.flush()
    keep_message(db, event, rating.comment)
    return event


def expire_rating(db: Session, act: Act, case: Case) -> CaseEvent:
    """The rating window is over: the case is closed and no grade is written. Silence is not consent."""
    return step(db, act, case, "expire", is_public=True)


RECHECK_ANSWER_DAYS = 7
"""How long after the re-check's question a citizen may still say that it is not mended."""


def recheck(db: Session, act: Act, case: Case) -> CaseEvent:
    """Four weeks later: ask the reporter whether it is still mended; the answer may reopen the case."""
    event = step(db, act, case, "recheck")
    case.step_due_at = None
    if case.outcome in {Outcome.SOLVED, Outcome.PARTLY}:
        tell_reporter(db, act, case, _("您反映的事办结四周了，现在还好吗？如果又出现了，可以在链接里申请重办。"))
    return event


def still_fixed(db: Session, act: Act, case: Case) -> CaseEvent:
    """The reporter answers the re-check: it has not come back. No grade is written, only what they said."""
    require(act, case, "still-fixed")
    if not may_confirm(db, act, case):
        raise Conflict(_("现在不用回答这个问题。"), _("如果又出现了，可以申请重办或重新提交。"))
    case.confirmed = "yes"
    return step(db, act, case, "still-fixed", is_public=True)


def may_confirm(db: Session, act: Act, case: Case) -> bool:
    """Whether the reporter was asked four weeks later, and has not answered yet."""
    answers = ("recheck", "still-fixed", "reopen")
    query = select(CaseEvent.action).where(CaseEvent.case_id == case.id, CaseEvent.action.in_(answers))
    return may_reopen(act, case) and db.scalar(query.order_by(CaseEvent.id.desc()).limit(1)) == "recheck"


def may_reopen(act: Act, case: Case) -> bool:
    """Whether its reporter can still reopen a closed case: it was resolved, not longer ago than the re-check."""
    days = timedelta(days=act.city.deadlines.recheck_days + RECHECK_ANSWER_DAYS)
    return case.stands is State.CLOSED and case.resolved_at is not None and act.at <= case.resolved_at + days


def reopen(db: Session, act: Act, case: Case, reason: str) -> CaseEvent:
    """The reporter says it is not mended: in the rating window the arbiter decides, at the re-check it is at once."""
    if case.stands is State.RESOLVED:
        event = step(db, act, case, "dispute", public=reason, is_public=True)
    else:
        require(act, case, "reopen")
        if not may_reopen(act, case):
            days = act.city.deadlines.recheck_days + RECHECK_ANSWER_DAYS
            raise Conflict(
                _("办结已超过 %(days)s 天，不能在这里申请重办。") % {"days": days}, _("请重新提交一件诉求。")
            )
        event = _begin_again(db, act, case, "reopen", reason)
    case.confirmed = "no"
    db.flush()
    keep_message(db, event, reason)
    return event


def decide_reopen(db: Session, act: Act, case: Case, is_granted: bool, text: str) -> CaseEvent:
    """The arbiter's word on a reopening; a refusal answers the reporter's reason and names the way to appeal."""
    if is_granted:
        event = _begin_again(db, act, case, "grant-reopen", text)
        tell_reporter(db, act, case, _("已同意重新办理。%(text)s") % {"text": text})
        return event
    if len(text.strip()) < 5:
        raise BadInput(_("不同意重办要写明理由。"), _("请答复反映人提出的理由。"))
    hint = _("如仍有意见，可拨打 12345 或向%(office)s申诉。") % {"office": act.city.office.name}
    public = f"{text} {hint}"
    require(act, case, "refuse-reopen")
    case.outcome = Outcome.NOT_SOLVED
    event = step(db, act, case, "refuse-reopen", public=public, is_public=True)
    tell_reporter(db, act, case, public)
    return event


def _begin_again(db: Session, act: Act, case: Case, action: str, public: str) -> CaseEvent:
    require(act, case, action)
    case.reopen_count += 1
    case.outcome = None
    other = other_officer(db, case)
    was, case.officer = case.officer, other.username if other else case.officer
    detail = {"officer": other.name, "was": was} if other else {}
    promise = promise_from(act.city, act.at, act.city.deadlines.reopened_working_days)
    event = step(db, act, case, action, public=public, is_public=True, promise=promise, detail=detail)
    if case.reopen_count >= SUPERVISED_FROM:
        case.is_supervised = True
        words = leader_words(act.city, case)
        step(db, as_system_of(act), case, "supervise", reason="reopened twice", public=words, is_public=True)
    return event


def support(db: Session, act: Act, case: Case, person: str, contact: str | None = None) -> bool:
    """Count a "me too" once for each person. person: whatever tells people apart; kept as keyed hash only."""
    person_hash = act.secrets.hash("follower", person)
    known = select(CaseFollower.id).where(CaseFollower.case_id == case.id, CaseFollower.person_hash == person_hash)
    if db.scalar(known) is not None:
        return False
    db.add(CaseFollower(case_id=case.id, person_hash=person_hash, contact=contact, at=act.at))
    case.support_count += 1
    db.flush()
    return True
