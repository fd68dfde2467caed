"""The desk's batches, and the way of entries in and out as tables."""

from starlette.responses import Response

from portal.core.clock import today
from portal.core.forms import text, uploads
from portal.core.i18n import gettext as _
from portal.core.tables import BYTES_LIMIT, TableRefused, write_csv, write_xlsx
from portal.core.web import Ctx
from portal.credit import queries, service, sheets
from portal.credit.desk import number_of
from portal.credit.forms import BatchForm
from portal.credit.models import CreditBatch
from portal.credit.public import words_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FAULTS_SHOWN = 200


def _batches(ctx: Ctx, form: BatchForm, batch: CreditBatch | None, status: int = 200) -> Response:
    views = queries.list_batches(ctx.db, 50)
    return ctx.render("credit/batches.html", status=status, views=views, form=form, batch=batch, **words_of(ctx.city))


def batches(ctx: Ctx) -> Response:
    """Every batch, and the form of a new one."""
    return _batches(ctx, BatchForm(held_on=today()), None)


def batch(ctx: Ctx) -> Response:
    """One batch, to change."""
    found = queries.get_batch(ctx.db, number_of(ctx, "batch_id"))
    return _batches(ctx, BatchForm(obj=found), found)


def open_batch(ctx: Ctx) -> Response:
    """Keep a new batch."""
    return _save_batch(ctx, None)


def save_batch(ctx: Ctx) -> Response:
    """Keep a changed batch."""
    return _save_batch(ctx, queries.get_batch(ctx.db, number_of(ctx, "batch_id")))


def _save_batch(ctx: Ctx, batch: CreditBatch | None) -> Response:
    form = BatchForm(ctx.data)
    if not form.validate():
        return _batches(ctx, form, batch, 422)
    known = [view.batch for view in queries.list_batches(ctx.db, 500)]
    if any(one.title == text(form.title) and one is not batch for one in known):
        form.add_error("title", _("已经有同名的批次，请换一个名称。"))
        return _batches(ctx, form, batch, 422)
    service.save_batch(ctx.db, batch, text(form.title), text(form.press_note), form.day(), ctx.staff)
    ctx.flash(_("批次已保存，请另一个人确认后公开。"))
    return ctx.redirect("credit:batches")


def approve_batch(ctx: Ctx) -> Response:
    """Agree as a second person."""
    service.approve_batch(ctx.db, queries.get_batch(ctx.db, number_of(ctx, "batch_id")), ctx.staff)
    ctx.flash(_("批次已确认公开。"))
    return ctx.redirect("credit:batches")


def desk_import(ctx: Ctx) -> Response:
    """The form to send a table in."""
    return ctx.render("credit/desk_import.html", faults=[], refused="", more=0, columns=sheets.COLUMNS)


def read_import(ctx: Ctx) -> Response:
    """Make drafts of a table, all or none, or show each fault with its row and column."""
    files = uploads(ctx.data.getlist("file"))
    if not files:
        return _refuse(ctx, _("请选择一个表格文件。"))
    data = files[0].file.read(BYTES_LIMIT + 1)
    is_dry_run = ctx.data.get("act") == "check"
    try:
        result = sheets.import_entries(ctx.db, data, ctx.city, ctx.secrets, ctx.staff, is_dry_run=is_dry_run)
    except TableRefused as refused:
        return _refuse(ctx, str(refused))
    if result.faults:
        return ctx.render(
            "credit/desk_import.html",
            status=422,
            faults=result.faults[:FAULTS_SHOWN],
            more=max(len(result.faults) - FAULTS_SHOWN, 0),
            refused="",
            columns=sheets.COLUMNS,
        )
    if is_dry_run:
        ctx.flash(_("检查通过，共 %(count)s 条，可以导入。") % {"count": result.count})
        return ctx.redirect("credit:desk_import")
    ctx.flash(_("已导入 %(count)s 条草稿，请逐条送审。") % {"count": result.count})
    return ctx.redirect("credit:desk_index", state="draft")


def _refuse(ctx: Ctx, message: str) -> Response:
    return ctx.render("credit/desk_import.html", status=422, faults=[], more=0, refused=message, columns=sheets.COLUMNS)


def desk_export(ctx: Ctx) -> Response:
    """What is public now as a table, or an empty table to fill in."""
    is_csv = ctx.query("format") == "csv"
    header, rows = (sheets.template(), []) if ctx.query("empty") else sheets.export_entries(ctx.db, ctx.city)
    body = write_csv(header, rows) if is_csv else write_xlsx(header, rows, _("信用信息"))
    ending = "csv" if is_csv else "xlsx"
    headers = {"Content-Disposition": f'attachment; filename="credit-{today():%Y%m%d}.{ending}"'}
    headers["Cache-Control"] = "no-store"
    return Response(body, media_type="text/csv; charset=utf-8" if is_csv else XLSX, headers=headers)
