"""Pages of everybody: the surveys, and that an answer was counted."""

from typing import Any

from starlette.responses import Response

from portal.core.errors import Gone, NotFound
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.surveys import queries
from portal.surveys.models import Survey
from portal.surveys.shared import has_answered, page


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
        answered={survey.id for survey in opened if has_answered(ctx, survey)},
    )


def thanks(ctx: Ctx) -> Response:
    """The answer was counted."""
    survey = queries.get_public_survey(ctx.db, ctx.arg("slug"))
    return page(ctx, "surveys/thanks.html", survey=survey, say=survey.questions.say)


def published(ctx: Ctx) -> tuple[Survey, dict[str, Any]]:
    """A survey and its newest published result; raise NotFound when there is none, Gone when withdrawn."""
    survey = queries.get_public_survey(ctx.db, ctx.arg("slug"))
    result = queries.find_result(ctx.db, survey)
    if result is not None and not result.payload:
        raise Gone(_("这份结果已经撤下：%(reason)s") % {"reason": result.note}, _("更正后的结果会重新公布在这里。"))
    if result is None:
        raise NotFound(_("这份问卷的结果还没有公布。"), _("公布后会列在“满意度”栏目里。"))
    return survey, result.payload
