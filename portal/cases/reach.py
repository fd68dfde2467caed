"""Proving that one can be reached: the code or link that begins a case, and the link to all of one's cases."""

import re

from starlette.responses import Response

from portal.cases import confirming, mine, queries
from portal.cases.contacts import reach_hash
from portal.cases.forms import EMAIL, PHONE, CodeForm, ReachForm
from portal.cases.lifecycle import as_citizen
from portal.cases.models import Case
from portal.cases.states import State
from portal.core.errors import NotFound, TooMany
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.mail import Channel, write_message
from portal.core.signing import BadToken
from portal.core.web import Ctx

ALL = "link to my cases"
ALL_S = 24 * 3600


def confirm(ctx: Ctx) -> Response:
    """The code that was sent begins the case; `again` sends it once more."""
    number = ctx.arg("case_no").upper()
    is_again = bool(ctx.data.get("again"))
    rate = ("confirm again", "3/hour") if is_again else ("confirm", "10/hour")
    # Counted before the first statement: our own transaction would wait for itself otherwise.
    if not ctx.hit(*rate, key=f"case {number}"):
        raise TooMany(_("尝试得有些频繁。"), _("请一小时后再试，或打开我们发给您的链接。"), retry_after_s=3600)
    case = mine.get_own_case(ctx)
    if case.stands is not State.DRAFT_CONFIRM:
        return _to_own(ctx, case)
    if is_again:
        confirming.send_code(ctx.db, as_citizen(ctx.portal), case)
        ctx.flash(_("确认码已重新发出。"))
        return _to_own(ctx, case)
    form = CodeForm(ctx.data)
    is_right = form.validate() and confirming.is_right_code(ctx.secrets, case, text(form.code))
    if not is_right:
        if not form.errors:
            form.add_error("code", _("确认码不对，请核对后再试，或重新发送。"))
        if ctx.wants_json:
            return ctx.json({"errors": form.error_map()}, 422)
        return ctx.render("cases/confirm.html", case=case, form=form, token="", status=422)
    return _begin(ctx, case)


def confirm_link(ctx: Ctx) -> Response:
    """The page a link in a message leads to: looking at it begins nothing, since scanners look at links too."""
    return ctx.render("cases/confirm.html", case=_linked(ctx), form=None, token=ctx.arg("token"))


def confirm_by_link(ctx: Ctx) -> Response:
    """The button of that page."""
    case = _linked(ctx)
    mine.remember(ctx, case.case_no)
    return _begin(ctx, case) if case.stands is State.DRAFT_CONFIRM else _to_own(ctx, case)


def _linked(ctx: Ctx) -> Case:
    """The case a confirmation link names; raise NotFound when it is not ours or too old."""
    hours = ctx.city.deadlines.confirm_hours
    try:
        number = str(ctx.secrets.read(confirming.LINK, ctx.arg("token"), hours * 3600))
    except BadToken as error:
        raise NotFound(_("这个链接已失效。"), _("没有确认的内容已经删除，请重新提交。")) from error
    return queries.get_case(ctx.db, number)


def _begin(ctx: Ctx, case: Case) -> Response:
    routing = ctx.portal.router.suggest(case.text_raw)
    confirming.confirm(ctx.db, as_citizen(ctx.portal), case, routing)
    ctx.flash(_("已确认，开始办理。"))
    return _to_own(ctx, case)


def _to_own(ctx: Ctx, case: Case) -> Response:
    if ctx.wants_json:
        return ctx.json({"case_no": case.case_no, "state": case.state, "due_on": case.due_on.isoformat()})
    return ctx.redirect("cases:mine", case_no=case.case_no)


def send_link(ctx: Ctx) -> Response:
    """Send a link to all cases of a phone or an address; the answer is the same whether there are any."""
    form = ReachForm(ctx.data)
    reach = text(form.reach)
    is_email, is_phone = bool(re.fullmatch(EMAIL, reach)), bool(re.fullmatch(PHONE, reach))
    if not form.validate() or not (is_email or is_phone):
        if not form.errors:
            form.add_error("reach", _("请填写完整的邮箱或电话号码。"))
        if ctx.wants_json:
            return ctx.json({"errors": form.error_map()}, 422)
        return mine.track_page(ctx, reach=form, status=422)
    found = reach_hash(ctx.secrets, "" if is_email else reach, reach if is_email else "")
    assert found is not None
    if not (ctx.hit("link", "10/hour") and ctx.hit("link to", "3/hour", key=found)):
        raise TooMany(_("申请得有些频繁。"), _("请一小时后再试，或用编号和查询码查询。"), retry_after_s=3600)
    if queries.list_numbers_of(ctx.db, found):
        link = f"{ctx.settings.base_url}{ctx.url('cases:open_all', token=ctx.secrets.sign(ALL, found))}"
        words = _("打开 %(link)s 查看您提交的诉求，24 小时内有效。不是您申请的，请不用理会。") % {"link": link}
        channel = Channel.EMAIL if is_email else Channel.SMS
        write_message(ctx.db, ctx.secrets, channel, reach, _("您的诉求"), words, about="my cases")
    ctx.flash(_("如果这个邮箱或电话留在诉求里，链接已经发出，24 小时内有效。"))
    return ctx.json({"sent": True}) if ctx.wants_json else ctx.redirect("cases:track")


def open_all(ctx: Ctx) -> Response:
    """The link: this device knows all cases of that contact from now on."""
    try:
        found = str(ctx.secrets.read(ALL, ctx.arg("token"), ALL_S))
    except BadToken as error:
        raise NotFound(_("这个链接已失效。"), _("请在“查进度”页重新申请。")) from error
    mine.remember(ctx, *reversed(queries.list_numbers_of(ctx.db, found)))
    return ctx.redirect("cases:track")
