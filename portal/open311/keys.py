"""The desk's page of keys: which systems may hand in cases."""

from starlette.responses import Response
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from portal.core.forms import Form, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.web import Ctx
from portal.open311 import service


class KeyForm(Form):
    """The system that gets a key."""

    name = StringField(
        lazy("系统名称"),
        [
            InputRequired(lazy("请写明是哪个系统，例如“智慧城管”。")),
            Length(max=80, message=lazy("名称最多 80 个字。")),
        ],
    )


def _page(ctx: Ctx, form: KeyForm, key: str = "", status: int = 200) -> Response:
    response = ctx.render("open311/keys.html", form=form, keys=service.list_keys(ctx.db), new_key=key, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def keys(ctx: Ctx) -> Response:
    """Every system that may hand in cases."""
    return _page(ctx, KeyForm())


def issue(ctx: Ctx) -> Response:
    """A new key, shown this once."""
    form = KeyForm(ctx.data)
    if form.validate() and service.is_taken(ctx.db, text(form.name)):
        form.add_error("name", _("这个名称已经用过，请换一个，例如加上年份。"))
    if form.errors:
        return _page(ctx, form, status=422)
    key = service.issue_key(ctx.db, ctx.secrets, text(form.name), ctx.staff)
    return _page(ctx, KeyForm(), key)


def close(ctx: Ctx) -> Response:
    """Refuse a key from now on."""
    typed = ctx.arg("number")
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 10
    closed = service.close_key(ctx.db, int(typed) if is_number else 0, ctx.staff)
    ctx.flash(_("已停用“%(name)s”的密钥。") % {"name": closed.name})
    return ctx.redirect("open311:keys")
