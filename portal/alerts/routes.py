"""Pages and doors of alerts: ask, say yes, end; and the same as Atom for those who want no e-mail."""

from starlette.responses import Response

from portal.alerts import service
from portal.alerts.forms import AlertForm
from portal.alerts.models import Alert
from portal.cases import PublicFilter, list_public
from portal.core.errors import NotFound, TooMany
from portal.core.feeds import Entry, answer_atom
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.signing import BadToken
from portal.core.web import Ctx, Door, get, post

FEED_SIZE = 20


def _place(ctx: Ctx) -> dict[str, str]:
    """Group and district of the query, as far as the city knows them."""
    group, district = ctx.query("group"), ctx.query("district")
    return {
        "group": group if ctx.city.find_group(group) else "",
        "district": district if ctx.city.find_district(district) else "",
    }


def index(ctx: Ctx) -> Response:
    """The form, and the feed for the same."""
    place = _place(ctx)
    return _page(ctx, AlertForm(None, **place).set_city(ctx.city), place)


def _page(ctx: Ctx, form: AlertForm, place: dict[str, str], status: int = 200) -> Response:
    return ctx.render("alerts/index.html", form=form, place=place, status=status)


def ask(ctx: Ctx) -> Response:
    """Write to the address whether it wants this; the answer is the same whatever was there before."""
    form = AlertForm(ctx.data).set_city(ctx.city)
    if not form.validate():
        return _page(ctx, form, {"group": "", "district": ""}, 422)
    if not ctx.hit("alert", "5/day", key=f"mail {text(form.email).lower()}"):
        raise TooMany(_("给这个邮箱的确认邮件今天已经发了几封。"), _("请先查收邮件，或明天再试。"), retry_after_s=3600)
    service.ask(ctx.db, ctx.portal, text(form.email), text(form.group), text(form.district))
    ctx.flash(_("请查收邮件，打开里面的链接确认后才会开始发送。没有收到时，请看看垃圾邮件。"))
    return ctx.redirect("alerts:index", group=text(form.group), district=text(form.district))


def _read(ctx: Ctx, purpose: str, age_s: int) -> int:
    try:
        return int(ctx.secrets.read(purpose, ctx.arg("token"), age_s))
    except (BadToken, TypeError, ValueError) as error:
        raise NotFound(_("这个链接已失效。"), _("请重新订阅，或用最近一封邮件里的链接。")) from error


def _name(ctx: Ctx, alert: Alert) -> str:
    return service.name_of(ctx.city, alert.group, alert.district)


def confirm(ctx: Ctx) -> Response:
    """One button to say yes: mail scanners open links, they press no buttons."""
    alert = ctx.db.get(Alert, _read(ctx, service.CONFIRM, service.CONFIRM_S))
    if alert is None:
        raise NotFound(_("这个订阅已经取消。"), _("想继续收到，请重新订阅。"))
    state = "on" if alert.confirmed_at else "asked"
    return ctx.render("alerts/one.html", name=_name(ctx, alert), state=state, here=ctx.request.url.path)


def say_yes(ctx: Ctx) -> Response:
    """The address says yes."""
    alert = ctx.db.get(Alert, _read(ctx, service.CONFIRM, service.CONFIRM_S))
    if alert is None:
        raise NotFound(_("这个订阅已经取消。"), _("想继续收到，请重新订阅。"))
    service.confirm(ctx.db, alert)
    ctx.flash(_("已确认。有新消息的那天早上发一封邮件，没有就不发。"))
    return ctx.redirect_to(ctx.request.url.path)


def stop(ctx: Ctx) -> Response:
    """One button to end it."""
    alert = ctx.db.get(Alert, _read(ctx, service.STOP, service.STOP_S))
    state, name = ("ends", _name(ctx, alert)) if alert else ("off", "")
    return ctx.render("alerts/one.html", name=name, state=state, here=ctx.request.url.path)


def end(ctx: Ctx) -> Response:
    """End it, by the button or by a mail programme's one click."""
    service.end(ctx.db, _read(ctx, service.STOP, service.STOP_S))
    ctx.flash(_("已取消订阅，您的邮箱地址也已删除。"))
    return ctx.redirect_to(ctx.request.url.path)


def feed(ctx: Ctx) -> Response:
    """What became public newest, of a group, a district, both or all, as Atom."""
    city, base, place = ctx.city, ctx.settings.base_url, _place(ctx)
    cases = list_public(ctx.db, PublicFilter(place["group"], place["district"]), size=FEED_SIZE).rows
    return answer_atom(
        title=f"{city.brand.title} · {_('公开办理')} · {service.name_of(city, **place)}",
        about=city.brand.slogan,
        link=f"{base}{ctx.url('cases:index', **place)}",
        here=f"{base}{ctx.url('alerts:feed', **place)}",
        author=city.office.name,
        entries=[
            Entry(case.summary, f"{base}/cases/{case.case_no}", case.text_public, case.public_from) for case in cases
        ],
    )


doors: list[Door] = [
    get("/alerts", index),
    post("/alerts", ask, name="index", limit="20/hour"),
    get("/alerts/feed.atom", feed),
    get("/alerts/confirm/{token}", confirm),
    post("/alerts/confirm/{token}", say_yes, name="confirm"),
    get("/alerts/stop/{token}", stop),
    post("/alerts/stop/{token}", end, name="stop", limit="1000/hour"),
]
