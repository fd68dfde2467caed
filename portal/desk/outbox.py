"""The outbox at the desk: what was sent to people and what is stuck, without addresses or secrets."""

import re
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.mail import (
    RESENDABLE,
    Channel,
    Delivery,
    OutboxMessage,
    count_failures,
    count_states,
    resend_all,
)
from portal.core.mail import resend as resend_message
from portal.core.paging import Page, list_page
from portal.core.roles import Role
from portal.core.web import Ctx

STATE_WORDS = {
    Delivery.DUE: lazy("待发送"),
    Delivery.CLAIMED: lazy("发送中"),
    Delivery.SENT: lazy("已发送"),
    Delivery.KEPT: lazy("仅存本页"),
    Delivery.STUCK: lazy("发不出去"),
}
STATE_TONES = {Delivery.SENT: "ok", Delivery.STUCK: "accent", Delivery.KEPT: ""}
CHANNEL_WORDS = {Channel.EMAIL: lazy("邮件"), Channel.SMS: lazy("短信"), Channel.WECHAT: lazy("微信")}
FAULTS = (
    ("Recipients", lazy("对方不收这个地址")),
    ("bad address", lazy("地址写得不对")),
    ("BadToken", lazy("地址无法解密，密钥已更换")),
    ("DataError", lazy("对方不收这封邮件")),
    ("Authentication", lazy("发件账号或密码不对")),
    ("Refused", lazy("连不上服务器")),
    ("Connect", lazy("连不上服务器")),
    ("gaierror", lazy("找不到服务器")),
    ("imeout", lazy("服务器没有回应")),
    ("Disconnected", lazy("服务器中断了连接")),
    ("SSL", lazy("加密连接没有建立")),
    ("HTTP 4", lazy("网关拒绝")),
    ("HTTP", lazy("网关出错")),
)
"""A part of a fault's technical name, and what it means; the first that fits."""
NUMBER = re.compile(r"[A-Z]{1,3}[0-9]{8}-[0-9]{4,}")
LINK = re.compile(r"https?://[^\s，。；]+")
CODE = re.compile(
    r"(?<![0-9A-Za-z-])(?=[0-9A-Z-]*[0-9])[0-9A-Z]{5}-?[0-9A-Z]{5}(?![0-9A-Za-z-])|(?<![0-9-])[0-9]{6}(?![0-9-])"
)
"""A query code, 5-5, or six digits of a confirmation; a case number is neither."""
SUMMARY_DAYS = 30


def without_secrets(text: str) -> str:
    """The text without links and codes: they open a reporter's own page, and only the reporter may."""
    return CODE.sub(_("［验证码］"), LINK.sub(_("［专用链接］"), text))


def list_messages(db: Session, state: str, after: str | None, about: str = "") -> Page[OutboxMessage]:
    """Messages, the newest first. state: one of Delivery, or empty for all.  about: what they belong to."""
    query = select(OutboxMessage)
    if about:
        query = query.where(OutboxMessage.about == about)
    if state:
        query = query.where(OutboxMessage.state == state)
    return list_page(db, query, [OutboxMessage.id], lambda message: [message.id], after, 30)


def _tabs(ctx: Ctx, current: str) -> Sequence[tuple[str, str, bool]]:
    counts = count_states(ctx.db, now() - timedelta(days=SUMMARY_DAYS))
    shown = [(_("全部"), ctx.url("desk:outbox"), not current)]
    for state, word in STATE_WORDS.items():
        text = f"{word} {counts.get(state, 0)}"
        shown.append((text, ctx.url("desk:outbox", state=state.value), state == current))
    return shown


def outbox(ctx: Ctx) -> Response:
    """The messages, by state."""
    state = ctx.query("state") if ctx.query("state") in {one.value for one in Delivery} else ""
    about = ctx.query("q").upper() if not ctx.query("q").startswith("staff ") else ctx.query("q")
    page = list_messages(ctx.db, state, ctx.query("after") or None, about)
    failures = [_failure(*one) for one in count_failures(ctx.db)]
    sees_text = ctx.staff.may(Role.DISPATCHER)
    return ctx.render(
        "desk/outbox.html",
        messages_page=[_shown(message, sees_text) for message in page.rows],
        after=page.after,
        state=state,
        about=about,
        failures=failures,
        stuck=any(is_stuck for _words, _count, is_stuck in failures),
        tabs=_tabs(ctx, state),
        has_mail=bool(ctx.settings.mail_url),
        has_sms=bool(ctx.settings.sms_webhook),
    )


def _failure(channel: str, state: str, kind: str, count: int) -> tuple[str, int, bool]:
    """(what goes wrong, how many messages, whether they are given up)."""
    is_stuck = state == Delivery.STUCK
    words = _("%(channel)s：%(kind)s") % {"channel": CHANNEL_WORDS.get(Channel(channel), channel), "kind": say(kind)}
    return words, count, is_stuck


def say(kind: str) -> str:
    """A fault of sending in plain words, with its technical name for whoever mends it."""
    words = next((word for part, word in FAULTS if part in kind), lazy("没有送达"))
    return _("%(words)s（%(kind)s）") % {"words": words, "kind": kind}


def _shown(message: OutboxMessage, sees_text: bool) -> dict[str, object]:
    state = Delivery(message.state)
    return {
        "id": message.id,
        "channel": str(CHANNEL_WORDS.get(Channel(message.channel), message.channel)),
        "subject": without_secrets(message.subject),
        "body": without_secrets(message.body) if sees_text else "",
        "about": message.about,
        "case_url": f"/desk/cases/{message.about}" if sees_text and NUMBER.fullmatch(message.about) else "",
        "state": str(STATE_WORDS[state]),
        "tone": STATE_TONES.get(state, "info"),
        "attempts": message.attempts,
        # An SMTP error quotes the address it refused, so only its kind is shown.
        "error": say(message.error.partition(":")[0]) if message.error else "",
        "next_at": message.next_at if state is Delivery.DUE and message.attempts else None,
        "created_at": message.created_at,
        "sent_at": message.sent_at,
        "may_resend": state in RESENDABLE,
    }


def resend(ctx: Ctx) -> Response:
    """Try a message again that is stuck, or was kept because no channel was set."""
    number = ctx.arg("message_id")
    is_number = number.isascii() and number.isdigit() and len(number) < 15
    message = ctx.db.get(OutboxMessage, int(number)) if is_number else None
    if message is None:
        raise NotFound(_("没有这条消息。"))
    if message.state not in RESENDABLE:
        raise Conflict(_("这条消息已经发出或正在发送。"), _("请回到发件箱查看最新状态。"))
    resend_message(ctx.db, message)
    record(ctx.db, ctx.staff, "outbox.resend", f"message {message.id}", about=message.about)
    ctx.later(ctx.portal.wake_jobs)
    ctx.flash(_("已重新排队，一分钟内再次发送。"))
    return ctx.redirect("desk:outbox")


def resend_stuck(ctx: Ctx) -> Response:
    """Try everything again that is stuck: after a gateway was mended, not one by one."""
    count = resend_all(ctx.db)
    record(ctx.db, ctx.staff, "outbox.resend_all", "outbox", messages=count)
    ctx.later(ctx.portal.wake_jobs)
    ctx.flash(_("已把 %(count)s 条重新排队。") % {"count": count})
    return ctx.redirect("desk:outbox")
