"""The steps of an honour at the desk: opinions, consents, notice, objections, recognition, further honours, the end."""

from sqlalchemy import select
from starlette.responses import Response

from portal.core.errors import NotFound
from portal.core.forms import demand, text
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.people import honour, promotions
from portal.people.desk import number_of, person_of, show_person
from portal.people.forms import AnswerForm, ConsentForm, DecideForm, OpinionForm, ReasonForm, RevokeForm, StepForm
from portal.people.models import Consent, GoodPerson, Objection, ObjectionState, Opinion


def _back(ctx: Ctx, person: GoodPerson, words: str) -> Response:
    ctx.flash(words)
    return ctx.redirect("people:desk_show", person_id=person.id)


def ask_opinion(ctx: Ctx) -> Response:
    """Note that an authority was asked."""
    person, form = person_of(ctx), OpinionForm(ctx.data)
    demand(form)
    assert form.asked_on.data is not None  # InputRequired has made sure
    honour.ask_opinion(ctx.db, person, ctx.staff, text(form.authority), form.asked_on.data)
    return _back(ctx, person, _("已登记征求意见。"))


def note_answer(ctx: Ctx) -> Response:
    """Keep what an authority answered."""
    person, form = person_of(ctx), AnswerForm(ctx.data)
    demand(form)
    opinion = ctx.db.scalar(
        select(Opinion).where(Opinion.id == number_of(ctx.arg("opinion_id")), Opinion.person_id == person.id)
    )
    if opinion is None:
        raise NotFound(_("没有这条意见。"))
    honour.note_answer(ctx.db, person, opinion, ctx.staff, form.to_answer(), text(form.note))
    return _back(ctx, person, _("已登记回复。"))


def record_consent(ctx: Ctx) -> Response:
    """Keep a consent."""
    person, form = person_of(ctx), ConsentForm(ctx.data)
    demand(form)
    honour.record_consent(ctx.db, person, ctx.staff, form.to_consent())
    return _back(ctx, person, _("同意已登记。"))


def withdraw_consent(ctx: Ctx) -> Response:
    """Take a consent back, and the public page with it."""
    person = person_of(ctx)
    consent = ctx.db.scalar(
        select(Consent).where(Consent.id == number_of(ctx.arg("consent_id")), Consent.person_id == person.id)
    )
    if consent is None:
        raise NotFound(_("没有这条同意记录。"))
    honour.withdraw_consent(ctx.db, person, consent, ctx.staff)
    return _back(ctx, person, _("已登记撤回同意。"))


def begin_notice(ctx: Ctx) -> Response:
    """Start the public notice."""
    person = person_of(ctx)
    honour.begin_notice(ctx.db, person, ctx.staff, ctx.city)
    return _back(ctx, person, _("公示已开始。"))


def decide_objection(ctx: Ctx) -> Response:
    """Answer an objection."""
    person, form = person_of(ctx), DecideForm(ctx.data)
    demand(form)
    objection = ctx.db.scalar(
        select(Objection).where(Objection.id == number_of(ctx.arg("objection_id")), Objection.person_id == person.id)
    )
    if objection is None:
        raise NotFound(_("没有这条异议。"))
    honour.decide_objection(ctx.db, person, objection, ctx.staff, ObjectionState(text(form.state)), text(form.answer))
    return _back(ctx, person, _("异议已处理。"))


def approve_honour(ctx: Ctx) -> Response:
    """Recognise the honour after its notice."""
    person = person_of(ctx)
    honour.approve_honour(ctx.db, person, ctx.staff)
    return _back(ctx, person, _("称号已认定，三审通过后即可发布。"))


def stop(ctx: Ctx) -> Response:
    """End an honour before publication."""
    person, form = person_of(ctx), ReasonForm(ctx.data)
    demand(form)
    honour.stop(ctx.db, person, ctx.staff, text(form.reason))
    return _back(ctx, person, _("已记为不予认定。"))


def revoke(ctx: Ctx) -> Response:
    """Take a title back."""
    person, form = person_of(ctx), RevokeForm(ctx.data)
    demand(form)
    honour.revoke(ctx.db, person, ctx.staff, text(form.reason), text(form.decision), text(form.note))
    return _back(ctx, person, _("称号已撤销，原地址只说明已撤销。"))


def propose_step(ctx: Ctx) -> Response:
    """Enter a further honour."""
    person, form = person_of(ctx), StepForm(ctx.data)
    form.set_choices(ctx.city)
    if not form.validate():
        return show_person(ctx, person, form, 422)
    promotions.propose(ctx.db, person, form.to_step(), ctx.staff, ctx.city)
    return _back(ctx, person, _("已登记，请另一位审核人办理。"))


def step_notice(ctx: Ctx) -> Response:
    """Announce a further honour of ours."""
    person = person_of(ctx)
    step = promotions.get_step(ctx.db, person, number_of(ctx.arg("step_id")))
    promotions.begin_notice(ctx.db, person, step, ctx.staff, ctx.city)
    return _back(ctx, person, _("公示已开始。"))


def confirm_step(ctx: Ctx) -> Response:
    """Give a further honour, as a second person."""
    person = person_of(ctx)
    step = promotions.get_step(ctx.db, person, number_of(ctx.arg("step_id")))
    promotions.confirm(ctx.db, person, step, ctx.staff)
    return _back(ctx, person, _("荣誉已记入，公开页面已更新。"))


def drop_step(ctx: Ctx) -> Response:
    """Do not go on with a further honour."""
    person = person_of(ctx)
    promotions.drop(ctx.db, person, promotions.get_step(ctx.db, person, number_of(ctx.arg("step_id"))), ctx.staff)
    return _back(ctx, person, _("已停止办理，公开页面不变。"))
