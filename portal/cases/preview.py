"""What a reporter would get, before anything is sent: the action is done for real, read, and taken back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.cases.desk_actions import photos_field
from portal.cases.desk_forms import DeskForm
from portal.cases.models import Case, CaseEvent
from portal.cases.pending import kept_photos
from portal.cases.photos import StoredPhoto
from portal.core.mail import OutboxMessage
from portal.core.web import Ctx


@dataclass(frozen=True)
class Preview:
    """public: what the time line will say.  messages: what will be sent to the reporter; empty without a contact."""

    public: str
    messages: Sequence[str]
    others: int


def unstored(form: DeskForm) -> list[StoredPhoto]:
    """The photos of a form as if they had been kept: they are checked, but no file is written."""
    field = photos_field(form)
    if field is None:
        return []
    fresh = enumerate(field.photos)
    return [
        *kept_photos(field),
        *(StoredPhoto(f"preview/{n}.jpg", one.sha256, one.phash, one.width, one.height) for n, one in fresh),
    ]


def try_out(ctx: Ctx, case: Case, run: Callable[[], object]) -> Preview:
    """Run an action in this transaction and roll it back; what it would have said is what it really would say.

    Whatever the action refuses, it refuses here too.
    """
    number, case_id = case.case_no, case.id
    newest = ctx.db.scalar(select(func.max(OutboxMessage.id))) or 0
    last = ctx.db.scalar(select(func.max(CaseEvent.id))) or 0
    run()
    ctx.db.flush()
    written = ctx.db.execute(
        select(OutboxMessage.about, OutboxMessage.body).where(OutboxMessage.id > newest).order_by(OutboxMessage.id)
    ).all()
    events = ctx.db.scalars(
        select(CaseEvent.public_text)
        .where(CaseEvent.case_id == case_id, CaseEvent.id > last, CaseEvent.is_public)
        .order_by(CaseEvent.id)
    ).all()
    own = [body for about, body in written if about == number]
    ctx.db.rollback()
    return Preview("\n".join(text for text in events if text), own, len(written) - len(own))
