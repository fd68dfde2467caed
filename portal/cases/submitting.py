"""Telling the portal something: the form, the look before sending, the sending, and the receipt."""

from typing import Any

from starlette.responses import Response

from portal.cases import mine, queries, views
from portal.cases.advice import Advice, advise
from portal.cases.bans import refuse_banned
from portal.cases.confirming import send_code
from portal.cases.forms import CaseForm, CodeForm
from portal.cases.intake import Opened, open_case
from portal.cases.lifecycle import as_citizen
from portal.cases.pending import claim, hold, kept_photos, recall, recall_for_case
from portal.cases.photos import store_photos
from portal.cases.proof import make_receipt
from portal.cases.questions import QuestionsForm, read_questions
from portal.cases.states import State
from portal.cases.terms import first_promise
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.core.forms import text
from portal.core.qr import qr
from portal.core.signing import BadToken, random_code
from portal.core.web import Ctx
from portal.groups import City

FORM_S = 2 * 24 * 3600
TOO_QUICK_S = 2
RECEIPT = "receipt"
RECEIPT_S = 24 * 3600


def new(ctx: Ctx) -> Response:
    """The form."""
    form = CaseForm(
        None,
        submission_id=random_code(26),
        started=ctx.secrets.sign("case form", int(now().timestamp())),
        kind=ctx.query("kind") or "complaint",
        place=ctx.query("place"),
    )
    form.set_city(ctx.city)
    return _form_page(ctx, form, advise(ctx, form))


def _form_page(
    ctx: Ctx, form: CaseForm, advice: Advice, questions: QuestionsForm | None = None, status: int = 200
) -> Response:
    """The form with what was typed. questions: as they were answered, where something about them was wrong."""
    city: City = ctx.city
    return ctx.render(
        "cases/new.html",
        form=form,
        advice=advice,
        questions=questions or advice.questions,
        kinds=city.kinds,
        promises={kind.key: first_promise(city, kind.key).on for kind in city.kinds},
        landmarks=[(site.lat, site.lng, site.name, "") for site in city.sites if site.lat and site.lng][:40],
        status=status,
    )


def check(ctx: Ctx) -> Response:
    """What the portal thinks of a text before it is sent: group, promise, questions, similar cases, other channels."""
    form = CaseForm(ctx.data).set_city(ctx.city)
    if not ctx.partial:
        recall(ctx, form.photos, text(form.submission_id))
        form.photos.validate(form)
        hold(ctx, form.photos, text(form.submission_id))
    advice = advise(ctx, form, ctx.data)
    if ctx.partial:
        return ctx.render("cases/new.html", fragment="advice", form=form, advice=advice, questions=advice.questions)
    return _form_page(ctx, form, advice)


def submit(ctx: Ctx) -> Response:
    """Keep a case and show its receipt. The same form sent twice makes one case."""
    form = CaseForm(ctx.data).set_city(ctx.city)
    questions = read_questions(ctx.city, text(form.kind), ctx.data)
    recall_for_case(ctx, form)
    if not (form.validate() & questions.validate()) or refuse_banned(ctx, form):
        return _refuse(ctx, form, questions)
    # Whatever takes time is done before the first statement: nobody waits for our lock meanwhile.
    kept, photos = kept_photos(form.photos), store_photos(ctx.portal, form.photos.photos)
    routing = ctx.portal.router.suggest(text(form.text))
    new_case = form.to_new_case(
        [*kept, *photos],
        answers=questions.to_answers(),
        is_suspect=_is_too_quick(ctx, text(form.started)),
        must_confirm=_must_confirm(ctx, form),
    )
    try:
        opened = open_case(ctx.db, as_citizen(ctx.portal), new_case, routing)
    except Conflict as refused:
        form.add_error("submission_id", refused.message)
        return _refuse(ctx, form, questions)
    if opened.is_new and not claim(ctx.db, form.photos):
        return _refuse(ctx, form, questions)
    if opened.is_new and opened.case.stands is State.DRAFT_CONFIRM:
        send_code(ctx.db, as_citizen(ctx.portal), opened.case)
    mine.remember(ctx, opened.case.case_no)
    if ctx.wants_json:
        return ctx.json(_as_json(ctx, opened), 201)
    ctx.keep_cookie(RECEIPT, [opened.case.case_no, opened.query_code], RECEIPT_S)
    return ctx.redirect("cases:receipt", case_no=opened.case.case_no)


def _refuse(ctx: Ctx, form: CaseForm, questions: QuestionsForm) -> Response:
    if ctx.wants_json:
        return ctx.json({"errors": {**form.error_map(), **questions.error_map()}}, 422)
    hold(ctx, form.photos, text(form.submission_id))
    return _form_page(ctx, form, advise(ctx, form, ctx.data), questions, status=422)


def _is_too_quick(ctx: Ctx, token: str) -> bool:
    """Whether the form came back faster than a person types; a form without the mark comes from a program we allow."""
    if not token:
        return False
    try:
        started = int(ctx.secrets.read("case form", token, FORM_S))
    except (BadToken, ValueError):
        return True
    return now().timestamp() - started < TOO_QUICK_S


def _must_confirm(ctx: Ctx, form: CaseForm) -> bool:
    """Whether the contact is checked first: the city wants it, and a code can be sent to what was given.

    Who reports anonymously, or leaves no contact, is not asked.
    """
    if not ctx.city.confirm_contact or form.anonymous.data:
        return False
    return bool(text(form.email) and ctx.settings.mail_url) or bool(
        not text(form.email) and text(form.phone) and ctx.settings.sms_webhook
    )


def _as_json(ctx: Ctx, opened: Opened) -> dict[str, Any]:
    case = opened.case
    return {
        "case_no": case.case_no,
        "query_code": _spaced(opened.query_code),
        "group": case.group or case.suggested_group,
        "due_on": case.due_on.isoformat(),
        "receipt": make_receipt(ctx.secrets, case),
    }


def _spaced(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"


def receipt(ctx: Ctx) -> Response:
    """Number and code, once more for a day on the device that sent the form."""
    kept = ctx.read_cookie(RECEIPT, RECEIPT_S)
    case_no = ctx.arg("case_no").upper()
    if not isinstance(kept, list) or len(kept) != 2 or kept[0] != case_no:
        return ctx.redirect("cases:track", no=case_no)
    case = queries.get_case(ctx.db, case_no)
    link = f"{ctx.settings.base_url}{ctx.url('cases:track', no=case_no)}"
    response = ctx.render(
        "cases/receipt.html",
        case=case,
        form=CodeForm(None),
        code=_spaced(str(kept[1])),
        names=views.names(case, ctx.city),
        kind=ctx.city.kind(case.kind),
        suggested=ctx.city.find_group(case.suggested_group),
        link=link,
        qr=qr(link),
        proof=make_receipt(ctx.secrets, case),
        undo_minutes=ctx.city.deadlines.undo_minutes,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
