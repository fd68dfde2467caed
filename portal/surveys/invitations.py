"""Single-use links on paper, as a file, by e-mail and SMS; and posters with a QR code for each place."""

from typing import Any

from sqlalchemy import select
from starlette.responses import Response

from portal.core import audit
from portal.core.clock import now
from portal.core.forms import text, uploads
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.qr import qr
from portal.core.tables import BYTES_LIMIT, write_csv
from portal.core.web import Ctx
from portal.groups import City
from portal.surveys import inviting, queries
from portal.surveys.desk import desk_page
from portal.surveys.desk_forms import InviteForm, InviteListForm
from portal.surveys.models import Survey, SurveyInvitation
from portal.surveys.shared import page

CHANNELS = {"print": lazy("打印或下载"), "email": lazy("邮件"), "sms": lazy("短信")}
FAULTS_SHOWN = 30
PRINTED = 200


def invitations(ctx: Ctx) -> Response:
    """Links and posters."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    return _page(ctx, survey)


def _page(
    ctx: Ctx,
    survey: Survey,
    form: InviteForm | None = None,
    list_form: InviteListForm | None = None,
    faults: list[Any] | None = None,
    status: int = 200,
) -> Response:
    city: City = ctx.city
    batches = inviting.list_batches(ctx.db, survey)
    return desk_page(
        ctx,
        "surveys/invitations.html",
        survey,
        form=form or InviteForm(None),
        list_form=list_form or InviteListForm(None),
        faults=[str(fault) for fault in faults or ()][:FAULTS_SHOWN],
        batches=[
            (
                one.label or _("未注明"),
                str(CHANNELS[one.channel]),
                one.made,
                one.used,
                f"{one.used / one.made:.0%}",
                one.reminded,
                one.expired,
            )
            for one in batches
        ],
        has_printed=any(one.channel == "print" for one in batches),
        waiting=sum(one.made - one.used - one.reminded for one in batches if one.channel != "print"),
        has_mail=bool(ctx.settings.mail_url),
        has_sms=bool(ctx.settings.sms_webhook),
        sites=city.sites,
        public_url=_link(ctx, survey),
        status=status,
    )


def invite(ctx: Ctx) -> Response:
    """Make links."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    form = InviteForm(ctx.data)
    if not form.validate():
        return _page(ctx, survey, form, status=422)
    count = int(form.count.data or 0)
    inviting.make_invitations(ctx.db, ctx.secrets, survey, count, text(form.label), form.expires_at())
    audit.record(ctx.db, ctx.staff, "survey.invite", f"survey {survey.slug}", count=count)
    ctx.flash(_("邀请码已经做好，可以打印或下载。"))
    return ctx.redirect("surveys:invitations", id=survey.id)


def send(ctx: Ctx) -> Response:
    """Make a link for each address of a list and send it."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    form = InviteListForm(ctx.data)
    is_sound = form.validate()
    files = uploads([form.listed.data])
    if not files:
        form.add_error("listed", _("请选择名单文件。"))
    if not is_sound or not files:
        return _page(ctx, survey, list_form=form, status=422)
    invitees, faults = inviting.read_invitees(files[0].file.read(BYTES_LIMIT + 1))
    if faults:
        form.add_error("listed", _("名单里有问题，一个也没有发送；改好后请重新上传。"))
        return _page(ctx, survey, list_form=form, faults=faults, status=422)
    sender = ctx.city.brand.title
    sent = inviting.invite(ctx.db, ctx.secrets, survey, invitees, _link(ctx, survey), sender, form.expires_at())
    audit.record(ctx.db, ctx.staff, "survey.send", f"survey {survey.slug}", count=sent)
    ctx.later(ctx.portal.wake_jobs)
    ctx.flash(
        _("已排队发送 %(sent)s 份；名单里 %(known)s 个先前发过，没有再发。")
        % {"sent": sent, "known": len(invitees) - sent}
    )
    return ctx.redirect("surveys:invitations", id=survey.id)


def remind(ctx: Ctx) -> Response:
    """Remind, once, those who were written to and have not answered."""
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    count = inviting.remind(ctx.db, ctx.secrets, survey, _link(ctx, survey), ctx.city.brand.title)
    audit.record(ctx.db, ctx.staff, "survey.remind", f"survey {survey.slug}", count=count)
    ctx.later(ctx.portal.wake_jobs)
    ctx.flash(_("已排队提醒 %(count)s 人；每人只提醒一次，已答的不再打扰。") % {"count": count})
    return ctx.redirect("surveys:invitations", id=survey.id)


def _link(ctx: Ctx, survey: Survey, **query: str) -> str:
    # ASCII only: some readers of QR codes take UTF-8 for Shift-JIS.
    return f"{ctx.settings.base_url}{ctx.url('surveys:show', slug=survey.slug, **query)}"


def _unused(ctx: Ctx, survey: Survey, most: int = inviting.MOST) -> list[tuple[int, str, str]]:
    """Links on paper that nobody has used and that still hold. Links that were sent belong to their addressee."""
    found = ctx.db.scalars(
        select(SurveyInvitation)
        .where(
            SurveyInvitation.survey_id == survey.id,
            SurveyInvitation.channel == "print",
            SurveyInvitation.used_at.is_(None),
            (SurveyInvitation.expires_at.is_(None)) | (SurveyInvitation.expires_at > now()),
        )
        .order_by(SurveyInvitation.number)
        .limit(most)
    )
    return [
        (one.number, one.label, _link(ctx, survey, token=inviting.token_of(ctx.secrets, survey, one.number)))
        for one in found
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
    slips = [(number, label, link, qr(link, error="q")) for number, label, link in _unused(ctx, survey, PRINTED)]
    return page(ctx, "surveys/invitations_print.html", survey=survey, slips=slips)


def poster(ctx: Ctx) -> Response:
    """An A4 page to hang up at a place; answers that come through it carry the place's stamp."""
    city: City = ctx.city
    survey = queries.get_survey(ctx.db, ctx.arg("id"))
    site = next((one for one in city.sites if one.key == ctx.query("site")), None)
    link = _link(ctx, survey, **({"site": site.key} if site else {}))
    return page(
        ctx,
        "surveys/poster.html",
        survey=survey,
        site=site,
        link=link,
        qr=qr(link, error="q"),
        plain=_link(ctx, survey),
    )
