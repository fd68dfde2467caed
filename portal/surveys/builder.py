"""The builder: questions one by one, without script and without training."""

from dataclasses import replace

from starlette.responses import Response

from portal.core.errors import BadInput, NotFound
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.surveys import queries, service
from portal.surveys.definition import (
    KIND_WORDS,
    MOST_QUESTIONS,
    PART_WORDS,
    WITH_OPTIONS,
    Kind,
    Question,
    condition_text,
)
from portal.surveys.desk import desk_page
from portal.surveys.desk_forms import QuestionForm, question_values
from portal.surveys.faults import find_faults
from portal.surveys.models import State, Survey


def questions(ctx: Ctx) -> Response:
    """All questions, in order."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    definition = survey.questions
    return desk_page(
        ctx,
        "surveys/questions.html",
        survey,
        definition=definition,
        is_draft=survey.stands is State.DRAFT,
        faults=find_faults(definition) if survey.stands is State.DRAFT else [],
        kind_words={kind.value: str(words) for kind, words in KIND_WORDS.items()},
        part_words={part.value: str(words) for part, words in PART_WORDS.items()},
        conditions={question.key: condition_text(definition, question) for question in definition},
    )


def _draft_and_question(ctx: Ctx) -> tuple[Survey, Question]:
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    question = survey.questions.find(ctx.arg("key"))
    if question is None:
        raise NotFound(_("没有找到这道题。"), _("请从题目页打开。"))
    return survey, question


def add(ctx: Ctx) -> Response:
    """Add a question of a type at the end, and go on to write it."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    definition = survey.questions
    typed = str(ctx.data.get("kind", ""))
    if typed not in set(Kind):
        raise BadInput(_("请选一种题型。"), _("返回题目页重新选择。"))
    if len(definition) >= MOST_QUESTIONS:
        raise BadInput(_("题目太多，请减到 60 道以内。"), _("一分钟能答完的问卷，回收的份数最多。"))
    kind = Kind(typed)
    options = (_("选项一"), _("选项二")) if kind in WITH_OPTIONS else ()
    rows = (_("第一项"),) if kind is Kind.MATRIX else ()
    question = Question(definition.free_key(), kind, "", options=options, rows=rows)
    service.keep_definition(ctx.db, survey, definition.with_question(question))
    return ctx.redirect("surveys:question", id=survey.id, key=question.key)


def question(ctx: Ctx) -> Response:
    """One question."""
    survey, found = _draft_and_question(ctx)
    form = QuestionForm(None, **question_values(found)).set_survey(ctx.city, survey.questions, found)
    return _question_page(ctx, survey, found, form)


def _question_page(ctx: Ctx, survey: Survey, found: Question, form: QuestionForm, status: int = 200) -> Response:
    return desk_page(
        ctx,
        "surveys/question.html",
        survey,
        question=found,
        number=survey.questions.place(found.key) + 1,
        form=form,
        status=status,
    )


def keep(ctx: Ctx) -> Response:
    """Keep one question."""
    survey, found = _draft_and_question(ctx)
    definition = survey.questions
    form = QuestionForm(ctx.data).set_survey(ctx.city, definition, found)
    typed = form.read(ctx.city, definition, found)
    if typed is None:
        return _question_page(ctx, survey, found, form, 422)
    service.keep_definition(ctx.db, survey, definition.with_question(typed))
    ctx.flash(_("已保存。"))
    return ctx.redirect("surveys:questions", id=survey.id)


def move(ctx: Ctx) -> Response:
    """Move a question up or down."""
    survey, found = _draft_and_question(ctx)
    steps = -1 if ctx.data.get("to") == "up" else 1
    service.keep_definition(ctx.db, survey, survey.questions.moved(found.key, steps))
    return ctx.redirect("surveys:questions", id=survey.id)


def copy(ctx: Ctx) -> Response:
    """Add the same question once more."""
    survey, found = _draft_and_question(ctx)
    definition = survey.questions
    twin = replace(found, key=definition.free_key(), section="")
    service.keep_definition(ctx.db, survey, definition.with_question(twin))
    return ctx.redirect("surveys:question", id=survey.id, key=twin.key)


def remove(ctx: Ctx) -> Response:
    """Take a question out."""
    survey, found = _draft_and_question(ctx)
    service.keep_definition(ctx.db, survey, survey.questions.without(found.key))
    ctx.flash(_("已删去这道题。"))
    return ctx.redirect("surveys:questions", id=survey.id)
