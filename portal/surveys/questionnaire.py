"""Answering: the questionnaire page by page, and the answer that is counted once."""

from typing import Any

from starlette.responses import Response

from portal.core.clock import now
from portal.core.errors import Conflict, Refusal
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.signing import random_code
from portal.core.web import Ctx
from portal.groups import City
from portal.surveys import queries
from portal.surveys.answering import PhoneNeeded, Sender, count_step, keep_answer
from portal.surveys.definition import OPEN, Question, condition_text, is_asked
from portal.surveys.forms import CONTACT, AnswerForm, make_answer_form, names_of
from portal.surveys.inviting import AlreadyAnswered
from portal.surveys.models import State, Survey
from portal.surveys.phone_pages import confirmed_phone, phone_page
from portal.surveys.shared import has_answered, page, remember_answer


def show(ctx: Ctx) -> Response:
    """The questionnaire, as long as it takes answers."""
    survey = queries.get_public_survey(ctx.db, ctx.arg("slug"))
    if not survey.takes_answers:
        return _over_page(ctx, survey)
    token, site = ctx.query("token"), known_site(ctx, ctx.query("site"))
    if has_answered(ctx, survey) and not token:
        return _answered_page(ctx, survey, 200)
    if survey.asks_phone and not token and not confirmed_phone(ctx, survey):
        return phone_page(ctx, survey, site)
    seed = random_code(20)
    form = make_answer_form(
        survey.questions, seed=seed, asks_contact=survey.asks_contact, form=seed, token=token, site=site
    )
    return _form_page(ctx, survey, form)


def known_site(ctx: Ctx, key: str) -> str | None:
    """The key of a site of this city, or None."""
    city: City = ctx.city
    return key if any(site.key == key for site in city.sites) else None


def preview(ctx: Ctx) -> Response:
    """The questionnaire as readers will see it; what is sent from here is not kept."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    form = make_answer_form(survey.questions, seed="preview", asks_contact=survey.asks_contact, form="preview")
    return _form_page(ctx, survey, form, is_preview=True)


def _form_page(
    ctx: Ctx,
    survey: Survey,
    form: AnswerForm,
    step: int = 1,
    values: dict[str, Any] | None = None,
    *,
    status: int = 200,
    is_preview: bool = False,
) -> Response:
    """One page of the questionnaire; a preview shows all of them below each other.

    step: from 1.  values: what was answered on the pages before, so that only what is asked is shown.
    """
    definition = form.definition
    city: City = ctx.city
    steps = [tuple(definition)] if is_preview else definition.steps()
    here = [question for question in steps[step - 1] if _may_be_asked(question, steps[step - 1], values or {})]
    is_last = step == len(steps)
    shown = {name for question in here for name in names_of(question)} | (set(CONTACT) if is_last else set())
    return page(
        ctx,
        "surveys/show.html",
        survey=survey,
        say=definition.say,
        form=form,
        definition=definition,
        here=here,
        heading="" if is_preview or not definition else steps[step - 1][0].section,
        numbers={question.key: number for number, question in enumerate(definition, 1)},
        conditions={question.key: condition_text(definition, question) for question in here},
        step=step,
        steps=len(steps),
        is_last=is_last,
        asks_contact=survey.asks_contact and is_last and any(question.kind in OPEN for question in definition),
        carried=_carried(ctx, form, shown),
        reached=max(step, _number(ctx, "reached")),
        site=next((one for one in city.sites if one.key == text(form.site)), None),
        is_preview=is_preview,
        status=status,
    )


def _may_be_asked(question: Question, here: tuple[Question, ...], values: dict[str, Any]) -> bool:
    """Whether the answers of the pages before leave the question open."""
    condition = question.condition
    return condition is None or any(one.key == condition.question for one in here) or is_asked(question, values)


def _carried(ctx: Ctx, form: AnswerForm, shown: set[str]) -> list[tuple[str, str]]:
    """What was answered on other pages, to travel along as hidden fields."""
    if ctx.request.method != "POST":
        return []
    own = {"token", "site", "form"}
    return [
        (field.name, str(value))
        for field in form
        if field.name not in shown | own
        for value in ctx.data.getlist(field.name)
        if isinstance(value, str) and value
    ]


def _number(ctx: Ctx, name: str) -> int:
    typed = str(ctx.data.get(name) or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else 0


def answer(ctx: Ctx) -> Response:
    """Go on to the next page, or count an answer once; a second from the same person is refused kindly."""
    survey = queries.get_public_survey(ctx.db, ctx.arg("slug"))
    form = _posted_form(ctx, survey)
    if not survey.takes_answers:
        refusal = Conflict(_("这份问卷已经结束，没有再收答卷。"), _("谢谢您。"))
        return ctx.json(_said(refusal), 409) if ctx.wants_json else _over_page(ctx, survey, 409)
    # An invitation is single use by itself, and one tablet may go round a whole staircase.
    if has_answered(ctx, survey) and not survey.is_invited:
        return _refused(ctx, survey, AlreadyAnswered(_("您已经答过这份问卷了，每人只计一次。"), _("谢谢您的参与。")))
    steps = len(survey.questions.steps())
    step = _number(ctx, "step")
    # A script, or a bookmarklet, sends all fields at once and names no step.
    if 0 < step <= steps and (step < steps or ctx.data.get("to") == "back"):
        return _turn_page(ctx, survey, form, step)
    return _count(ctx, survey, form)


def _turn_page(ctx: Ctx, survey: Survey, form: AnswerForm, step: int) -> Response:
    """The page after this one, or the one before; this one again when something on it is missing or wrong."""
    steps = survey.questions.steps()
    if ctx.data.get("to") == "back":
        values = _values_before(ctx, survey, step - 1)
        return _form_page(ctx, survey, form, _next_step(steps, max(step - 1, 1), values, -1) or 1, values)
    new = form.read({question.key for page_ in steps[:step] for question in page_})
    if new is None:
        return _form_page(ctx, survey, form, _first_wrong(form, step), _values_before(ctx, survey, step), status=422)
    following = _next_step(steps, step + 1, dict(new.values), 1)
    if following is None:
        return _count(ctx, survey, _posted_form(ctx, survey))
    if _number(ctx, "reached") <= step:
        count_step(ctx.db, survey, step)
    return _form_page(ctx, survey, form, following, dict(new.values))


def _values_before(ctx: Ctx, survey: Survey, step: int) -> dict[str, Any]:
    """What was answered on the pages before this one."""
    steps = survey.questions.steps()
    new = _posted_form(ctx, survey).read({question.key for page_ in steps[: step - 1] for question in page_})
    return dict(new.values) if new else {}


def _next_step(steps: list[tuple[Question, ...]], start: int, values: dict[str, Any], way: int) -> int | None:
    """The first page from `start` on that asks anything. way: 1 or −1."""
    step = start
    while 0 < step <= len(steps):
        here = steps[step - 1]
        if any(_may_be_asked(question, here, values) for question in here):
            return step
        step += way
    return None


def _first_wrong(form: AnswerForm, last: int) -> int:
    """The page with the first error, at most `last`."""
    for number, here in enumerate(form.definition.steps()[:last], 1):
        if any(field.errors for question in here for field in form.fields_of(question)):
            return number
    return last


def _count(ctx: Ctx, survey: Survey, form: AnswerForm) -> Response:
    new = form.read()
    if new is None:
        if ctx.wants_json:
            return ctx.json({"errors": form.error_map()}, 422)
        steps = len(survey.questions.steps())
        wrong = _first_wrong(form, steps)
        return _form_page(ctx, survey, form, wrong, _values_before(ctx, survey, wrong), status=422)
    sender = Sender(
        address=ctx.address,
        submission=text(form.form)[:64],
        token=text(form.token)[:64],
        site=known_site(ctx, text(form.site)),
        phone_hash=confirmed_phone(ctx, survey),
    )
    try:
        keep_answer(ctx.db, ctx.secrets, survey, new, sender)
    except AlreadyAnswered as refusal:
        return _refused(ctx, survey, refusal)
    except PhoneNeeded as refusal:
        if ctx.wants_json:
            return ctx.json(_said(refusal), refusal.status)
        return phone_page(ctx, survey, sender.site, status=refusal.status)
    remember_answer(ctx, survey)
    if ctx.wants_json:
        return ctx.json({"survey": survey.slug, "counted": True}, 201)
    return ctx.redirect("surveys:thanks", slug=survey.slug)


def _posted_form(ctx: Ctx, survey: Survey) -> AnswerForm:
    seed = str(ctx.data.get("form") or "")[:64]
    form = make_answer_form(survey.questions, ctx.data, seed=seed, asks_contact=survey.asks_contact)
    if not text(form.form):
        form.form.data = random_code(20)
    return form


def _over_page(ctx: Ctx, survey: Survey, status: int = 200) -> Response:
    begins_at = survey.opens_at if survey.opens_at and survey.opens_at > now() else None
    successor = queries.find_successor(ctx.db, survey)
    return page(
        ctx,
        "surveys/over.html",
        survey=survey,
        say=survey.questions.say,
        begins_at=begins_at,
        has_results=survey.stands is State.PUBLISHED,
        successor=successor if successor is not None and successor.takes_answers else None,
        status=status,
    )


def _answered_page(ctx: Ctx, survey: Survey, status: int, message: str = "") -> Response:
    said = message or _("您已经答过这份问卷了，谢谢您。")
    return page(ctx, "surveys/answered.html", survey=survey, message=said, status=status)


def _said(refusal: Refusal) -> dict[str, str]:
    return {"error": refusal.message, "advice": refusal.advice}


def _refused(ctx: Ctx, survey: Survey, refusal: Refusal) -> Response:
    if ctx.wants_json:
        return ctx.json(_said(refusal), refusal.status)
    return _answered_page(ctx, survey, refusal.status, refusal.message)
