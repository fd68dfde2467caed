"""What handlers of this slice share: rendering with the words of questionnaires, and who has answered already."""

import re
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from portal.core.i18n import gettext
from portal.core.web import Ctx
from portal.surveys.models import Survey

COOKIE_S = 180 * 24 * 3600


def page(
    ctx: Ctx,
    template: str,
    *,
    status: int = 200,
    fragment: str | None = None,
    say: Callable[[str], str] = gettext,
    **values: Any,
) -> Response:
    """A page of surveys. `say` puts the words of a questionnaire into the reader's language; unlike `_` in templates
    it takes a percent sign for what it is."""
    return ctx.render(
        template,
        status=status,
        fragment=fragment,
        say=say,
        spoken=lambda texts: [say(text) for text in texts],
        brief=brief,
        **values,
    )


def brief(label: str) -> str:
    """A label without its explanation in brackets, for a narrow column."""
    return re.split(r"[（(]", label)[0].strip()


def _cookie(survey: Survey) -> str:
    return f"survey-{survey.id}"


def has_answered(ctx: Ctx, survey: Survey) -> bool:
    """Whether this browser has answered the survey."""
    return ctx.read_cookie(_cookie(survey), COOKIE_S) is not None


def remember_answer(ctx: Ctx, survey: Survey) -> None:
    """Let this browser know that it has answered."""
    ctx.keep_cookie(_cookie(survey), 1, COOKIE_S)
