"""Parts of the desk's list, written once for what they show: staff look at it all day, most of it stays the same."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from portal.cases import views
from portal.cases.lines import CaseLine
from portal.cases.states import PAUSED
from portal.core import pages
from portal.core.clock import end_of, local
from portal.core.web import Ctx

NEVER = datetime.max.replace(tzinfo=UTC)
SHORTLY = timedelta(milliseconds=1)


def show_lines(ctx: Ctx, lines: Iterable[CaseLine]) -> Markup:
    """Lines as rows of the table.

    A row says nothing but what is in its line, which the database has just given to somebody who may see it, in the
    reader's language, and how long the promise still runs.
    """
    return Markup("").join(_show_line(ctx, line) for line in lines)


def _show_line(ctx: Ctx, line: CaseLine) -> Markup:
    return ctx.portal.kept_parts.part(
        ("queue row", line),
        lambda moment: _until(line, moment),
        lambda: pages.render("cases/_queue_rows.html", {"rows": [views.queue_row(line, ctx.city)]}),
    )


def _until(line: CaseLine, moment: datetime) -> datetime:
    """The last moment at which a row written now says how its promise stands."""
    if line.queue >= 2 or line.stands in PAUSED:
        return NEVER
    soon = line.submitted_at + views.SOON * (line.due_at - line.submitted_at)
    marks = (soon - SHORTLY, line.due_at, end_of(local(moment).date()) - SHORTLY)
    return min((mark for mark in marks if mark >= moment), default=moment)


def show_form(ctx: Ctx, name: str, key: tuple[object, ...], context: Callable[[], dict[str, object]]) -> Markup:
    """A form of the list. key: all that the context is made of, besides the city and the language."""
    template = f"cases/_queue_{name}.html"
    return ctx.portal.kept_parts.part(
        (template, *key), lambda _moment: NEVER, lambda: pages.render(template, {"city": ctx.city, **context()})
    )
