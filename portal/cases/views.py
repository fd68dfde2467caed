"""Turning a case into what its pages show: words of states, time lines, photos, marked text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portal.cases.lines import CaseLine, OtherCase
from portal.cases.models import Case, CaseEvent, CasePhoto
from portal.cases.states import (
    CHANNELS,
    OUTCOME_WORDS,
    PAUSED,
    TITLES,
    TONES,
    State,
    state_name,
)
from portal.core.clock import local, now, short_in_chinese
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.pages import url
from portal.groups import City

PhotoLink = tuple[str, str, str]
SOON = 0.8
STAGES = (
    (State.DRAFT_CONFIRM, State.SUBMITTED, State.TRIAGE),
    (State.DISPATCHED, State.RETURN_ASKED),
    (State.ACCEPTED, State.IN_PROGRESS, State.NEED_INFO, State.EXTENSION_ASKED, State.DEFERRED, State.REOPENED),
    (State.RESOLVED, State.REOPEN_ASKED),
    (State.CLOSED,),
)

NEXT_STEPS = {
    State.NEED_INFO: lazy("请在 %(day)s前补充；到时还没有补充，承办单位按已有的情况继续办理。"),
    State.RESOLVED: lazy("评价开放到 %(day)s。"),
    State.REOPEN_ASKED: lazy("正在看要不要重办，%(day)s前告诉您。"),
}


@dataclass(frozen=True)
class Item:
    """One line of a time line."""

    at: datetime
    title: str
    text: str = ""
    by: str = ""
    photos: Sequence[PhotoLink] = field(default_factory=list)


def state_word(city: City, case: Case | CaseLine | OtherCase, is_public: bool = True) -> str:
    """The state in words: for citizens, or as the office says it."""
    name = state_name(city, case.stands, is_public)
    return f"{name} · {OUTCOME_WORDS[case.ended]}" if case.stands is State.CLOSED and case.ended else name


def channel_word(channel: str) -> str:
    """How a case came, in words."""
    return str(CHANNELS.get(channel, channel))


def tone(case: Case | CaseLine) -> str:
    """The tone of the state's tag."""
    return TONES.get(case.stands, "info")


def stage(case: Case) -> int:
    """How many of the five steps of a case are done."""
    found = next((number for number, states in enumerate(STAGES) if case.stands in states), 4)
    return 5 if case.stands is State.CLOSED else found


def stage_names(case: Case) -> list[str]:
    """The five steps in a citizen's words."""
    answered = _("已答复，请评价") if case.stands is State.RESOLVED else _("已答复")
    return [_("已提交"), _("已派单"), _("办理中"), answered, _("已归档")]


def next_step(case: Case) -> str:
    """What comes next and until when, for the reporter; empty where the promise says it all."""
    if case.step_due_at is None or case.stands not in NEXT_STEPS:
        return ""
    return str(NEXT_STEPS[case.stands]) % {"day": short_in_chinese(local(case.step_due_at).date())}


def is_late(case: Case | CaseLine) -> bool:
    """Whether the promise has passed and somebody still owes an answer."""
    return case.queue <= 1 and case.due_at < now() and case.stands not in PAUSED


@dataclass(frozen=True)
class Clock:
    """How a promise stands, in words; share: of its time used, 0-1; tone of its bar."""

    words: str
    share: float
    tone: str


def clock(case: Case | CaseLine) -> Clock | None:
    """How much of the promise is used, and what is left; None for a case that is over."""
    if case.queue >= 2:
        return None
    if case.stands in PAUSED:
        return Clock(_("不计时"), 0.0, "")
    span = (case.due_at - case.submitted_at).total_seconds()
    share = min(1.0, max(0.0, (now() - case.submitted_at).total_seconds() / span)) if span > 0 else 1.0
    days = (local(case.due_at).date() - local(now()).date()).days
    if is_late(case):
        words = _("超期 %(days)s 天") % {"days": -days} if days else _("今天已超期")
        return Clock(words, 1.0, "late")
    words = _("还有 %(days)s 天") % {"days": days} if days else _("今天到期")
    return Clock(words, share, "soon" if share >= SOON else "")


def owner_days(case: Case) -> int:
    """Days it took, or has taken so far, until a unit signed: "days spent finding the owner"."""
    return max(0, ((case.accepted_at or now()) - case.submitted_at).days)


def photo_links(case: Case, photos: Iterable[CasePhoto], route: str) -> list[PhotoLink]:
    """Addresses for these photos; route: cases:photo for citizens, cases:desk_photo for staff."""
    words = {"report": _("反映时的照片"), "proof": _("办理后的照片"), "answer": _("补充的照片")}
    return [
        (
            url(route, case_no=case.case_no, name=photo.name),
            url(route, case_no=case.case_no, name=photo.name, size="small"),
            words.get(photo.kind, ""),
        )
        for photo in photos
    ]


def timeline(case: Case, is_reporter: bool = False) -> list[Item]:
    """What everybody may read of a case's life, newest first; the reporter reads the own words as typed.

    That a case was taken back stands on no public page, but its reporter sees that it was done.
    """
    own = {message.event_id: message.text for message in case.messages} if is_reporter else {}
    return [
        Item(
            event.at,
            str(TITLES.get(event.action, event.action)),
            own.get(event.id, event.public_text),
            "",
            photos_of_event(case, event, "cases:photo", is_reporter),
        )
        for event in reversed(case.events)
        if event.is_public or (is_reporter and event.action == "withdraw")
    ]


def photos_of_event(case: Case, event: CaseEvent, route: str, is_whole: bool = True) -> list[PhotoLink]:
    """The photos that came with a step. is_whole: for the reporter and staff, not only what is public."""
    found = [photo for photo in case.photos if photo.event_id == event.id and (is_whole or photo.is_public)]
    return photo_links(case, found, route)


def answers(case: Case, version: Callable[[str], str] | None = None) -> list[tuple[str, str]]:
    """Extra questions and their answers, as everybody reads them. version: makes another reader's from the raw one."""
    return [(one["label"], version(one["raw"]) if version else one["public"]) for one in case.answers]


def names(case: Case | CaseLine, city: City) -> dict[str, str]:
    """Group, unit, kind and district of a case in words; empty where there is none."""
    group, unit, district = city.find_group(case.group), city.find_unit(case.unit), city.find_district(case.district)
    kind = next((_(one.name) for one in city.kinds if one.key == case.kind), case.kind)
    return {
        "group": group.name if group else "",
        "group_short": group.short if group else "",
        "unit": unit.name if unit else "",
        "district": district.name if district else "",
        "kind": kind,
    }


@dataclass(frozen=True)
class QueueRow:
    """A line of the desk's list, ready to print: the list is the page staff look at all day, so it costs little."""

    case: Case | CaseLine
    url: str
    state: str
    tone: str
    foot: str
    group: str
    unit: str
    suggested: str
    percent: int | None
    due: str
    clock: Clock | None

    @property
    def sureness(self) -> str:
        """The tone of the bar."""
        return "" if self.percent is None else "strong" if self.percent >= 80 else "weak" if self.percent < 50 else ""


def queue_row(case: Case | CaseLine, city: City) -> QueueRow:
    """A line of the desk's list."""
    words, suggested = names(case, city), city.find_group(case.suggested_group)
    return QueueRow(
        case=case,
        url=url("cases:desk_show", case_no=case.case_no),
        state=state_word(city, case, is_public=False),
        tone=tone(case),
        foot=f"{words['kind']} {words['district']}",
        group=words["group_short"] or _("未分组"),
        unit=words["unit"],
        suggested=suggested.short if suggested else case.suggested_group or "",
        percent=None if case.probability is None else round(case.probability * 100),
        due=short_in_chinese(case.due_on),
        clock=clock(case),
    )
