"""The pages before a questionnaire that takes one answer a phone: the number, then the code."""

from starlette.responses import Response
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Regexp

from portal.core.errors import BadInput, Conflict, TooMany
from portal.core.forms import Form, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.web import Ctx
from portal.surveys import phones, queries
from portal.surveys.forms import PHONE
from portal.surveys.models import Survey
from portal.surveys.shared import page

ASKED_S = phones.CODE_MINUTES * 60
CONFIRMED_S = 2 * 3600


class PhoneForm(Form):
    """A number to send a code to."""

    phone = StringField(
        lazy("手机号"),
        [InputRequired(lazy("请填写手机号。")), Regexp(PHONE, message=lazy("请填写 11 位手机号，例如 138 开头的。"))],
        filters=[lambda typed: "".join(str(typed or "").split()).replace("-", "")],
    )
    site = HiddenField()


class CodeForm(Form):
    """The code that came."""

    code = StringField(
        lazy("验证码"),
        [InputRequired(lazy("请填写短信里的 6 位数字。")), Regexp(r"^[0-9]{6}$", message=lazy("验证码是 6 位数字。"))],
        filters=[lambda typed: "".join(str(typed or "").split())],
    )
    site = HiddenField()


def _asked(survey: Survey) -> str:
    return f"survey-asked-{survey.id}"


def _confirmed(survey: Survey) -> str:
    return f"survey-phone-{survey.id}"


def confirmed_phone(ctx: Ctx, survey: Survey) -> str:
    """What stands for the number whose code this browser had right; empty when none."""
    return str(ctx.read_cookie(_confirmed(survey), CONFIRMED_S) or "") if survey.asks_phone else ""


def phone_page(
    ctx: Ctx, survey: Survey, site: str | None, form: PhoneForm | None = None, status: int = 200
) -> Response:
    """Ask for the number."""
    return page(
        ctx,
        "surveys/phone.html",
        survey=survey,
        say=survey.questions.say,
        form=form or PhoneForm(None, site=site),
        status=status,
    )


def _open_survey(ctx: Ctx) -> Survey:
    """The survey, read in a session of its own: limits are counted before the door's transaction begins."""
    with ctx.portal.database.read() as db:
        survey = queries.get_public_survey(db, ctx.arg("slug"))
    if not survey.takes_answers or not survey.asks_phone:
        raise Conflict(_("这份问卷现在不用验证码。"), _("请从“满意度”栏目打开正在进行的问卷。"))
    return survey


def ask_code(ctx: Ctx) -> Response:
    """Send a code."""
    survey = _open_survey(ctx)
    form = PhoneForm(ctx.data)
    if not form.validate():
        return phone_page(ctx, survey, None, form, 422)
    # Limits hang on the salted hash, so that they too tell nothing once the survey is over.
    hashed = phones.phone_hash(ctx.secrets, survey, text(form.phone))
    if not (ctx.hit("survey-sms", "3/hour", hashed) and ctx.hit("survey-sms-day", "6/day", hashed)):
        raise TooMany(_("这个手机号取验证码太频繁了。"), _("请过一小时再试。"), retry_after_s=3600)
    phones.send_code(ctx.db, ctx.secrets, survey, text(form.phone), ctx.city.brand.title)
    ctx.later(ctx.portal.wake_jobs)
    ctx.keep_cookie(_asked(survey), hashed, ASKED_S)
    return ctx.redirect("surveys:code", slug=survey.slug, site=text(form.site)[:60])


def code(ctx: Ctx) -> Response:
    """Ask for the code."""
    survey = _open_survey(ctx)
    return _code_page(ctx, survey, CodeForm(None, site=ctx.query("site")))


def _code_page(ctx: Ctx, survey: Survey, form: CodeForm, status: int = 200) -> Response:
    return page(ctx, "surveys/code.html", survey=survey, say=survey.questions.say, form=form, status=status)


def check_code(ctx: Ctx) -> Response:
    """Let the browser in whose code is right."""
    survey = _open_survey(ctx)
    form = CodeForm(ctx.data)
    if not form.validate():
        return _code_page(ctx, survey, form, 422)
    hashed = str(ctx.read_cookie(_asked(survey), ASKED_S) or "")
    if hashed and not ctx.hit("survey-code", "5/10minute", hashed):
        raise TooMany(_("验证码错的次数太多。"), _("请十分钟后重新获取。"), retry_after_s=600)
    try:
        is_right = bool(hashed) and phones.check_code(ctx.db, ctx.secrets, survey, hashed, text(form.code))
    except BadInput as refusal:
        form.add_error("code", refusal.message + refusal.advice)
        return _code_page(ctx, survey, form, 422)
    if not is_right:
        form.add_error("code", _("验证码不对，请核对短信；没有收到的，请返回重新获取。"))
        return _code_page(ctx, survey, form, 422)
    ctx.drop_cookie(_asked(survey))
    ctx.keep_cookie(_confirmed(survey), hashed, CONFIRMED_S)
    return ctx.redirect("surveys:show", slug=survey.slug, site=text(form.site)[:60])
