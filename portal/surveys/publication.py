"""Publishing: from answers to the frozen result that citizens see, question by question as staff choose."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.clock import local, now
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.roles import Person
from portal.core.weighting import LEAST_COUNT, count_text
from portal.groups import City
from portal.surveys import queries
from portal.surveys.definition import OPEN, Definition, Kind, Question, is_asked
from portal.surveys.disclosure import Cross, Row, show_tally, show_trait
from portal.surveys.models import State, Survey, SurveyAnswer, SurveyExclusion, SurveyResult
from portal.surveys.tally import Answer, Tally, tabulate
from portal.surveys.waves import join_waves
from portal.surveys.weighing import Trait, Weighing, traits_of, weigh

CHANNEL_WORDS = {
    "link": lazy("网上公开链接"),
    "invitation": lazy("单次邀请"),
    "poster": lazy("现场海报二维码"),
    "paper": lazy("纸质问卷录入"),
}
CROSSED = {Kind.YES_NO, Kind.SINGLE, Kind.GRADE5}


@dataclass(frozen=True)
class Choice:
    """What staff chose to publish.

    questions: keys.  by: key of a trait's question to break results down by, or "".  wave: the survey before, whose
    published result this one is compared with, or "".
    """

    questions: frozenset[str]
    is_weighted: bool
    by: str = ""
    note: str = ""
    wave: str = ""


def draw_up(db: Session, city: City, survey: Survey, choice: Choice) -> dict[str, Any]:
    """The result as it would be published; plain values. Raises BadInput when weights are asked for and refused."""
    definition = survey.questions
    answers = queries.list_values(db, survey)
    weighing = weigh(city, definition, answers) if choice.is_weighted else None
    if weighing is not None and weighing.weights is None:
        raise BadInput(_("不能加权。") + weighing.refusal, _("请改为公布未加权结果。"))
    weights = weighing.weights.values if weighing and weighing.weights else None
    traits = traits_of(city, definition, answers)
    untold = _trait_to_hide(traits, choice.by)
    shown = []
    for tally in tabulate(definition, answers, weights):
        if tally.key.partition(".")[0] in choice.questions and tally.key != untold:
            cross = _cross(definition, answers, tally, choice.by)
            shown.append(show_tally(tally, weights is not None, cross))
    first, last = queries.span(db, survey)
    about = {
        "survey": survey.slug,
        "title": survey.title,
        "from": local(first).date().isoformat() if first else None,
        "to": local(last).date().isoformat() if last else None,
    }
    return {
        **about,
        "version": survey.version,
        "is_sample": survey.is_sample,
        "n": len(answers),
        "excluded": [
            {"count": count_text(len(one.answer_ids)), "reason": one.reason}
            for one in queries.list_exclusions(db, survey)
            if one.verdict == "excluded"
        ],
        "channels": _channels(db, survey),
        "is_invited": survey.is_invited,
        "weighting": _weighting(weighing),
        "traits": [show_trait(trait) for trait in traits if trait.question != untold],
        "questions": shown,
        "waves": _waves(db, choice.wave, shown, about),
        "english": dict(definition.english),
        "texts": _texts(db, survey, definition, choice.questions),
        "note": choice.note,
    }


def _trait_to_hide(traits: Sequence[Trait], by: str) -> str:
    """The trait that results are broken down by, where one of its own counts is small: its table beside the others
    would let the hidden ones be worked out."""
    return next(
        (one.question for one in traits if one.question == by and any(0 < n < LEAST_COUNT for *_rest, n in one.rows)),
        "",
    )


def _waves(db: Session, slug: str, shown: Sequence[Row], about: Row) -> list[Row]:
    earlier = queries.find_survey(db, slug) if slug else None
    result = queries.find_result(db, earlier) if earlier is not None else None
    return join_waves(result.payload, shown, about) if result is not None and result.payload else []


def _cross(definition: Definition, answers: Sequence[Answer], tally: Tally, by: str) -> Cross | None:
    trait, question = definition.find(by), definition.find(tally.key.partition(".")[0])
    if trait is None or not trait.margin or question is None or trait.key == question.key:
        return None
    if tally.kind not in CROSSED or question.kind is Kind.MATRIX:
        return None
    values = [cell.value for cell in tally.cells]
    labels = dict(trait.choices())
    counted = Counter(
        (answer.get(trait.key), value) for answer in answers if (value := _told(question, tally, answer)) is not None
    )
    rows = {labels[key]: [counted[key, value] for value in values] for key in labels}
    untold = [counted[None, value] for value in values]
    if any(untold):
        rows[_("未填")] = untold
    return Cross(trait.label, rows)


def _told(question: Question, tally: Tally, answer: Answer) -> str | None:
    if not is_asked(question, answer):
        return None
    value = answer.get(question.key)
    if value is None and tally.part.value == "awareness":
        return "no"
    return None if value is None or value == "0" else str(value)


def _channels(db: Session, survey: Survey) -> list[str]:
    used = db.scalars(
        select(SurveyAnswer.channel)
        .where(SurveyAnswer.survey_id == survey.id)
        .group_by(SurveyAnswer.channel)
        .order_by(func.count().desc())
    )
    return [str(CHANNEL_WORDS[channel]) for channel in used]


def _weighting(weighing: Weighing | None) -> dict[str, Any] | None:
    if weighing is None or weighing.weights is None:
        return None
    return {
        "by": [{"name": trait.name, "source": trait.source, "is_sample": trait.is_sample} for trait in weighing.traits],
        "design_effect": round(weighing.weights.design_effect, 3),
        "effective_size": round(weighing.weights.effective_size, 1),
        "trimmed": weighing.weights.trimmed,
    }


def _texts(db: Session, survey: Survey, definition: Definition, chosen: Collection[str]) -> list[dict[str, Any]]:
    return [
        {"key": question.key, "label": question.label, "texts": [{"text": text, "count": n} for text, n in texts]}
        for question in definition
        if question.kind in OPEN and question.key in chosen
        if (texts := Counter(queries.list_shown_texts(db, survey, question.key)).most_common())
    ]


def publish_result(
    db: Session, city: City, survey: Survey, choice: Choice, by: Person | str, at: datetime | None = None
) -> SurveyResult:
    """Freeze and publish the result of a survey that is over; again for a correction, with a note that says why.

    at: the moment it counts as published, for imports; now when not given.

    Raises Conflict while it is open or an exclusion waits for its second person, BadInput without questions, or
    without a note for a correction.
    """
    if survey.stands not in {State.CLOSED, State.PUBLISHED}:
        raise Conflict(_("问卷结束后才能公布结果。"), _("请先结束问卷。"))
    if any(one.verdict is None for one in queries.list_exclusions(db, survey)):
        raise Conflict(_("还有待第二人决定的剔除申请。"), _("请先在“进度”页由另一位同事决定。"))
    if not choice.questions:
        raise BadInput(_("请至少选择一道要公布的题。"), _("返回上一步勾选题目。"))
    if queries.find_result(db, survey) is not None and not choice.note.strip():
        raise BadInput(_("更正已公布的结果，请写明更正了什么。"), _("说明会和结果一起公布。"))
    result = SurveyResult(
        survey_id=survey.id,
        payload=draw_up(db, city, survey, choice),
        note=choice.note,
        published_by=by if isinstance(by, str) else by.username,
        published_at=at or now(),
    )
    db.add(result)
    survey.state = State.PUBLISHED
    audit.record(
        db, by, "survey.publish", f"survey {survey.slug}", questions=len(choice.questions), weighted=choice.is_weighted
    )
    db.flush()
    return result


def withdraw_result(db: Session, survey: Survey, reason: str, by: Person) -> None:
    """Take a published result back; its address then answers 410 with the reason. What was shown stays on record."""
    if survey.stands is not State.PUBLISHED:
        raise Conflict(_("这份问卷没有公布着的结果。"), _("请刷新页面查看它现在的状态。"))
    if not reason.strip():
        raise BadInput(_("请写明撤下的理由。"), _("理由会显示给打开旧网址的人。"))
    withdrawn = SurveyResult(
        survey_id=survey.id,
        payload={},
        note=reason.strip()[:300],
        published_by=by.username,
        published_at=now(),
    )
    db.add(withdrawn)
    survey.state = State.CLOSED
    audit.record(db, by, "survey.withdraw", f"survey {survey.slug}")
    db.flush()


def propose_exclusion(
    db: Session, survey: Survey, answer_ids: Collection[int], reason: str, by: Person
) -> SurveyExclusion:
    """Propose to leave answers out; a second person decides."""
    known = set(
        db.scalars(select(SurveyAnswer.id).where(SurveyAnswer.survey_id == survey.id, SurveyAnswer.id.in_(answer_ids)))
    )
    if not known or not reason.strip():
        raise BadInput(_("请选择答卷，并写明剔除的理由。"), _("理由会和份数一起写进公布的结果。"))
    exclusion = SurveyExclusion(
        survey_id=survey.id,
        answer_ids=sorted(known),
        reason=reason.strip()[:300],
        proposed_by=by.username,
        proposed_at=now(),
    )
    db.add(exclusion)
    audit.record(db, by, "survey.propose_exclusion", f"survey {survey.slug}", answers=len(known))
    db.flush()
    return exclusion


def decide_exclusion(db: Session, survey: Survey, exclusion: SurveyExclusion, is_excluded: bool, by: Person) -> None:
    """Decide on a proposal of somebody else; raise Conflict for one's own, or one that was decided."""
    if exclusion.proposed_by == by.username:
        raise Conflict(_("剔除答卷要两个人：提出的人不能自己决定。"), _("请另一位同事打开这一页决定。"))
    if exclusion.verdict is not None:
        raise Conflict(_("这项申请已经有人决定了。"), _("请刷新页面查看。"))
    exclusion.verdict = "excluded" if is_excluded else "kept"
    exclusion.decided_by, exclusion.decided_at = by.username, now()
    audit.record(db, by, f"survey.{exclusion.verdict}", f"survey {survey.slug}", answers=len(exclusion.answer_ids))
    db.flush()
