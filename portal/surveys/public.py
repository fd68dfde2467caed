"""Pages of everybody: the surveys, answering one, and what came of it."""

from typing import Any

from starlette.responses import Response

from portal.core.clock import now
from portal.core.errors import Conflict, Gone, NotFound, Refusal
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.signing import random_code
from portal.core.web import Ctx
from portal.groups import City
from portal.surveys import queries
from portal.surveys.definition import condition_text
from portal.surveys.forms import AnswerForm, make_answer_form
from portal.surveys.models import State, Survey
from portal.surveys.service import AlreadyAnswered, Sender, keep_answer
from portal.surveys.shared import page

COOKIE_S = 180 * 24 * 3600


def index(ctx: Ctx) -> Response:
    """Open surveys, then published results."""
    opened, published = queries.list_open(ctx.db), queries.list_published(ctx.db)
    counts = queries.count_by_survey(ctx.db, [*opened, *published])
    return page(
        ctx,
        "surveys/index.html",
        opened=opened,
        published=published,
        waiting=queries.list_waiting(ctx.db, 10),
        counts=counts,
        answered={survey.id for survey in opened if _has_answered(ctx, survey)},
    )


def _cookie(survey: Survey) -> str:
    return f"survey-{survey.id}"


def _has_answered(ctx: Ctx, survey: Survey) -> bool:
    return ctx.read_cookie(_cookie(survey), COOKIE_S) is not None


def show(ctx: Ctx) -> Response:
    """The questionnaire, as long as it takes answers."""
    survey = queries.get_public_survey(ctx.db, ctx.arg("slug"))
    if not survey.takes_answers:
        return _over_page(ctx, survey)
    token = ctx.query("token")
    if _has_answered(ctx, survey) and not token:
        return _answered_page(ctx, survey, 200)
    seed = random_code(20)
    form = make_answer_form(
        survey.questions, seed=seed, form=seed, token=token, site=_known_site(ctx, ctx.query("site"))
    )
    return _form_page(ctx, survey, form)


def _known_site(ctx: Ctx, key: str) -> str | None:
    city: City = ctx.city
    return key if any(site.key == key for site in city.sites) else None


def _form_page(ctx: Ctx, survey: Survey, form: AnswerForm, status: int = 200, is_preview: bool = False) -> Response:
    definition = form.definition
    city: City = ctx.city
    site = next((one for one in city.sites if one.key == text(form.site)), None)
    return page(
        ctx,
        "surveys/show.html",
        survey=survey,
        form=form,
        definition=definition,
        conditions={question.key: condition_text(definition, question) for question in definition},
        site=site,
        is_preview=is_preview,
        number=0,
        status=status,
    )


def preview(ctx: Ctx) -> Response:
    """The questionnaire as readers will see it; what is sent from here is not kept."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    return _form_page(ctx, survey, make_answer_form(survey.questions, seed="preview", form="preview"), is_preview=True)


def _over_page(ctx: Ctx, survey: Survey, status: int = 200) -> Response:
    begins_at = survey.opens_at if survey.opens_at and survey.opens_at > now() else None
    return page(
        ctx,
        "surveys/over.html",
        survey=survey,
        begins_at=begins_at,
        has_results=survey.stands is State.PUBLISHED,
        successor=_open_successor(ctx, survey),
        status=status,
    )


def _open_successor(ctx: Ctx, survey: Survey) -> Survey | None:
    found = queries.find_successor(ctx.db, survey)
    return found if found is not None and found.takes_answers else None


def _answered_page(ctx: Ctx, survey: Survey, status: int, message: str = "") -> Response:
    return page(
        ctx,
        "surveys/answered.html",
        survey=survey,
        message=message or _("您已经答过这份问卷了，谢谢您。"),
        status=status,
    )


def answer(ctx: Ctx) -> Response:
    """Count an answer once; a second from the same person is refused kindly."""
    survey = queries.get_public_survey(ctx.db, ctx.arg("slug"))
    form = _posted_form(ctx, survey)
    if not survey.takes_answers:
        refusal = Conflict(_("这份问卷已经结束，没有再收答卷。"), _("谢谢您。"))
        return ctx.json(_said(refusal), 409) if ctx.wants_json else _over_page(ctx, survey, 409)
    # An invitation is single use by itself, and one tablet may go round a whole staircase.
    if _has_answered(ctx, survey) and not survey.is_invited:
        return _refused(ctx, survey, AlreadyAnswered(_("您已经答过这份问卷了，每人只计一次。"), _("谢谢您的参与。")))
    new = form.read()
    if new is None:
        if ctx.wants_json:
            return ctx.json({"errors": form.error_map()}, 422)
        return _form_page(ctx, survey, form, 422)
    sender = Sender(ctx.address, text(form.form)[:64], text(form.token)[:64], _known_site(ctx, text(form.site)))
    try:
        keep_answer(ctx.db, ctx.secrets, survey, new, sender)
    except AlreadyAnswered as refusal:
        return _refused(ctx, survey, refusal)
    ctx.keep_cookie(_cookie(survey), 1, COOKIE_S)
    if ctx.wants_json:
        return ctx.json({"survey": survey.slug, "counted": True}, 201)
    return ctx.redirect("surveys:thanks", slug=survey.slug)


def _posted_form(ctx: Ctx, survey: Survey) -> AnswerForm:
    seed = str(ctx.data.get("form") or "")[:64]
    form = make_answer_form(survey.questions, ctx.data, seed=seed)
    if not text(form.form):
        form.form.data = random_code(20)
    return form


def _said(refusal: Refusal) -> dict[str, str]:
    return {"error": refusal.message, "advice": refusal.advice}


def _refused(ctx: Ctx, survey: Survey, refusal: Refusal) -> Response:
    if ctx.wants_json:
        return ctx.json(_said(refusal), refusal.status)
    return _answered_page(ctx, survey, refusal.status, refusal.message)


def thanks(ctx: Ctx) -> Response:
    """The answer was counted."""
    survey = queries.get_public_survey(ctx.db, ctx.arg("slug"))
    return page(ctx, "surveys/thanks.html", survey=survey)


def published(ctx: Ctx) -> tuple[Survey, dict[str, Any]]:
    """A survey and its newest published result; raise NotFound when there is none, Gone when withdrawn."""
    survey = queries.get_public_survey(ctx.db, ctx.arg("slug"))
    result = queries.find_result(ctx.db, survey)
    if result is not None and not result.payload:
        raise Gone(_("这份结果已经撤下：%(reason)s") % {"reason": result.note}, _("更正后的结果会重新公布在这里。"))
    if result is None:
        raise NotFound(_("这份问卷的结果还没有公布。"), _("公布后会列在“满意度”栏目里。"))
    return survey, result.payload
