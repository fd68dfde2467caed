"""Signing in and out."""

from starlette.responses import Response

from portal.accounts import admin, service
from portal.accounts.admission import COOKIE, read_session_id
from portal.accounts.forms import LoginForm
from portal.core.audit import record
from portal.core.errors import TooMany
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.web import Ctx, Door, get, own_path, post

SESSION_S = int(service.ABSOLUTE.total_seconds())


def login(ctx: Ctx) -> Response:
    """The sign-in page; who is signed in already goes on."""
    if ctx.person:
        return ctx.redirect_to(ctx.query("next", "/desk"))
    return ctx.render("accounts/login.html", form=LoginForm(), next=own_path(ctx.query("next", "/desk")))


def sign_in(ctx: Ctx) -> Response:
    """Check name, password and second factor; one answer for every kind of failure."""
    form = LoginForm(ctx.data)
    target = own_path(str(ctx.data.get("next", "/desk")))
    if not form.validate():
        return ctx.render("accounts/login.html", form=form, next=target, status=422)
    if not (
        ctx.hit("login", "30/10 minutes") and ctx.hit("login", "10/10 minutes", key=f"account {text(form.username)}")
    ):
        raise TooMany(_("登录尝试太频繁。"), _("请十分钟后再试，或联系管理员。"), retry_after_s=600)
    # A failure is counted although the answer is a refusal, so this is a transaction of its own.
    with ctx.portal.database.write() as db:
        staff = service.check_password(
            db, ctx.secrets, text(form.username), str(form.password.data or ""), text(form.code)
        )
    if staff is None:
        form.add_error("password", _("账号、密码或动态验证码不对，或账号暂时锁定。连续输错 5 次会锁定 5 分钟。"))
        return ctx.render("accounts/login.html", form=form, next=target, status=422)
    session_id = service.begin_session(ctx.db, staff)
    record(ctx.db, staff, "staff.sign_in", f"staff {staff.username}")
    ctx.keep_cookie(COOKIE, session_id, SESSION_S)
    return ctx.redirect_to("/desk" if target == "/" else target)


def logout(ctx: Ctx) -> Response:
    """End this browser's session."""
    session_id = read_session_id(ctx.portal, ctx.request)
    if session_id:
        service.end_session(ctx.db, session_id)
    if ctx.person:
        record(ctx.db, ctx.person, "staff.sign_out", f"staff {ctx.person.username}")
    ctx.drop_cookie(COOKIE)
    return ctx.redirect("accounts:login")


doors: list[Door] = [
    get("/desk/login", login),
    post("/desk/login", sign_in, name="login"),
    post("/desk/logout", logout),
    *admin.doors,
]
