"""The desk of the good people: nominations, the editor, one profile on its way to the honour."""

from typing import Any

from starlette.responses import Response

from portal.accounts import staff_names
from portal.core.forms import row_number, text, uploads
from portal.core.i18n import gettext as _
from portal.core.photos import BYTES_LIMIT, PhotoRefused, check_and_shrink
from portal.core.signing import BadToken
from portal.core.web import Ctx
from portal.editorial import (
    EditClash,
    Kind,
    State,
    changes_from,
    keep_edit,
    keep_picture,
    list_awaiting,
    make_panel,
    newest_revision,
    open_remarks,
    render_markdown,
)
from portal.people import honour, nominations, promotions, queries, remarks, service
from portal.people.drafts import snapshot_of
from portal.people.forms import PersonForm, ReasonForm, StepForm, values_of, values_of_nomination
from portal.people.models import GIVER_NAMES, SCOPE_NAMES, GoodPerson, Nomination, Stage
from portal.people.public import names_of

STAGES = ("", "vetting", "notice", "approved", "published", "over", "stopped")


def number_of(typed: str) -> int:
    """A number from a path; raise NotFound for anything else."""
    return row_number(typed, _("没有这份材料。"))


def person_of(ctx: Ctx) -> GoodPerson:
    """The profile the path names."""
    return queries.get_person_for_desk(ctx.db, number_of(ctx.arg("person_id")))


def nomination_of(ctx: Ctx) -> Nomination:
    """The nomination the path names."""
    return nominations.get_nomination(ctx.db, number_of(ctx.arg("nomination_id")))


def opened(ctx: Ctx, sealed: str) -> str:
    """A contact that was encrypted; a note when its key is gone."""
    try:
        return ctx.secrets.decrypt(sealed) if sealed else ""
    except BadToken:
        return _("密钥已更换，无法读取")


def desk_index(ctx: Ctx) -> Response:
    """New nominations, what waits for this person, and every profile."""
    stage = ctx.query("stage") if ctx.query("stage") in STAGES else ""
    return ctx.render(
        "people/desk_index.html",
        page=queries.list_for_desk(ctx.db, stage, ctx.query("after") or None),
        awaiting=[piece for piece in list_awaiting(ctx.db, ctx.staff) if piece.kind == Kind.PERSON],
        nominations=nominations.list_nominations(ctx.db),
        remarks=remarks.count_waiting(ctx.db),
        names=names_of(ctx.city),
        stage=stage,
    )


def desk_nomination(ctx: Ctx) -> Response:
    """One nomination with its evidence, pictures and contact."""
    nomination = nomination_of(ctx)
    return ctx.render(
        "people/desk_nomination.html",
        nomination=nomination,
        contact=opened(ctx, nomination.contact),
        names=names_of(ctx.city),
        staff=staff_names(ctx.db, [nomination.decided_by]),
    )


def decline_nomination(ctx: Ctx) -> Response:
    """Do not take a nomination up."""
    form = ReasonForm(ctx.data)
    form.validate()
    nominations.decline(ctx.db, nomination_of(ctx), ctx.staff, text(form.reason))
    ctx.flash(_("已记下不采用的理由。"))
    return ctx.redirect("people:desk_index")


def desk_show(ctx: Ctx) -> Response:
    """A profile with its way to the honour, checks, remarks and the next steps."""
    return show_person(ctx, person_of(ctx), StepForm())


def show_person(ctx: Ctx, person: GoodPerson, form: StepForm, status: int = 200) -> Response:
    """The page of a profile, with what was typed about a further honour."""
    db = ctx.db
    form.set_choices(ctx.city)
    objections = honour.list_objections(db, person)
    is_open = person.piece.state not in {State.PUBLISHED, State.WITHDRAWN, State.EXPIRED}
    return ctx.render(
        "people/desk_show.html",
        status=status,
        good=person,
        form=form,
        honours=[(one, promotions.faults_of(db, person, one)) for one in promotions.list_steps(db, person)],
        panel=make_panel(ctx, person.piece),
        opinions=honour.list_opinions(db, person),
        consents=honour.list_consents(db, person),
        objections=[(one, opened(ctx, one.contact)) for one in objections],
        faults=_faults(ctx, person) if is_open else [],
        scopes=[(key.value, str(name)) for key, name in SCOPE_NAMES.items()],
        givers=[(key.value, str(name)) for key, name in GIVER_NAMES.items()],
        names=names_of(ctx.city),
    )


def _faults(ctx: Ctx, person: GoodPerson) -> list[str]:
    if person.stage == Stage.VETTING:
        return honour.faults_before_notice(ctx.db, person)
    if person.stage == Stage.NOTICE:
        return honour.faults_before_approval(ctx.db, person)
    return []


def _editor(ctx: Ctx, form: PersonForm, person: GoodPerson | None, status: int = 200, **extra: Any) -> Response:
    form.set_choices(ctx.city)
    nomination_id = str(ctx.data.get("nomination", ""))[:9]
    asked = open_remarks(ctx.db, person.piece) if person else None
    shown = {"preview": "", "clash": None, "changes": {}, "nomination_id": nomination_id, "remarks": asked, **extra}
    return ctx.render("people/desk_edit.html", status=status, form=form, good=person, **shown)


def desk_new(ctx: Ctx) -> Response:
    """An empty editor, or one that begins with a nomination."""
    if not ctx.query("nomination"):
        return _editor(ctx, PersonForm(source=ctx.city.office.short), None)
    nomination = nominations.get_nomination(ctx.db, number_of(ctx.query("nomination")))
    form = PersonForm(**values_of_nomination(nomination, ctx.city), source=_("群众推荐"))
    return _editor(ctx, form, None)


def desk_edit(ctx: Ctx) -> Response:
    """The editor of a profile, with the newest text."""
    person = person_of(ctx)
    snapshot = newest_revision(ctx.db, person.piece).snapshot
    return _editor(ctx, PersonForm(**values_of(snapshot), version=person.piece.version), person)


def desk_create(ctx: Ctx) -> Response:
    """Keep a new profile; or only look at it."""
    return _save(ctx, None)


def desk_save(ctx: Ctx) -> Response:
    """Keep a changed profile, or propose a correction when it is public."""
    return _save(ctx, person_of(ctx))


def _save(ctx: Ctx, person: GoodPerson | None) -> Response:
    form = PersonForm(ctx.data)
    form.set_choices(ctx.city)
    if ctx.data.get("act") == "preview":
        return _editor(ctx, form, person, 200, preview=_preview(form))
    is_valid = form.validate()
    # The picture is looked at last, so that it is kept only when everything else is well.
    if not is_valid or not _take_picture(ctx, form):
        return _editor(ctx, form, person, 422)
    if person is None:
        return _create(ctx, form)
    try:
        return _keep(ctx, form, person)
    except EditClash as clash:
        return _show_clash(ctx, form, person, clash)


def _preview(form: PersonForm) -> str:
    try:
        return render_markdown(text(form.deeds))
    except ValueError:
        return ""


def _take_picture(ctx: Ctx, form: PersonForm) -> bool:
    """Keep an uploaded portrait and put its name into the form; False with the error at its field."""
    files = uploads(ctx.data.getlist("picture"))
    if (files or text(form.photo)) and not text(form.photo_alt):
        form.add_error("photo_alt", _("请为照片写一句文字说明。"))
        return False
    if not files:
        return True
    try:
        photo = check_and_shrink(files[0].file.read(BYTES_LIMIT + 1))
    except PhotoRefused as refused:
        form.add_error("picture", str(refused))
        return False
    form.photo.data = keep_picture(ctx.db, ctx.portal.photos, photo, text(form.photo_alt), ctx.staff.username).name
    return True


def _create(ctx: Ctx, form: PersonForm) -> Response:
    nomination = None
    if ctx.data.get("nomination"):
        nomination = nominations.get_nomination(ctx.db, number_of(str(ctx.data["nomination"])))
        nominations.accept(ctx.db, nomination, ctx.staff)
    person = service.open_person(ctx.db, form.to_draft(), ctx.staff, nomination=nomination)
    ctx.flash(_("材料已保存，请征求意见并登记同意。"))
    return ctx.redirect("people:desk_show", person_id=person.id)


def _keep(ctx: Ctx, form: PersonForm, person: GoodPerson) -> Response:
    draft = form.to_draft()
    is_kept = keep_edit(
        ctx,
        form,
        person.piece,
        save=lambda version, note: service.save_person(ctx.db, person, draft, ctx.staff, version, note),
        correct=lambda version, note: service.correct_person(ctx.db, person, draft, ctx.staff, version, note),
        is_over=person.piece.is_over,
        refusal=_("这份材料已经撤下，不能再改。"),
    )
    return ctx.redirect("people:desk_show", person_id=person.id) if is_kept else _editor(ctx, form, person, 422)


def _show_clash(ctx: Ctx, form: PersonForm, person: GoodPerson, clash: EditClash) -> Response:
    changes = changes_from(form, clash, snapshot_of(form.to_draft()), service.LABELS)
    # A picture that came with this answer was not kept, so its name would lead nowhere.
    form.photo.data = str(ctx.data.get("photo", ""))
    return _editor(ctx, form, person, 409, clash=clash.theirs, changes=changes)
