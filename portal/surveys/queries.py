"""Reading surveys: by slug or number, the open and the published ones, and answers as the estimates want them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.clock import now
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.paging import Page, list_page
from portal.surveys.models import (
    State,
    Survey,
    SurveyAnswer,
    SurveyExclusion,
    SurveyInvitation,
    SurveyResult,
    SurveyText,
)


@dataclass(frozen=True)
class Headline:
    """The one rate of a published survey to show elsewhere; value, low, high: 0–1, to the thousandth."""

    survey: Survey
    question: str
    figure: str
    n: int
    value: float
    low: float
    high: float
    is_weighted: bool
    published_at: datetime


def next_moment(db: Session, after: datetime) -> datetime | None:
    """When the next open survey begins or ends to take answers."""
    found = []
    for column in (Survey.opens_at, Survey.closes_at):
        found.append(db.scalar(select(func.min(column)).where(Survey.state == State.OPEN, column > after)))
    return min((one for one in found if one is not None), default=None)


def find_survey(db: Session, slug: str) -> Survey | None:
    """The survey with this slug, or None."""
    return db.scalar(select(Survey).where(Survey.slug == slug))


def get_public_survey(db: Session, slug: str) -> Survey:
    """The survey with this slug when it was ever open; raise NotFound otherwise."""
    survey = find_survey(db, slug)
    if survey is None or survey.stands is State.DRAFT:
        raise NotFound(_("没有找到这份问卷。"), _("请从“满意度”栏目查找正在进行的问卷。"))
    return survey


def get_survey(db: Session, typed_id: str) -> Survey:
    """The survey with this number, as it stands in an address; raise NotFound when there is none."""
    number = int(typed_id) if typed_id.isascii() and typed_id.isdigit() and len(typed_id) < 10 else 0
    survey = db.get(Survey, number)
    if survey is None:
        raise NotFound(_("没有找到这份问卷。"), _("请从问卷列表里打开。"))
    return survey


def find_open_survey(db: Session) -> Survey | None:
    """The open survey that began last and anybody may answer, or None."""
    return next(iter(list_open(db, 1)), None)


def list_open(db: Session, most: int = 20) -> Sequence[Survey]:
    """Surveys anybody may answer now, newest first."""
    moment = now()
    return db.scalars(
        select(Survey)
        .where(
            Survey.state == State.OPEN,
            Survey.is_invited.is_(False),
            (Survey.opens_at.is_(None)) | (Survey.opens_at <= moment),
            (Survey.closes_at.is_(None)) | (Survey.closes_at > moment),
        )
        .order_by(Survey.opened_at.desc(), Survey.id.desc())
        .limit(most)
    ).all()


def list_published(db: Session, most: int = 20) -> Sequence[Survey]:
    """Surveys whose results are published, newest first."""
    return db.scalars(
        select(Survey)
        .where(Survey.state == State.PUBLISHED)
        .order_by(Survey.closed_at.desc(), Survey.id.desc())
        .limit(most)
    ).all()


def list_results(db: Session, group_key: str = "", most: int = 1000) -> Sequence[tuple[Survey, SurveyResult]]:
    """Published surveys with their newest result, newest first, in one query; of one thematic group when given."""
    newest = select(func.max(SurveyResult.id)).group_by(SurveyResult.survey_id).scalar_subquery()
    query = (
        select(Survey, SurveyResult)
        .join(SurveyResult, SurveyResult.survey_id == Survey.id)
        .where(Survey.state == State.PUBLISHED, SurveyResult.id.in_(newest))
    )
    if group_key:
        query = query.where(Survey.group_key == group_key)
    rows = db.execute(query.order_by(Survey.closed_at.desc(), Survey.id.desc()).limit(most))
    return [(survey, result) for survey, result in rows]


def list_waiting(db: Session, most: int = 20) -> Sequence[Survey]:
    """Surveys that are over and whose results are not out yet, newest first."""
    return db.scalars(
        select(Survey).where(Survey.state == State.CLOSED).order_by(Survey.closed_at.desc()).limit(most)
    ).all()


def list_surveys(db: Session, state: str = "", after: str | None = None) -> Page[Survey]:
    """All surveys, newest first; a page of them."""
    query = select(Survey)
    if state:
        query = query.where(Survey.state == state)
    return list_page(db, query, [Survey.id], lambda survey: [survey.id], after)


def list_other_waves(db: Session, survey: Survey) -> Sequence[Survey]:
    """Surveys that have ended, to compare with; newest first."""
    return db.scalars(
        select(Survey)
        .where(Survey.id != survey.id, Survey.state != State.DRAFT)
        .order_by(Survey.opened_at.desc(), Survey.id.desc())
        .limit(30)
    ).all()


def count_answers(db: Session, survey: Survey) -> int:
    """How many answers came in, those left out included."""
    return db.scalar(select(func.count()).where(SurveyAnswer.survey_id == survey.id)) or 0


def count_by_survey(db: Session, surveys: Iterable[Survey]) -> dict[int, int]:
    """Answers of several surveys in one query."""
    ids = [survey.id for survey in surveys]
    rows = db.execute(
        select(SurveyAnswer.survey_id, func.count())
        .where(SurveyAnswer.survey_id.in_(ids))
        .group_by(SurveyAnswer.survey_id)
    )
    return {row[0]: row[1] for row in rows}


def list_excluded_ids(db: Session, survey: Survey) -> set[int]:
    """Answers that two persons left out."""
    rows = db.scalars(
        select(SurveyExclusion.answer_ids).where(
            SurveyExclusion.survey_id == survey.id, SurveyExclusion.verdict == "excluded"
        )
    )
    return {number for ids in rows for number in ids}


def list_values(db: Session, survey: Survey) -> list[dict[str, Any]]:
    """The values of every answer that counts, in the order they came."""
    excluded = list_excluded_ids(db, survey)
    rows = db.execute(
        select(SurveyAnswer.id, SurveyAnswer.values)
        .where(SurveyAnswer.survey_id == survey.id)
        .order_by(SurveyAnswer.id)
    )
    return [values for number, values in rows if number not in excluded]


def list_texts(db: Session, survey: Survey, state: str = "", after: str | None = None) -> Page[SurveyText]:
    """Open answers, newest first; a page of them."""
    query = select(SurveyText).where(SurveyText.survey_id == survey.id)
    if state:
        query = query.where(SurveyText.state == state)
    return list_page(db, query, [SurveyText.id], lambda text: [text.id], after, size=50)


def list_shown_texts(db: Session, survey: Survey, question: str) -> list[str]:
    """Open answers to one question that a person let pass, redacted, sorted so that nothing tells who came when."""
    return sorted(
        db.scalars(
            select(SurveyText.text_public).where(
                SurveyText.survey_id == survey.id, SurveyText.question == question, SurveyText.state == "shown"
            )
        )
    )


def list_willing_texts(db: Session, survey: Survey, most: int = 50) -> Sequence[SurveyText]:
    """Open answers whose writers left a contact and agreed that a case is made of them, the oldest first."""
    return db.scalars(
        select(SurveyText)
        .where(SurveyText.survey_id == survey.id, SurveyText.contact.is_not(None), SurveyText.case_no.is_(None))
        .order_by(SurveyText.id)
        .limit(most)
    ).all()


def count_texts(db: Session, survey: Survey) -> dict[str, int]:
    """Open answers by state."""
    rows = db.execute(
        select(SurveyText.state, func.count()).where(SurveyText.survey_id == survey.id).group_by(SurveyText.state)
    )
    return {row[0]: row[1] for row in rows}


def find_result(db: Session, survey: Survey) -> SurveyResult | None:
    """The newest published result, or None."""
    return db.scalar(
        select(SurveyResult).where(SurveyResult.survey_id == survey.id).order_by(SurveyResult.id.desc()).limit(1)
    )


def find_headline(db: Session, survey: Survey) -> Headline | None:
    """The first published rate of a survey, the whole before its parts; None when no rate is published."""
    result = find_result(db, survey)
    return headline_of(survey, result) if result else None


def headline_of(survey: Survey, result: SurveyResult, prefer: str = "") -> Headline | None:
    """The one rate of a result to show elsewhere: satisfaction before others, and of those the figure `prefer`."""
    rows = result.payload.get("questions", [])
    found = [(row, figure) for row in rows for figure in row["figures"] if figure["is_share"]]
    if not found:
        return None
    row, figure = min(
        found, key=lambda pair: (pair[0]["part"] != "satisfaction", bool(prefer) and pair[1]["key"] != prefer)
    )
    return Headline(
        survey=survey,
        question=row["label"],
        figure=figure["label"],
        n=row["n"],
        value=figure["share"],
        low=figure["low"],
        high=figure["high"],
        is_weighted=result.payload["weighting"] is not None,
        published_at=result.published_at,
    )


def list_exclusions(db: Session, survey: Survey) -> Sequence[SurveyExclusion]:
    """What was proposed to be left out, newest first."""
    return db.scalars(
        select(SurveyExclusion).where(SurveyExclusion.survey_id == survey.id).order_by(SurveyExclusion.id.desc())
    ).all()


def count_invitations(db: Session, survey: Survey) -> tuple[int, int]:
    """How many single-use links there are, and how many were used."""
    made, used = db.execute(
        select(func.count(), func.count(SurveyInvitation.used_at)).where(SurveyInvitation.survey_id == survey.id)
    ).one()
    return made, used


def find_successor(db: Session, survey: Survey) -> Survey | None:
    """The version that follows this one, or None."""
    return db.scalar(select(Survey).where(Survey.previous_id == survey.id).order_by(Survey.id.desc()).limit(1))


def span(db: Session, survey: Survey) -> tuple[datetime | None, datetime | None]:
    """When the first and the last answer came."""
    row = db.execute(
        select(func.min(SurveyAnswer.at), func.max(SurveyAnswer.at)).where(SurveyAnswer.survey_id == survey.id)
    ).one()
    return row[0], row[1]
