"""What handlers of this slice share: rendering with the words of questionnaires."""

from typing import Any

from starlette.responses import Response

from portal.core.i18n import gettext
from portal.core.web import Ctx


def page(ctx: Ctx, template: str, *, status: int = 200, fragment: str | None = None, **values: Any) -> Response:
    """A page of surveys. `say` puts the words of a questionnaire into the reader's script; unlike `_` in templates
    it takes a percent sign for what it is."""
    return ctx.render(template, status=status, fragment=fragment, say=gettext, **values)
