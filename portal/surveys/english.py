"""The questionnaire in English: every text beside a box for its translation, as long as it is a draft."""

from dataclasses import replace

from starlette.responses import Response

from portal.core.i18n import gettext as _
from portal.core.i18n import speaking
from portal.core.web import Ctx
from portal.surveys import queries, service
from portal.surveys.definition import Definition
from portal.surveys.desk import desk_page
from portal.surveys.models import State, Survey

LONGEST = 1000


def texts_of(survey: Survey, definition: Definition) -> list[str]:
    """Every text that a reader of the questionnaire meets, once, in the order of reading."""
    found = [survey.title, survey.intro]
    for question in definition:
        found += [question.section, question.label, question.help, *question.options, *question.rows]
    return list(dict.fromkeys(text for text in found if text))


def english(ctx: Ctx) -> Response:
    """Every text, with the author's English or the portal's own as a suggestion."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    definition = survey.questions
    texts = texts_of(survey, definition)
    with speaking("en"):
        own = {text: words for text in texts if (words := _(text)) != text}
    return desk_page(
        ctx,
        "surveys/english.html",
        survey,
        texts=[(number, text, definition.english.get(text, "")) for number, text in enumerate(texts)],
        own=own,
        is_draft=survey.stands is State.DRAFT,
        missing=sum(not definition.english.get(text) and text not in own for text in texts),
    )


def translate(ctx: Ctx) -> Response:
    """Keep the translations; an empty box falls back to the portal's own words, or the Chinese text."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    definition = survey.questions
    typed = {
        text: " ".join(str(ctx.data.get(f"text{number}") or "").replace("\x00", "").split())[:LONGEST]
        for number, text in enumerate(texts_of(survey, definition))
    }
    kept = {text: words for text, words in typed.items() if words}
    service.keep_definition(ctx.db, survey, replace(definition, english=kept))
    ctx.flash(_("已保存。"))
    return ctx.redirect("surveys:english", id=survey.id)
