"""What the portal thinks of a text before it is sent: who would handle it, until when, and what may be faster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.cases import queries, views
from portal.cases.forms import CaseForm
from portal.cases.help_answers import HelpAnswer, find_answers
from portal.cases.intake import find_stoppers
from portal.cases.lifecycle import public_version
from portal.cases.lines import OtherCase
from portal.cases.questions import QuestionsForm, list_questions, make_questions
from portal.cases.similar import find_alike, is_close
from portal.cases.terms import first_promise
from portal.core.forms import text
from portal.core.web import Ctx
from portal.groups import City, Group, Kind, Stopper

LEAST_SIGNS = 5
MOST_OUTSIDE = 0.5
MOST_ALIKE = 3


@dataclass(frozen=True)
class Advice:
    """What stands beside the form. kind and questions are there from the start, the rest once there are words.

    alike: public cases with their state in words, that may be about the same thing.  preview: what everybody would
    read, when the reporter agrees to it.  group_key: whose questions are asked.
    """

    kind: Kind
    due_on: date
    questions: QuestionsForm
    has_text: bool = False
    group: Group | None = None
    group_key: str = ""
    stoppers: Sequence[Stopper] = ()
    alike: Sequence[tuple[OtherCase, str]] = ()
    answers: Sequence[HelpAnswer] = ()
    preview: str = ""


def advise(ctx: Ctx, form: CaseForm, posted: Any = None) -> Advice:
    """Look at a form before it is sent; nothing is kept."""
    city: City = ctx.city
    kind = next((one for one in city.kinds if one.key == form.kind.data), city.kinds[0])
    due_on = first_promise(city, kind.key).on
    written = text(form.text)[:5000]
    if len(written) < LEAST_SIGNS:
        return Advice(kind, due_on, make_questions(kind.questions, posted))
    routing = ctx.portal.router.suggest(written)
    group = city.find_group(routing.group) if routing and routing.outside < MOST_OUTSIDE else None
    key = group.key if group else ""
    questions = list_questions(city, kind.key, key, routing.topic if routing else "")
    return Advice(
        kind=kind,
        due_on=due_on,
        questions=make_questions(questions, posted),
        has_text=True,
        group=group,
        group_key=key,
        stoppers=find_stoppers(city, written),
        alike=_find_alike(ctx, form, written, routing.group if routing else ""),
        answers=find_answers(ctx.settings.content_dir / "pages", written),
        preview=public_version(city, written) if form.publish.data and kind.publish else "",
    )


def _find_alike(ctx: Ctx, form: CaseForm, written: str, group: str) -> list[tuple[OtherCase, str]]:
    """Public cases of the group with like words, then those within 200 m that share some words at least."""
    days = ctx.city.deadlines.merge_window_days
    recent = queries.list_candidates(ctx.db, group, days, is_public_only=True) if group else []
    alike = [one.case for one in find_alike(written, text(form.place), recent, MOST_ALIKE)]
    point = form.point()
    if point:
        near = queries.list_public_near(ctx.db, *point, days)
        alike += [case for case in near if case not in alike and is_close(written, case)]
    return [(case, views.state_word(ctx.city, case)) for case in alike[:MOST_ALIKE]]
