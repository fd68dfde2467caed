"""The reporter's own view of a case, and what they can do there."""

import re

from starlette.responses import Response

from portal.cases import closing, handling, mine, parts, queries, undo, views
from portal.cases.forms import (
    EMAIL,
    PHONE,
    AnswerForm,
    CodeForm,
    EditForm,
    RatingForm,
    ReasonForm,
    ReopenForm,
    tell_apart,
)
from portal.cases.joined import unmerge
from portal.cases.lifecycle import as_citizen
from portal.cases.models import Case
from portal.cases.notify import seal_contact, wishes_path
from portal.cases.own_data import may_publish
from portal.cases.pending import claim, hold, kept_photos, recall
from portal.cases.photos import store_photos
from portal.cases.states import FINAL, State, Who, actions_in
from portal.core.clock import now
from portal.core.errors import NotFound, TooMany
from portal.core.forms import Form, text
from portal.core.i18n import gettext as _
from portal.core.signing import random_code
from portal.core.web import Ctx

DEVICE = "device"
DEVICE_S = 365 * 24 * 3600
WHOLE = (Case.events, Case.photos, Case.messages, Case.ratings, Case.merged_into)


def show(ctx: Ctx) -> Response:
    """Everything the reporter may know and do."""
    number = ctx.arg("case_no").upper()
    if not mine.is_own(ctx, number):
        return ctx.redirect("cases:track", no=number)
    return _page(ctx, mine.get_own_case(ctx, *WHOLE))


def _page(ctx: Ctx, case: Case, wrong: tuple[str, Form] | None = None) -> Response:
    act = as_citizen(ctx.portal)
    allowed = set(actions_in(case.stands, frozenset({Who.CITIZEN})))
    if not undo.may_edit(ctx.city, case, act):
        allowed.discard("edit")
    if not closing.may_reopen(act, case):
        allowed.discard("reopen")
    forms: dict[str, Form] = {
        "confirm": CodeForm(None),
        "rating": RatingForm(None),
        "answer": AnswerForm(None),
        "withdraw": ReasonForm(None),
        "reopen": ReopenForm(None),
        "edit": EditForm(None, text=case.text_raw, place=case.place, district=case.district or "").set_city(ctx.city),
    }
    if wrong:
        forms[wrong[0]] = wrong[1]
    for name, form in forms.items():
        tell_apart(form, name)
    main = case.merged_into
    followed = case if main is None or main.is_confidential else main
    response = ctx.render(
        "cases/mine.html",
        status=422 if wrong else 200,
        case=case,
        names=views.names(case, ctx.city),
        followed=followed,
        handled=views.names(followed, ctx.city),
        state=views.state_word(ctx.city, case),
        tone=views.tone(case),
        steps=views.stage_names(case),
        stage=views.stage(case),
        next_step=views.next_step(case),
        answers=views.answers(case, str),
        public_answers=views.answers(case),
        items=views.timeline(case, is_reporter=True),
        photos=views.photo_links(case, [one for one in case.photos if one.kind == "report"], "cases:photo"),
        proof=views.photo_links(case, [one for one in case.photos if one.kind == "proof"], "cases:photo"),
        forms=forms,
        allowed=allowed,
        is_late=views.is_late(case),
        owner_days=views.owner_days(case) if case.return_count else 0,
        main=main,
        main_reply=main.reply_public if main else "",
        parts=_parts(ctx, case),
        may_confirm="still-fixed" in allowed and closing.may_confirm(ctx.db, act, case),
        undo_minutes=ctx.city.deadlines.undo_minutes,
        wishes_path=wishes_path(ctx.secrets, case),
        may_publish=may_publish(ctx.city, case),
        is_over=case.stands in FINAL,
        may_erase=case.forgotten_at is None if case.stands in FINAL else case.contact is not None,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _parts(ctx: Ctx, case: Case) -> list[dict[str, object]]:
    """The parts a submission was split into, each with its unit, promise and answer; empty when it was never split."""
    family = parts.list_family(ctx.db, case)
    if len(family) < 2:
        return []
    return [
        {
            "case": one,
            "number": number,
            "unit": views.names(one, ctx.city)["unit"],
            "state": views.state_word(ctx.city, one),
            "tone": views.tone(one),
            "is_this": one.id == case.id,
        }
        for number, one in enumerate(family, 1)
    ]


def _done(ctx: Ctx, case: Case, words: str) -> Response:
    ctx.flash(words)
    if ctx.wants_json:
        return ctx.json({"case_no": case.case_no, "state": case.state})
    return ctx.redirect("cases:mine", case_no=case.case_no)


def _wrong(ctx: Ctx, name: str, form: Form) -> Response:
    if ctx.wants_json:
        return ctx.json({"errors": form.error_map()}, 422)
    return _page(ctx, mine.get_own_case(ctx, *WHOLE), (name, form))


def rate(ctx: Ctx) -> Response:
    """Five grades and whether it is solved."""
    form = RatingForm(ctx.data)
    if not form.validate():
        return _wrong(ctx, "rating", form)
    case = mine.get_own_case(ctx)
    closing.rate(ctx.db, as_citizen(ctx.portal), case, form.to_rating())
    return _done(ctx, case, _("谢谢您的评价。"))


def withdraw(ctx: Ctx) -> Response:
    """Take the case back."""
    form = ReasonForm(ctx.data)
    if not form.validate():
        return _wrong(ctx, "withdraw", form)
    case = mine.get_own_case(ctx)
    act, reason = as_citizen(ctx.portal), text(form.reason)
    undo.withdraw_case(ctx.db, act, case, reason)
    parts.withdraw_parts(ctx.db, act, case, reason)
    return _done(ctx, case, _("已撤回，不再办理，也不会公开。"))


def edit(ctx: Ctx) -> Response:
    """Change the words within the first minutes."""
    form = EditForm(ctx.data).set_city(ctx.city)
    if not form.validate():
        return _wrong(ctx, "edit", form)
    routing = ctx.portal.router.suggest(text(form.text))
    case = mine.get_own_case(ctx)
    undo.edit_case(ctx.db, as_citizen(ctx.portal), case, form.to_edited(), routing)
    return _done(ctx, case, _("已按您的修改保存。"))


def answer(ctx: Ctx) -> Response:
    """Answer the unit's question."""
    form, form_id = AnswerForm(ctx.data), f"answer to the question of {ctx.arg('case_no').upper()}"
    recall(ctx, form.photos, form_id)
    if not form.validate():
        if mine.is_own(ctx, ctx.arg("case_no").upper()) and not ctx.wants_json:
            hold(ctx, form.photos, form_id)
        return _wrong(ctx, "answer", form)
    photos = [*kept_photos(form.photos), *store_photos(ctx.portal, form.photos.photos)]
    case = mine.get_own_case(ctx)
    handling.answer(ctx.db, as_citizen(ctx.portal), case, text(form.text), photos)
    if not claim(ctx.db, form.photos):
        ctx.db.rollback()
        return _wrong(ctx, "answer", form)
    return _done(ctx, case, _("已收到您的补充，继续办理。"))


def reopen(ctx: Ctx) -> Response:
    """Say that it is not mended."""
    form = ReopenForm(ctx.data)
    if not form.validate():
        return _wrong(ctx, "reopen", form)
    case = mine.get_own_case(ctx)
    closing.reopen(ctx.db, as_citizen(ctx.portal), case, text(form.reason))
    if case.stands is not State.REOPEN_ASKED:
        return _done(ctx, case, _("已重新办理。"))
    days = ctx.city.deadlines.reopen_decide_working_days
    return _done(ctx, case, _("已提交重办申请，%(days)s 个工作日内答复您。") % {"days": days})


def fixed(ctx: Ctx) -> Response:
    """Answer the re-check: it has not come back."""
    case = mine.get_own_case(ctx)
    closing.still_fixed(ctx.db, as_citizen(ctx.portal), case)
    return _done(ctx, case, _("谢谢您告诉我们。"))


def split(ctx: Ctx) -> Response:
    """Object to being merged."""
    case = mine.get_own_case(ctx)
    unmerge(ctx.db, as_citizen(ctx.portal), case)
    return _done(ctx, case, _("已恢复单独办理。"))


def support(ctx: Ctx) -> Response:
    """Me too 附议: once for each device, a few for each address; a contact is told the result."""
    # Counted before the first statement: our own transaction would wait for itself otherwise.
    if not ctx.hit("support", "5/day", key=f"{ctx.arg('case_no').upper()} {ctx.address}"):
        raise TooMany(_("这件诉求的附议次数已到上限。"), _("请明天再试。"), retry_after_s=3600)
    case = queries.get_case(ctx.db, ctx.arg("case_no"))
    if not queries.is_public(case):
        raise NotFound(_("没有这件诉求，或者它不公开。"))
    device = ctx.read_cookie(DEVICE, DEVICE_S) or random_code(20)
    ctx.keep_cookie(DEVICE, device, DEVICE_S)
    sealed = _followers_contact(ctx)
    is_new = closing.support(ctx.db, as_citizen(ctx.portal, now()), case, f"device {device}", sealed)
    if ctx.wants_json:
        return ctx.json({"case_no": case.case_no, "support_count": case.support_count})
    ctx.flash(_("已附议，办理有结果会显示在这一页。") if is_new else _("您已经附议过了。"))
    return ctx.redirect("cases:show", case_no=case.case_no)


def _followers_contact(ctx: Ctx) -> str | None:
    """How to reach somebody who follows a case, sealed; what is no address and no number counts as none."""
    email, phone = (str(ctx.data.get(name, "")).strip()[:200] for name in ("email", "phone"))
    email = email if re.fullmatch(EMAIL, email) else ""
    return seal_contact(ctx.secrets, "", phone if re.fullmatch(PHONE, phone) else "", email)


def forget(ctx: Ctx) -> Response:
    """Forget on this device which cases it may open."""
    ctx.drop_cookie(mine.COOKIE)
    ctx.drop_cookie("receipt")
    return ctx.redirect("cases:track")
