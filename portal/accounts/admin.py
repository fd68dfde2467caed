"""Accounts and the audit log, for administrators and auditors; each person's own account page."""

import pyotp
import segno
from starlette.responses import Response

from portal.accounts import audit_words, queries, service
from portal.accounts.admission import COOKIE
from portal.accounts.forms import FactorForm, LetterForm, PasswordForm, StaffForm
from portal.accounts.models import Staff
from portal.core.errors import Conflict
from portal.core.forms import choices, text
from portal.core.i18n import gettext as _
from portal.core.roles import STAFF, Role
from portal.core.web import Ctx, Door, get, post

ROLE_NAMES = {
    Role.EDITOR: "撰稿",
    Role.REVIEWER: "审核",
    Role.DISPATCHER: "分派",
    Role.GROUP: "专项组",
    Role.UNIT: "责任单位",
    Role.SUPERVISOR: "督查",
    Role.ANALYST: "统计",
    Role.AUDITOR: "审计",
    Role.ADMIN: "管理",
}
FACTOR_S = 900


def staff_list(ctx: Ctx) -> Response:
    """Every account."""
    return ctx.render("accounts/staff_list.html", staff=queries.list_staff(ctx.db), role_names=_role_names())


def _role_names() -> dict[str, str]:
    return {role.value: _(name) for role, name in ROLE_NAMES.items()}


def _with_choices(ctx: Ctx, form: StaffForm) -> StaffForm:
    form.roles.choices = choices(_role_names())
    form.groups.choices = choices((group.key, group.name) for group in ctx.city.groups)
    form.unit.choices = choices(((unit.key, unit.name) for unit in ctx.city.units), empty=_("不属于任何单位"))
    return form


def staff_new(ctx: Ctx) -> Response:
    """The form for a new account."""
    return ctx.render("accounts/staff_edit.html", form=_with_choices(ctx, StaffForm()), account=None)


def staff_add(ctx: Ctx) -> Response:
    """Open an account."""
    form = _with_choices(ctx, StaffForm(ctx.data))
    is_valid = form.validate()
    weakness = service.weakness(str(form.password.data or ""), text(form.username))
    if weakness:
        form.add_error("password", weakness)
    if is_valid and queries.find_staff(ctx.db, text(form.username)):
        form.add_error("username", _("这个账号名已经有人使用，请换一个。"))
    if form.errors:
        return ctx.render("accounts/staff_edit.html", form=form, account=None, status=422)
    roles, groups, unit = form.to_limits()
    password = str(form.password.data)
    new = service.NewStaff(text(form.username), text(form.display_name), password, roles, groups, unit)
    service.add_staff(ctx.db, new, ctx.staff)
    ctx.flash(_("账号已开通，请把初始密码当面告诉本人。"))
    return ctx.redirect("accounts:staff")


def staff_show(ctx: Ctx) -> Response:
    """One account, to be changed."""
    account = queries.get_staff(ctx.db, ctx.arg("username"))
    form = StaffForm(
        username=account.username,
        display_name=account.display_name,
        roles=account.role_names,
        groups=account.group_keys,
        unit=account.unit or "",
    )
    return ctx.render("accounts/staff_edit.html", form=_with_choices(ctx, form), account=account)


def staff_change(ctx: Ctx) -> Response:
    """Change roles and limits, close, open, or set a new password."""
    account = queries.get_staff(ctx.db, ctx.arg("username"))
    action = str(ctx.data.get("action", "change"))
    if action in {"disable", "enable"}:
        if account.id == ctx.staff.id:
            raise Conflict(_("不能停用您自己的账号。"), _("请由另一位管理员操作。"))
        service.set_disabled(ctx.db, account, action == "disable", ctx.staff)
    elif action == "factor_off":
        service.set_totp(ctx.db, ctx.secrets, account, None, ctx.staff)
    elif (answer := _change(ctx, account)) is not None:
        return answer
    ctx.flash(_("已保存。"))
    return ctx.redirect("accounts:staff")


def _change(ctx: Ctx, account: Staff) -> Response | None:
    """The page with its errors, or None when all was saved."""
    form = _with_choices(ctx, StaffForm(ctx.data))
    del form.username
    password = str(form.password.data or "")
    form.validate()
    weakness = service.weakness(password, account.username) if password else None
    if weakness:
        form.add_error("password", weakness)
    if form.errors:
        return ctx.render("accounts/staff_edit.html", form=form, account=account, status=422)
    account.display_name = text(form.display_name)
    service.change_staff(ctx.db, account, *form.to_limits(), ctx.staff)
    if password:
        service.set_password(ctx.db, account, password, ctx.staff)
    return None


def audit(ctx: Ctx) -> Response:
    """The audit log, to be filtered by person, act and thing."""
    filters = {name: ctx.query(name) for name in ("actor", "action", "subject")}
    page = queries.list_audit(ctx.db, **filters, after=ctx.query("after") or None)
    more = ctx.url("accounts:audit", **filters, after=page.after) if page.after else ""
    return ctx.render("accounts/audit.html", events=page.rows, filters=filters, more=more, words=audit_words)


def me(ctx: Ctx) -> Response:
    """The person's own account."""
    return _me(ctx, PasswordForm(), FactorForm())


def _me(
    ctx: Ctx, form: PasswordForm, factor: FactorForm, status: int = 200, letter: LetterForm | None = None
) -> Response:
    account = queries.get_staff(ctx.db, ctx.staff.username)
    if letter is None:
        email = ctx.secrets.decrypt(account.email) if account.email else ""
        letter = LetterForm(None, email=email, wants_digest=account.wants_digest)
    secret = ctx.read_cookie("factor", FACTOR_S) or pyotp.random_base32()
    qr = ""
    if not account.totp_secret:
        ctx.keep_cookie("factor", secret, FACTOR_S)
        address = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name="Minsheng")
        qr = segno.make(address, error="q").svg_data_uri(scale=4, border=2)
    return ctx.render(
        "accounts/me.html",
        status=status,
        account=account,
        form=form,
        factor=factor,
        letter=letter,
        secret=secret,
        qr=qr,
        role_names=_role_names(),
    )


def change_password(ctx: Ctx) -> Response:
    """Set the person's own new password; every session ends, this browser gets a new one."""
    form = PasswordForm(ctx.data)
    account = queries.get_staff(ctx.db, ctx.staff.username)
    form.validate()
    if not service.is_password(account.password_hash, str(form.old.data or "")):
        form.add_error("old", _("现在的密码不对，请重新输入。"))
    weakness = service.weakness(str(form.new.data or ""), account.username)
    if weakness:
        form.add_error("new", weakness)
    if form.errors:
        return _me(ctx, form, FactorForm(), 422)
    service.set_password(ctx.db, account, str(form.new.data), ctx.staff)
    _begin_again(ctx, account)
    ctx.flash(_("密码已更换，其他设备上的登录已退出。"))
    return ctx.redirect("accounts:me")


def change_letter(ctx: Ctx) -> Response:
    """Set where the person's morning letter goes, and whether it is wanted."""
    form = LetterForm(ctx.data)
    if not form.validate():
        return _me(ctx, PasswordForm(), FactorForm(), 422, form)
    account = queries.get_staff(ctx.db, ctx.staff.username)
    service.set_letter(ctx.db, ctx.secrets, account, text(form.email), bool(form.wants_digest.data), ctx.staff)
    ctx.flash(_("已保存。"))
    return ctx.redirect("accounts:me")


def _begin_again(ctx: Ctx, account: Staff) -> None:
    ctx.keep_cookie(COOKIE, service.begin_session(ctx.db, account), int(service.ABSOLUTE.total_seconds()))


def factor_on(ctx: Ctx) -> Response:
    """Turn the second factor on, with a code that proves it."""
    form = FactorForm(ctx.data)
    secret = ctx.read_cookie("factor", FACTOR_S)
    if form.validate() and (not secret or service.totp_step(str(secret), text(form.code)) is None):
        form.add_error("code", _("验证码不对。请确认手机时间准确，再输入新的一组数字。"))
    if form.errors:
        return _me(ctx, PasswordForm(), form, 422)
    service.set_totp(ctx.db, ctx.secrets, queries.get_staff(ctx.db, ctx.staff.username), str(secret), ctx.staff)
    ctx.drop_cookie("factor")
    ctx.flash(_("动态验证码已开启，下次登录需要填写。"))
    return ctx.redirect("accounts:me")


def sign_out_everywhere(ctx: Ctx) -> Response:
    """End every session of the person but this one, which gets a new id."""
    account = queries.get_staff(ctx.db, ctx.staff.username)
    service.end_sessions(ctx.db, account)
    _begin_again(ctx, account)
    ctx.flash(_("其他设备上的登录已全部退出。"))
    return ctx.redirect("accounts:me")


doors: list[Door] = [
    get("/desk/staff", staff_list, role=Role.ADMIN, name="staff"),
    post("/desk/staff", staff_add, role=Role.ADMIN, name="staff"),
    get("/desk/staff/new", staff_new, role=Role.ADMIN),
    get("/desk/staff/{username}", staff_show, role=Role.ADMIN),
    post("/desk/staff/{username}", staff_change, role=Role.ADMIN, name="staff_show"),
    get("/desk/audit", audit, role=Role.AUDITOR),
    get("/desk/me", me, role=STAFF),
    post("/desk/me/password", change_password, role=STAFF),
    post("/desk/me/letter", change_letter, role=STAFF),
    post("/desk/me/factor", factor_on, role=STAFF),
    post("/desk/me/sign-out-everywhere", sign_out_everywhere, role=STAFF),
]
