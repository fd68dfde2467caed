"""Another system's table at the desk: looked at row by row, then taken in whole or not at all."""

import base64
import secrets as random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from starlette.responses import Response

from portal.cases import sheets
from portal.cases.pending_models import PendingTable
from portal.cases.terms import first_promise
from portal.core.audit import record
from portal.core.clock import local, now
from portal.core.forms import uploads
from portal.core.i18n import gettext as _
from portal.core.tables import Fault, TableRefused, write_xlsx
from portal.core.web import Ctx, Portal
from portal.groups import City

TOKEN = "pending table"
KEPT_S = 3600
MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 500
"""All or nothing is one transaction, and whoever writes meanwhile waits for it; an archive is for the command line."""
SHOWN = 50
FAULTS_SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def desk_import(ctx: Ctx) -> Response:
    """The form to send a table in."""
    return _page(ctx)


def template(ctx: Ctx) -> Response:
    """An empty table to fill in."""
    body = write_xlsx([column.title for column in sheets.COLUMNS], [], _("诉求"))
    headers = {"Content-Disposition": 'attachment; filename="cases.xlsx"'}
    return Response(body, media_type=XLSX, headers=headers)


def read_import(ctx: Ctx) -> Response:
    """First what each row would become, or each fault with its row and column; then, once agreed to, all of it."""
    token = str(ctx.data.get("table", ""))
    data = _held(ctx, token) if token else _uploaded(ctx)
    if data is None:
        again = _("这份表格已过期或已导入，请重新选择文件。") if token else _("请选择一个表格文件，不超过 5 MB。")
        return _page(ctx, refused=again, status=422)
    try:
        found = sheets.import_cases(ctx.portal, ctx.db, data, ctx.staff, is_dry_run=not token)
    except TableRefused as refused:
        return _page(ctx, refused=str(refused), status=422)
    if found.faults:
        return _page(ctx, faults=found.faults, status=422)
    if not found.lines:
        return _page(ctx, refused=_("表格里只有表头，没有诉求。"), status=422)
    if len(found.lines) > MOST_ROWS:
        words = _("表格有 %(count)s 行，一次最多 %(most)s 行，请分成几份导入。")
        return _page(ctx, refused=words % {"count": len(found.lines), "most": MOST_ROWS}, status=422)
    if not token:
        return _page(ctx, found=found, token=_hold(ctx, data))
    ctx.db.execute(delete(PendingTable).where(PendingTable.name == _name(ctx, token)))
    record(ctx.db, ctx.staff, "case.import", "table", taken_in=found.count, known=found.known)
    ctx.flash(_("已导入 %(count)s 件诉求，%(known)s 件以前已导入过。") % {"count": found.count, "known": found.known})
    return ctx.redirect("cases:desk_index")


def _page(
    ctx: Ctx,
    found: sheets.Imported | None = None,
    token: str = "",
    faults: Sequence[Fault] = (),
    refused: str = "",
    status: int = 200,
) -> Response:
    response = ctx.render(
        "cases/desk_import.html",
        status=status,
        found=found,
        token=token,
        rows=[_row(ctx, line) for line in found.lines[:SHOWN]] if found else [],
        unseen=max(len(found.lines) - SHOWN, 0) if found else 0,
        faults=faults[:FAULTS_SHOWN],
        more=max(len(faults) - FAULTS_SHOWN, 0),
        refused=refused,
        columns=sheets.COLUMNS,
        most_rows=MOST_ROWS,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _row(ctx: Ctx, line: sheets.Line) -> tuple[object, ...]:
    """A row as the preview shows it: the group and the promise as they would be."""
    city: City = ctx.city
    routing = ctx.portal.router.suggest(line.new.text)
    group, district = city.find_group(routing.group) if routing else None, city.find_district(line.new.district)
    return (
        *(line.row, line.outside_no, local(line.at).date().isoformat(), city.kind(line.new.kind).name),
        *(f"{line.new.text[:60]}…" if len(line.new.text) > 60 else line.new.text, line.new.place),
        *(district.name if district else "", group.name if group else _("由人工确定")),
        _("以前已导入") if line.is_known else first_promise(city, line.new.kind, line.at).on.isoformat(),
    )


def _uploaded(ctx: Ctx) -> bytes | None:
    files = uploads(ctx.data.getlist("file"))
    data = files[0].file.read(MOST_BYTES + 1) if files else b""
    return data if 0 < len(data) <= MOST_BYTES else None


def _hold(ctx: Ctx, data: bytes) -> str:
    """Keep the file until its uploader says yes; returns what brings it back. Nobody waits while the page is made."""
    ctx.db.rollback()
    name = random.token_hex(16)
    sealed = ctx.secrets.encrypt(base64.b85encode(data).decode())
    with ctx.portal.database.write() as db:
        db.add(PendingTable(name=name, owner=ctx.staff.username, sealed=sealed, at=now()))
    return ctx.secrets.sign(TOKEN, name)


def _name(ctx: Ctx, token: str) -> str:
    return str(ctx.secrets.find(TOKEN, token, KEPT_S) or "")


def _held(ctx: Ctx, token: str) -> bytes | None:
    """The file this person looked at, read in a session of its own: routing begins before our lock does."""
    with ctx.portal.database.read() as db:
        row = db.get(PendingTable, _name(ctx, token))
    if row is None or row.owner != ctx.staff.username:
        return None
    return base64.b85decode(ctx.secrets.decrypt(row.sealed))


def forget_tables(portal: Portal, at: datetime | None = None) -> int:
    """Delete tables that were looked at and never taken in; returns how many."""
    old = (at or now()) - timedelta(seconds=KEPT_S)
    with portal.database.write() as db:
        done = db.execute(delete(PendingTable).where(PendingTable.at < old))
    return int(done.rowcount)  # type: ignore[attr-defined]
