"""Demo content of surveys: questionnaires of the city's folder and invented answers, drawn by a seed."""

import math
import random
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from statistics import NormalDist
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.clock import now, start_of, today
from portal.core.privacy import redact
from portal.core.web import Portal
from portal.groups import City
from portal.surveys.definition import Definition, Kind, Part, Question
from portal.surveys.models import Survey, SurveyAnswer, SurveyText
from portal.surveys.publication import Choice, publish_result
from portal.surveys.queries import list_values
from portal.surveys.service import NewSurvey, close_survey, make_survey, open_survey
from portal.surveys.sorting import sort_texts
from portal.surveys.weighing import weigh

BY = "demo"
# How many answers come at each hour of the day, from midnight on.
HOURS = (1, 1, 0, 0, 0, 1, 3, 7, 9, 8, 8, 9, 12, 9, 7, 6, 6, 8, 11, 15, 17, 14, 8, 3)
_POSTER_SHARE = 0.3
_TEXT_SHARE = 0.22
_BURST = 6


def load_demo(portal: Portal) -> bool:
    """Load the demo; False when it was there already."""
    folder = portal.settings.city_dir / portal.city.key / "surveys"
    is_new = False
    for path in sorted(folder.glob("*.toml")):
        with portal.database.write() as db:
            is_new = _load(db, portal, path) or is_new
    return is_new


def _load(db: Session, portal: Portal, path: Path) -> bool:
    plain = tomllib.loads(path.read_text(encoding="utf-8"))
    if db.scalar(select(Survey.id).where(Survey.slug == plain["slug"])):
        return False
    opened = start_of(today() - timedelta(days=plain["opened_days_ago"])) + timedelta(hours=9)
    closes = opened + timedelta(days=plain["days_open"])
    new = NewSurvey(
        slug=plain["slug"],
        title=plain["title"],
        intro=plain["intro"],
        group_key=plain.get("group") or None,
        asks_contact=bool(plain.get("contact")),
        opens_at=opened,
        closes_at=max(closes, now() + timedelta(minutes=1)),
    )
    definition = Definition(tuple(_question(one) for one in plain["questions"]), plain.get("english", {}))
    survey = make_survey(db, new, definition, BY, is_sample=bool(plain.get("sample")))
    open_survey(db, survey, BY)
    survey.created_at = survey.opened_at = opened
    ends = min(closes, now())
    if "answers" in plain:
        _answer(db, portal.city, survey, plain["answers"], opened, ends)
        sort_texts(db, portal, survey)
    if closes <= now():
        _end(db, portal.city, survey, closes, plain.get("follows", ""))
    return True


def _question(plain: Mapping[str, Any]) -> Question:
    kind = Kind(plain["type"])
    return Question(
        key=plain["key"],
        kind=Kind.LONG_TEXT if kind is Kind.TEXT else kind,
        label=plain["label"],
        help=plain.get("help", ""),
        section=plain.get("section", ""),
        options=tuple(plain.get("options", ())),
        rows=tuple(plain.get("rows", ())),
        is_required=plain.get("required", False),
        is_random=plain.get("random", False),
        part=Part(plain.get("role", "none")),
        margin=plain.get("margin", ""),
        least=plain.get("min"),
        most=plain.get("max"),
    )


def _answer(db: Session, city: City, survey: Survey, plain: Mapping[str, Any], begin: datetime, end: datetime) -> None:
    draw = random.Random(plain["seed"])
    definition = survey.questions
    sites = [site.key for site in city.sites]
    moments = sorted(_moment(draw, begin, end) for _ in range(plain["count"]))
    burst = draw.randrange(plain["count"] - _BURST)
    for number, moment in enumerate(moments):
        values, texts = _person(draw, definition, plain)
        has_poster = bool(sites) and draw.random() < _POSTER_SHARE
        in_burst = burst <= number < burst + _BURST
        if in_burst:
            moment = moments[burst] + timedelta(seconds=40 * (number - burst))
        answer = SurveyAnswer(
            survey_id=survey.id,
            at=min(moment, end),
            values=values,
            channel="poster" if has_poster else "link",
            site=draw.choice(sites) if has_poster else None,
            submission_hash=f"{draw.getrandbits(256):064x}",
            client_hash=f"{plain['seed']:064x}" if in_burst else f"{draw.getrandbits(256):064x}",
        )
        db.add(answer)
        db.flush()
        _keep_texts(db, survey, answer, texts)


def _keep_texts(db: Session, survey: Survey, answer: SurveyAnswer, texts: Mapping[str, str]) -> None:
    for key, text in texts.items():
        db.add(
            SurveyText(
                survey_id=survey.id,
                answer_id=answer.id,
                question=key,
                text_staff=redact(text, "staff"),
                text_public=redact(text, "public"),
                is_routed=False,
                state="pending",
            )
        )


def _moment(draw: random.Random, begin: datetime, end: datetime) -> datetime:
    """Some time between the two: more in the first days and in the evenings."""
    days = max((end - begin).total_seconds() / 86400, 0.05)
    while True:
        day = -math.log(1 - draw.random() * (1 - math.exp(-1.6))) / 1.6 * days
        hour = draw.choices(range(24), HOURS)[0]
        moment = begin - timedelta(hours=9) + timedelta(days=int(day), hours=hour, seconds=draw.randrange(3600))
        if begin <= moment <= end:
            return moment


def _person(
    draw: random.Random, definition: Definition, plain: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """One invented person: who is content with one thing is more likely content with the next."""
    mood = draw.gauss(0, 1)
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    for question in definition:
        shares = plain["shares"].get(question.key)
        if shares is None or (not question.is_required and draw.random() < plain["no_answer"]):
            continue
        if question.kind is Kind.LONG_TEXT:
            if draw.random() < _TEXT_SHARE:
                texts[question.key] = draw.choice(shares)
            continue
        values[question.key] = _value(draw, question, shares, mood)
    return values, texts


def _value(draw: random.Random, question: Question, shares: Sequence[float], mood: float) -> Any:
    if question.kind is Kind.MULTIPLE:
        return _ticks(draw, question, shares)
    if question.kind is Kind.NUMBER:
        value = round(draw.choice(shares) * draw.uniform(0.5, 1.6))
        return int(min(max(value, question.least or 0), question.most or value))
    values = [value for value, _words in question.choices()]
    place = NormalDist().cdf(math.sqrt(0.45) * mood + math.sqrt(0.55) * draw.gauss(0, 1))
    if question.kind is not Kind.GRADE5:
        place = draw.random()
    return values[_reached(shares, 1 - place)]


def _reached(shares: Sequence[float], place: float) -> int:
    """Which part of 0–1, cut by the shares, the place lies in."""
    found = (number for number, end in enumerate(accumulate(shares)) if place < end)
    return next(found, len(shares) - 1)


def _ticks(draw: random.Random, question: Question, shares: Sequence[float]) -> list[str]:
    none = question.none_value
    if none is not None and draw.random() < shares[int(none) - 1]:
        return [none]
    open_values = [value for value, _words in question.choices() if value != none]
    ticked = [value for value in open_values if draw.random() < shares[int(value) - 1]]
    return ticked or [draw.choice(open_values)]


def _end(db: Session, city: City, survey: Survey, closes: datetime, follows: str) -> None:
    close_survey(db, survey, BY)
    survey.closes_at = survey.closed_at = closes
    for text in db.scalars(select(SurveyText).where(SurveyText.survey_id == survey.id)):
        text.state, text.decided_by = "shown", BY
    db.flush()
    rows = list_values(db, survey)
    definition = survey.questions
    can_weigh = weigh(city, definition, rows).weights is not None
    traits = [question.key for question in definition if question.margin]
    keys = frozenset(question.key for question in definition)
    choice = Choice(keys, can_weigh, traits[0] if traits else "", wave=follows)
    publish_result(db, city, survey, choice, BY, at=min(closes + timedelta(days=3), now()))
