"""The desk of the credit lists: list, editor, one entry with its reviews and matters."""

from typing import Any

from starlette.responses import Response

from portal.core.clock import today
from portal.core.errors import NotFound
from portal.core.forms import row_number, text
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.credit import matters, queries, service
from portal.credit.forms import DecideForm, EntryForm, TakeDownForm
from portal.credit.models import CreditEntry, Status
from portal.credit.public import words_of
from portal.credit.rules import draft_of, snapshot_of
from portal.editorial import (
    EditClash,
    Kind,
    changes_from,
    keep_edit,
    list_awaiting,
    make_panel,
    newest_revision,
    open_remarks,
)


def number_of(ctx: Ctx, name: str) -> int:
    """A number in the path; raise NotFound for anything that cannot be one."""
    return row_number(ctx.arg(name), _("没有这条信用信息。"))


def _entry(ctx: Ctx) -> CreditEntry:
    return queries.get_entry_for_desk(ctx.db, number_of(ctx, "entry_id"))


def desk_index(ctx: Ctx) -> Response:
    """What waits, the clocks that run, and every entry."""
    state = ctx.query("state") if ctx.query("state") in queries.DESK_FILTERS else ""
    return ctx.render(
        "credit/desk_index.html",
        page=queries.list_for_desk(ctx.db, state, ctx.query("q")[:80], ctx.query("after") or None),
        awaiting=[piece for piece in list_awaiting(ctx.db, ctx.staff) if piece.kind == Kind.CREDIT],
        matters=queries.list_open_matters(ctx.db),
        grounds=matters.GROUND_NAMES,
        state=state,
        q=ctx.query("q")[:80],
        today=today(),
        **words_of(ctx.city),
    )


def _show(ctx: Ctx, entry: CreditEntry, status: int = 200, **forms: Any) -> Response:
    raised = [(matter, *matters.answer_of(matter, ctx.secrets)) for matter in queries.list_matters(ctx.db, entry)]
    shown = {"take_down_form": TakeDownForm(decided_on=today()), "decide_form": DecideForm(), "decided": 0, **forms}
    return ctx.render(
        "credit/desk_show.html",
        status=status,
        entry=entry,
        panel=make_panel(ctx, entry.piece),
        matters=raised,
        grounds=matters.GROUND_NAMES,
        today=today(),
        **shown,
        **words_of(ctx.city),
    )


def desk_show(ctx: Ctx) -> Response:
    """One entry as readers will see it, with what stands behind it and the next steps."""
    return _show(ctx, _entry(ctx))


def _editor(ctx: Ctx, form: EntryForm, entry: CreditEntry | None, status: int = 200, **extra: Any) -> Response:
    _set_choices(ctx, form)
    shown = {"clash": None, "changes": {}, "remarks": open_remarks(ctx.db, entry.piece) if entry else None, **extra}
    return ctx.render("credit/desk_edit.html", status=status, form=form, entry=entry, **shown)


def _set_choices(ctx: Ctx, form: EntryForm) -> None:
    form.set_choices(ctx.city, [(str(view.batch.id), view.batch.title) for view in queries.list_batches(ctx.db, 50)])


def desk_new(ctx: Ctx) -> Response:
    """An empty editor."""
    return _editor(ctx, EntryForm(), None)


def desk_edit(ctx: Ctx) -> Response:
    """The editor of an entry, with the newest text."""
    entry = _entry(ctx)
    draft = draft_of(newest_revision(ctx.db, entry.piece).snapshot)
    return _editor(ctx, EntryForm(obj=draft, batch=str(draft.batch_id or ""), version=entry.piece.version), entry)


def desk_create(ctx: Ctx) -> Response:
    """Keep a new entry."""
    return _save(ctx, None)


def desk_save(ctx: Ctx) -> Response:
    """Keep a changed entry, or propose a correction when it is public."""
    return _save(ctx, _entry(ctx))


def _save(ctx: Ctx, entry: CreditEntry | None) -> Response:
    form = EntryForm(ctx.data)
    _set_choices(ctx, form)
    is_valid = form.validate()
    form.check_kind(ctx.city)
    draft = service.complete(form.to_draft(), ctx.secrets, entry)
    # The rules speak at once with the form's own faults, so that nothing has to be found in a second round.
    for name, messages in service.all_faults(ctx.db, draft, entry.id if entry else 0).items():
        for message in messages if not form[name].errors else []:
            form.add_error(name, message)
    if not is_valid or form.errors:
        return _editor(ctx, form, entry, 422)
    if entry is None:
        entry = service.open_entry(ctx.db, draft, ctx.staff)
        ctx.flash(_("草稿已保存。"))
        return ctx.redirect("credit:desk_show", entry_id=entry.id)
    try:
        return _keep(ctx, form, entry)
    except EditClash as clash:
        return _show_clash(ctx, form, entry, clash)


def _keep(ctx: Ctx, form: EntryForm, entry: CreditEntry) -> Response:
    draft = service.complete(form.to_draft(), ctx.secrets, entry)
    is_kept = keep_edit(
        ctx,
        form,
        entry.piece,
        save=lambda version, note: service.save_entry(ctx.db, entry, draft, ctx.staff, version, note),
        correct=lambda version, note: service.correct_entry(ctx.db, entry, draft, ctx.staff, version, note),
        is_over=entry.is_over,
        refusal=_("这条信息已停止公示，不能再改。"),
    )
    return ctx.redirect("credit:desk_show", entry_id=entry.id) if is_kept else _editor(ctx, form, entry, 422)


def _show_clash(ctx: Ctx, form: EntryForm, entry: CreditEntry, clash: EditClash) -> Response:
    mine = snapshot_of(service.complete(form.to_draft(), ctx.secrets, entry))
    changes = changes_from(form, clash, mine, service.LABELS)
    return _editor(ctx, form, entry, 409, clash=clash.theirs, changes=changes)


def take_down(ctx: Ctx) -> Response:
    """End an entry because it was repaired or its decision revoked."""
    entry = _entry(ctx)
    form = TakeDownForm(ctx.data)
    is_valid = form.validate()
    form.check_materials()
    if not is_valid or form.errors:
        return _show(ctx, entry, 422, take_down_form=form)
    service.take_down(ctx.db, entry, ctx.staff, Status(text(form.status)), form.day(), text(form.reason), ctx.city)
    ctx.flash(_("已停止公示。公开页面、检索和导出都不再出现这一主体。"))
    return ctx.redirect("credit:desk_show", entry_id=entry.id)


def dispute(ctx: Ctx) -> Response:
    """Begin to look into an objection; the entry is hidden."""
    matter = queries.get_matter(ctx.db, number_of(ctx, "matter_id"))
    matters.dispute(ctx.db, matter, ctx.staff)
    ctx.flash(_("已标注异议，核实期间不对外显示。"))
    return ctx.redirect("credit:desk_show", entry_id=matter.entry_id)


def extend(ctx: Ctx) -> Response:
    """Give an objection two more working days."""
    matter = queries.get_matter(ctx.db, number_of(ctx, "matter_id"))
    matters.extend(ctx.db, matter, ctx.staff, str(ctx.data.get("reason", ""))[:300], ctx.city)
    ctx.flash(_("已延长至 7 个工作日。"))
    return ctx.redirect("credit:desk_show", entry_id=matter.entry_id)


def decide(ctx: Ctx) -> Response:
    """Decide an objection or a repair."""
    matter = queries.get_matter(ctx.db, number_of(ctx, "matter_id"))
    form = DecideForm(ctx.data)
    if not form.validate():
        return _show(ctx, matter.entry, 422, decide_form=form, decided=matter.id)
    is_upheld = text(form.result) == "upheld"
    matters.decide(ctx.db, matter, ctx.staff, is_upheld, text(form.note), ctx.city, form.decided_on.data)
    ctx.flash(_("已办结。请按对方留下的联系方式告知结果。"))
    return ctx.redirect("credit:desk_show", entry_id=matter.entry_id)


def matter_file(ctx: Ctx) -> Response:
    """A paper handed in with an objection; for staff of the lists only."""
    matter = queries.get_matter(ctx.db, number_of(ctx, "matter_id"))
    number = number_of(ctx, "number")
    if number >= len(matter.files):
        raise NotFound(_("没有这份材料。"))
    body = ctx.portal.photos.get(matter.files[number])
    return Response(body, media_type="image/jpeg", headers={"Cache-Control": "no-store"})
