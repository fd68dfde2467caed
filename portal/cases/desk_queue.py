"""The list a dispatcher lives in: filters that are links, one case beside it, live, and many cases at once."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.responses import Response

from portal.accounts import list_active
from portal.cases import queue, teamwork, triage, views
from portal.cases.desk import case_context
from portal.cases.desk_models import SavedFilter
from portal.cases.lifecycle import as_staff
from portal.cases.models import UNSORTED, Case
from portal.cases.queries import find_case, get_whole_case, may_see
from portal.cases.queue_parts import show_form, show_lines
from portal.cases.states import RUNNING, WAITING, State, state_name
from portal.core.audit import record
from portal.core.clock import now
from portal.core.errors import Conflict, NotFound, Refusal
from portal.core.i18n import gettext as _
from portal.core.roles import Role
from portal.core.web import Ctx
from portal.groups import City

MOST_AT_ONCE = 50
MOST_FILTERS = 20


def desk_index(ctx: Ctx) -> Response:
    """The list: unsorted first, then by promise; ?open= shows a case beside it.

    Who looks every twenty seconds gets the same page again as long as nothing happened to any case.
    """
    version = queue.queue_version(ctx.db)
    if ctx.query("open") or ctx.query("view") == "short":
        return _queue_page(ctx, version)
    return ctx.portal.kept_pages.answer(ctx, version, lambda asked: _queue_page(asked, version))


def _queue_page(ctx: Ctx, version: queue.Version) -> Response:
    city: City = ctx.city
    wanted = read_filter(city, ctx.request.query_params)
    page = queue.list_queue(ctx.db, city, ctx.staff, wanted, ctx.query("after") or None)
    counts, promises, saved, officers = ctx.portal.kept_values.value(
        ctx, "around the queue", version, lambda: _around(ctx)
    )
    kept, chosen, may_dispatch = wanted.as_query(), _chosen(city, wanted), ctx.staff.may(Role.DISPATCHER)
    filters = show_form(
        ctx,
        "filters",
        (wanted,),
        lambda: {"wanted": wanted, "kept": kept, "fields": _fields(city, wanted), "chosen": chosen},
    )
    bulk = show_form(
        ctx, "bulk", (may_dispatch, officers), lambda: {"may_dispatch": may_dispatch, "officers": officers}
    )
    return ctx.render(
        "cases/desk_index.html",
        fragment="rows" if ctx.partial else None,
        rows=show_lines(ctx, page.rows),
        after=page.after,
        kept=kept,
        wanted=wanted,
        upto=version[0],
        here=urlencode(kept),
        views=_view_links(ctx, counts, promises),
        groups=_group_links(city, counts),
        narrowed=_narrowed(wanted),
        chosen=chosen,
        saved=saved,
        filters=filters,
        bulk=bulk,
        may_dispatch=may_dispatch,
        page=_beside(ctx, kept),
    )


Around = tuple[dict[tuple[str, str], int], dict[str, int], Sequence[Any], tuple[tuple[str, str], ...]]


def _around(ctx: Ctx) -> Around:
    """What stands around the list whatever its filter: counts, promises, saved filters, whom to give cases to."""
    return (
        queue.count_queue(ctx.db, ctx.staff),
        queue.count_promises(ctx.db, ctx.city, ctx.staff),
        queue.list_filters(ctx.db, ctx.staff),
        tuple(_officers(ctx)),
    )


def _narrowed(wanted: queue.QueueFilter) -> str:
    """What stays of the address when another view or group is chosen, to be put behind it."""
    kept = {"district": wanted.district, "kind": wanted.kind, "q": wanted.text}
    return "".join(f"&{urlencode({key: value})}" for key, value in kept.items() if value)


def _beside(ctx: Ctx, kept: Mapping[str, str]) -> dict[str, Any] | None:
    """Everything the case's own page has, for the case named by ?open=; None when there is none to be seen."""
    case = find_case(ctx.db, ctx.query("open")) if ctx.query("open") else None
    if case is None or not may_see(ctx.staff, case):
        return None
    back = f"{ctx.url('cases:desk_index')}?{urlencode(kept)}"
    return case_context(ctx, get_whole_case(ctx.db, case.case_no), back=back)


Choices = list[tuple[str, str]]


def _fields(city: City, wanted: queue.QueueFilter) -> list[tuple[str, str, Choices, str]]:
    """The filters of the form: name, label, what can be chosen, what is chosen."""
    groups = [("-", _("未分组")), *((one.key, one.short) for one in (*city.groups, city.coordination))]
    return [
        ("group", _("专项组"), groups, wanted.group),
        ("unit", _("承办单位"), [(one.key, one.short) for one in city.units], wanted.unit),
        ("district", _("所在区"), [(one.key, one.name) for one in city.districts], wanted.district),
        ("kind", _("类型"), [(one.key, one.name) for one in city.kinds], wanted.kind),
        ("state", _("状态"), [(state.value, state_name(city, state)) for state in State], wanted.state),
        ("promise", _("承诺"), _promise_words(), wanted.promise),
        ("sure", _("系统把握"), _sure_words(), wanted.sure),
        (
            "priority",
            _("缓急"),
            [(one.value, str(word)) for one, word in teamwork.PRIORITY_WORDS.items()],
            wanted.priority,
        ),
        ("supervised", _("督办"), [("1", _("只看督办"))], "1" if wanted.is_supervised else ""),
    ]


def _promise_words() -> list[tuple[str, str]]:
    return [("today", _("今天到期")), ("week", _("七天内到期")), ("late", _("已超期")), ("far", _("超期较多"))]


def _sure_words() -> list[tuple[str, str]]:
    return [
        ("strong", _("把握 80% 以上")),
        ("middle", _("把握 50%–80%")),
        ("weak", _("把握 50% 以下")),
        ("none", _("没有建议")),
    ]


def read_filter(city: City, asked: Mapping[str, str]) -> queue.QueueFilter:
    """The filter an address asks for; whatever the city does not know is left out."""

    def one_of(name: str, known: Sequence[str]) -> str:
        value = asked.get(name, "").strip()
        return value if value in known else ""

    group = asked.get("group", "")
    return queue.QueueFilter(
        view=one_of("view", queue.VIEWS) or "open",
        group=group if group == "-" or city.find_group(group) else "",
        unit=one_of("unit", [unit.key for unit in city.units]),
        district=one_of("district", [district.key for district in city.districts]),
        kind=one_of("kind", [kind.key for kind in city.kinds]),
        state=one_of("state", list(State)),
        promise=one_of("promise", queue.PROMISES),
        sure=one_of("sure", queue.SURENESS),
        priority=one_of("priority", list(teamwork.Priority)),
        text=asked.get("q", "").replace("\x00", "").strip()[:100],
        is_supervised=asked.get("supervised", "") == "1",
    )


def _view_links(
    ctx: Ctx, counts: Mapping[tuple[str, str], int], promises: Mapping[str, int]
) -> list[tuple[str, str, str]]:
    def total(states: frozenset[State]) -> str:
        return str(sum(count for (_group, state), count in counts.items() if state in states))

    def bounded(name: str) -> str:
        count = promises[name]
        return f"{count}+" if count >= queue.MOST_COUNTED else str(count)

    links = [
        ("open", _("待办"), total(WAITING | RUNNING)),
        ("waiting", _("待分派"), total(WAITING)),
        ("overdue", _("已超期"), bounded("late")),
        ("mine", _("我经办"), bounded("mine")),
        ("short", _("我的清单"), ""),
        ("rating", _("待评价"), total(frozenset({State.RESOLVED}))),
        ("done", _("已结束"), ""),
        ("all", _("全部"), str(sum(counts.values()))),
    ]
    if ctx.staff.may(Role.UNIT):
        links.insert(4, ("helping", _("我单位协办"), ""))
    return links


def _group_links(city: City, counts: Mapping[tuple[str, str], int]) -> list[tuple[str, str, int]]:
    sums: dict[str, int] = {}
    for (group, state), count in counts.items():
        if state in WAITING | RUNNING:
            sums[group] = sums.get(group, 0) + count
    links = [("-", _("未分组"), sums.get(UNSORTED, 0))]
    links += [(group.key, group.short, sums.get(group.key, 0)) for group in (*city.groups, city.coordination)]
    return [link for link in links if link[2]]


def _chosen(city: City, wanted: queue.QueueFilter) -> list[tuple[str, str]]:
    """What the list is narrowed to besides its view, in words, each with the address without it."""
    unit, group = city.find_unit(wanted.unit), city.find_group(wanted.group)
    district = city.find_district(wanted.district)
    words = {
        "group": group.name if group else _("未分组") if wanted.group else "",
        "unit": unit.name if unit else "",
        "district": district.name if district else "",
        "kind": city.kind(wanted.kind).name if wanted.kind else "",
        "state": state_name(city, State(wanted.state)) if wanted.state else "",
        "promise": dict(_promise_words()).get(wanted.promise, ""),
        "sure": dict(_sure_words()).get(wanted.sure, ""),
        "priority": str(teamwork.PRIORITY_WORDS[teamwork.Priority(wanted.priority)]) if wanted.priority else "",
        "q": f"“{wanted.text}”" if wanted.text else "",
        "supervised": _("督办") if wanted.is_supervised else "",
    }
    kept = wanted.as_query()
    return [
        (word, urlencode({key: value for key, value in kept.items() if key != name}))
        for name, word in words.items()
        if word
    ]


def _officers(ctx: Ctx) -> list[tuple[str, str]]:
    """Whom several cases can be given to at once: a unit's or group's own people, for the office everybody's."""
    person, found = ctx.staff, []
    for one in list_active(ctx.db):
        is_handler = one.may(Role.UNIT, Role.GROUP)
        is_ours = (
            person.may(Role.DISPATCHER, Role.SUPERVISOR)
            or (one.unit is not None and one.unit == person.unit)
            or bool(one.groups & person.groups)
        )
        if is_handler and is_ours:
            unit = ctx.city.find_unit(one.unit)
            found.append((one.username, f"{one.name}（{unit.short}）" if unit else one.name))
    return found


def desk_changes(ctx: Ctx) -> Response:
    """What changed in a list since ?since=: only those rows, for the page that asks every so often; else nothing."""
    city: City = ctx.city
    since = ctx.query("since")
    if not since.isdecimal() or not since.isascii() or len(since) > 18:
        return Response(status_code=204)
    wanted = read_filter(city, ctx.request.query_params)
    found = queue.list_changes(ctx.db, city, ctx.staff, wanted, int(since))
    if found is None:
        return Response(status_code=204)
    return ctx.render(
        "cases/desk_changes.html",
        rows=[views.queue_row(case, city) for case in found.rows],
        gone=found.gone,
        upto=found.upto,
        kept=wanted.as_query(),
        may_dispatch=ctx.staff.may(Role.DISPATCHER),
    )


def back_to(ctx: Ctx, default: str = "") -> str:
    """The list somebody came from, as its form says; only addresses of the list are taken."""
    path = str(ctx.data.get("back", ""))[:600]
    parts = urlsplit(path)
    home = ctx.url("cases:desk_index")
    if parts.path != home or parts.scheme or parts.netloc:
        return default or home
    asked = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    kept = read_filter(ctx.city, asked).as_query()
    return f"{home}?{urlencode(kept)}" if kept else home


def desk_bulk(ctx: Ctx) -> Response:
    """Do one thing with every chosen case it can be done with; the others are left as they are and named."""
    numbers = list(dict.fromkeys(str(value) for value in ctx.data.getlist("case_no")))[:MOST_AT_ONCE]
    doing = str(ctx.data.get("do", "dispatch"))
    acts = {"dispatch": _dispatch_suggested, "dispatch-to": _dispatch_to, "assign": _assign}
    if doing not in acts:
        raise NotFound(_("没有这个操作。"))
    done, left = 0, []
    for number in numbers:
        case = find_case(ctx.db, number)
        if case is None or not may_see(ctx.staff, case):
            left.append(number[:24])
            continue
        try:
            # A refusal half-way must leave nothing of its case behind.
            with ctx.db.begin_nested():
                acts[doing](ctx, get_whole_case(ctx.db, number))
            done += 1
        except Refusal:
            left.append(case.case_no)
    words = _("已办 %(count)s 件。") % {"count": done}
    if left:
        words += _("%(count)s 件没有办成，仍在原处：%(numbers)s。") % {
            "count": len(left),
            "numbers": "、".join(left[:5]),
        }
    ctx.flash(words if numbers else _("还没有勾选诉求。"), "ok" if done and not left else "warn")
    return ctx.redirect_to(back_to(ctx))


def _dispatch_suggested(ctx: Ctx, case: Case) -> None:
    group = ctx.city.find_group(case.suggested_group)
    if group is None or case.stands is not State.TRIAGE or case.is_confidential:
        raise Conflict(_("这件诉求要由人看过再派。"))
    _send(ctx, case, group.key, ctx.city.units_for(group.key, case.district)[0].key)


def _dispatch_to(ctx: Ctx, case: Case) -> None:
    group, unit = str(ctx.data.get("to_group", "")), str(ctx.data.get("to_unit", ""))
    if ctx.city.find_group(group) is None:
        raise Conflict(_("没有选择专项组。"))
    _send(ctx, case, group, unit or ctx.city.units_for(group, case.district)[0].key)


def _send(ctx: Ctx, case: Case, group: str, unit: str) -> None:
    triage.dispatch(ctx.db, as_staff(ctx.portal, ctx.staff, case), case, triage.Assignment(group, unit))
    record(ctx.db, ctx.staff, "case.dispatch", f"case {case.case_no}", group=group, unit=unit)


def _assign(ctx: Ctx, case: Case) -> None:
    officer = str(ctx.data.get("officer", ""))[:60]
    teamwork.assign(ctx.db, as_staff(ctx.portal, ctx.staff, case), case, officer)
    record(ctx.db, ctx.staff, "case.assign", f"case {case.case_no}", officer=officer)


def save_filter(ctx: Ctx) -> Response:
    """Give the present filter a name, for oneself or for colleagues too."""
    name = " ".join(str(ctx.data.get("name", "")).split())[:40]
    back = back_to(ctx)
    own = [one for one in queue.list_filters(ctx.db, ctx.staff) if one.owner == ctx.staff.username]
    if not name:
        ctx.flash(_("请给这个筛选起个名字，再保存。"), "warn")
    elif len(own) >= MOST_FILTERS:
        ctx.flash(_("最多保存 %(most)s 个筛选，请先删掉不用的。") % {"most": MOST_FILTERS}, "warn")
    else:
        is_shared = ctx.data.get("shared") == "1"
        ctx.db.add(
            SavedFilter(
                owner=ctx.staff.username,
                owner_name=ctx.staff.name,
                name=name,
                query=urlsplit(back).query,
                is_shared=is_shared,
                created_at=now(),
            )
        )
        ctx.flash(
            _("已保存“%(name)s”，同事也能看到。") % {"name": name}
            if is_shared
            else _("已保存“%(name)s”。") % {"name": name}
        )
    return ctx.redirect_to(back)


def drop_filter(ctx: Ctx) -> Response:
    """Forget a saved filter of one's own."""
    number = ctx.arg("filter_id")
    found = (
        ctx.db.get(SavedFilter, int(number)) if number.isascii() and number.isdecimal() and len(number) < 10 else None
    )
    if found is None or found.owner != ctx.staff.username:
        raise NotFound(_("没有这个筛选，或者它是同事保存的。"), _("请回到列表。"))
    ctx.db.delete(found)
    ctx.flash(_("已删除。"))
    return ctx.redirect_to(back_to(ctx))
