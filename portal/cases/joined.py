"""Several reporters, one thing 合单: cases joined to a main one, everybody answered, and parted again when wrong."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.lifecycle import Act, as_system_of, require, step
from portal.cases.models import UNSORTED, Case, CaseEvent, CaseFollower
from portal.cases.notify import tell_followers, tell_reporter
from portal.cases.states import FINAL, Outcome
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _

SUPERVISED_FROM = 3
"""From so many cases joined to one on it is supervised: what many people say is no accident."""


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
    _supervise_what_many_say(db, act, main)
    return event


def _supervise_what_many_say(db: Session, act: Act, main: Case) -> None:
    if not main.is_supervised and sum(1 for _case in list_joined(db, main)) >= SUPERVISED_FROM:
        main.is_supervised = True
        step(db, as_system_of(act), main, "supervise", reason="repeated", is_public=True)


def _follower(act: Act, case: Case) -> str:
    return act.secrets.hash("follower", f"case {case.case_no}")


def list_joined(db: Session, main: Case) -> Iterator[Case]:
    """Every case joined to this one, also through another: a joined case may have had cases joined to it before."""
    waiting = [main.id]
    while waiting:
        found = db.scalars(select(Case).where(Case.merged_into_id.in_(waiting)).order_by(Case.id)).all()
        yield from found
        waiting = [case.id for case in found]


def tell_reporters(db: Session, act: Act, case: Case, text: str, is_step: bool = False) -> None:
    """Write to the reporter, and to every reporter whose case was joined to this one."""
    tell_reporter(db, act, case, text, is_step)
    for one in list_joined(db, case):
        tell_reporter(db, act, one, text, is_step)


def tell_everybody(db: Session, act: Act, case: Case, text: str, public: str) -> None:
    """Write to joined reporters, and to whoever said "me too" to any of these cases. public: the redacted text."""
    for one in [case, *list_joined(db, case)]:
        if one is not case:
            tell_reporter(db, act, one, text)
        if one.support_count:
            tell_followers(db, act, one, public)


def unmerge(db: Session, act: Act, case: Case) -> CaseEvent:
    """Make a merged case one of its own again, when the reporter or the office objects in time."""
    require(act, case, "unmerge")
    days = act.city.deadlines.merge_objection_days
    if case.closed_at is not None and act.at > case.closed_at + timedelta(days=days):
        raise Conflict(_("并单已超过 %(days)s 天，不能再拆开。") % {"days": days}, _("您可以重新提交一件诉求。"))
    return _part(db, act, case)


def _part(db: Session, act: Act, case: Case, public: str = "") -> CaseEvent:
    main = db.get(Case, case.merged_into_id) if case.merged_into_id else None
    case.merged_into_id, case.outcome, case.unit = None, None, None
    if main is not None:
        query = select(CaseFollower).where(
            CaseFollower.case_id == main.id, CaseFollower.person_hash == _follower(act, case)
        )
        follower = db.scalar(query)
        if follower is not None:
            db.delete(follower)
            main.support_count = max(0, main.support_count - 1)
    return step(db, act, case, "unmerge", group=UNSORTED, public=public, is_public=True)


def release(db: Session, act: Act, main: Case) -> int:
    """The main case is taken back by its reporter: what others said goes on without it. Returns how many cases."""
    children = db.scalars(select(Case).where(Case.merged_into_id == main.id).order_by(Case.id)).all()
    system, count = as_system_of(act), 0
    for case in children:
        _part(db, system, case, _("与之合并的另一件已由反映人撤回，这一件继续单独办理。"))
        count += 1
    return count
