"""Pages of everybody: the look-up, the public list and view, photos."""

from starlette.responses import Response

from portal.cases import chart, mine, queries, views
from portal.cases.forms import TrackForm
from portal.cases.notify import LINK, LINK_S
from portal.cases.proof import read_receipt
from portal.cases.states import State
from portal.core.errors import Gone, NotFound, TooMany
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.photos import small_key
from portal.core.signing import BadToken
from portal.core.web import Ctx
from portal.groups import City

PHOTO_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def verify(ctx: Ctx) -> Response:
    """Check a receipt: what was promised, when, and that nothing of it was changed."""
    token = ctx.query("receipt") or ctx.query("token")
    found = read_receipt(ctx.secrets, token) if token else None
    return ctx.render("cases/verify.html", found=found, is_bad=bool(token and not found), token=token)


def track(ctx: Ctx) -> Response:
    """The look-up, and the cases this device knows."""
    return mine.track_page(ctx)


def look_up(ctx: Ctx) -> Response:
    """Number and code lead to the reporter's own view; a wrong pair is answered the same way whatever was wrong."""
    form = TrackForm(ctx.data)
    if form.validate():
        number = text(form.case_no).upper()
        if not (ctx.hit("track", "30/10 minutes") and ctx.hit("track case", "10/10 minutes", key=f"case {number}")):
            raise TooMany(_("查询得有些频繁。"), _("请十分钟后再试。"), retry_after_s=600)
        case = mine.find_by_code(ctx, ctx.db, number, text(form.query_code))
        if case is not None:
            mine.remember(ctx, case.case_no)
            return ctx.redirect("cases:mine", case_no=case.case_no)
        form.add_error("query_code", _("编号或查询码不对，请核对回执后再试。"))
    if ctx.wants_json:
        return ctx.json({"errors": form.error_map()}, 422)
    return mine.track_page(ctx, form, status=422)


def open_link(ctx: Ctx) -> Response:
    """A signed link from a message opens the reporter's own view."""
    try:
        number = str(ctx.secrets.read(LINK, ctx.arg("token"), LINK_S))
    except BadToken as error:
        raise NotFound(_("这个链接已失效。"), _("请在“查进度”页用编号和查询码打开。")) from error
    mine.remember(ctx, number)
    return ctx.redirect("cases:mine", case_no=number)


def index(ctx: Ctx) -> Response:
    """Public cases, newest first, or ?state=late: far overdue ones; ?view=map shows where they are above the list."""
    city: City = ctx.city
    wanted = chart.read_filter(ctx)
    page = queries.list_public(ctx.db, wanted, ctx.query("after") or None)
    rows = [
        (case, views.state_word(ctx.city, case), views.tone(case), views.names(case, city), views.clock(case))
        for case in page.rows
    ]
    is_map = ctx.query("view") == "map"
    cells = chart.list_cells(ctx.db, wanted, chart.Area(zoom=city.center.zoom)) if is_map else []
    view = "map" if is_map else ""
    return ctx.render(
        "cases/index.html",
        rows=rows,
        after=page.after,
        kept={"group": wanted.group, "district": wanted.district, "state": wanted.state, "view": view},
        groups=city.groups,
        districts=city.districts,
        points=chart.points(ctx, cells),
        far_days=city.deadlines.public_overdue_working_days,
    )


def show(ctx: Ctx) -> Response:
    """A case as everybody may read it; its reporter is led to the own view."""
    case_no = ctx.arg("case_no").upper()
    case = queries.get_whole_case(ctx.db, case_no)
    if not queries.is_public(case):
        if mine.is_own(ctx, case_no):
            return ctx.redirect("cases:mine", case_no=case_no)
        if case.is_hidden:
            raise Gone(_("这件诉求已停止公开。"), _("如果是您提交的，请用编号和查询码查看进度。"))
        raise NotFound(_("没有这件诉求，或者它不公开。"), _("请核对编号；如果是您提交的，请用查询码查看。"))
    photos = [photo for photo in case.photos if photo.is_public]
    before = [photo for photo in photos if photo.kind == "report"]
    after = [photo for photo in photos if photo.kind == "proof"]
    return ctx.render(
        "cases/show.html",
        case=case,
        names=views.names(case, ctx.city),
        state=views.state_word(ctx.city, case),
        tone=views.tone(case),
        answers=views.answers(case),
        items=views.timeline(case),
        before=views.photo_links(case, before, "cases:photo"),
        after=views.photo_links(case, after, "cases:photo"),
        owner_days=views.owner_days(case) if case.return_count else 0,
        may_support=case.stands not in {State.CLOSED, State.TRANSFERRED},
    )


def photo(ctx: Ctx) -> Response:
    """A photo of a case: public ones for everybody who may read the case, all of them for its reporter."""
    case = queries.get_case(ctx.db, ctx.arg("case_no"))
    found = queries.find_photo(ctx.db, case, ctx.arg("name"))
    is_own = mine.is_own(ctx, case.case_no)
    if found is None or not (is_own or (found.is_public and queries.is_public(case))):
        raise NotFound(_("没有这张照片，或者它不公开。"))
    return photo_answer(ctx, found.key)


def photo_answer(ctx: Ctx, key: str) -> Response:
    """The bytes of a photo with headers that let it be nothing but a picture."""
    try:
        data = ctx.portal.photos.get(small_key(key) if ctx.query("size") == "small" else key)
    except FileNotFoundError as error:
        raise NotFound(_("这张照片已经不在了。")) from error
    headers = {**PHOTO_HEADERS, "Cache-Control": "private, max-age=3600", "Content-Disposition": "inline"}
    return Response(data, media_type="image/jpeg", headers=headers)
