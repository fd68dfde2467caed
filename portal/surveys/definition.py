"""A questionnaire as plain values: its questions in order, and the JSON that a version keeps for good."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from portal.core.i18n import gettext as _
from portal.core.i18n import language, lazy

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = frozenset(
    ["token", "site", "form", "step", "reached", "to", "data", "errors", "meta", "validate", "read", "fields_of"]
    + ["definition", "process", "populate_obj", "add_error", "error_map", "form_errors", "phone", "code"]
    + ["contact_name", "contact_phone", "contact_email", "contact_consent"]
)
TEXT_SIGNS, LONG_SIGNS = 200, 2000
MOST_QUESTIONS, MOST_OPTIONS = 60, 40
_NONE_OF_THESE = ("都没有", "以上都", "没有参加", "无以上")
_STAYS_LAST = (*_NONE_OF_THESE, "其他", "其它", "不清楚", "不了解", "拒答")


class Kind(StrEnum):
    """The nine types of questions."""

    YES_NO = "yes_no"
    SINGLE = "single"
    MULTIPLE = "multiple"
    GRADE5 = "grade5"
    MATRIX = "matrix"
    NUMBER = "number"
    TEXT = "text"
    LONG_TEXT = "long_text"
    RANKING = "ranking"


KIND_WORDS = {
    Kind.YES_NO: lazy("是或否"),
    Kind.SINGLE: lazy("单选"),
    Kind.MULTIPLE: lazy("多选"),
    Kind.GRADE5: lazy("五级满意度"),
    Kind.MATRIX: lazy("五级满意度（一组）"),
    Kind.NUMBER: lazy("数字"),
    Kind.TEXT: lazy("短文字"),
    Kind.LONG_TEXT: lazy("长文字"),
    Kind.RANKING: lazy("排序"),
}
OPEN = frozenset({Kind.TEXT, Kind.LONG_TEXT})
WITH_OPTIONS = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.RANKING})


class Part(StrEnum):
    """Which official index a question feeds."""

    AWARENESS = "awareness"
    SUPPORT = "support"
    PARTICIPATION = "participation"
    SATISFACTION = "satisfaction"
    NONE = "none"


PART_WORDS = {
    Part.NONE: lazy("不计入指数"),
    Part.AWARENESS: lazy("知晓率（是或否）"),
    Part.SUPPORT: lazy("支持率（单选，第一项为“支持”）"),
    Part.PARTICIPATION: lazy("参与率（多选，最后一项为“都没有”）"),
    Part.SATISFACTION: lazy("满意率（五级满意度）"),
}
GRADE_WORDS = {
    "5": lazy("非常满意"),
    "4": lazy("满意"),
    "3": lazy("基本满意"),
    "2": lazy("不满意"),
    "1": lazy("非常不满意"),
}
NO_OPINION = "0"
NO_OPINION_WORD = lazy("不了解")


@dataclass(frozen=True)
class Condition:
    """Ask only when the answer to an earlier question is one of these values."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One question.

    options: of single, multiple and ranking, answered by number from "1".  rows: what a matrix asks grades for.
    section: heading of the section that begins here.  margin: the trait of the population it tells.
    least, most: bounds of a number.  is_random: options in an order of each reader's own.
    """

    key: str
    kind: Kind
    label: str
    help: str = ""
    section: str = ""
    options: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    is_required: bool = False
    is_random: bool = False
    part: Part = Part.NONE
    margin: str = ""
    least: float | None = None
    most: float | None = None
    condition: Condition | None = None

    def choices(self) -> list[tuple[str, str]]:
        """Value and words of each answer that can be ticked."""
        if self.kind is Kind.YES_NO:
            return [("yes", _("是")), ("no", _("否"))]
        if self.kind in {Kind.GRADE5, Kind.MATRIX}:
            return [(value, str(words)) for value, words in GRADE_WORDS.items()]
        return [(str(number), words) for number, words in enumerate(self.options, 1)]

    def row_keys(self) -> list[tuple[str, str]]:
        """Field name and words of each row of a matrix."""
        return [(f"{self.key}.{number}", words) for number, words in enumerate(self.rows, 1)]

    @property
    def none_value(self) -> str | None:
        """The value of "none of these", which goes with no other."""
        found = (str(n) for n, words in enumerate(self.options, 1) if words.startswith(_NONE_OF_THESE))
        return next(found, None) if self.kind is Kind.MULTIPLE else None

    def shuffled(self, seed: str) -> list[tuple[str, str]]:
        """The choices in the order of one reader: the same seed gives the same order; "其他" and the like stay last."""
        choices = self.choices()
        if not self.is_random or self.kind not in WITH_OPTIONS:
            return choices

        def place(choice: tuple[str, str]) -> tuple[bool, str]:
            stays = choice[1].startswith(_STAYS_LAST)
            return stays, choice[0] if stays else hashlib.sha256(f"{seed}.{self.key}.{choice[0]}".encode()).hexdigest()

        return sorted(choices, key=place)


@dataclass(frozen=True)
class Definition:
    """The questions of one version, in order. english: the author's English for any text of the questionnaire."""

    questions: tuple[Question, ...] = ()
    english: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Question]:
        return iter(self.questions)

    def __len__(self) -> int:
        return len(self.questions)

    def say(self, text: str) -> str:
        """A text of the questionnaire in the reader's language; itself where nobody has translated it."""
        return self.english.get(text) or _(text) if language() == "en" else _(text)

    def steps(self) -> list[tuple[Question, ...]]:
        """The questions page by page: each section is a page of its own."""
        pages: list[list[Question]] = []
        for question in self.questions:
            if not pages or question.section:
                pages.append([])
            pages[-1].append(question)
        return [tuple(page) for page in pages]

    def find(self, key: str) -> Question | None:
        """The question with this key, or None."""
        return next((question for question in self.questions if question.key == key), None)

    def place(self, key: str) -> int:
        """Where the question stands, from 0; raise KeyError when there is none."""
        for number, question in enumerate(self.questions):
            if question.key == key:
                return number
        raise KeyError(key)

    def before(self, key: str) -> list[Question]:
        """The questions that stand before this one and can be a condition: those that are ticked."""
        ticked = {Kind.YES_NO, Kind.SINGLE, Kind.MULTIPLE, Kind.GRADE5}
        return [question for question in self.questions[: self.place(key)] if question.kind in ticked]

    def with_question(self, question: Question) -> "Definition":
        """The same with this question in place of the one with its key, or added at the end."""
        if self.find(question.key) is None:
            return replace(self, questions=(*self.questions, question))
        return replace(self, questions=tuple(question if one.key == question.key else one for one in self.questions))

    def without(self, key: str) -> "Definition":
        """The same without a question, and without conditions on it."""
        kept = [one for one in self.questions if one.key != key]
        freed = (
            replace(one, condition=None) if one.condition and one.condition.question == key else one for one in kept
        )
        return replace(self, questions=tuple(freed))

    def moved(self, key: str, steps: int) -> "Definition":
        """The same with a question moved up (−1) or down (+1); what stands at the end stays."""
        order = list(self.questions)
        place = self.place(key)
        question = order.pop(place)
        order.insert(min(max(place + steps, 0), len(order)), question)
        return replace(self, questions=tuple(order))

    def free_key(self) -> str:
        """A key that no question has yet."""
        taken = {question.key for question in self.questions}
        return next(f"q{number}" for number in range(1, len(taken) + 2) if f"q{number}" not in taken)

    def minutes(self) -> int:
        """About how long answering takes, at least 1: a tick is five seconds, a word to write half a minute."""
        cost = {Kind.LONG_TEXT: 30, Kind.TEXT: 15, Kind.RANKING: 20, Kind.MULTIPLE: 8, Kind.NUMBER: 8}
        seconds = sum(cost.get(q.kind, 5) * max(len(q.rows), 1) for q in self.questions)
        return max(1, round(seconds / 60))


def is_asked(question: Question, values: Mapping[str, Any]) -> bool:
    """Whether the answers so far call for this question. values: as they are kept, by key."""
    if question.condition is None:
        return True
    given = values.get(question.condition.question)
    chosen = given if isinstance(given, list) else [] if given is None else [str(given)]
    return any(value in question.condition.values for value in chosen)


def condition_text(definition: Definition, question: Question) -> str:
    """The condition in words, for readers whose browser cannot hide the question."""
    condition = question.condition
    asked = definition.find(condition.question) if condition else None
    if condition is None or asked is None:
        return ""
    chosen = _("”或“").join(definition.say(words) for value, words in asked.choices() if value in condition.values)
    return _("第 %(number)s 题选了“%(chosen)s”的，请答这一题；其他人请跳过。") % {
        "number": definition.place(asked.key) + 1,
        "chosen": chosen,
    }


def to_json(definition: Definition) -> dict[str, Any]:
    """What the database keeps."""
    return {
        "questions": [_plain(asdict(question)) for question in definition],
        "english": dict(definition.english),
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    # A nought is a bound like any other, so only what is empty goes.
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in values.items()
        if value is not None and value is not False and value not in ("", ())
    }


def from_json(plain: Mapping[str, Any]) -> Definition:
    """The questionnaire that `to_json` kept."""
    return Definition(tuple(_question(one) for one in plain.get("questions", [])), plain.get("english", {}))


def _question(plain: Mapping[str, Any]) -> Question:
    values = dict(plain)
    values.setdefault("label", "")
    condition = values.pop("condition", None)
    values["kind"], values["part"] = Kind(values["kind"]), Part(values.get("part", Part.NONE))
    for name in ("options", "rows"):
        values[name] = tuple(values.get(name, ()))
    if condition:
        values["condition"] = Condition(condition["question"], tuple(condition["values"]))
    return Question(**values)
