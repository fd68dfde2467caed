"""Photos of a form that was looked at or refused: kept for an hour, so that nobody has to choose them again.

Browsers never send a chosen file twice. What was chosen is drawn anew at once, lies under a name nobody can guess, and
comes back with the form as a signed token that only the same form may use. What is not sent within the hour is deleted.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.cases.forms import CaseForm
from portal.cases.intake import list_submitted
from portal.cases.pending_models import PendingPhoto
from portal.cases.photos import StoredPhoto, store_photos
from portal.cases.public import photo_answer
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.core.forms import ChosenPhoto, PhotosField, text
from portal.core.i18n import gettext as _
from portal.core.photos import small_key
from portal.core.web import Ctx, Portal

FIELD = "kept_photos"
TOKEN = "pending photo"
KEPT_S = 3600
SPARE = timedelta(minutes=10)
"""How much longer the file lies than its token lives, so that none goes while its form is being read."""
MOST_TOKENS = 12
RATE = "60/hour"
"""How many photos one address may leave with us unsent; each was made small, so their weight is bounded too."""
BATCH = 200


@dataclass(frozen=True)
class Kept(ChosenPhoto):
    """A photo that waits for its form. row: what is known of it."""

    row: PendingPhoto


def recall(ctx: Ctx, field: PhotosField, form_id: str) -> None:
    """Give the field the photos that its form left with us before; those that are gone, or another's, count as lost.

    form_id: what only this form knows. Reads in a session of its own, before the first statement of the request.
    """
    tokens = [str(token) for token in ctx.data.getlist(FIELD)][:MOST_TOKENS]
    if not tokens:
        return
    names = {name: token for token in dict.fromkeys(tokens) if (name := _read(ctx, token))}
    query = select(PendingPhoto).where(PendingPhoto.name.in_(names), PendingPhoto.form_hash == _hash(ctx, form_id))
    with ctx.portal.database.read() as db:
        rows = db.scalars(query.order_by(PendingPhoto.at, PendingPhoto.name)).all()
    field.kept = [_kept(ctx, names[row.name], row) for row in rows]
    field.lost = len(set(tokens)) - len(rows)


def recall_for_case(ctx: Ctx, form: CaseForm) -> None:
    """The same for a new case; a form that has become one already is not refused for photos that went along."""
    form_id = text(form.submission_id)
    recall(ctx, form.photos, form_id)
    if form.photos.lost:
        with ctx.portal.database.read() as db:
            if list_submitted(db, ctx.secrets, [form_id]):
                form.photos.lost = 0


def _read(ctx: Ctx, token: str) -> str:
    return str(ctx.secrets.find(TOKEN, token, KEPT_S) or "")


def _hash(ctx: Ctx, form_id: str) -> str:
    return ctx.secrets.hash(TOKEN, form_id)


def _kept(ctx: Ctx, token: str, row: PendingPhoto) -> Kept:
    return Kept(token, ctx.url("cases:chosen_photo", token=token), row)


def hold(ctx: Ctx, field: PhotosField, form_id: str) -> None:
    """Keep what was chosen in a form that is shown again; where that is not possible the field says so.

    The request has failed or only looked, so whatever its transaction did is taken back first.
    """
    if not field.photos:
        return
    ctx.db.rollback()
    whose = f"staff {ctx.person.username}" if ctx.person else ""
    if len(form_id) < 16 or not ctx.hit("pending photos", RATE, key=whose, cost=len(field.photos)):
        field.is_forgotten = True
        return
    at = now()
    rows = [
        PendingPhoto(
            name=one.name,
            key=one.key,
            form_hash=_hash(ctx, form_id),
            sha256=one.sha256,
            phash=str(one.phash),
            width=one.width,
            height=one.height,
            at=at,
        )
        for one in store_photos(ctx.portal, field.photos, at)
    ]
    with ctx.portal.database.write() as db:
        db.add_all(rows)
    field.kept = [*field.kept, *(_kept(ctx, ctx.secrets.sign(TOKEN, row.name), row) for row in rows)]
    field.photos = []


def kept_photos(field: PhotosField) -> list[StoredPhoto]:
    """The photos a form left with us before, ready to be named."""
    rows = [one.row for one in field.kept if isinstance(one, Kept)]
    return [StoredPhoto(row.key, row.sha256, int(row.phash), row.width, row.height) for row in rows]


def claim(db: Session, field: PhotosField) -> bool:
    """In the transaction that names them: these wait no longer. False, and said at the field, when one is gone."""
    names = [one.row.name for one in field.kept if isinstance(one, Kept)]
    if not names:
        return True
    done = db.execute(delete(PendingPhoto).where(PendingPhoto.name.in_(names)))
    if done.rowcount == len(names):  # type: ignore[attr-defined]
        return True
    field.kept = ()
    field.errors = [*field.errors, _("先前选好的照片已过期，请重新选择。")]
    return False


def chosen_photo(ctx: Ctx) -> Response:
    """The thumbnail of a photo that waits for its form."""
    name = _read(ctx, ctx.arg("token"))
    row = ctx.db.get(PendingPhoto, name) if name else None
    if row is None:
        raise NotFound(_("这张照片已经不在了。"), _("请重新选择照片。"))
    response = photo_answer(ctx, small_key(row.key))
    response.headers["Cache-Control"] = "no-store"
    return response


def forget_pending(portal: Portal, at: datetime | None = None) -> int:
    """Delete what was chosen and never sent; returns how many photos. The rows first, then the files they named."""
    old = (at or now()) - timedelta(seconds=KEPT_S) - SPARE
    with portal.database.write() as db:
        due = select(PendingPhoto).where(PendingPhoto.at < old).order_by(PendingPhoto.at).limit(BATCH)
        rows = db.scalars(due.with_for_update(skip_locked=True)).all()
        for row in rows:
            db.delete(row)
    for row in rows:
        portal.photos.delete(row.key)
        portal.photos.delete(small_key(row.key))
    return len(rows)
