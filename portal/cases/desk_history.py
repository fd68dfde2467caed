"""The life of a case as staff read it: every step with its inside, and what somebody asks an arbiter to decide."""

from collections.abc import Callable, Iterator
from datetime import date

from portal.cases import queries, views
from portal.cases.forms import GRADES, SOLVED
from portal.cases.models import Case, CaseEvent
from portal.cases.states import BLAME, PRAISE, TITLES, State
from portal.cases.teamwork import PRIORITY_WORDS, Priority
from portal.core.clock import in_chinese, local, short_in_chinese
from portal.core.i18n import gettext as _
from portal.groups import City

Version = Callable[[str], str]
ASKED = {
    State.RETURN_ASKED: ("return",),
    State.EXTENSION_ASKED: ("extend",),
    State.REOPEN_ASKED: ("dispute",),
    State.REOPENED: ("dispute", "reopen"),
}
"""States that came of somebody's wish, and the steps that said it: an arbiter decides on it, a unit mends it."""


def desk_timeline(case: Case, city: City, version: Version) -> list[views.Item]:
    """The whole history for staff, newest first. version: how this reader may see a citizen's words."""
    own = _own_words(case, version)
    return [_item(case, city, event, own) for event in reversed(case.events)]


def asked(case: Case, city: City, version: Version) -> views.Item | None:
    """What waits for a word of an arbiter or a second try, to stand beside the buttons; None where nothing does."""
    is_proposed = case.stands is State.IN_PROGRESS and bool(case.defer_proposal)
    event = queries.last_event(case, *(("propose-defer",) if is_proposed else ASKED.get(case.stands, ())))
    return _item(case, city, event, _own_words(case, version)) if event else None


def _own_words(case: Case, version: Version) -> dict[int, str]:
    return {message.event_id: version(message.text) for message in case.messages}


def _item(case: Case, city: City, event: CaseEvent, own: dict[int, str]) -> views.Item:
    facts = "；".join(_facts(event, city))
    return views.Item(
        event.at,
        str(TITLES.get(event.action, event.action)),
        " ".join(part for part in (own.get(event.id, event.public_text), *_written(event), facts) if part),
        event.actor_name,
        views.photos_of_event(case, event, "cases:desk_photo"),
    )


def _written(event: CaseEvent) -> list[str]:
    """What a colleague wrote for colleagues."""
    return [str(event.detail[key]) for key in ("note", "evidence", "plan") if event.detail.get(key)]


def _facts(event: CaseEvent, city: City) -> Iterator[str]:
    """The internal side of a step in short words."""
    yield from _why(event, city)
    detail = event.detail
    if detail.get("review_on"):
        yield _("复查日期：%(day)s") % {"day": in_chinese(date.fromisoformat(detail["review_on"]))}
    if event.action == "extend":
        yield _("申请延长 %(days)s 个工作日") % {"days": detail["working_days"]}
    if detail.get("grade"):
        yield _("评价：%(grade)s，%(solved)s") % {
            "grade": dict(GRADES)[str(detail["grade"])],
            "solved": dict(SOLVED)[detail["solved"]],
        }
    if detail.get("reasons"):
        words = {**PRAISE, **BLAME}
        yield "、".join(str(words.get(one, one)) for one in detail["reasons"])
    if detail.get("officer"):
        yield _("经办人：%(name)s") % {"name": detail["officer"]}
    if detail.get("helpers"):
        units = (city.find_unit(key) for key in detail["helpers"])
        yield _("协办：%(units)s") % {"units": "、".join(unit.name for unit in units if unit)}
    if detail.get("part"):
        yield _("拆出：%(number)s") % {"number": detail["part"]}
    if detail.get("main"):
        yield _("主单：%(number)s") % {"number": detail["main"]}
    if detail.get("wanted_group"):
        group = city.find_group(detail["wanted_group"])
        yield _("来件系统指定：%(group)s") % {"group": group.name if group else detail["wanted_group"]}
    if detail.get("proposed_unit"):
        unit = city.find_unit(detail["proposed_unit"])
        yield _("建议改派：%(unit)s") % {"unit": unit.name if unit else detail["proposed_unit"]}
    if event.old_due_at and event.new_due_at and event.old_due_at != event.new_due_at:
        yield (
            _("期限由 %(old)s 改为 %(new)s")
            % {
                name: short_in_chinese(local(at).date())
                for name, at in (("old", event.old_due_at), ("new", event.new_due_at))
            }
        )


def _why(event: CaseEvent, city: City) -> Iterator[str]:
    """The reason chosen from a list, in the city's words; other reasons are for machines."""
    options = {"return": city.return_reasons, "propose-defer": city.defer_reasons}.get(event.action, ())
    yield from (_("原因：%(reason)s") % {"reason": one.name} for one in options if one.key == event.reason)
    if event.action == "prioritise":
        yield str(PRIORITY_WORDS[Priority(event.reason)])
