"""Remarks of readers under a profile: staff look first, few wait from one browser, and they are taken back at will."""

import re
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.core import audit
from portal.core.clock import now
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.i18n import gettext as _
from portal.core.privacy import find_personal
from portal.core.roles import Person
from portal.people.later import Remark, RemarkState
from portal.people.models import GoodPerson

MOST_WAITING = 3
SHOWN = 50
_LINK = re.compile(r"https?:|www\.|[a-z0-9-]+\.(?:com|cn|net|org|top|xyz)\b", re.IGNORECASE)


def faults_of(text: str) -> list[str]:
    """Why these words may not stand under a profile, whoever looks at them later."""
    faults = []
    if any(one.certain for one in find_personal(text)):
        faults.append(_("这里有电话、证件号等个人信息，请删去。"))
    if _LINK.search(text):
        faults.append(_("请不要写网址。"))
    return faults


def add_remark(db: Session, person: GoodPerson, text: str, signature: str, writer: str) -> Remark:
    """Keep a reader's words for staff to look at; raise Conflict when too many of theirs wait already."""
    if person.is_minor:
        raise Conflict(_("未成年人的页面不开放留言。"))
    waiting = select(func.count()).where(Remark.writer == writer, Remark.state == RemarkState.WAITING)
    if (db.scalar(waiting) or 0) >= MOST_WAITING:
        raise Conflict(_("您还有留言在等待审核。"), _("请等审核后再写，也可以撤回一条。"))
    remark = Remark(
        person_id=person.id, text=text, signature=signature, writer=writer, state=RemarkState.WAITING, at=now()
    )
    db.add(remark)
    db.flush()
    return remark


def list_shown(db: Session, person: GoodPerson) -> Sequence[Remark]:
    """What the public reads under a profile, newest first."""
    query = select(Remark).where(Remark.person_id == person.id, Remark.state == RemarkState.SHOWN)
    return db.scalars(query.order_by(Remark.id.desc()).limit(SHOWN)).all()


def list_own(db: Session, person: GoodPerson, writer: str) -> Sequence[Remark]:
    """This browser's own words that wait or are shown."""
    mine = (Remark.person_id == person.id, Remark.writer == writer)
    states = (RemarkState.WAITING, RemarkState.SHOWN)
    return db.scalars(select(Remark).where(*mine, Remark.state.in_(states)).order_by(Remark.id.desc()).limit(20)).all()


def withdraw(db: Session, person: GoodPerson, remark_id: int, writer: str) -> None:
    """Take one's own words back; they are forgotten at once. Raises NotFound for anybody else's."""
    remark = db.get(Remark, remark_id)
    if remark is None or remark.person_id != person.id or remark.writer != writer:
        raise NotFound(_("没有这条留言。"), _("留言只能在写它的那台设备上撤回。"))
    remark.state, remark.text, remark.signature = RemarkState.WITHDRAWN, "", ""
    db.flush()


def list_waiting(db: Session, most: int = 50) -> Sequence[Remark]:
    """Words nobody has looked at, oldest first."""
    query = select(Remark).where(Remark.state == RemarkState.WAITING).options(joinedload(Remark.person))
    return db.scalars(query.order_by(Remark.id).limit(most)).all()


def count_waiting(db: Session) -> int:
    """How many wait."""
    return db.scalar(select(func.count()).where(Remark.state == RemarkState.WAITING)) or 0


def list_decided(db: Session, most: int = 30) -> Sequence[Remark]:
    """Words that were decided about, the newest decision first: what is shown can be taken away again."""
    states = (RemarkState.SHOWN, RemarkState.REFUSED)
    query = select(Remark).where(Remark.state.in_(states)).options(joinedload(Remark.person))
    return db.scalars(query.order_by(Remark.decided_at.desc()).limit(most)).all()


def decide(db: Session, remark_id: int, by: Person, *, is_shown: bool, reason: str = "") -> Remark:
    """Show a reader's words, or not; hiding needs a reason, and what is shown may be hidden later."""
    remark = db.get(Remark, remark_id, options=[joinedload(Remark.person)])
    if remark is None:
        raise NotFound(_("没有这条留言。"))
    if remark.state == RemarkState.WITHDRAWN:
        raise Conflict(_("这条留言已被写的人撤回。"))
    if not is_shown and not reason.strip():
        raise BadInput(_("请写明不显示的理由。"))
    remark.state = RemarkState.SHOWN if is_shown else RemarkState.REFUSED
    remark.refuse_reason = "" if is_shown else reason.strip()[:200]
    remark.decided_by, remark.decided_at = by.username, now()
    db.flush()
    audit.record(db, by, f"person.remark_{remark.state}", f"person {remark.person_id}", remark=remark.id)
    return remark
