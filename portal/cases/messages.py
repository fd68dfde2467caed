"""The page behind the link at the end of every message: more, fewer or none of them, without an account."""

from starlette.responses import Response
from wtforms.fields import RadioField
from wtforms.validators import InputRequired

from portal.cases.wishes import (
    LEVEL_WORDS,
    ONE_CLICK,
    VIA_WORDS,
    Level,
    Wish,
    keep_wish,
    read_link,
    read_wish,
)
from portal.core.errors import NotFound
from portal.core.forms import Form, choices, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.signing import BadToken
from portal.core.web import Ctx


class WishForm(Form):
    """How much, and for a telephone by which way."""

    level = RadioField(lazy("告诉我多少"), [InputRequired(lazy("请选择一项。"))])
    via = RadioField(lazy("发到哪里"), default="sms")

    def for_medium(self, medium: str) -> "WishForm":
        """The form with its choices; an e-mail address has no second way."""
        self.level.choices = choices((level.value, str(word)) for level, word in LEVEL_WORDS.items())
        if medium == "phone":
            self.via.choices = choices((key, str(word)) for key, word in VIA_WORDS.items())
        else:
            del self.via
        return self

    def to_wish(self) -> Wish:
        """What was chosen."""
        return Wish(Level(text(self.level)), text(self.via) if "via" in self else "sms")


def _read(ctx: Ctx) -> tuple[str, str]:
    try:
        return read_link(ctx.secrets, ctx.arg("token"))
    except BadToken as error:
        advice = _("请用最近一条消息里的链接，或凭编号和查询码打开诉求，在那里设置。")
        raise NotFound(_("这个链接已失效。"), advice) from error


def wishes(ctx: Ctx) -> Response:
    """What this address wants now, and one button to end everything. Looking changes nothing: scanners look too."""
    medium, hashed = _read(ctx)
    wish = read_wish(ctx.db, hashed)
    form = WishForm(None, level=wish.level.value, via=wish.via).for_medium(medium)
    return _page(ctx, form, medium, wish)


def _page(ctx: Ctx, form: WishForm, medium: str, wish: Wish, status: int = 200) -> Response:
    response = ctx.render(
        "cases/wishes.html",
        form=form,
        medium=medium,
        is_off=wish.level is Level.NONE,
        here=ctx.request.url.path,
        status=status,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def keep_wishes(ctx: Ctx) -> Response:
    """Keep what was chosen. A mail programme's one click ends everything at once (RFC 8058)."""
    medium, hashed = _read(ctx)
    is_end = ctx.data.get("List-Unsubscribe") == ONE_CLICK or ctx.data.get("stop") == "1"
    before = read_wish(ctx.db, hashed)
    if is_end:
        keep_wish(ctx.db, hashed, Wish(Level.NONE, before.via))
        ctx.flash(_("已经停止发送。想恢复时，在这一页重新选择即可。"))
        return ctx.redirect_to(ctx.request.url.path)
    form = WishForm(ctx.data).for_medium(medium)
    if not form.validate():
        return _page(ctx, form, medium, before, 422)
    keep_wish(ctx.db, hashed, form.to_wish())
    ctx.flash(_("已保存，从下一条消息起按您的选择发送。"))
    return ctx.redirect_to(ctx.request.url.path)
