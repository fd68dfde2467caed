"""A case on the desk: everything needed to decide, in one request."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from portal.accounts import list_staff
from portal.cases import context, desk_history, handling, parts, preview, queries, teamwork, triage, views
from portal.cases.desk_actions import ACTIONS, GROUPS, TELLS
from portal.cases.desk_forms import DeskForm, DispatchForm
from portal.cases.forms import tell_apart
from portal.cases.lifecycle import as_staff, capacities
from portal.cases.models import Case
from portal.cases.notify import open_contact
from portal.cases.numbering import main_number
from portal.cases.public import photo_answer
from portal.cases.reading import HANDLER_ONLY, marked, staff_version
from portal.cases.reuse import list_reused
from portal.cases.states import FINAL, Who, actions_in
from portal.cases.team_forms import StaffForm
from portal.cases.wording import fill, list_wordings
from portal.core.audit import record
from portal.core.errors import Conflict, NotFound
from portal.core.i18n import gettext as _
from portal.core.roles import Role
from portal.core.web import Ctx
from portal.groups import City, Prediction

Wrong = tuple[str, DeskForm]


def get_seen(ctx: Ctx) -> Case:
    """The case in the path, when it is for this person's eyes; another unit's case does not exist for them."""
    case = queries.get_whole_case(ctx.db, ctx.arg("case_no"))
    if not queries.may_see(ctx.staff, case):
        raise NotFound(_("没有这件诉求，或者它不归您办理。"))
    return case


def desk_show(ctx: Ctx) -> Response:
    """A case in one request, as a page or as the part beside the list. ?wording= fills in an answer to start from."""
    case = get_seen(ctx)
    wording = fill(ctx.query("wording"), case, ctx.city)
    if wording is None or wording[0] not in actions_in(case.stands, capacities(ctx.staff, case)):
        return case_page(ctx, case)
    form = _form(ctx.city, case, wording[0])
    form["text"].data = wording[1]
    return case_page(ctx, case, (wording[0], form), status=200)


def case_page(
    ctx: Ctx,
    case: Case,
    wrong: Wrong | None = None,
    contact: Mapping[str, str] | None = None,
    status: int = 0,
    shown: preview.Preview | None = None,
    refused: str = "",
) -> Response:
    """The page of a case, or the part beside the list.

    wrong: a form as it was filled in; then the status is 422 unless it is said.  refused: why nothing was done.
    """
    response = ctx.render(
        "cases/desk_show.html",
        status=status or (422 if wrong else 200),
        fragment="case" if ctx.partial else None,
        page={**case_context(ctx, case, wrong, contact, shown, list_address(ctx)), "refused": refused},
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def list_address(ctx: Ctx) -> str:
    """The list this case is shown beside, as htmx or the form says; empty on the case's own page."""
    said = ctx.request.headers.get("hx-current-url", "") if ctx.partial else str(ctx.data.get("back", ""))
    parts_of = urlsplit(said)
    home = ctx.url("cases:desk_index")
    return f"{home}?{parts_of.query}"[:600] if parts_of.path == home else ""


def case_context(
    ctx: Ctx,
    case: Case,
    wrong: Wrong | None = None,
    contact: Mapping[str, str] | None = None,
    shown: preview.Preview | None = None,
    back: str = "",
) -> dict[str, Any]:
    """Everything the page of a case shows; as many statements for a long life as for a short one."""
    city: City = ctx.city
    who = capacities(ctx.staff, case)
    allowed = actions_in(case.stands, who)
    prediction = ctx.db.get(Prediction, case.prediction_id) if case.prediction_id else None
    forms = {
        name: _form(city, case, name) for name in ACTIONS if name in allowed and _makes_sense(city, case, name, who)
    }
    if wrong:
        forms[wrong[0]] = wrong[1]
    staff = list_staff(ctx.db)
    offer(ctx, case, forms, staff)
    for name, form in forms.items():
        tell_apart(form, name)

    def version(text: str) -> str:
        return staff_version(city, text, who, contact is not None)

    by_kind: dict[str, list[Any]] = {"report": [], "proof": [], "answer": []}
    for photo in case.photos:
        by_kind[photo.kind].append(photo)
    family, submission = parts.list_family(ctx.db, case), main_number(case.case_no)
    officer = next((one.name for one in staff if one.username == case.officer), case.officer or "")
    neighbours, unit_record = _around(ctx, case, [one.id for one in family])
    return {
        "case": case,
        "refused": "",
        "back": back,
        "names": views.names(case, city),
        "channel": views.channel_word(case.channel),
        "state": views.state_word(city, case, is_public=False),
        "tone": views.tone(case),
        "clock": views.clock(case),
        "priority": teamwork.PRIORITY_WORDS[teamwork.Priority(case.priority)],
        "officer": officer,
        "leader": triage.leader_words(city, case) if case.is_supervised else "",
        "pieces": marked(case.text_raw, version(case.text_raw), prediction),
        "prediction": prediction,
        "ranked": _ranked(city, prediction),
        "quick": _quick(city, case) if "dispatch" in forms else None,
        "answers": views.answers(case, version),
        "public_answers": views.answers(case),
        "items": desk_history.desk_timeline(case, city, version),
        "asked": desk_history.asked(case, city, version),
        "photos": {kind: views.photo_links(case, found, "cases:desk_photo") for kind, found in by_kind.items()},
        "may_cover": "cover" in allowed,
        "may_ban": case.contact_hash is not None and ctx.staff.may(Role.DISPATCHER, Role.SUPERVISOR),
        "reused": [one for one in list_reused(ctx.db, case) if one.is_own or main_number(one.case_no) != submission],
        "actions": [
            (title, [(name, ACTIONS[name], forms[name]) for name in names if name in forms]) for title, names in GROUPS
        ],
        "wrong": wrong[0] if wrong else "",
        "tells": TELLS,
        "shown": shown,
        "wordings": {name: list_wordings(name, case, city) for name in forms},
        "contact": contact,
        "may_reveal": _may_reveal(case, who),
        "stopper": next((one for one in city.stoppers if one.key == case.stopper), None),
        "checks": teamwork.list_checks(case, city),
        "family": [
            (one, views.names(one, city)["unit"], views.state_word(city, one, is_public=False)) for one in family
        ]
        if len(family) > 1
        else [],
        "same_reporter": queries.list_same_reporter(ctx.db, case, [one.id for one in family])
        if queries.sees_all(ctx.staff)
        else [],
        "main": case.merged_into,
        "may_open_main": case.merged_into is not None and queries.may_see(ctx.staff, case.merged_into),
        "joined": context.list_joined(ctx.db, ctx.staff, case) if case.support_count else [],
        "neighbours": neighbours,
        "may_join": {one.case.id for one in neighbours if one.case.stands not in FINAL} if "merge" in forms else (),
        "record": unit_record,
        "helpers": [unit.name for key in case.helpers if (unit := city.find_unit(key))],
        "owner_days": views.owner_days(case),
        "is_shortlisted": teamwork.is_shortlisted(ctx.db, case, ctx.staff),
        "is_mentioned": teamwork.has_mention(ctx.db, case, ctx.staff.username),
        "state_of": lambda one: views.state_word(city, one, is_public=False),
    }


def _around(ctx: Ctx, case: Case, family: Sequence[int]) -> tuple[list[context.Neighbour], context.UnitRecord | None]:
    """Cases that may be the same and how the unit has done: looked up once for a person until a step of any case."""

    def look() -> tuple[list[context.Neighbour], context.UnitRecord | None]:
        neighbours = context.list_neighbours(ctx.db, ctx.city, ctx.staff, case, family)
        return neighbours, context.find_unit_record(ctx.db, case.unit)

    if ctx.request.method == "POST":  # what is not committed yet is not to be kept
        return look()
    return ctx.portal.kept_values.value(ctx, f"around case {case.id}", queries.newest_step(ctx.db), look)


def offer(ctx: Ctx, case: Case, forms: Mapping[str, DeskForm], staff: Any) -> None:
    """Tell the forms that name colleagues who there is."""
    for form in forms.values():
        if isinstance(form, StaffForm):
            officers, colleagues = teamwork.officers_of(staff, case), teamwork.colleagues_of(staff, case)
            form.offer(officers, [one for one in colleagues if one.username != ctx.staff.username])


def _form(city: City, case: Case, name: str) -> DeskForm:
    values = {"group": case.suggested_group or case.group} if issubclass(ACTIONS[name].form, DispatchForm) else {}
    if name == "redispatch" and (asked := queries.last_event(case, "return")):
        # Who gave it back must not have it again by a form sent as it was.
        values = {"group": case.group, "unit": asked.detail.get("proposed_unit") or ""}
    form = ACTIONS[name].form(None, **values)
    form.prepare(city, case)
    return form


def _makes_sense(city: City, case: Case, name: str, who: frozenset[Who]) -> bool:
    """Leave out what a guard would refuse anyway."""
    if name == "contact":
        return (Who.TRIAGER if case.is_confidential else Who.HANDLER) in who
    if name == "publish":
        return case.wants_publish and not case.is_confidential and case.public_from is None
    if name == "hide":
        return case.public_from is not None
    if name in {"defer", "refuse-defer"}:
        return case.defer_proposal is not None
    if name == "check":
        return bool(teamwork.list_checks(case, city))
    if name == "return":
        return handling.may_return(city, case)
    if name == "extend":
        return handling.may_extend(city, case)
    if name == "split":
        return main_number(case.case_no) == case.case_no
    return not (name == "propose-defer" and case.defer_proposal is not None)


def _ranked(city: City, prediction: Prediction | None) -> list[tuple[str, float]]:
    if prediction is None:
        return []
    return [
        (group.short if (group := city.find_group(key)) else key, share) for key, share in list(prediction.ranked)[:3]
    ]


def _quick(city: City, case: Case) -> dict[str, str] | None:
    """The one-key dispatch: the suggested group and its first unit."""
    group = city.find_group(case.suggested_group)
    if group is None or case.is_confidential:
        return None
    unit = city.units_for(group.key, case.district)[0]
    return {"group": group.key, "unit": unit.key, "group_name": group.name, "unit_name": unit.name}


def _may_reveal(case: Case, who: frozenset[Who]) -> bool:
    return bool(who - {Who.HELPER}) and triage.may_see_contact(case, who <= HANDLER_ONLY)


def without_open(address: str) -> str:
    path, _mark, query = address.partition("?")
    kept = "&".join(pair for pair in query.split("&") if pair and not pair.startswith(("open=", "after=")))
    return f"{path}?{kept}&" if kept else f"{path}?"


def desk_reveal(ctx: Ctx) -> Response:
    """Show the contact data once, and write down who looked."""
    case = get_seen(ctx)
    who = capacities(ctx.staff, case)
    if not _may_reveal(case, who):
        raise Conflict(_("这件诉求没有可以查看的联系方式。"), _("需要联系反映人时，请由指挥部办公室转达。"))
    triage.reveal_contact(ctx.db, as_staff(ctx.portal, ctx.staff, case), case, "")
    record(ctx.db, ctx.staff, "case.reveal", f"case {case.case_no}")
    shown = open_contact(ctx.secrets, case.contact)
    ctx.db.flush()
    return case_page(ctx, get_seen(ctx), contact=shown)


def desk_mark(ctx: Ctx) -> Response:
    """Put a case on my own list or take it off, or say that I have read what named me."""
    case = get_seen(ctx)
    act = as_staff(ctx.portal, ctx.staff, case)
    what = ctx.arg("what")
    if what == "seen":
        teamwork.mark_seen(ctx.db, act, case)
        ctx.flash(_("已记下您看过了。"))
    elif what in {"keep", "drop"}:
        teamwork.keep_in_shortlist(ctx.db, act, case, what == "keep")
        ctx.flash(_("已放进我的清单。") if what == "keep" else _("已从我的清单中拿掉。"))
    else:
        raise NotFound(_("没有这个操作。"))
    back = list_address(ctx)
    if back:
        return ctx.redirect_to(f"{without_open(back)}open={case.case_no}")
    return ctx.redirect("cases:desk_show", case_no=case.case_no)


def desk_photo(ctx: Ctx) -> Response:
    """A photo of a case, for those who may see the case."""
    case = queries.get_case(ctx.db, ctx.arg("case_no"))
    photo = queries.find_photo(ctx.db, case, ctx.arg("name")) if queries.may_see(ctx.staff, case) else None
    if photo is None:
        raise NotFound(_("没有这张照片，或者它不归您查看。"))
    return photo_answer(ctx, photo.key)
