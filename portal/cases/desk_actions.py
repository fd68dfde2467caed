"""Which form and which service each action of the desk has; the table of the states says who may use it when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal.cases import closing, desk_forms, handling, joined, parts, queries, team_forms, teamwork, triage
from portal.cases.lifecycle import Act
from portal.cases.models import Case
from portal.cases.pending import kept_photos
from portal.cases.photos import StoredPhoto, store_photos
from portal.core.errors import BadInput
from portal.core.forms import PhotosField, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.web import Ctx

Run = Callable[[Ctx, Act, Case, Any, list[StoredPhoto]], object]


@dataclass(frozen=True)
class Action:
    """One thing staff can do on a case. key: of the keyboard; tone: of its button."""

    label: str
    form: type[desk_forms.DeskForm]
    run: Run
    key: str = ""
    tone: str = "quiet"
    hint: str = ""


def _merge(ctx: Ctx, act: Act, case: Case, form: desk_forms.MergeForm) -> object:
    main = queries.find_case(ctx.db, text(form.main))
    if main is None or not queries.may_see(ctx.staff, main):
        raise BadInput(_("没有这个编号的诉求。"), _("请核对主单编号。"))
    return joined.merge(ctx.db, act, case, main)


def _extension(ctx: Ctx, act: Act, case: Case, is_granted: bool, note: str) -> object:
    asked = queries.last_event(case, "extend")
    days = int(asked.detail["working_days"]) if asked else 0
    return handling.decide_extension(ctx.db, act, case, is_granted, days, note, asked.public_text if asked else "")


def _split(ctx: Ctx, act: Act, case: Case, form: team_forms.SplitForm) -> object:
    photos = parts.copy_photos(ctx.portal.photos, case, form.photo_names(), act)
    return parts.split(ctx.db, act, case, form.to_part(), photos)


ACTIONS: dict[str, Action] = {
    "dispatch": Action(
        lazy("派单"),
        desk_forms.DispatchForm,
        lambda c, a, k, f, _p: triage.dispatch(c.db, a, k, f.to_assignment()),
        "",
        "primary",
    ),
    "accept": Action(
        lazy("签收"), desk_forms.EmptyForm, lambda c, a, k, _f, _p: handling.accept(c.db, a, k), "a", "primary"
    ),
    "contact": Action(
        lazy("记录联系"),
        desk_forms.WordsForm,
        lambda c, a, k, f, _p: handling.contact(c.db, a, k, text(f.text)),
        "",
        "primary",
        lazy("写明怎样联系、对方怎么说；不要写电话号码。"),
    ),
    "reply": Action(
        lazy("答复进展"), desk_forms.ReplyForm, lambda c, a, k, f, p: handling.reply(c.db, a, k, text(f.text), p), "r"
    ),
    "resolve": Action(
        lazy("办结"),
        desk_forms.ResolveForm,
        lambda c, a, k, f, p: closing.resolve(c.db, a, k, f.to_resolution(p)),
        "",
        "primary",
        lazy("能看见结果的事要有整改后的照片。"),
    ),
    "ask": Action(
        lazy("请反映人补充"),
        desk_forms.WordsForm,
        lambda c, a, k, f, _p: handling.ask(c.db, a, k, text(f.text)),
        hint=lazy("一次只问一个清楚的问题；等待期间不计时，最多 5 天。"),
    ),
    "return": Action(
        lazy("退单"),
        desk_forms.ReturnForm,
        lambda c, a, k, f, _p: handling.ask_return(c.db, a, k, f.to_return()),
        hint=lazy("每个单位只能退一次，审核期间照常计时。"),
    ),
    "redispatch": Action(
        lazy("同意退单并改派"),
        desk_forms.RedispatchForm,
        lambda c, a, k, f, _p: triage.redispatch(c.db, a, k, f.to_assignment()),
        "",
        "primary",
    ),
    "uphold": Action(
        lazy("不同意退单"), desk_forms.WordsForm, lambda c, a, k, f, _p: triage.uphold(c.db, a, k, text(f.text))
    ),
    "extend": Action(
        lazy("申请延期"),
        desk_forms.ExtendForm,
        lambda c, a, k, f, _p: handling.ask_extension(c.db, a, k, text(f.reason), f.working_days.data),
    ),
    "grant-extension": Action(
        lazy("同意延期"),
        desk_forms.OptionalWordsForm,
        lambda c, a, k, f, _p: _extension(c, a, k, True, text(f.text)),
        "",
        "primary",
    ),
    "refuse-extension": Action(
        lazy("不同意延期"), desk_forms.WordsForm, lambda c, a, k, f, _p: _extension(c, a, k, False, text(f.text))
    ),
    "propose-defer": Action(
        lazy("提出挂账"),
        desk_forms.DeferForm,
        lambda c, a, k, f, _p: handling.propose_defer(c.db, a, k, f.to_deferral()),
        hint=lazy("要由另一人同意；原因、打算和复查日期会告诉反映人。"),
    ),
    "defer": Action(
        lazy("同意挂账"), desk_forms.EmptyForm, lambda c, a, k, _f, _p: handling.defer(c.db, a, k), "", "primary"
    ),
    "refuse-defer": Action(
        lazy("不同意挂账"), desk_forms.WordsForm, lambda c, a, k, f, _p: handling.refuse_defer(c.db, a, k, text(f.text))
    ),
    "resume-work": Action(
        lazy("恢复办理"), desk_forms.EmptyForm, lambda c, a, k, _f, _p: handling.resume_work(c.db, a, k)
    ),
    "grant-reopen": Action(
        lazy("同意重办"),
        desk_forms.WordsForm,
        lambda c, a, k, f, _p: closing.decide_reopen(c.db, a, k, True, text(f.text)),
        "",
        "primary",
    ),
    "refuse-reopen": Action(
        lazy("不同意重办"),
        desk_forms.WordsForm,
        lambda c, a, k, f, _p: closing.decide_reopen(c.db, a, k, False, text(f.text)),
        hint=lazy("要答复反映人提出的理由；系统会附上申诉途径。"),
    ),
    "reject": Action(
        lazy("不予受理"),
        desk_forms.RejectForm,
        lambda c, a, k, f, _p: triage.reject(c.db, a, k, text(f.reason), text(f.note)),
        "",
        "danger",
        lazy("会把理由和正确的渠道告诉反映人。"),
    ),
    "transfer": Action(
        lazy("转外部办理"),
        desk_forms.TransferForm,
        lambda c, a, k, f, _p: triage.transfer(c.db, a, k, text(f.channel), f.follow_up_on.data, text(f.note)),
    ),
    "merge": Action(lazy("并单"), desk_forms.MergeForm, lambda c, a, k, f, _p: _merge(c, a, k, f)),
    "unmerge": Action(lazy("取消并单"), desk_forms.EmptyForm, lambda c, a, k, _f, _p: joined.unmerge(c.db, a, k)),
    "add-helper": Action(
        lazy("指定协办"),
        desk_forms.HelpersForm,
        lambda c, a, k, f, _p: handling.add_helpers(c.db, a, k, f.helpers.data),
    ),
    "supervise": Action(
        lazy("督办"), desk_forms.WordsForm, lambda c, a, k, f, _p: triage.supervise(c.db, a, k, text(f.text))
    ),
    "publish": Action(
        lazy("公开"),
        desk_forms.PublishForm,
        lambda c, a, k, f, _p: triage.publish(c.db, a, k, f.to_publication()),
        hint=lazy("请通读一遍：不能让人认出是谁。"),
    ),
    "hide": Action(
        lazy("停止公开"), desk_forms.WordsForm, lambda c, a, k, f, _p: triage.hide(c.db, a, k, text(f.text))
    ),
    "follow-up": Action(
        lazy("记录外部进展"),
        team_forms.FollowUpForm,
        lambda c, a, k, f, _p: triage.follow_up(c.db, a, k, text(f.text), f.again_on.data),
        "",
        "primary",
        lazy("到了回访日期，向承接单位问一问，把结果告诉反映人。"),
    ),
    "check": Action(
        lazy("逐项核对"),
        team_forms.ChecksForm,
        lambda c, a, k, f, _p: teamwork.keep_checks(c.db, a, k, f.done.data or []),
        hint=lazy("到现场按这一组的要点看一遍，看过的打勾。"),
    ),
    "assign": Action(
        lazy("指定经办人"),
        team_forms.AssignForm,
        lambda c, a, k, f, _p: teamwork.assign(c.db, a, k, text(f.officer)),
    ),
    "prioritise": Action(
        lazy("调整缓急"),
        team_forms.PriorityForm,
        lambda c, a, k, f, _p: teamwork.prioritise(c.db, a, k, teamwork.Priority(text(f.priority)), text(f.reason)),
    ),
    "split": Action(
        lazy("拆单"),
        team_forms.SplitForm,
        lambda c, a, k, f, _p: _split(c, a, k, f),
        hint=lazy("一件诉求里有几件事时，把其中一件交给另一个单位单独办。反映人用同一个编号看到每一部分。"),
    ),
    "note": Action(
        lazy("内部备注"), team_forms.NoteForm, lambda c, a, k, f, _p: teamwork.add_note(c.db, a, k, text(f.text)), "n"
    ),
}

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "",
        (
            *("dispatch", "accept", "redispatch", "uphold", "grant-reopen", "refuse-reopen", "contact", "reply"),
            *("resolve", "grant-extension", "refuse-extension", "defer", "refuse-defer", "resume-work"),
            *("follow-up", "check", "ask"),
        ),
    ),
    (lazy("协作"), ("note", "assign", "add-helper", "split", "merge", "unmerge")),
    (lazy("时限与责任"), ("return", "extend", "propose-defer", "prioritise", "supervise")),
    (lazy("出口与公开"), ("reject", "transfer", "publish", "hide")),
)
"""In the order the page shows them: what moves the case first, the rest by what it is about."""

TELLS = frozenset({"dispatch", "reply", "resolve", "ask", "grant-reopen", "refuse-reopen", "reject", "transfer"})
"""Actions that write to the reporter: the page offers to see the message first."""


def photos_field(form: desk_forms.DeskForm) -> PhotosField | None:
    """The field for photos, where the form has one."""
    field = form._fields.get("photos")
    return field if isinstance(field, PhotosField) else None


def stored(ctx: Ctx, form: desk_forms.DeskForm) -> list[StoredPhoto]:
    """The photos of a form, safe on disk."""
    field = photos_field(form)
    return [*kept_photos(field), *store_photos(ctx.portal, field.photos)] if field else []
