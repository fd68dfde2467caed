"""Staff cover what a photo should not show; the photo that was there is destroyed, and the act written down."""

from sqlalchemy.orm import Session
from starlette.responses import Response
from wtforms import TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from portal.cases import queries
from portal.cases.lifecycle import Act, as_staff, require, step
from portal.cases.models import Case, CaseEvent, CasePhoto
from portal.cases.photos import StoredPhoto, store_photos
from portal.core.audit import record
from portal.core.errors import NotFound
from portal.core.forms import Form, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.photos import small_key
from portal.core.photos.cover import Box, cover
from portal.core.web import Ctx

MOST = 20


class CoverForm(Form):
    """Parts to cover, a line each."""

    boxes = TextAreaField(lazy("要遮住的部分"), [InputRequired(lazy("请在照片上框出要遮住的部分。")), Length(max=2000)])

    def validate_boxes(self, field: TextAreaField) -> None:
        """Four percentages a line."""
        try:
            found = self.to_boxes()
        except ValueError:
            found = []
        if not found or len(found) > MOST:
            raise ValidationError(_("每行写四个 0 到 100 的数：左、上、宽、高，都是百分比，最多 20 行。"))

    def to_boxes(self) -> list[Box]:
        """What the service takes; raise ValueError for what is no percentage."""
        rows = [[float(part) for part in line.replace("，", " ").replace(",", " ").split()] for line in self._lines()]
        if not all(len(row) == 4 and all(0 <= part <= 100 for part in row) and row[2] and row[3] for row in rows):
            raise ValueError("not four percentages")
        if any(row[0] >= 100 or row[1] >= 100 for row in rows):
            raise ValueError("outside the photo")
        return [Box(*row) for row in rows]

    def _lines(self) -> list[str]:
        return [line for line in text(self.boxes).splitlines() if line.strip()]


def cover_photo(db: Session, act: Act, case: Case, photo: CasePhoto, covered: StoredPhoto) -> CaseEvent:
    """Put the covered photo in the place of the one that was there; its files are the caller's to destroy."""
    event = step(db, act, case, "cover", detail={"photo": photo.name, "covered": covered.name})
    photo.name, photo.key = covered.name, covered.key
    photo.sha256, photo.phash = covered.sha256, str(covered.phash)
    photo.width, photo.height = covered.width, covered.height
    db.flush()
    return event


def desk_cover(ctx: Ctx) -> Response:
    """The photo, and where to cover it; the same door keeps what was covered."""
    case = queries.get_case(ctx.db, ctx.arg("case_no"))
    photo = queries.find_photo(ctx.db, case, ctx.arg("name"))
    if photo is None:
        raise NotFound(_("没有这张照片，或者它不归您查看。"))
    form = CoverForm(ctx.data if ctx.request.method == "POST" else None)
    if ctx.request.method != "POST" or not form.validate():
        status = 422 if ctx.request.method == "POST" else 200
        return ctx.render("cases/desk_cover.html", case=case, photo=photo, form=form, status=status)
    act = as_staff(ctx.portal, ctx.staff, case)
    require(act, case, "cover")
    old = photo.key
    (covered,) = store_photos(ctx.portal, [cover(ctx.portal.photos.get(old), form.to_boxes())])
    cover_photo(ctx.db, act, case, photo, covered)
    record(ctx.db, ctx.staff, "case.cover", f"case {case.case_no}", photo=covered.name)
    for key in (old, small_key(old)):
        ctx.later(ctx.portal.photos.delete, key)
    ctx.flash(_("已遮挡，原来的照片已销毁。"))
    return ctx.redirect("cases:desk_show", case_no=case.case_no)
