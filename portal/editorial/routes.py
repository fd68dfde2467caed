"""Doors of the common steps of every piece, of pictures, and of guests who review by a link."""

from starlette.responses import Response

from portal.core.clock import end_of
from portal.core.errors import Conflict, Forbidden, NotFound
from portal.core.forms import demand, row_number, text
from portal.core.i18n import gettext as _
from portal.core.mail import Channel, write_message
from portal.core.roles import Role
from portal.core.web import Ctx, Door, get, post
from portal.editorial import links, publication, queries, reviews, service
from portal.editorial.attachments import attachment, list_attachments_of
from portal.editorial.diffs import changed_fields
from portal.editorial.forms import (
    CommentForm,
    LinkForm,
    OverruleForm,
    ReadForm,
    ReviewForm,
    ScheduleForm,
    SubmitForm,
    UrgentForm,
    WithdrawForm,
)
from portal.editorial.laws import law_of
from portal.editorial.markdown import faults_of, render
from portal.editorial.models import LEVEL_NAMES, Piece, Result, ReviewLink
from portal.editorial.panel import find_faults, may_write
from portal.editorial.uploads import picture, upload_picture

WRITERS = (Role.EDITOR, Role.REVIEWER, Role.SUPERVISOR)


def _piece(ctx: Ctx) -> Piece:
    piece = queries.get_piece(ctx.db, row_number(ctx.arg("piece_id"), _("没有这篇内容。")))
    if not may_write(ctx.staff, piece):
        raise Forbidden(_("您的账号不参与这类内容的编审。"))
    return piece


def _back(ctx: Ctx, piece: Piece, words: str) -> Response:
    ctx.flash(words)
    return ctx.redirect_to(piece.desk_path)


def submit(ctx: Ctx) -> Response:
    """Ask for the first review."""
    piece, form = _piece(ctx), SubmitForm(ctx.data)
    demand(form)
    findings = find_faults(ctx, piece, service.newest_revision(ctx.db, piece).snapshot)
    service.submit_for_review(ctx.db, piece, ctx.staff, findings, is_confidential_checked=bool(form.confidential.data))
    return _back(ctx, piece, _("已送初审。"))


def approve(ctx: Ctx) -> Response:
    """Give the next review."""
    piece, form = _piece(ctx), ReviewForm(ctx.data)
    demand(form)
    review = reviews.approve(
        ctx.db, piece, ctx.staff, text(form.note), is_legal=bool(form.legal.data), version=form.version.data
    )
    return _back(ctx, piece, _("%(level)s已通过。") % {"level": review.level_name})


def send_back(ctx: Ctx) -> Response:
    """Return the piece with a reason."""
    piece, form = _piece(ctx), ReviewForm(ctx.data)
    demand(form)
    reviews.send_back(ctx.db, piece, ctx.staff, text(form.note), version=form.version.data)
    return _back(ctx, piece, _("已退回修改。"))


def schedule(ctx: Ctx) -> Response:
    """Publish at once or at a time to come."""
    piece, form = _piece(ctx), ScheduleForm(ctx.data)
    demand(form)
    until = form.until.data
    publication.schedule(ctx.db, piece, ctx.staff, form.publish_at(), end_of(until) if until else None)
    return _back(ctx, piece, _("已发布。") if piece.is_live else _("已设定发布时间。"))


def unschedule(ctx: Ctx) -> Response:
    """Take back the time of publication."""
    piece = _piece(ctx)
    publication.unschedule(ctx.db, piece, ctx.staff)
    return _back(ctx, piece, _("已取消定时发布，审核结果仍然有效。"))


def ask_urgent(ctx: Ctx) -> Response:
    """Ask to publish before the reviews."""
    piece, form = _piece(ctx), UrgentForm(ctx.data)
    demand(form)
    findings = find_faults(ctx, piece, service.newest_revision(ctx.db, piece).snapshot)
    is_checked = bool(form.confidential.data)
    reviews.ask_urgent(ctx.db, piece, ctx.staff, text(form.reason), findings, is_confidential_checked=is_checked)
    return _back(ctx, piece, _("已申请紧急发布，请另一位审核人确认。"))


def confirm_urgent(ctx: Ctx) -> Response:
    """Publish in haste as the second person."""
    piece, form = _piece(ctx), ReadForm(ctx.data)
    demand(form)
    publication.confirm_urgent(ctx.db, piece, ctx.staff, form.version.data)
    return _back(ctx, piece, _("已紧急发布，三审须随后补齐。"))


def withdraw(ctx: Ctx) -> Response:
    """Take a public piece down."""
    piece, form = _piece(ctx), WithdrawForm(ctx.data)
    if law_of(piece).has_own_withdrawal:
        raise Conflict(_("这类内容不能直接撤下。"), _("请在它自己的页面上办理，并写明依据。"))
    demand(form)
    publication.withdraw(ctx.db, piece, ctx.staff, text(form.reason), text(form.note))
    return _back(ctx, piece, _("已撤下，原地址会说明理由。"))


def approve_correction(ctx: Ctx) -> Response:
    """Put a waiting correction before the readers."""
    piece = _piece(ctx)
    publication.approve_correction(ctx.db, piece, ctx.staff)
    return _back(ctx, piece, _("更正已发布。"))


def refuse_correction(ctx: Ctx) -> Response:
    """Drop a waiting correction."""
    piece = _piece(ctx)
    publication.refuse_correction(ctx.db, piece, ctx.staff)
    return _back(ctx, piece, _("这次更正没有采用，公开的内容不变。"))


def overrule(ctx: Ctx) -> Response:
    """Let a finding stand."""
    piece, form = _piece(ctx), OverruleForm(ctx.data)
    demand(form)
    findings = find_faults(ctx, piece, service.newest_revision(ctx.db, piece).snapshot)
    finding = next((one for one in findings if one.key == text(form.finding)), None)
    if finding is None:
        raise NotFound(_("没有这条检查意见，稿件可能已经改过。"))
    service.overrule(ctx.db, piece, ctx.staff, finding, text(form.reason))
    return _back(ctx, piece, _("已记下保留的理由。"))


def comment(ctx: Ctx) -> Response:
    """Keep a remark beside the text."""
    piece, form = _piece(ctx), CommentForm(ctx.data)
    demand(form)
    service.add_comment(ctx.db, piece, ctx.staff, text(form.text), text(form.quote))
    return _back(ctx, piece, _("意见已记下。"))


def settle_comment(ctx: Ctx) -> Response:
    """Mark a remark as dealt with."""
    piece = _piece(ctx)
    number = row_number(ctx.arg("comment_id"), _("没有这条意见。"))
    service.settle_comment(ctx.db, queries.get_comment(ctx.db, piece, number), ctx.staff)
    return _back(ctx, piece, _("意见已处理。"))


def invite(ctx: Ctx) -> Response:
    """Send somebody without an account a link for the next review; it goes by mail and is shown to nobody here."""
    piece, form = _piece(ctx), LinkForm(ctx.data)
    demand(form)
    token = links.make_link(ctx.db, ctx.secrets, piece, ctx.staff, text(form.name), text(form.email))
    address = f"{ctx.settings.base_url}{ctx.url('editorial:guest_review', token=token)}"
    words = _(
        "%(name)s，您好：\n\n请您审核一篇稿件。打开下面的链接阅读全文，并选择通过或退回：\n\n%(address)s\n\n"
        "链接只能用一次，七天内有效，请不要转发。\n\n%(office)s"
    )
    write_message(
        ctx.db,
        ctx.secrets,
        Channel.EMAIL,
        text(form.email),
        _("请您审核一篇稿件"),
        words % {"name": text(form.name), "address": address, "office": ctx.city.office.name},
        about=f"{piece.kind} {piece.object_id}",
    )
    return _back(ctx, piece, _("审核链接已发到对方邮箱。"))


def revisions(ctx: Ctx) -> Response:
    """Every saved text, and two of them side by side."""
    piece = _piece(ctx)
    found = queries.list_revisions(ctx.db, piece)
    newer = row_number(ctx.query("to") or str(piece.version), _("没有这个版本。"))
    right = queries.get_revision(ctx.db, piece, newer)
    older = row_number(ctx.query("from") or str(max(1, newer - 1)), _("没有这个版本。"))
    left = queries.get_revision(ctx.db, piece, older)
    law = law_of(piece)
    changes = changed_fields(
        {_("标题"): left.title} | {law.label(name): value for name, value in law.texts(left.snapshot).items()},
        {_("标题"): right.title} | {law.label(name): value for name, value in law.texts(right.snapshot).items()},
    )
    return ctx.render("editorial/revisions.html", piece=piece, revisions=found, left=left, right=right, changes=changes)


def preview(ctx: Ctx) -> Response:
    """The Markdown in the editor as readers will see it: a piece of HTML for htmx."""
    typed = next((str(ctx.data[name]) for name in ("body", "deeds", "text") if name in ctx.data), "")
    faults = faults_of(typed)
    return ctx.render("editorial/_preview.html", html=_safe(typed), faults=faults)


def _safe(typed: str) -> str:
    try:
        return render(typed)
    except ValueError:
        return ""


def guest_review(ctx: Ctx) -> Response:
    """What a guest is asked to review; opening it uses nothing up."""
    link, piece = links.read_link(ctx.db, ctx.secrets, ctx.arg("token"))
    links.remember_guest(ctx, link)
    response = _guest_page(ctx, link, piece, "")
    response.headers["Cache-Control"] = "no-store"
    return response


def _guest_page(ctx: Ctx, link: ReviewLink, piece: Piece, error: str, status: int = 200) -> Response:
    """The whole text, and the form with what was typed. Neither answer is chosen beforehand."""
    law = law_of(piece)
    snapshot = service.newest_revision(ctx.db, piece).snapshot
    parts = [
        (law.label(name), render(value) if name in law.markdown else "", value)
        for name, value in law.texts(snapshot).items()
        if value
    ]
    return ctx.render(
        "editorial/guest_review.html",
        status=status,
        piece=piece,
        link=link,
        parts=parts,
        attachments=list_attachments_of(ctx.db, piece),
        level=str(LEVEL_NAMES[link.level]),
        error=error,
        chosen=str(ctx.data.get("result", "")),
        note=str(ctx.data.get("note", ""))[:1000],
    )


def give_guest_review(ctx: Ctx) -> Response:
    """Keep a guest's review and use the link up."""
    link, piece = links.read_link(ctx.db, ctx.secrets, ctx.arg("token"))
    note = str(ctx.data.get("note", "")).strip()[:1000]
    if ctx.data.get("result") not in set(Result):
        return _guest_page(ctx, link, piece, _("请选择通过或退回。"), 422)
    result = Result(str(ctx.data["result"]))
    if result == Result.RETURNED and not note:
        return _guest_page(ctx, link, piece, _("退回请写明理由。"), 422)
    links.use_link(ctx.db, ctx.secrets, ctx.arg("token"), result, note)
    return ctx.render("editorial/guest_thanks.html", link=link)


doors: list[Door] = [
    get("/pictures/{name}", picture),
    get("/attachments/{name}", attachment),
    get("/review/{token}", guest_review),
    post("/review/{token}", give_guest_review, name="guest_review", body_mb=1, limit="30/hour"),
    post("/desk/preview", preview, WRITERS),
    post("/desk/pictures", upload_picture, WRITERS),
    get("/desk/pieces/{piece_id}/revisions", revisions, WRITERS),
    post("/desk/pieces/{piece_id}/submit", submit, WRITERS),
    post("/desk/pieces/{piece_id}/approve", approve, Role.REVIEWER),
    post("/desk/pieces/{piece_id}/send-back", send_back, Role.REVIEWER),
    post("/desk/pieces/{piece_id}/schedule", schedule, WRITERS),
    post("/desk/pieces/{piece_id}/unschedule", unschedule, WRITERS),
    post("/desk/pieces/{piece_id}/urgent", ask_urgent, WRITERS),
    post("/desk/pieces/{piece_id}/urgent-confirm", confirm_urgent, Role.REVIEWER),
    post("/desk/pieces/{piece_id}/withdraw", withdraw, Role.REVIEWER),
    post("/desk/pieces/{piece_id}/correction-approve", approve_correction, Role.REVIEWER),
    post("/desk/pieces/{piece_id}/correction-refuse", refuse_correction, Role.REVIEWER),
    post("/desk/pieces/{piece_id}/overrule", overrule, WRITERS),
    post("/desk/pieces/{piece_id}/comment", comment, WRITERS),
    post("/desk/pieces/{piece_id}/comments/{comment_id}/settle", settle_comment, WRITERS),
    post("/desk/pieces/{piece_id}/invite", invite, Role.REVIEWER),
]
