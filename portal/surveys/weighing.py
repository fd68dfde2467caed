"""Weights that bring the answers of a survey to the margins in the city profile, or the reason why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.core.i18n import gettext as _
from portal.core.weighting import WeightingRefused, Weights, rake
from portal.groups import City
from portal.surveys.definition import Definition, Kind, Question
from portal.surveys.tally import Answer


@dataclass(frozen=True)
class Trait:
    """One trait that the questionnaire asks for and whose shares in the population are known.

    rows: category, share in the population, share in the sample, answers.
    """

    key: str
    name: str
    source: str
    is_sample: bool
    question: str
    rows: tuple[tuple[str, float, float, int], ...]


@dataclass(frozen=True)
class Weighing:
    """What weighting came to. weights is None with the reason when it was refused."""

    traits: tuple[Trait, ...]
    weights: Weights | None
    refusal: str = ""


def traits_of(city: City, definition: Definition, answers: Sequence[Answer]) -> tuple[Trait, ...]:
    """The sample beside the population, for each trait that is asked for."""
    return tuple(_trait(city, question, answers) for question in _asked(city, definition))


def _asked(city: City, definition: Definition) -> list[Question]:
    known = {margin.key for margin in city.census}
    return [question for question in definition if question.margin in known and question.kind is Kind.SINGLE]


def _trait(city: City, question: Question, answers: Sequence[Answer]) -> Trait:
    margin = next(one for one in city.census if one.key == question.margin)
    told = [label for answer in answers if (label := _category(question, answer)) is not None]
    rows = tuple(
        (label, margin.shares[key], told.count(label) / len(told) if told else 0.0, told.count(label))
        for key, label in margin.labels.items()
    )
    return Trait(margin.key, margin.name, margin.source, margin.sample, question.key, rows)


def _category(question: Question, answer: Answer) -> str | None:
    value = answer.get(question.key)
    return None if value is None else dict(question.choices()).get(str(value))


def weigh(city: City, definition: Definition, answers: Sequence[Answer]) -> Weighing:
    """Rake the answers to every margin that the questionnaire asks for."""
    traits = traits_of(city, definition, answers)
    if not traits:
        return Weighing((), None, _("问卷里没有问区域、年龄、性别这类可以对照人口资料的题，不能加权。"))
    if not answers:
        return Weighing(traits, None, _("还没有收到答卷。"))
    margins = {trait.key: {label: size for label, size, *rest in trait.rows} for trait in traits}
    asked = _asked(city, definition)
    told = [{question.margin: _category(question, answer) for question in asked} for answer in answers]
    try:
        return Weighing(traits, rake(told, margins))
    except WeightingRefused as refusal:
        return Weighing(traits, None, str(refusal))
