"""Pages of everybody: the form, the receipt, the look-up, the public list and view, photos."""

from typing import Any

import segno
from markupsafe import Markup
from starlette.responses import Response

from portal.cases import mine, queries, views
from portal.cases.forms import CaseForm, TrackForm
from portal.cases.intake import Opened, find_stoppers, open_case
from portal.cases.lifecycle import as_citizen, store_photos
from portal.cases.notify import LINK, LINK_S
from portal.cases.proof import make_receipt, read_receipt
from portal.cases.similar import find_alike
from portal.cases.states import State
from portal.cases.terms import first_promise
from portal.core.clock import now
from portal.core.errors import Conflict, Gone, NotFound, TooMany
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.photos import small_key
from portal.core.signing import BadToken, random_code
from portal.core.web import Ctx
from portal.groups import City

FORM_S = 2 * 24 * 3600
TOO_QUICK_S = 2
RECEIPT = "receipt"
RECEIPT_S = 24 * 3600
PHOTO_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def new(ctx: Ctx) -> Response:
    """The form."""
    form = CaseForm(
        None,
        submission_id=random_code(26),
        started=ctx.secrets.sign("case form", int(now().timestamp())),
        kind=ctx.query("kind") or "complaint",
        place=ctx.query("place"),
    )
    return _form_page(ctx, form.set_city(ctx.city))


def _form_page(ctx: Ctx, form: CaseForm, status: int = 200, advice: dict[str, Any] | None = None) -> Response:
    city: City = ctx.city
    promises = {kind.key: first_promise(city, kind.key).on for kind in city.kinds}
    return ctx.render(
        "cases/new.html", form=form, kinds=city.kinds, promises=promises, advice=advice, status=status
    )  # fmt: skip


def check(ctx: Ctx) -> Response:
    """What the portal thinks of a text before it is sent: group, promise, similar cases, other channels."""
    city: City = ctx.city
    form = CaseForm(ctx.data).set_city(city)
    advice = _advise(ctx, city, text(form.text)[:5000], text(form.place), text(form.kind))
    if ctx.partial:
        return ctx.render("cases/new.html", fragment="advice", advice=advice)
    return _form_page(ctx, form, advice=advice)


def _advise(ctx: Ctx, city: City, written: str, place: str, kind: str) -> dict[str, Any] | None:
    if len(written) < 5:
        return None
    routing = ctx.portal.router.suggest(written)
    known_kind = next((one for one in city.kinds if one.key == kind), city.kinds[0])
    alike = []
    if routing:
        days = city.deadlines.merge_window_days
        recent = queries.list_candidates(ctx.db, routing.group, days, is_public_only=True)
        alike = find_alike(written, place, recent)
    return {
        "group": city.find_group(routing.group) if routing and routing.outside < 0.5 else None,
        "due_on": first_promise(city, known_kind.key).on,
        "stoppers": find_stoppers(city, written),
        "alike": [(one.case, views.state_word(one.case)) for one in alike],
    }


def submit(ctx: Ctx) -> Response:
    """Keep a case and show its receipt. The same form sent twice makes one case."""
    form = CaseForm(ctx.data).set_city(ctx.city)
    if not form.validate():
        return _refuse(ctx, form)
    # Whatever takes time is done before the first statement: nobody waits for our lock meanwhile.
    photos = store_photos(ctx.portal, form.photos.photos)
    routing = ctx.portal.router.suggest(text(form.text))
    is_suspect = _is_too_quick(ctx, text(form.started))
    try:
        opened = open_case(ctx.db, as_citizen(ctx.portal), form.to_new_case(photos, is_suspect), routing)
    except Conflict as refused:
        form.add_error("submission_id", refused.message)
        return _refuse(ctx, form)
    mine.remember(ctx, opened.case.case_no)
    if ctx.wants_json:
        return ctx.json(_as_json(ctx, opened), 201)
    ctx.keep_cookie(RECEIPT, [opened.case.case_no, opened.query_code], RECEIPT_S)
    return ctx.redirect("cases:receipt", case_no=opened.case.case_no)


def _refuse(ctx: Ctx, form: CaseForm) -> Response:
    if ctx.wants_json:
        return ctx.json({"errors": form.error_map()}, 422)
    return _form_page(ctx, form, status=422)


def _is_too_quick(ctx: Ctx, token: str) -> bool:
    """Whether the form came back faster than a person types; a form without the mark comes from a program we allow."""
    if not token:
        return False
    try:
        started = int(ctx.secrets.read("case form", token, FORM_S))
    except (BadToken, ValueError):
        return True
    return now().timestamp() - started < TOO_QUICK_S


def _as_json(ctx: Ctx, opened: Opened) -> dict[str, Any]:
    case = opened.case
    return {
        "case_no": case.case_no,
        "query_code": _spaced(opened.query_code),
        "group": case.group or case.suggested_group,
        "due_on": case.due_on.isoformat(),
        "receipt": make_receipt(ctx.secrets, case),
    }


def _spaced(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"


def receipt(ctx: Ctx) -> Response:
    """Number and code, once more for a day on the device that sent the form."""
    kept = ctx.read_cookie(RECEIPT, RECEIPT_S)
    case_no = ctx.arg("case_no").upper()
    if not isinstance(kept, list) or len(kept) != 2 or kept[0] != case_no:
        return ctx.redirect("cases:track", no=case_no)
    case = queries.get_case(ctx.db, case_no)
    link = f"{ctx.settings.base_url}{ctx.url('cases:track', no=case_no)}"
    response = ctx.render(
        "cases/receipt.html",
        case=case,
        code=_spaced(str(kept[1])),
        names=views.names(case, ctx.city),
        suggested=ctx.city.find_group(case.suggested_group),
        link=link,
        qr=_qr(link),
        proof=make_receipt(ctx.secrets, case),
        undo_minutes=ctx.city.deadlines.undo_minutes,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _qr(link: str) -> Markup:
    # segno writes numbers and a path only; the link itself is not in the markup.
    code = segno.make(link, error="m")
    return Markup(code.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=False))  # noqa: S704


def verify(ctx: Ctx) -> Response:
    """Check a receipt: what was promised, when, and that nothing of it was changed."""
    token = ctx.query("receipt") or ctx.query("token")
    found = read_receipt(ctx.secrets, token) if token else None
    return ctx.render("cases/verify.html", found=found, is_bad=bool(token and not found), token=token)


def track(ctx: Ctx) -> Response:
    """The look-up, and the cases this device knows."""
    form = TrackForm(None, case_no=ctx.query("no"))
    return ctx.render("cases/track.html", form=form, own=mine.own_numbers(ctx))


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
    return ctx.render("cases/track.html", form=form, own=mine.own_numbers(ctx), status=422)


def open_link(ctx: Ctx) -> Response:
    """A signed link from a message opens the reporter's own view."""
    try:
        number = str(ctx.secrets.read(LINK, ctx.arg("token"), LINK_S))
    except BadToken as error:
        raise NotFound(_("这个链接已失效。"), _("请在“查进度”页用编号和查询码打开。")) from error
    mine.remember(ctx, number)
    return ctx.redirect("cases:mine", case_no=number)


def index(ctx: Ctx) -> Response:
    """Public cases, newest first."""
    city: City = ctx.city
    group = ctx.query("group") if city.find_group(ctx.query("group")) else ""
    district = ctx.query("district") if city.find_district(ctx.query("district")) else ""
    state = ctx.query("state") if ctx.query("state") in {"open", "resolved", "deferred"} else ""
    page = queries.list_public(ctx.db, group, district, state, ctx.query("after") or None)
    rows = [(case, views.state_word(case), views.tone(case), views.names(case, city)) for case in page.rows]
    kept = {"group": group, "district": district, "state": state}
    return ctx.render(
        "cases/index.html", rows=rows, after=page.after, kept=kept, groups=city.groups, districts=city.districts
    )  # fmt: skip


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
        state=views.state_word(case),
        tone=views.tone(case),
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
