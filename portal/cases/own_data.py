"""What the reporter may do with their own data: a copy of it, second thoughts about publication, deletion."""

from typing import Any

from starlette.responses import Response

from portal.cases import mine, views
from portal.cases.lifecycle import Act, as_citizen, step
from portal.cases.models import Case
from portal.cases.notify import open_contact
from portal.cases.retention import drop_contact, forget
from portal.cases.states import FINAL, State
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.groups import City


def export(ctx: Ctx) -> Response:
    """Everything the portal keeps about this case and its reporter, for the reporter (PIPL 45)."""
    case = mine.get_own_case(ctx, Case.events, Case.photos, Case.messages, Case.ratings)
    response = ctx.json(_copy(ctx, case))
    response.headers["Content-Disposition"] = f'attachment; filename="{case.case_no}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _copy(ctx: Ctx, case: Case) -> dict[str, Any]:
    base, rules = ctx.settings.base_url, ctx.city.deadlines
    return {
        "case_no": case.case_no,
        "exported_at": now().isoformat(),
        "kind": case.kind,
        "channel": case.channel,
        "submitted_at": case.submitted_at.isoformat(),
        "due_on": case.due_on.isoformat(),
        "state": case.state,
        "outcome": case.outcome,
        "group": case.group,
        "unit": case.unit,
        "text": case.text_raw,
        "text_public": case.text_public,
        "place": case.place,
        "district": case.district,
        "position": [case.lat, case.lng] if case.lat is not None else None,
        "contact": open_contact(ctx.secrets, case.contact),
        "is_anonymous": case.is_anonymous,
        "may_be_published": case.wants_publish,
        "public_since": case.public_from.isoformat() if case.public_from else None,
        "reply": case.reply,
        "suggestion_of_the_router": {"group": case.suggested_group, "probability": case.probability},
        "messages": [message.text for message in case.messages],
        "ratings": [
            {"at": one.at.isoformat(), "grade": one.grade, "solved": one.solved, "comment": one.comment_public}
            for one in case.ratings
        ],
        "photos": [f"{base}{ctx.url('cases:photo', case_no=case.case_no, name=photo.name)}" for photo in case.photos],
        "steps": [
            {"at": item.at.isoformat(), "what": str(item.title), "text": str(item.text)}
            for item in views.timeline(case, is_reporter=True)
        ],
        "kept_until": {
            "contact_days_after_the_end": rules.contact_retention_days,
            "text_days_after_the_end": rules.text_retention_days,
            "text_days_after_withdrawal": rules.withdrawn_retention_days,
        },
    }


def may_publish(city: City, case: Case) -> bool:
    """Whether this kind of case can be public at all."""
    return city.kind(case.kind).publish and not case.is_confidential and case.stands is not State.WITHDRAWN


def consent(ctx: Ctx) -> Response:
    """Agree that the case may be public, or take it back: as easy one way as the other (PIPL 15)."""
    case = mine.get_own_case(ctx)
    act = as_citizen(ctx.portal)
    if ctx.data.get("publish") == "yes":
        if not may_publish(ctx.city, case):
            raise Conflict(_("这类诉求不公开。"), _("不需要您再做什么。"))
        case.wants_publish = True
        step(ctx.db, act, case, "consent", reason="given")
        ctx.flash(_("已记下您同意公开。公开前会隐去个人信息，并由工作人员核对。"))
    else:
        is_public = case.public_from is not None
        case.wants_publish, case.public_from, case.is_hidden = False, None, case.is_hidden or is_public
        step(ctx.db, act, case, "consent", reason="withdrawn")
        ctx.flash(_("已停止公开，列表、搜索和开放数据里都不再出现。"))
    return ctx.redirect("cases:mine", case_no=case.case_no)


def erase(ctx: Ctx) -> Response:
    """Delete contact data at once; after the end also the words as typed and photos that were not public (PIPL 47)."""
    case = mine.get_own_case(ctx)
    act = as_citizen(ctx.portal)
    if case.stands in FINAL:
        if case.forgotten_at is not None:
            raise Conflict(_("个人信息已经删除。"), _("不需要您再做什么。"))
        forget(ctx.portal, ctx.db, act, case, "request")
        ctx.flash(_("已删除您的联系方式、原文和没有公开的照片，只留下隐去个人信息的文字供统计。"))
    else:
        _drop(ctx, act, case)
        ctx.flash(_("已删除您的联系方式，以后请凭编号和查询码查进度。原文在办结归档后可以删除。"))
    ctx.later(ctx.portal.database.scrub)
    return ctx.redirect("cases:mine", case_no=case.case_no)


def _drop(ctx: Ctx, act: Act, case: Case) -> None:
    if not drop_contact(ctx.db, case):
        raise Conflict(_("这件诉求没有留联系方式。"), _("原文在办结归档后可以删除。"))
    step(ctx.db, act, case, "drop-contact", is_public=False)
    record(ctx.db, "citizen", "retention.request", f"case {case.case_no}", deleted={"contact": 1})
