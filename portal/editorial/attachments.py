"""Papers handed out with a text: uploaded through the one checked path, served only while a public text lists them."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core.clock import today
from portal.core.documents import BYTES_LIMIT, MEDIA_TYPES, Document, DocumentRefused, check_document
from portal.core.errors import NotFound
from portal.core.forms import Form, uploads
from portal.core.i18n import gettext as _
from portal.core.photos import PhotoStore, new_key
from portal.core.web import Ctx
from portal.editorial.enclosures import Attachment, AttachmentUse
from portal.editorial.history import now
from portal.editorial.links import guest_piece
from portal.editorial.models import Piece, live
from portal.editorial.pictures import WRITERS

MOST = 10
_NAME = re.compile(r"[0-9a-f]{32}")
HEADERS = {
    # Opened by hand in a browser it may still do nothing here: no script, no form, no frame, an origin of its own.
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, noarchive",
    # Asked for again each time: a paper goes with the text it belongs to.
    "Cache-Control": "private, no-cache",
}


def keep_attachment(db: Session, store: PhotoStore, document: Document, by: str) -> Attachment:
    """Keep an uploaded paper; it stays unseen until something public lists it. by: the user name of staff."""
    key = new_key(today(), document.ending)
    store.put(key, document.data)
    attachment = Attachment(
        name=PurePosixPath(key).stem,
        key=key,
        title=document.title,
        ending=document.ending,
        size=len(document.data),
        sha256=document.sha256,
        by=by,
        at=now(),
    )
    db.add(attachment)
    db.flush()
    return attachment


def list_attachments(db: Session, names: Sequence[str]) -> list[Attachment]:
    """The papers of these names, in their order; names that are none are left out."""
    wanted = [name for name in dict.fromkeys(names) if _NAME.fullmatch(name)]
    if not wanted:
        return []
    found = {one.name: one for one in db.scalars(select(Attachment).where(Attachment.name.in_(wanted)))}
    return [found[name] for name in wanted if name in found]


def list_attachments_of(db: Session, piece: Piece) -> Sequence[Attachment]:
    """The papers a piece hands out."""
    query = select(Attachment).join(AttachmentUse, AttachmentUse.attachment_id == Attachment.id)
    return db.scalars(query.where(AttachmentUse.piece_id == piece.id).order_by(Attachment.id)).all()


def use_attachments(db: Session, piece: Piece, names: Sequence[str]) -> None:
    """Say which papers the piece hands out now."""
    db.execute(delete(AttachmentUse).where(AttachmentUse.piece_id == piece.id))
    db.add_all(AttachmentUse(attachment_id=one.id, piece_id=piece.id) for one in list_attachments(db, names))
    db.flush()


def take_uploads(ctx: Ctx, form: Form, field: str, names: Iterable[str]) -> list[Attachment]:
    """The papers a form names and those just uploaded to its field, kept; faults are added to the field."""
    listed = list_attachments(ctx.db, list(names))
    files = uploads(ctx.data.getlist(field))
    if len(listed) + len(files) > MOST:
        form.add_error(field, _("一篇最多 %(most)s 个附件，请先去掉不用的。") % {"most": MOST})
        return listed
    checked = []
    for file in files:
        try:
            checked.append(check_document(file.file.read(BYTES_LIMIT + 1), file.filename or ""))
        except DocumentRefused as refused:
            name = (file.filename or "")[:60]
            form.add_error(field, _("“%(name)s”：%(reason)s") % {"name": name, "reason": refused})
    if form[field].errors:
        return listed
    return listed + [keep_attachment(ctx.db, ctx.portal.photos, one, ctx.staff.username) for one in checked]


def _readable(ctx: Ctx, name: str) -> Attachment:
    """The paper, for somebody who may have it now; raise NotFound for everybody else."""
    attachment = next(iter(list_attachments(ctx.db, [name])), None)
    if attachment is None:
        raise NotFound(_("没有这个附件。"))
    is_staff = ctx.person is not None and ctx.person.may(*WRITERS)
    uses = AttachmentUse.attachment_id == attachment.id
    is_public = exists().where(uses, AttachmentUse.piece_id == Piece.id, live())
    is_guests = exists().where(uses, AttachmentUse.piece_id == guest_piece(ctx))
    if not is_staff and not ctx.db.scalar(select(is_public)) and not ctx.db.scalar(select(is_guests)):
        raise NotFound(_("没有这个附件。"), _("它所在的文章可能已经撤下。"))
    return attachment


def attachment(ctx: Ctx) -> Response:
    """A paper to save, for those who may have it now."""
    found = _readable(ctx, ctx.arg("name"))
    headers = {
        **HEADERS,
        "ETag": f'"{found.sha256[:32]}"',
        "Content-Disposition": f'attachment; filename="{found.name[:8]}.{found.ending}"; '
        f"filename*=UTF-8''{quote(found.title, safe='')}",
    }
    if ctx.request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    try:
        data = ctx.portal.photos.get(found.key)
    except FileNotFoundError as error:
        raise NotFound(_("没有这个附件。")) from error
    return Response(data, media_type=MEDIA_TYPES[found.ending], headers=headers)
