"""The desk of the news: list, editor, one item with its reviews."""

from typing import Any

from starlette.responses import Response

from portal.core.errors import Forbidden
from portal.core.forms import row_number, text, uploads
from portal.core.i18n import gettext as _
from portal.core.photos import BYTES_LIMIT, PhotoRefused, check_and_shrink
from portal.core.roles import Role
from portal.core.web import Ctx
from portal.editorial import (
    EditClash,
    Kind,
    changes_from,
    clean_alt,
    keep_edit,
    keep_picture,
    list_attachments,
    list_awaiting,
    list_pieces,
    make_panel,
    newest_revision,
    open_remarks,
    picture_path,
    render_markdown,
    take_uploads,
)
from portal.publishing import queries, service
from portal.publishing.forms import NewsForm, values_of
from portal.publishing.models import News
from portal.publishing.service import Draft

STATES = ("", "draft", "in_review", "approved", "scheduled", "published", "withdrawn", "expired")


def desk_index(ctx: Ctx) -> Response:
    """What waits for this person, how fresh the columns are, and every item."""
    state = ctx.query("state") if ctx.query("state") in STATES else ""
    return ctx.render(
        "publishing/desk_index.html",
        page=list_pieces(ctx.db, Kind.NEWS, state, after=ctx.query("after") or None),
        awaiting=[piece for piece in list_awaiting(ctx.db, ctx.staff) if piece.kind == Kind.NEWS],
        freshness=queries.list_freshness(ctx.db, ctx.city),
        state=state,
    )


def _news(ctx: Ctx) -> News:
    return queries.get_news_for_desk(ctx.db, row_number(ctx.arg("news_id"), _("没有这篇动态。")))


def desk_show(ctx: Ctx) -> Response:
    """One item as readers will see it, with checks, remarks and the next steps."""
    news = _news(ctx)
    panel = make_panel(ctx, news.piece)
    return ctx.render(
        "publishing/desk_show.html",
        news=news,
        panel=panel,
        columns={one.key: one for one in ctx.city.news_columns},
        group=ctx.city.find_group(news.group_key),
        attachments=list_attachments(ctx.db, news.attachments.split()),
        topic=queries.find_topic(ctx.db, news.topic) if news.topic else None,
    )


def _editor(ctx: Ctx, form: NewsForm, news: News | None, status: int = 200, **extra: Any) -> Response:
    _set_choices(ctx, form)
    attachments = list_attachments(ctx.db, form.attachments.data or [])
    asked = open_remarks(ctx.db, news.piece) if news else None
    shown = {"preview": "", "clash": None, "changes": {}, "attachments": attachments, "remarks": asked, **extra}
    return ctx.render("publishing/desk_edit.html", status=status, form=form, news=news, **shown)


def _set_choices(ctx: Ctx, form: NewsForm) -> None:
    form.set_choices(ctx.city, queries.list_topics(ctx.db))


def _demand_editor(ctx: Ctx) -> None:
    if not ctx.staff.may(Role.EDITOR, Role.REVIEWER):
        raise Forbidden(_("您的账号不能撰写动态。"))


def desk_new(ctx: Ctx) -> Response:
    """An empty editor."""
    return _editor(ctx, NewsForm(source=ctx.city.office.short, editor=ctx.staff.name), None)


def desk_edit(ctx: Ctx) -> Response:
    """The editor of an item, with the newest text."""
    news = _news(ctx)
    revision = newest_revision(ctx.db, news.piece)
    form = NewsForm(**values_of(revision.snapshot), version=news.piece.version, slug=news.slug)
    return _editor(ctx, form, news)


def desk_create(ctx: Ctx) -> Response:
    """Keep a new item; or only look at it, or only insert a picture."""
    return _save(ctx, None)


def desk_save(ctx: Ctx) -> Response:
    """Keep a changed item, or propose a correction when it is public."""
    return _save(ctx, _news(ctx))


def _save(ctx: Ctx, news: News | None) -> Response:
    _demand_editor(ctx)
    form = NewsForm(ctx.data)
    _set_choices(ctx, form)
    act = ctx.data.get("act", "save")
    if act == "picture":
        return _insert_picture(ctx, form, news)
    if act == "file":
        return _add_files(ctx, form, news)
    if act == "preview":
        return _editor(ctx, form, news, 200, preview=_preview(form))
    is_valid = form.validate()
    # Papers are looked at last, so that they are kept only when everything else is well.
    attachments = take_uploads(ctx, form, "files", form.attachments.data or []) if is_valid else []
    if form.errors:
        return _editor(ctx, form, news, 422)
    form.attachments.data = [one.name for one in attachments]
    draft = form.to_draft(attachments)
    if news is None:
        return _create(ctx, form, draft)
    try:
        return _keep(ctx, form, news, draft)
    except EditClash as clash:
        return _show_clash(ctx, form, news, draft, clash)


def _preview(form: NewsForm) -> str:
    try:
        return render_markdown(text(form.body))
    except ValueError:
        return ""


def _create(ctx: Ctx, form: NewsForm, draft: Draft) -> Response:
    slug = text(form.slug)
    if slug and not service.is_slug_free(ctx.db, slug):
        form.add_error("slug", _("这个网址已经用过，请换一个。"))
        return _editor(ctx, form, None, 422)
    news = service.open_news(ctx.db, draft, ctx.staff, slug)
    ctx.flash(_("草稿已保存。"))
    return ctx.redirect("publishing:desk_show", news_id=news.id)


def _keep(ctx: Ctx, form: NewsForm, news: News, draft: Draft) -> Response:
    is_kept = keep_edit(
        ctx,
        form,
        news.piece,
        save=lambda version, note: service.save_news(ctx.db, news, draft, ctx.staff, version, note),
        correct=lambda version, note: service.correct_news(ctx.db, news, draft, ctx.staff, version, note),
        is_over=news.piece.is_over,
        refusal=_("这篇内容已经撤下，不能再改。"),
    )
    return ctx.redirect("publishing:desk_show", news_id=news.id) if is_kept else _editor(ctx, form, news, 422)


def _show_clash(ctx: Ctx, form: NewsForm, news: News, draft: Draft, clash: EditClash) -> Response:
    labels = {"title": _("标题"), **service.LABELS}
    changes = changes_from(form, clash, service.snapshot_of(draft), labels)
    return _editor(ctx, form, news, 409, clash=clash.theirs, changes=changes)


def _insert_picture(ctx: Ctx, form: NewsForm, news: News | None) -> Response:
    files = uploads(ctx.data.getlist("picture"))
    alt = clean_alt(text(form.picture_alt))
    if not alt:
        form.add_error("picture_alt", _("请为图片写一句文字说明。"))
    if not files:
        form.add_error("picture", _("请选择一张图片。"))
    if form.picture.errors or form.picture_alt.errors:
        return _editor(ctx, form, news, 422)
    try:
        photo = check_and_shrink(files[0].file.read(BYTES_LIMIT + 1))
    except PhotoRefused as refused:
        form.add_error("picture", str(refused))
        return _editor(ctx, form, news, 422)
    picture = keep_picture(ctx.db, ctx.portal.photos, photo, alt, ctx.staff.username)
    form.body.data = f"{text(form.body)}\n\n![{alt}]({picture_path(picture.name)})\n".lstrip()
    form.picture_alt.data = ""
    return _editor(ctx, form, news, 200, preview=_preview(form))


def _add_files(ctx: Ctx, form: NewsForm, news: News | None) -> Response:
    if not uploads(ctx.data.getlist("files")):
        form.add_error("files", _("请选择一个文件。"))
    attachments = take_uploads(ctx, form, "files", form.attachments.data or [])
    form.attachments.data = [one.name for one in attachments]
    return _editor(ctx, form, news, 422 if form.files.errors else 200, preview=_preview(form))


def pin(ctx: Ctx) -> Response:
    """Put a public item before the others, or back."""
    news = _news(ctx)
    service.pin(ctx.db, news, ctx.data.get("pinned") == "1")
    ctx.flash(_("已置顶。") if news.is_pinned else _("已取消置顶。"))
    return ctx.redirect("publishing:desk_show", news_id=news.id)
