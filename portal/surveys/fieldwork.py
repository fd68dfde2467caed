"""How a survey is going: answers by day and hour, quotas, questions left out, places, and bursts that look odd."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.clock import local
from portal.core.i18n import gettext as _
from portal.groups import City
from portal.surveys.definition import NO_OPINION, OPEN, Definition, Question, is_asked
from portal.surveys.models import Survey, SurveyAnswer, SurveyStep
from portal.surveys.publication import CHANNEL_WORDS
from portal.surveys.queries import list_excluded_ids

BURST_ANSWERS = 4
BURST_SPAN = timedelta(minutes=10)


@dataclass(frozen=True)
class Came:
    """One answer, as far as its coming in is concerned."""

    id: int
    at: datetime
    values: Mapping[str, Any]
    channel: str
    site: str | None
    client_hash: str


@dataclass(frozen=True)
class Burst:
    """Several answers from one address in a short time. May be a family, a class, or one person many times."""

    answer_ids: tuple[int, ...]
    begin: datetime
    end: datetime
    alike: int


@dataclass(frozen=True)
class Left:
    """A question and what became of it with those who were asked.

    missing: left out.  unsure: ticked "不了解".  stopped: answered nothing that came after it, though asked.
    """

    number: int
    label: str
    asked: int
    missing: int
    unsure: int
    stopped: int


@dataclass(frozen=True)
class Filling:
    """A quota and how full it is."""

    label: str
    count: int
    most: int


def list_came(db: Session, survey: Survey) -> list[Came]:
    """Every answer that was not left out, in the order they came."""
    excluded = list_excluded_ids(db, survey)
    columns = (
        SurveyAnswer.id,
        SurveyAnswer.at,
        SurveyAnswer.values,
        SurveyAnswer.channel,
        SurveyAnswer.site,
        SurveyAnswer.client_hash,
    )
    rows = db.execute(select(*columns).where(SurveyAnswer.survey_id == survey.id).order_by(SurveyAnswer.at))
    return [Came(*row) for row in rows if row[0] not in excluded]


def by_day(came: Iterable[Came]) -> list[tuple[date, int]]:
    """Answers for each day from the first to the last, days without any included."""
    counts = Counter(local(one.at).date() for one in came)
    if not counts:
        return []
    first, last = min(counts), max(counts)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, counts[day]) for day in days]


def by_hour(came: Iterable[Came]) -> list[tuple[int, int]]:
    """Answers for each hour of the city's day."""
    counts = Counter(local(one.at).hour for one in came)
    return [(hour, counts[hour]) for hour in range(24)]


def by_channel(came: Iterable[Came]) -> list[tuple[str, int]]:
    """Answers by the way they came."""
    counts = Counter(one.channel for one in came)
    return [(str(CHANNEL_WORDS[channel]), count) for channel, count in counts.most_common()]


def by_site(city: City, came: Iterable[Came]) -> list[tuple[str, int]]:
    """Answers stamped by a poster, by place, most first."""
    names = {site.key: site.name for site in city.sites}
    counts = Counter(one.site for one in came if one.site)
    return [(names.get(key, key), count) for key, count in counts.most_common(20)]


def left_out(definition: Definition, came: Sequence[Came]) -> list[Left]:
    """For each question that is ticked or counted: how many were asked, and how many left it out."""
    found = []
    stops = Counter(_last_answered(definition, one.values) for one in came)
    for number, question in enumerate(definition, 1):
        if question.kind in OPEN:
            continue
        asked = [one for one in came if is_asked(question, one.values)]
        missing = sum(question.key not in one.values for one in asked)
        unsure = sum(one.values.get(question.key) == NO_OPINION for one in asked)
        found.append(Left(number, question.label, len(asked), missing, unsure, stops[question.key]))
    return found


def _last_answered(definition: Definition, values: Mapping[str, Any]) -> str:
    """The question after which somebody answered no more, though more were asked; empty when they went to the end."""
    last, is_over = "", True
    for question in definition:
        if question.kind in OPEN or not is_asked(question, values):
            continue
        if question.key in values:
            last, is_over = question.key, True
        else:
            is_over = False
    return "" if is_over else last


def list_passed(db: Session, survey: Survey, total: int) -> list[tuple[str, int]]:
    """How many went past each page of the questionnaire, and how many sent it; nothing for one of a single page."""
    steps = survey.questions.steps()
    if len(steps) < 2:
        return []
    counts = {row.step: row.count for row in db.scalars(select(SurveyStep).where(SurveyStep.survey_id == survey.id))}
    pages = [
        (_("填完第 %(page)s 页") % {"page": page}, max(counts.get(page, 0), total)) for page in range(1, len(steps))
    ]
    return [*pages, (_("提交"), total)]


def fill_quotas(survey: Survey, definition: Definition, came: Sequence[Came]) -> list[Filling]:
    """How full each quota is."""
    found = []
    for quota in survey.quotas:
        question = definition.find(quota["question"])
        if question is None:
            continue
        count = sum(one.values.get(question.key) == quota["value"] for one in came)
        found.append(Filling(_quota_label(question, quota["value"]), count, quota["most"]))
    return found


def _quota_label(question: Question, value: str) -> str:
    return _("%(question)s：%(answer)s") % {
        "question": question.label,
        "answer": dict(question.choices()).get(value, value),
    }


def find_bursts(came: Sequence[Came]) -> list[Burst]:
    """Runs of answers from one address that came within ten minutes, largest first."""
    by_client: dict[str, list[Came]] = defaultdict(list)
    for one in came:
        by_client[one.client_hash].append(one)
    found = [burst for ones in by_client.values() for burst in _runs(ones)]
    return sorted(found, key=lambda burst: (-len(burst.answer_ids), burst.begin))


def _runs(ones: Sequence[Came]) -> Iterable[Burst]:
    run: list[Came] = []
    for one in [*ones, None]:
        if one is not None and (not run or one.at - run[0].at <= BURST_SPAN):
            run.append(one)
            continue
        if len(run) >= BURST_ANSWERS:
            alike = Counter(repr(sorted(each.values.items())) for each in run).most_common(1)[0][1]
            yield Burst(tuple(each.id for each in run), run[0].at, run[-1].at, alike)
        run = [one] if one is not None else []
