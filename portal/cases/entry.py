"""A case that staff take down for somebody who called, wrote or came."""

from starlette.responses import Response

from portal.cases.advice import advise
from portal.cases.forms import EntryForm
from portal.cases.intake import open_case
from portal.cases.lifecycle import as_office
from portal.cases.pending import claim, hold, kept_photos, recall_for_case
from portal.cases.photos import store_photos
from portal.cases.questions import QuestionsForm, read_questions
from portal.core.audit import record
from portal.core.errors import Conflict
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.signing import random_code
from portal.core.web import Ctx


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
    recall_for_case(ctx, form)
    if not (form.validate() & questions.validate()):
        return _refuse(ctx, form, questions)
    kept, photos = kept_photos(form.photos), store_photos(ctx.portal, form.photos.photos)
    routing = ctx.portal.router.suggest(text(form.text))
    new_case = form.to_new_case([*kept, *photos], answers=questions.to_answers())
    try:
        opened = open_case(ctx.db, as_office(ctx.portal, ctx.staff), new_case, routing)
    except Conflict as refused:
        form.add_error("submission_id", refused.message)
        return _refuse(ctx, form, questions)
    if opened.is_new and not claim(ctx.db, form.photos):
        return _refuse(ctx, form, questions)
    number, code = opened.case.case_no, opened.query_code
    record(ctx.db, ctx.staff, "case.enter", f"case {number}", channel=opened.case.channel)
    ctx.flash(
        _("已登记。请告诉反映人：编号 %(number)s，查询码 %(code)s。")
        % {"number": number, "code": f"{code[:5]}-{code[5:]}"}
    )
    return ctx.redirect("cases:desk_show", case_no=number)


def _refuse(ctx: Ctx, form: EntryForm, questions: QuestionsForm) -> Response:
    hold(ctx, form.photos, text(form.submission_id))
    return _entry_page(ctx, form, questions, status=422)
