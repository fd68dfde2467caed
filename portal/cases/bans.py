"""Who abuses the form is kept off it for a while: by contact, with a reason, by name, and never for longer than said.

Nothing is refused in silence, and the telephone stays open to them. Only a keyed hash of the contact is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from starlette.responses import Response
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.cases import queries
from portal.cases.contacts import email_hash, reach_hash
from portal.cases.forms import CaseForm
from portal.cases.models import Case
from portal.core.audit import record
from portal.core.clock import in_chinese, local, now
from portal.core.db import Base
from portal.core.errors import Conflict, NotFound
from portal.core.forms import Form, choices, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.web import Ctx, Portal

DAYS = (("7", lazy("7 天")), ("30", lazy("30 天")), ("90", lazy("90 天")))
SHOWN = 200


class CaseBan(Base):
    """A contact that may not send the public form until a moment. case_no: what it was banned for."""

    __tablename__ = "case_ban"

    reach_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_no: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)


class BanForm(Form):
    """For how long, and why."""

    days = RadioField(lazy("停用多久"), [InputRequired(lazy("请选择。"))], choices=choices(DAYS), default="7")
    reason = TextAreaField(
        lazy("为什么"),
        [
            InputRequired(lazy("请写明是怎样的滥用，会记入审计日志。")),
            Length(max=500, message=lazy("最多 500 个字，请精简后再提交。")),
        ],
    )


@dataclass(frozen=True)
class Line:
    """A ban as the list shows it."""

    case_no: str
    reason: str
    by: str
    until: datetime


def desk_bans(ctx: Ctx) -> Response:
    """Every contact that is kept off the form now; ?case= names the case whose reporter is to be."""
    number = ctx.query("case").upper()
    return _page(ctx, BanForm(None), number)


def _page(ctx: Ctx, form: BanForm, number: str, status: int = 200) -> Response:
    case = queries.find_case(ctx.db, number) if number else None
    return ctx.render("cases/desk_bans.html", form=form, case=case, bans=list_bans(ctx.db), status=status)


def list_bans(db: Session) -> Sequence[Line]:
    """Those that hold now, the newest first; one line for a case, whatever contacts it named."""
    query = select(CaseBan).where(CaseBan.until > now()).order_by(CaseBan.at.desc()).limit(SHOWN)
    found = {one.case_no: Line(one.case_no, one.reason, one.by, one.until) for one in db.scalars(query)}
    return list(found.values())


def ban(ctx: Ctx) -> Response:
    """Keep the contact of a case off the public form for some days."""
    form, number = BanForm(ctx.data), ctx.arg("case_no")
    if not form.validate():
        return _page(ctx, form, number, 422)
    case = queries.get_case(ctx.db, number)
    hashes = _hashes_of(case)
    if not hashes:
        raise Conflict(_("这件诉求没有留联系方式，无法停用。"), _("匿名的滥用由频率限制和人工核对来挡。"))
    at, days = now(), int(text(form.days))
    ctx.db.execute(delete(CaseBan).where(CaseBan.reach_hash.in_(hashes)))
    ctx.db.add_all(
        CaseBan(
            reach_hash=one, case_no=case.case_no, reason=text(form.reason), by=ctx.staff.username, at=at,
            until=at + timedelta(days=days),
        )
        for one in hashes
    )  # fmt: skip
    record(ctx.db, ctx.staff, "case.ban", f"case {case.case_no}", days=days, reason=text(form.reason))
    ctx.flash(_("已停用这个联系方式 %(days)s 天。") % {"days": days})
    return ctx.redirect("cases:desk_bans")


def lift(ctx: Ctx) -> Response:
    """Let a contact use the form again before its time."""
    number = ctx.arg("case_no")
    done = ctx.db.execute(delete(CaseBan).where(CaseBan.case_no == number))
    if not done.rowcount:  # type: ignore[attr-defined]
        raise NotFound(_("没有因这件诉求停用的联系方式。"))
    record(ctx.db, ctx.staff, "case.unban", f"case {number}")
    ctx.flash(_("已恢复使用。"))
    return ctx.redirect("cases:desk_bans")


def _hashes_of(case: Case) -> list[str]:
    return sorted({one for one in (case.contact_hash, case.email_hash) if one})


def refuse_banned(ctx: Ctx, form: CaseForm) -> bool:
    """Say at the field that this contact may not send the form now; True when it was said.

    Reads in a session of its own, before the first statement of the request.
    """
    phone, email = text(form.phone), text(form.email)
    hashes = [one for one in (reach_hash(ctx.secrets, phone, email), email_hash(ctx.secrets, email)) if one]
    if not hashes:
        return False
    with ctx.portal.database.read() as db:
        query = select(CaseBan.until).where(CaseBan.reach_hash.in_(hashes), CaseBan.until > now())
        until = db.scalar(query.order_by(CaseBan.until.desc()).limit(1))
    if until is None:
        return False
    words = _(
        "这个联系方式因多次提交骚扰内容，%(day)s 前不能在网上提交。有急事请拨打 12345；认为弄错了，请打给办公室。"
    )
    form.add_error("phone" if phone else "email", words % {"day": in_chinese(local(until).date())})
    return True


def forget_bans(portal: Portal, at: datetime | None = None) -> int:
    """Delete what holds no more; returns how many."""
    with portal.database.write() as db:
        done = db.execute(delete(CaseBan).where(CaseBan.until <= (at or now())))
    return int(done.rowcount)  # type: ignore[attr-defined]
