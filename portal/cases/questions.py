"""Extra questions of a kind and of the suggested group: asked on the form, kept with the case, none of them needed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional

from portal.cases.intake import Answer
from portal.core.forms import Form, choices, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.groups import City, Question

PREFIX = "q_"
LONGEST = 200


class QuestionsForm(Form):
    """The extra questions of one case; `make_questions` gives it its fields."""

    def to_answers(self) -> tuple[Answer, ...]:
        """What was answered, in the order of the questions."""
        given = [(field, text(field)) for field in self]
        return tuple(
            Answer(field.short_name.removeprefix(PREFIX), str(field.label.text), words)
            for field, words in given
            if words
        )


def list_questions(city: City, kind: str, group: str | None, topic: str = "") -> tuple[Question, ...]:
    """What to ask with a case of this kind that this group may handle. topic: the router's, empty when unknown."""
    of_kind = next((one.questions for one in city.kinds if one.key == kind), ())
    found = city.find_group(group)
    of_group = found.questions if found else ()
    return (*of_kind, *(one for one in of_group if not (topic and one.topics) or topic in one.topics))


def make_questions(
    questions: Iterable[Question], posted: Any = None, answers: Sequence[Mapping[str, str]] = ()
) -> QuestionsForm:
    """A form of these questions. answers: those that were kept before."""
    fields = {f"{PREFIX}{question.key}": _field(question) for question in questions}
    known = {f"{PREFIX}{answer['key']}": answer["raw"] for answer in answers}
    form: QuestionsForm = type("QuestionsForm", (QuestionsForm,), fields)(posted, None, **known)
    return form


def _field(question: Question) -> SelectField | StringField:
    if question.options:
        pairs = choices([(option, option) for option in question.options], empty=_("不选也可以"))
        return SelectField(question.label, [Optional()], choices=pairs, description=question.help)
    limit = Length(max=LONGEST, message=lazy("最多 200 个字，请精简后再提交。"))
    return StringField(question.label, [limit], description=question.help)


def read_questions(city: City, kind: str, posted: Any) -> QuestionsForm:
    """The questions that a posted form was shown, with what was answered: the kind's, and those of the group named."""
    return make_questions(list_questions(city, kind, str(posted.get("asked", ""))[:60]), posted)
