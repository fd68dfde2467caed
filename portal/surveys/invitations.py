"""Single-use links as a printed list or a file, and a poster with a QR code for each place."""

import segno
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.core import audit
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.core.forms import text
from portal.core.i18n import gettext as _
from portal.core.signing import CROCKFORD, Secrets
from portal.core.tables import write_csv
from portal.core.web import Ctx
from portal.groups import City
from portal.surveys import queries
from portal.surveys.desk import desk_page
from portal.surveys.desk_forms import InviteForm
from portal.surveys.models import State, Survey, SurveyInvitation
from portal.surveys.service import hash_token
from portal.surveys.shared import page

_SIGNS = 12
MOST = 20_000


def token_of(secrets: Secrets, survey: Survey, number: int) -> str:
    """The token of an invitation: it follows from the portal's key, so that lists can be printed again."""
    digest = bytes.fromhex(secrets.hash("survey token", f"{survey.id}.{number}"))
    return "".join(CROCKFORD[byte & 31] for byte in digest[:_SIGNS])


def make_invitations(db: Session, secrets: Secrets, survey: Survey, count: int, label: str) -> None:
    """Add so many single-use links."""
    if survey.stands not in {State.DRAFT, State.OPEN}:
        raise Conflict(_("问卷已经结束，不能再发邀请。"), _("如需继续，请制作新版本。"))
    last = db.scalar(select(func.max(SurveyInvitation.number)).where(SurveyInvitation.survey_id == survey.id)) or 0
    if last + count > MOST:
        raise Conflict(_("一份问卷最多发 20000 个邀请码。"), _("请减少数量，或改用公开链接。"))
    for number in range(last + 1, last + count + 1):
        db.add(
            SurveyInvitation(
                survey_id=survey.id,
                number=number,
                label=label,
                token_hash=hash_token(secrets, token_of(secrets, survey, number)),
                created_at=now(),
            )
        )
    db.flush()


def invitations(ctx: Ctx) -> Response:
    """Links and posters."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    return _page(ctx, survey, InviteForm(None))


def _page(ctx: Ctx, survey: Survey, form: InviteForm, status: int = 200) -> Response:
    city: City = ctx.city
    found = queries.list_invitations(ctx.db, survey)
    labels = {one.label: [0, 0] for one in found}
    for one in found:
        labels[one.label][0] += 1
        labels[one.label][1] += one.used_at is not None
    return desk_page(
        ctx,
        "surveys/invitations.html",
        survey,
        form=form,
        batches=[(label or _("未注明"), made, used) for label, (made, used) in labels.items()],
        made=len(found),
        sites=city.sites,
        public_url=_link(ctx, survey),
        status=status,
    )


def invite(ctx: Ctx) -> Response:
    """Make links."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    form = InviteForm(ctx.data)
    if not form.validate():
        return _page(ctx, survey, form, 422)
    make_invitations(ctx.db, ctx.secrets, survey, int(form.count.data or 0), text(form.label))
    audit.record(ctx.db, ctx.staff, "survey.invite", f"survey {survey.slug}", count=form.count.data)
    ctx.flash(_("邀请码已经做好，可以打印或下载。"))
    return ctx.redirect("surveys:invitations", id=survey.id)


def _link(ctx: Ctx, survey: Survey, **query: str) -> str:
    # ASCII only: some readers of QR codes take UTF-8 for Shift-JIS.
    return f"{ctx.settings.base_url}{ctx.url('surveys:show', slug=survey.slug, **query)}"


def _unused(ctx: Ctx, survey: Survey) -> list[tuple[int, str, str]]:
    return [
        (one.number, one.label, _link(ctx, survey, token=token_of(ctx.secrets, survey, one.number)))
        for one in queries.list_invitations(ctx.db, survey)
        if one.used_at is None
    ]


def invitations_csv(ctx: Ctx) -> Response:
    """Links not used yet, for a mail merge."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    content = write_csv((_("编号"), _("发给"), _("网址")), _unused(ctx, survey))
    response = Response(content, media_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{survey.slug}-invitations.csv"'
    return response


def invitations_print(ctx: Ctx) -> Response:
    """Links not used yet, as slips to cut."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    slips = [(number, label, link, qr(link, scale=3)) for number, label, link in _unused(ctx, survey)[:200]]
    return page(ctx, "surveys/invitations_print.html", survey=survey, slips=slips)


def qr(link: str, scale: int = 8) -> Markup:
    """The QR code of an ASCII address, as SVG that may stand in a page."""
    if not link.isascii():
        raise ValueError("a QR code of this portal holds ASCII only")
    # segno writes numbers and a path only; the link itself is not in the markup.
    code = segno.make(link, error="q")
    # With a unit segno writes a viewBox; without one a style sheet that sets the width would cut the code off.
    return Markup(code.svg_inline(scale=scale, border=4, dark="#000", light="#fff", unit="px"))  # noqa: S704


def poster(ctx: Ctx) -> Response:
    """An A4 page to hang up at a place; answers that come through it carry the place's stamp."""
    city: City = ctx.city
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    site = next((one for one in city.sites if one.key == ctx.query("site")), None)
    link = _link(ctx, survey, **({"site": site.key} if site else {}))
    return page(ctx, "surveys/poster.html", survey=survey, site=site, link=link, qr=qr(link), plain=_link(ctx, survey))
