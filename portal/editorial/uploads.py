"""The doors of pictures: shown to those who may see them, and taken from the editor's script one by one."""

from starlette.responses import Response

from portal.core.errors import NotFound
from portal.core.forms import uploads
from portal.core.i18n import gettext as _
from portal.core.photos import BYTES_LIMIT, PhotoRefused, check_and_shrink
from portal.core.web import Ctx
from portal.editorial.links import guest_piece
from portal.editorial.pictures import keep_picture, picture_path, readable_key


def clean_alt(typed: str) -> str:
    """Alternative text on one line, without the signs that end it in Markdown."""
    return " ".join(typed.split()).translate(str.maketrans("[]", "（）"))[:200]


def upload_picture(ctx: Ctx) -> Response:
    """Keep a picture and answer with the Markdown that shows it."""
    files = uploads(ctx.data.getlist("picture"))
    alt = clean_alt(str(ctx.data.get("alt", "")))
    errors: dict[str, list[str]] = {}
    if not files:
        errors["picture"] = [_("请选择一张图片。")]
    if not alt:
        errors["alt"] = [_("请为图片写一句文字说明。")]
    if errors:
        return ctx.json({"errors": errors}, 422)
    try:
        photo = check_and_shrink(files[0].file.read(BYTES_LIMIT + 1))
    except PhotoRefused as refused:
        return ctx.json({"errors": {"picture": [str(refused)]}}, 422)
    path = picture_path(keep_picture(ctx.db, ctx.portal.photos, photo, alt, ctx.staff.username).name)
    return ctx.json({"markdown": f"![{alt}]({path})", "path": path}, 201)


def picture(ctx: Ctx) -> Response:
    """A picture of a text, for those who may see it now."""
    key = readable_key(ctx.db, ctx.arg("name"), ctx.person, guest_piece(ctx))
    tag = f'"{key.rsplit("/", 1)[-1]}"'
    # Revalidated each time: a picture goes with the text it belongs to.
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if ctx.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    try:
        data = ctx.portal.photos.get(key)
    except FileNotFoundError as error:
        raise NotFound(_("没有这张图片。")) from error
    return Response(data, media_type="image/jpeg", headers=headers)
