"""The desk of the board: findings and what becomes of them."""

from starlette.responses import Response

from portal.board import queries, service
from portal.board.desk import demand_own, number_of
from portal.board.forms import FindingForm, RectifyForm, site_choices
from portal.board.models import BoardFinding
from portal.board.public import words_of
from portal.core.clock import today
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.web import Ctx


def _finding(ctx: Ctx) -> BoardFinding:
    finding = queries.get_finding(ctx.db, number_of(ctx, "finding_id"))
    demand_own(ctx, finding.unit, finding.group_key)
    return finding


def _show(ctx: Ctx, finding: BoardFinding, form: RectifyForm | None = None, status: int = 200) -> Response:
    return ctx.render(
        "board/finding.html",
        status=status,
        finding=finding,
        form=form or RectifyForm(rectified_on=today()),
        is_writer=ctx.staff.may(*service.CHECKERS),
        **words_of(ctx.city),
    )


def finding(ctx: Ctx) -> Response:
    """One finding with its photos and next steps."""
    return _show(ctx, _finding(ctx))


def _editor(ctx: Ctx, form: FindingForm, finding: BoardFinding | None, status: int = 200) -> Response:
    _set_choices(ctx, form)
    return ctx.render("board/finding_edit.html", status=status, form=form, finding=finding)


def _set_choices(ctx: Ctx, form: FindingForm) -> None:
    sites = site_choices(ctx.city, list(queries.list_sites(ctx.db)))
    form.set_choices(ctx.city, sites, list(queries.list_inspections(ctx.db)))


def finding_new(ctx: Ctx) -> Response:
    """An empty form; ?site= and ?inspection= fill it in on the way from a visit."""
    form = FindingForm(found_on=today(), site=ctx.query("site"), inspection=ctx.query("inspection"))
    return _editor(ctx, form, None)


def finding_edit(ctx: Ctx) -> Response:
    """The form of a finding."""
    found = _finding(ctx)
    form = FindingForm(obj=found, site=str(found.site_id), inspection=str(found.inspection_id or ""))
    return _editor(ctx, form, found)


def finding_create(ctx: Ctx) -> Response:
    """Keep a new finding."""
    return _save(ctx, is_new=True)


def finding_save(ctx: Ctx) -> Response:
    """Keep a changed finding."""
    return _save(ctx, is_new=False)


def _save(ctx: Ctx, is_new: bool) -> Response:
    form = FindingForm(ctx.data)
    form.photos.draw()
    finding = None if is_new else _finding(ctx)
    _set_choices(ctx, form)
    is_valid = form.validate()
    form.check_photos()
    if is_valid:
        for name, message in service.faults_of(ctx.db, form.to_draft()).items():
            form.add_error(name, message)
    if not is_valid or form.errors:
        return _editor(ctx, form, finding, 422)
    draft = form.to_draft()
    site = queries.get_site(ctx.db, draft.site_id)
    before = service.keep_photos(ctx.db, ctx.portal.photos, form.photos.photos, site, _("现场照片"), ctx.staff)
    if finding is None:
        finding = service.open_finding(ctx.db, draft, ctx.staff, before)
    else:
        service.save_finding(ctx.db, finding, draft, ctx.staff, before)
    ctx.flash(_("已保存。"))
    return ctx.redirect("board:finding", finding_id=finding.id)


def notify(ctx: Ctx) -> Response:
    """Hand it to its unit."""
    found = _finding(ctx)
    service.notify(ctx.db, found, ctx.staff)
    ctx.flash(_("已交办责任单位。"))
    return ctx.redirect("board:finding", finding_id=found.id)


def begin(ctx: Ctx) -> Response:
    """The unit has begun."""
    found = _finding(ctx)
    service.begin(ctx.db, found, ctx.staff)
    return ctx.redirect("board:finding", finding_id=found.id)


def rectify(ctx: Ctx) -> Response:
    """Report what was put right, with photos."""
    form = RectifyForm(ctx.data)
    form.photos.draw()
    found = _finding(ctx)
    is_valid = form.validate()
    form.check()
    if not is_valid or form.errors:
        return _show(ctx, found, form, 422)
    after = service.keep_photos(ctx.db, ctx.portal.photos, form.photos.photos, found.site, _("整改后照片"), ctx.staff)
    service.rectify(ctx.db, found, ctx.staff, text(form.text), form.day(), after)
    ctx.flash(_("整改已报送，等待核验。"))
    return ctx.redirect("board:finding", finding_id=found.id)


def verify(ctx: Ctx) -> Response:
    """Say as another person that it is put right."""
    found = _finding(ctx)
    service.verify(ctx.db, found, ctx.staff)
    ctx.flash(_("已核验，公开页面会显示整改前后对比。"))
    return ctx.redirect("board:finding", finding_id=found.id)


def send_back(ctx: Ctx) -> Response:
    """Say that it is not put right."""
    found = _finding(ctx)
    service.send_back(ctx.db, found, ctx.staff, str(ctx.data.get("reason", "")))
    ctx.flash(_("已退回责任单位。"))
    return ctx.redirect("board:finding", finding_id=found.id)
