"""The desk of the board: the register of sites, and inspections with their draw."""

from starlette.responses import Response

from portal.board import queries, service, sheets
from portal.board.desk import number_of
from portal.board.forms import InspectionForm, SiteForm, site_choices
from portal.board.models import BoardSite
from portal.board.public import words_of
from portal.core.clock import today
from portal.core.forms import text, uploads
from portal.core.i18n import gettext as _
from portal.core.tables import BYTES_LIMIT, TableRefused
from portal.core.web import Ctx


def _sites(ctx: Ctx, form: SiteForm, site: BoardSite | None, status: int = 200, refused: str = "") -> Response:
    form.set_choices(ctx.city)
    return ctx.render(
        "board/sites.html",
        status=status,
        sites=queries.list_sites(ctx.db, is_active=False),
        form=form,
        site=site,
        refused=refused,
        faults=[],
        **words_of(ctx.city),
    )


def sites(ctx: Ctx) -> Response:
    """The register, and the form of a new site."""
    return _sites(ctx, SiteForm(), None)


def site(ctx: Ctx) -> Response:
    """One site, to change."""
    found = queries.get_site(ctx.db, number_of(ctx, "site_id"))
    return _sites(ctx, SiteForm(obj=found), found)


def open_site(ctx: Ctx) -> Response:
    """Keep a new site."""
    return _save(ctx, None)


def save_site(ctx: Ctx) -> Response:
    """Keep a changed site."""
    return _save(ctx, queries.get_site(ctx.db, number_of(ctx, "site_id")))


def _save(ctx: Ctx, site: BoardSite | None) -> Response:
    form = SiteForm(ctx.data)
    form.set_choices(ctx.city)
    if not form.validate() or form.errors:
        return _sites(ctx, form, site, 422)
    service.save_site(ctx.db, site, form.to_draft(), ctx.staff)
    ctx.flash(_("点位已保存。"))
    return ctx.redirect("board:sites")


def take_over(ctx: Ctx) -> Response:
    """Put the city profile's sites into the register."""
    count = service.take_over_sites(ctx.db, ctx.city)
    ctx.flash(_("已从城市配置加入 %(count)s 个点位。") % {"count": count})
    return ctx.redirect("board:sites")


def import_sites(ctx: Ctx) -> Response:
    """Take sites in from a table, all or none."""
    files = uploads(ctx.data.getlist("file"))
    if not files:
        return _sites(ctx, SiteForm(), None, 422, _("请选择一个表格文件。"))
    try:
        result = sheets.import_sites(ctx.db, files[0].file.read(BYTES_LIMIT + 1), ctx.city, ctx.staff)
    except TableRefused as refused:
        return _sites(ctx, SiteForm(), None, 422, str(refused))
    if result.faults:
        form = SiteForm()
        form.set_choices(ctx.city)
        return ctx.render(
            "board/sites.html",
            status=422,
            sites=queries.list_sites(ctx.db, is_active=False),
            form=form,
            site=None,
            refused=_("没有导入任何点位，请改好下面各处后重新上传。"),
            faults=result.faults[:200],
            **words_of(ctx.city),
        )
    ctx.flash(_("已导入 %(count)s 个点位。") % {"count": result.count})
    return ctx.redirect("board:sites")


def _inspections(ctx: Ctx, form: InspectionForm, status: int = 200) -> Response:
    form.set_choices(site_choices(ctx.city, list(queries.list_sites(ctx.db))))
    return ctx.render("board/inspections.html", status=status, inspections=queries.list_inspections(ctx.db), form=form)


def inspections(ctx: Ctx) -> Response:
    """Every inspection, and the form of a new one."""
    return _inspections(ctx, InspectionForm(held_on=today(), kind="self", wanted=5))


def open_inspection(ctx: Ctx) -> Response:
    """Plan an inspection; a random one draws."""
    form = InspectionForm(ctx.data)
    form.set_choices(site_choices(ctx.city, list(queries.list_sites(ctx.db))))
    is_valid = form.validate()
    if form.kind.data == "random" and not form.wanted.data and not form.wanted.errors:
        form.add_error("wanted", _("随机抽查须写明抽查数量。"))
    if not is_valid or form.errors:
        return _inspections(ctx, form, 422)
    inspection = service.open_inspection(
        ctx.db,
        text(form.kind),
        text(form.title),
        form.day(),
        ctx.staff,
        inspectors=text(form.inspectors),
        seed=text(form.seed),
        wanted=form.wanted.data or 0,
        site_ids=[int(value) for value in form.sites.data or []],
    )
    return ctx.redirect("board:inspection", inspection_id=inspection.id)


def inspection(ctx: Ctx) -> Response:
    """One inspection: its sites, and how they were drawn."""
    found = queries.get_inspection(ctx.db, number_of(ctx, "inspection_id"))
    known = {site.key: site for site in queries.list_sites(ctx.db, is_active=False)}
    visited = [known[key] for key in found.site_keys if key in known]
    return ctx.render(
        "board/inspection.html",
        inspection=found,
        visited=visited,
        draw=queries.show_draw(found, {key: site.name for key, site in known.items()}) if found.seed else None,
        **words_of(ctx.city),
    )
