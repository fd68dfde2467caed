"""Parts of the desk's list, written once for what they show: staff look at it all day, most of it stays the same."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from portal.accounts import list_active
from portal.cases import queue, queue_filters, views
from portal.cases.lines import CaseLine
from portal.cases.models import UNSORTED
from portal.cases.states import PAUSED, RUNNING, WAITING, State
from portal.core import pages
from portal.core.clock import end_of, local
from portal.core.i18n import gettext as _
from portal.core.roles import Role
from portal.core.web import Ctx
from portal.groups import City

NEVER = datetime.max.replace(tzinfo=UTC)
SHORTLY = timedelta(milliseconds=1)


def show_lines(ctx: Ctx, lines: Sequence[CaseLine]) -> Markup:
    """Lines as rows of the table.

    A row says nothing but what is in its line, which the database has just given to somebody who may see it, in the
    reader's language, and how long the promise still runs.
    """
    return ctx.portal.kept_parts.parts(
        "queue row",
        lines,
        _until,
        lambda line: pages.render("cases/_queue_rows.html", {"rows": [views.queue_row(line, ctx.city)]}),
    )


def _until(line: CaseLine, moment: datetime) -> datetime:
    """The last moment at which a row written now says how its promise stands."""
    if line.queue >= 2 or line.stands in PAUSED:
        return NEVER
    soon = line.submitted_at + views.SOON * (line.due_at - line.submitted_at)
    marks = (soon - SHORTLY, line.due_at, end_of(local(moment).date()) - SHORTLY)
    return min((mark for mark in marks if mark >= moment), default=moment)


def values_around(ctx: Ctx, version: queue.Version, wanted: queue.QueueFilter) -> dict[str, Any]:
    """What the page shows around its rows, whichever cases those are."""
    counts, promises, saved, officers = ctx.portal.kept_values.value(
        ctx, "around the queue", version, lambda: _look_around(ctx)
    )
    kept, may_dispatch = wanted.as_query(), ctx.staff.may(Role.DISPATCHER)
    return {
        "wanted": wanted,
        "upto": version[0],
        "here": urlencode(kept),
        "views": _view_links(ctx, counts, promises),
        "groups": _group_links(ctx.city, counts),
        "narrowed": queue_filters.rest_of_address(wanted),
        "chosen": queue_filters.chosen_words(ctx.city, wanted),
        "saved": saved,
        "filters": _show_filters(ctx, wanted),
        "bulk": _show_bulk(ctx, may_dispatch, officers),
        "may_dispatch": may_dispatch,
    }


Around = tuple[dict[tuple[str, str], int], dict[str, int], Sequence[Any], tuple[tuple[str, str], ...]]


def _look_around(ctx: Ctx) -> Around:
    """What stands around the list whatever its filter: counts, promises, saved filters, whom to give cases to."""
    return (
        queue.count_queue(ctx.db, ctx.staff),
        queue.count_promises(ctx.db, ctx.city, ctx.staff),
        queue.list_filters(ctx.db, ctx.staff),
        tuple(_officers(ctx)),
    )


def _show_filters(ctx: Ctx, wanted: queue.QueueFilter) -> Markup:
    """Search and filters: the same for everybody who has chosen the same."""
    return ctx.portal.kept_parts.parts("queue filters", [wanted], _for_good, lambda one: _write_filters(ctx.city, one))


def _write_filters(city: City, wanted: queue.QueueFilter) -> str:
    values = {
        "wanted": wanted,
        "kept": wanted.as_query(),
        "fields": queue_filters.fields_of(city, wanted),
        "chosen": queue_filters.chosen_words(city, wanted),
    }
    return pages.render("cases/_queue_filters.html", values)


def _show_bulk(ctx: Ctx, may_dispatch: bool, officers: tuple[tuple[str, str], ...]) -> Markup:
    """What can be done with many: the same for all who may do the same for the same people."""
    values = {"city": ctx.city, "may_dispatch": may_dispatch, "officers": officers}
    key = may_dispatch, officers
    return ctx.portal.kept_parts.parts(
        "queue bulk", [key], _for_good, lambda _key: pages.render("cases/_queue_bulk.html", values)
    )


def _for_good(_thing: object, _moment: datetime) -> datetime:
    return NEVER


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
