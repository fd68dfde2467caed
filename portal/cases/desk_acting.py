"""Doing something with a case at the desk: one action of the table, previewed or done, and where one goes then."""

from starlette.responses import Response
from wtforms import StringField

from portal.accounts import list_staff
from portal.cases import preview, queries
from portal.cases.desk import case_page, get_seen, list_address, offer, without_open
from portal.cases.desk_actions import ACTIONS, photos_field, stored
from portal.cases.desk_forms import DeskForm
from portal.cases.forms import tell_apart
from portal.cases.lifecycle import as_staff, capacities, require
from portal.cases.models import Case
from portal.cases.pending import claim, hold, recall
from portal.cases.states import TITLES, TRANSITIONS, actions_in
from portal.cases.team_forms import StaffForm
from portal.core.audit import record
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.pages import moment
from portal.core.web import Ctx


def desk_act(ctx: Ctx) -> Response:
    """Do one action on a case, by the table of its life; with `preview` only show what the reporter would get."""
    name = ctx.arg("action")
    action = ACTIONS.get(name)
    if action is None:
        raise NotFound(_("没有这个操作。"))
    form = action.form(ctx.data)
    photos = photos_field(form)
    if photos:
        photos.draw()
    case = get_seen(ctx)
    act = as_staff(ctx.portal, ctx.staff, case)
    form.prepare(ctx.city, case)
    if isinstance(form, StaffForm):
        offer(ctx, case, {name: form}, list_staff(ctx.db))
    if photos:
        recall(ctx, photos, _form_id(ctx, case, name))
    is_valid = form.validate()
    try:
        require(act, case, name)
        if not is_valid:
            return _refuse(ctx, case, name, form)
        if ctx.data.get("preview"):
            shown = preview.try_out(ctx, case, lambda: action.run(ctx, act, case, form, preview.unstored(form)))
            return _preview(ctx, name, form, shown)
        action.run(ctx, act, case, form, stored(ctx, form))
        if photos and not claim(ctx.db, photos):
            ctx.db.rollback()
            return _refuse(ctx, get_seen(ctx), name, form)
    except BadInput as refused:
        # Nothing was written before a guard refused; the page says it beside the form that was filled in.
        field = refused.field if refused.field in form else next(iter(form)).short_name
        form.add_error(field, f"{refused.message}{refused.advice}")
        ctx.db.rollback()
        return _refuse(ctx, get_seen(ctx), name, form)
    except Conflict as late:
        if ctx.partial or ctx.wants_json:
            raise
        ctx.db.rollback()
        return _too_late(ctx, get_seen(ctx), name, form, late)
    record(ctx.db, ctx.staff, f"case.{name}", f"case {case.case_no}", group=case.group, unit=case.unit)
    ctx.flash(_("已完成：%(action)s。") % {"action": action.label})
    if ctx.wants_json:
        return ctx.json({"case_no": case.case_no, "state": case.state, "group": case.group, "unit": case.unit})
    return _next_page(ctx, case)


def _refuse(ctx: Ctx, case: Case, name: str, form: DeskForm) -> Response:
    if ctx.partial:
        tell_apart(form, name)
        return ctx.render("cases/desk_preview.html", form=form, shown=None, status=422)
    return case_page(ctx, _holding_photos(ctx, case, name, form), (name, form))


def _too_late(ctx: Ctx, case: Case, name: str, form: DeskForm, late: Conflict) -> Response:
    """The case as it stands now, because a colleague was quicker or the table says no; no word has to be written again.

    What somebody wrote stays in its form, though it can't be sent, where the step is one of theirs in another state.
    """
    who = capacities(ctx.staff, case)
    is_theirs = any(line.action == name and line.who & who for line in TRANSITIONS)
    written = (name, form) if is_theirs and _has_words(form) else None
    if written:
        case = _holding_photos(ctx, case, name, form)
    for field in form:
        field.errors = ()
    is_possible = name in actions_in(case.stands, who)
    return case_page(
        ctx, case, written, status=late.status, refused=f"{late.message}{late.advice if is_possible else _last(case)}"
    )


def _last(case: Case) -> str:
    """Who was quicker: the newest step, which this page shows already."""
    step = case.events[-1]
    return _("最近一步：%(title)s，%(name)s，%(at)s。") % {
        "title": TITLES.get(step.action, step.action),
        "name": step.actor_name,
        "at": moment(step.at),
    }


def _has_words(form: DeskForm) -> bool:
    """Whether somebody wrote something into the form, or chose a photo."""
    photos = photos_field(form)
    has_photos = photos is not None and bool(photos.photos or photos.kept)
    return has_photos or any(isinstance(field, StringField) and text(field) for field in form)


def _form_id(ctx: Ctx, case: Case, name: str) -> str:
    """What tells this form from all others: photos kept for it are this person's, for this step of this case."""
    return f"desk {ctx.staff.username} {case.case_no} {name}"


def _holding_photos(ctx: Ctx, case: Case, name: str, form: DeskForm) -> Case:
    """The case for a form that is shown again, after the photos chosen in it were kept."""
    photos = photos_field(form)
    if not photos or not photos.photos:
        return case
    hold(ctx, photos, _form_id(ctx, case, name))
    return get_seen(ctx)


def _preview(ctx: Ctx, name: str, form: DeskForm, shown: preview.Preview) -> Response:
    """Beside the form where htmx asks, so that chosen photos stay chosen; else the page with the form as it was."""
    if ctx.partial:
        return ctx.render("cases/desk_preview.html", form=None, shown=shown)
    return case_page(ctx, _holding_photos(ctx, get_seen(ctx), name, form), (name, form), status=200, shown=shown)


def _next_page(ctx: Ctx, case: Case) -> Response:
    """Back to the list with the case, or the next one, beside it; else the case's own page."""
    back = list_address(ctx)
    if back:
        goes_on = case.queue >= 2 or (case.unit is not None and case.accepted_at is None)
        following = str(ctx.data.get("next", ""))[: queries.NUMBER_LENGTH]
        number = following if goes_on and following else case.case_no
        return ctx.redirect_to(f"{without_open(back)}open={number}")
    if not queries.may_see(ctx.staff, case):
        return ctx.redirect("cases:desk_index")
    return ctx.redirect("cases:desk_show", case_no=case.case_no)
