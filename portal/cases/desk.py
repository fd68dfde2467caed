"""The desk: the list a dispatcher lives in, a case with everything needed to decide, and every action."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from portal.cases import queries, triage, views
from portal.cases.desk_actions import ACTIONS, stored
from portal.cases.desk_forms import DeskForm, DispatchForm
from portal.cases.forms import tell_apart
from portal.cases.lifecycle import as_staff, capacities, require
from portal.cases.models import UNSORTED, Case
from portal.cases.notify import open_contact
from portal.cases.public import photo_answer
from portal.cases.reading import marked, staff_version
from portal.cases.reuse import list_reused
from portal.cases.similar import find_alike, is_near
from portal.cases.states import RUNNING, STATE_WORDS, WAITING, State, Who, actions_in
from portal.cases.wording import fill, list_wordings
from portal.core.audit import record
from portal.core.errors import BadInput, Conflict, NotFound
from portal.core.i18n import gettext as _
from portal.core.roles import Role
from portal.core.web import Ctx
from portal.groups import City, Prediction

VIEWS = ("open", "waiting", "overdue", "rating", "done", "all")


def desk_index(ctx: Ctx) -> Response:
    """The list: unsorted first, then by promise. Every filter is a link to share.

    Who looks every twenty seconds gets the same page again as long as nothing happened to any case.
    """
    return ctx.portal.kept_pages.answer(ctx, queries.newest_step(ctx.db), _queue_page)


def _queue_page(ctx: Ctx) -> Response:
    city: City = ctx.city
    wanted = _read_filter(ctx)
    page = queries.list_queue(ctx.db, ctx.staff, wanted, ctx.query("after") or None)
    counts = queries.count_queue(ctx.db, ctx.staff)
    rows = [views.queue_row(case, city) for case in page.rows]
    kept = {
        "view": wanted.view,
        "group": wanted.group,
        "unit": wanted.unit,
        "district": wanted.district,
        "kind": wanted.kind,
        "state": wanted.state,
        "q": wanted.text,
        "supervised": "1" if wanted.is_supervised else "",
    }
    return ctx.render(
        "cases/desk_index.html",
        rows=rows,
        after=page.after,
        kept=kept,
        views=_view_links(counts),
        groups=_group_links(city, counts),
        may_dispatch=ctx.staff.may(Role.DISPATCHER),
        states=[(state.value, str(word)) for state, word in STATE_WORDS.items()],
        fragment="rows" if ctx.partial else None,
    )


def _read_filter(ctx: Ctx) -> queries.QueueFilter:
    city: City = ctx.city
    view, state, group = ctx.query("view"), ctx.query("state"), ctx.query("group")
    return queries.QueueFilter(
        view=view if view in VIEWS else "open",
        group=group if group == "-" or city.find_group(group) else "",
        unit=ctx.query("unit") if city.find_unit(ctx.query("unit")) else "",
        district=ctx.query("district") if city.find_district(ctx.query("district")) else "",
        kind=ctx.query("kind") if any(kind.key == ctx.query("kind") for kind in city.kinds) else "",
        state=state if state in {one.value for one in State} else "",
        text=ctx.query("q")[:100],
        is_supervised=ctx.query("supervised") == "1",
    )


def _view_links(counts: Mapping[tuple[str, str], int]) -> list[tuple[str, str, int | None]]:
    def total(states: frozenset[State]) -> int:
        return sum(count for (_group, state), count in counts.items() if state in states)

    return [
        ("open", _("待办"), total(WAITING | RUNNING)),
        ("waiting", _("待分派"), total(WAITING)),
        ("overdue", _("已超期"), None),
        ("rating", _("待评价"), total(frozenset({State.RESOLVED}))),
        ("done", _("已结束"), None),
        ("all", _("全部"), sum(counts.values())),
    ]


def _group_links(city: City, counts: Mapping[tuple[str, str], int]) -> list[tuple[str, str, int]]:
    sums: dict[str, int] = {}
    for (group, state), count in counts.items():
        if state in WAITING | RUNNING:
            sums[group] = sums.get(group, 0) + count
    links = [("-", _("未分组"), sums.get(UNSORTED, 0))]
    links += [(group.key, group.short, sums.get(group.key, 0)) for group in (*city.groups, city.coordination)]
    return [link for link in links if link[2]]


def _get_seen(ctx: Ctx) -> Case:
    """The case in the path, when it is for this person's eyes; another unit's case does not exist for them."""
    case = queries.get_whole_case(ctx.db, ctx.arg("case_no"))
    if not queries.may_see(ctx.staff, case):
        raise NotFound(_("没有这件诉求，或者它不归您办理。"))
    return case


def desk_show(ctx: Ctx) -> Response:
    """A case with everything needed to decide, in one request. ?wording= fills in an answer to start from."""
    case = _get_seen(ctx)
    wording = fill(ctx.query("wording"), case, ctx.city)
    if wording is None or wording[0] not in actions_in(case.stands, capacities(ctx.staff, case)):
        return _page(ctx, case)
    form = _form(ctx.city, case, wording[0])
    form["text"].data = wording[1]
    return _page(ctx, case, (wording[0], form), status=200)


def _page(
    ctx: Ctx,
    case: Case,
    wrong: tuple[str, DeskForm] | None = None,
    contact: Mapping[str, str] | None = None,
    status: int = 0,
) -> Response:
    city: City = ctx.city
    who = capacities(ctx.staff, case)
    allowed = actions_in(case.stands, who)
    prediction = ctx.db.get(Prediction, case.prediction_id) if case.prediction_id else None
    forms = {name: _form(city, case, name) for name in ACTIONS if name in allowed and _makes_sense(case, name)}
    if wrong:
        forms[wrong[0]] = wrong[1]
    for name, form in forms.items():
        tell_apart(form, name)

    def version(text: str) -> str:
        return staff_version(city, text, who, contact is not None)

    by_kind: dict[str, list[Any]] = {"report": [], "proof": [], "answer": []}
    for photo in case.photos:
        by_kind[photo.kind].append(photo)
    response = ctx.render(
        "cases/desk_show.html",
        status=status or (422 if wrong else 200),
        case=case,
        names=views.names(case, city),
        channel=views.channel_word(case.channel),
        state=views.state_word(case, is_public=False),
        tone=views.tone(case),
        is_late=views.is_late(case),
        pieces=marked(case.text_raw, version(case.text_raw), prediction),
        prediction=prediction,
        ranked=_ranked(city, prediction),
        quick=_quick(city, case) if "dispatch" in forms else None,
        answers=views.answers(case, version),
        may_cover="cover" in allowed,
        public_answers=views.answers(case),
        items=views.desk_timeline(case, city, version),
        photos={kind: views.photo_links(case, found, "cases:desk_photo") for kind, found in by_kind.items()},
        reused=list_reused(ctx.db, case),
        actions=[(name, ACTIONS[name], form) for name, form in forms.items()],
        wrong=wrong[0] if wrong else "",
        wordings={name: list_wordings(name) for name in forms},
        contact=contact,
        may_reveal=_may_reveal(case, who),
        stopper=next((one for one in city.stoppers if one.key == case.stopper), None),
        checklist=getattr(city.find_group(case.group or case.suggested_group), "checklist", ()),
        same_reporter=queries.list_same_reporter(ctx.db, case) if queries.sees_all(ctx.staff) else [],
        alike=_alike(ctx, case),
        helpers=[unit.name for key in case.helpers if (unit := city.find_unit(key))],
        owner_days=views.owner_days(case),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _form(city: City, case: Case, name: str) -> DeskForm:
    values = {"group": case.suggested_group or case.group} if issubclass(ACTIONS[name].form, DispatchForm) else {}
    form = ACTIONS[name].form(None, **values)
    form.prepare(city, case)
    return form


def _makes_sense(case: Case, name: str) -> bool:
    """Leave out what a guard would refuse anyway."""
    if name == "publish":
        return case.wants_publish and not case.is_confidential and case.public_from is None
    if name == "hide":
        return case.public_from is not None
    if name == "defer":
        return case.defer_proposal is not None
    return not (name == "propose-defer" and case.defer_proposal is not None)


def _ranked(city: City, prediction: Prediction | None) -> list[tuple[str, float]]:
    if prediction is None:
        return []
    return [
        (group.name if (group := city.find_group(key)) else key, share) for key, share in list(prediction.ranked)[:3]
    ]


def _quick(city: City, case: Case) -> dict[str, str] | None:
    """The one-key dispatch: the suggested group and its first unit."""
    group = city.find_group(case.suggested_group)
    if group is None or case.is_confidential:
        return None
    unit = city.units_for(group.key, case.district)[0]
    return {"group": group.key, "unit": unit.key, "group_name": group.name, "unit_name": unit.name}


def _may_reveal(case: Case, who: frozenset[Who]) -> bool:
    is_handler_only = who == frozenset({Who.HANDLER})
    return bool(who) and triage.may_see_contact(case, is_handler_only)


def _alike(ctx: Ctx, case: Case) -> list[tuple[Case, bool]]:
    """Open cases with the same words, or within 200 m, that this person may see."""
    group = case.group or case.suggested_group or ""
    recent = queries.list_candidates(ctx.db, group, ctx.city.deadlines.merge_window_days)
    seen = [one for one in recent if one.id != case.id and queries.may_see(ctx.staff, one)]
    alike = [one.case for one in find_alike(case.text_public, case.place_public, seen)]
    near = [one for one in seen if is_near(case, one) and one not in alike]
    return [(one, is_near(case, one)) for one in [*alike, *near][:5]]


def desk_act(ctx: Ctx) -> Response:
    """Do one action on a case, by the table of its life."""
    name = ctx.arg("action")
    action = ACTIONS.get(name)
    if action is None:
        raise NotFound(_("没有这个操作。"))
    form = action.form(ctx.data)
    case = _get_seen(ctx)
    act = as_staff(ctx.portal, ctx.staff, case)
    require(act, case, name)
    form.prepare(ctx.city, case)
    if not form.validate():
        return _page(ctx, case, (name, form))
    try:
        action.run(ctx, act, case, form, stored(ctx, form))
    except BadInput as refused:
        # Nothing was written before a guard refused; the page says it beside the form that was filled in.
        form.add_error(next(iter(form)).short_name, f"{refused.message}{refused.advice}")
        ctx.db.rollback()
        return _page(ctx, _get_seen(ctx), (name, form))
    record(ctx.db, ctx.staff, f"case.{name}", f"case {case.case_no}", group=case.group, unit=case.unit)
    ctx.flash(_("已完成：%(action)s。") % {"action": action.label})
    if ctx.wants_json:
        return ctx.json({"case_no": case.case_no, "state": case.state, "group": case.group, "unit": case.unit})
    if not queries.may_see(ctx.staff, case):
        return ctx.redirect("cases:desk_index")
    return ctx.redirect("cases:desk_show", case_no=case.case_no)


def desk_reveal(ctx: Ctx) -> Response:
    """Show the contact data once, and write down who looked."""
    case = _get_seen(ctx)
    who = capacities(ctx.staff, case)
    if not _may_reveal(case, who):
        raise Conflict(_("这件诉求没有可以查看的联系方式。"), _("需要联系反映人时，请由指挥部办公室转达。"))
    triage.reveal_contact(ctx.db, as_staff(ctx.portal, ctx.staff, case), case, "")
    record(ctx.db, ctx.staff, "case.reveal", f"case {case.case_no}")
    shown = open_contact(ctx.secrets, case.contact)
    ctx.db.flush()
    return _page(ctx, _get_seen(ctx), contact=shown)


def desk_photo(ctx: Ctx) -> Response:
    """A photo of a case, for those who may see the case."""
    case = queries.get_case(ctx.db, ctx.arg("case_no"))
    photo = queries.find_photo(ctx.db, case, ctx.arg("name")) if queries.may_see(ctx.staff, case) else None
    if photo is None:
        raise NotFound(_("没有这张照片，或者它不归您查看。"))
    return photo_answer(ctx, photo.key)
