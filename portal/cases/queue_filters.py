"""Filters of the desk's list: read from an address, told in words, saved under a name."""

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.responses import Response

from portal.cases import queue, teamwork
from portal.cases.desk_models import SavedFilter
from portal.cases.queue import QueueFilter
from portal.cases.states import State, state_name
from portal.core.clock import now
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.groups import City

MOST_FILTERS = 20
Choices = list[tuple[str, str]]


def read_filter(city: City, asked: Mapping[str, str]) -> QueueFilter:
    """The filter an address asks for; whatever the city does not know is left out."""

    def known(name: str, is_known: Callable[[str], object]) -> str:
        value = asked.get(name, "").strip()
        return value if value and is_known(value) else ""

    return QueueFilter(
        view=known("view", queue.VIEWS.__contains__) or "open",
        group=known("group", lambda key: key == "-" or city.find_group(key)),
        unit=known("unit", city.find_unit),
        district=known("district", city.find_district),
        kind=known("kind", [kind.key for kind in city.kinds].__contains__),
        state=known("state", [*State].__contains__),
        promise=known("promise", queue.PROMISES.__contains__),
        sure=known("sure", queue.SURENESS.__contains__),
        priority=known("priority", [*teamwork.Priority].__contains__),
        text=asked.get("q", "").replace("\x00", "").strip()[:100],
        is_supervised=asked.get("supervised", "") == "1",
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


def fields_of(city: City, wanted: QueueFilter) -> list[tuple[str, str, Choices, str]]:
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


def chosen_words(city: City, wanted: QueueFilter) -> list[tuple[str, str]]:
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


def rest_of_address(wanted: QueueFilter) -> str:
    """What stays of the address when another view or group is chosen, to be put behind it."""
    kept = {"district": wanted.district, "kind": wanted.kind, "q": wanted.text}
    return "".join(f"&{urlencode({key: value})}" for key, value in kept.items() if value)


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
