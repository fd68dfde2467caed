"""What dispatchers do with many cases or none yet: take one down for somebody, and send several at once."""

from starlette.responses import Response

from portal.cases import queries, triage
from portal.cases.advice import advise
from portal.cases.forms import EntryForm
from portal.cases.intake import open_case
from portal.cases.lifecycle import as_office, as_staff, store_photos
from portal.cases.questions import QuestionsForm, read_questions
from portal.cases.states import State
from portal.core.audit import record
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.signing import random_code
from portal.core.web import Ctx
from portal.groups import City

MOST_AT_ONCE = 50


def desk_new(ctx: Ctx) -> Response:
    """The form for a caller, a letter, a visitor."""
    form = EntryForm(None, submission_id=random_code(26), kind="complaint").set_city(ctx.city)
    return _entry_page(ctx, form)


def _entry_page(ctx: Ctx, form: EntryForm, questions: QuestionsForm | None = None, status: int = 200) -> Response:
    advice = advise(ctx, form, ctx.data if status != 200 else None)
    return ctx.render(
        "cases/desk_new.html", form=form, advice=advice, questions=questions or advice.questions, status=status
    )


def desk_enter(ctx: Ctx) -> Response:
    """Keep what staff took down; number and code are shown once, to be told to the person."""
    form = EntryForm(ctx.data).set_city(ctx.city)
    questions = read_questions(ctx.city, text(form.kind), ctx.data)
    if not (form.validate() & questions.validate()):
        return _entry_page(ctx, form, questions, status=422)
    photos = store_photos(ctx.portal, form.photos.photos)
    routing = ctx.portal.router.suggest(text(form.text))
    opened = open_case(
        ctx.db, as_office(ctx.portal, ctx.staff), form.to_new_case(photos, answers=questions.to_answers()), routing
    )
    number, code = opened.case.case_no, opened.query_code
    record(ctx.db, ctx.staff, "case.enter", f"case {number}", channel=opened.case.channel)
    ctx.flash(
        _("已登记。请告诉反映人：编号 %(number)s，查询码 %(code)s。")
        % {"number": number, "code": f"{code[:5]}-{code[5:]}"}
    )
    return ctx.redirect("cases:desk_show", case_no=number)


def desk_bulk(ctx: Ctx) -> Response:
    """Send each chosen case that still waits to the group the router suggests; others are left as they are."""
    numbers = [str(value) for value in ctx.data.getlist("case_no")][:MOST_AT_ONCE]
    sent = sum(_send(ctx, number) for number in dict.fromkeys(numbers))
    ctx.flash(_("已派出 %(count)s 件。") % {"count": sent})
    return ctx.redirect("cases:desk_index")


def _send(ctx: Ctx, number: str) -> bool:
    city: City = ctx.city
    case = queries.find_case(ctx.db, number)
    group = city.find_group(case.suggested_group) if case else None
    if case is None or group is None or case.stands is not State.TRIAGE or case.is_confidential:
        return False
    to = triage.Assignment(group.key, city.units_for(group.key, case.district)[0].key)
    triage.dispatch(ctx.db, as_staff(ctx.portal, ctx.staff, case), case, to)
    record(ctx.db, ctx.staff, "case.dispatch", f"case {case.case_no}", group=to.group, unit=to.unit)
    return True
