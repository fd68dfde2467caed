"""What people answer: a form made of the questionnaire, and the plain values that are kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import FloatField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms import widgets as w
from wtforms.fields import Field
from wtforms.form import BaseForm
from wtforms.validators import Length, Optional, ValidationError

from portal.core.forms import Form, choices
from portal.core.i18n import gettext as _
from portal.surveys.definition import (
    LONG_SIGNS,
    NO_OPINION,
    NO_OPINION_WORD,
    OPEN,
    TEXT_SIGNS,
    Definition,
    Kind,
    Question,
    is_asked,
)


@dataclass(frozen=True)
class NewAnswer:
    """What one person said: values by question key, and open answers apart from them."""

    values: Mapping[str, Any]
    texts: Mapping[str, str]


class PickField(RadioField):
    """Radio buttons of which none need be chosen."""

    def pre_validate(self, form: BaseForm) -> None:
        if not self.raw_data or self.raw_data == [""]:
            self.data = None
            return
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("请从列出的选项里选。")) from None


class TickField(SelectMultipleField):
    """Boxes to tick."""

    widget = w.ListWidget(prefix_label=False)
    option_widget = w.CheckboxInput()

    def pre_validate(self, form: BaseForm) -> None:
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("请从列出的选项里选。")) from None


class RankField(SelectField):
    """The place of one option."""

    def pre_validate(self, form: BaseForm) -> None:
        if self.data in (None, "", "None"):
            self.data = None
            return
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("请选择名次。")) from None


class FigureField(FloatField):
    """A number, with a message in our words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            self.data = None
            return
        try:
            self.data = float(typed)
        except ValueError:
            self.data = None
            raise ValueError(_("请填写数字，例如 3 或 3.5。")) from None


class AnswerForm(Form):
    """The questionnaire as a form. Made by `make_answer_form`."""

    token = HiddenField()
    site = HiddenField()
    form = HiddenField()

    definition: Definition

    def read(self) -> NewAnswer | None:
        """The answer, or None when something is missing or wrong; each error stands at its field."""
        is_sound = self.validate()
        values: dict[str, Any] = {}
        texts: dict[str, str] = {}
        for question in self.definition:
            if not is_asked(question, values):
                self._forget_errors(question)
                continue
            given = _READERS.get(question.kind, _read_plain)(self, question)
            if given is None and question.is_required:
                self._complain(question, _missing_text(question))
            elif given is not None and question.kind in OPEN:
                texts[question.key] = given
            elif given is not None:
                values[question.key] = given
        if self.errors or (not is_sound and self.errors):
            return None
        return NewAnswer(values, texts)

    def fields_of(self, question: Question) -> list[Field]:
        """The fields that one question takes."""
        return [self[name] for name in _names(question)]

    def _complain(self, question: Question, message: str) -> None:
        for field in self.fields_of(question):
            if field.data in (None, "", []) and not field.errors:
                self.add_error(field.name, message)

    def _forget_errors(self, question: Question) -> None:
        for field in self.fields_of(question):
            field.errors = []


def _missing_text(question: Question) -> str:
    if question.kind in {Kind.TEXT, Kind.LONG_TEXT}:
        return _("请写几个字。")
    if question.kind is Kind.NUMBER:
        return _("请填写数字。")
    return _("请选择一项。") if question.kind is not Kind.RANKING else _("请选择名次。")


def _names(question: Question) -> list[str]:
    if question.kind is Kind.MATRIX:
        return [name for name, _words in question.row_keys()]
    if question.kind is Kind.RANKING:
        return [f"{question.key}.{value}" for value, _words in question.choices()]
    return [question.key]


def _read_plain(form: AnswerForm, question: Question) -> Any:
    data = form[question.key].data
    if isinstance(data, str):
        data = data.strip()
    return data if data not in (None, "") else None


def _read_ticks(form: AnswerForm, question: Question) -> Any:
    field = form[question.key]
    chosen = [value for value, _words in question.choices() if value in set(field.data or [])]
    if question.none_value in chosen and len(chosen) > 1:
        form.add_error(question.key, _("“都没有”不能和其他选项一起选，请去掉一边。"))
    return chosen or None


def _read_number(form: AnswerForm, question: Question) -> Any:
    data = form[question.key].data
    if data is None:
        return None
    low, high = question.least, question.most
    # A NaN compares false with everything, so ask for what is right.
    if not abs(data) < 1e12 or (low is not None and data < low) or (high is not None and data > high):
        form.add_error(question.key, _bounds_text(low, high))
    return int(data) if abs(data) < 1e12 and data == int(data) else data


def _bounds_text(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return _("请填写 %(low)g 到 %(high)g 之间的数字。") % {"low": low, "high": high}
    if low is not None:
        return _("请填写不小于 %(low)g 的数字。") % {"low": low}
    return _("请填写不大于 %(high)g 的数字。") % {"high": 1e12 if high is None else high}


def _read_matrix(form: AnswerForm, question: Question) -> Any:
    given = {name.rpartition(".")[2]: form[name].data for name, _words in question.row_keys() if form[name].data}
    if question.is_required:
        for name, _words in question.row_keys():
            if not form[name].data and not form[name].errors:
                form.add_error(name, _("请选择一项。"))
    return given or None


def _read_ranking(form: AnswerForm, question: Question) -> Any:
    places = {value: form[f"{question.key}.{value}"].data for value, _words in question.choices()}
    given = {value: int(place) for value, place in places.items() if place and str(place).isdigit()}
    seen: set[int] = set()
    for value, place in given.items():
        if place in seen:
            form.add_error(f"{question.key}.{value}", _("同一个名次只能给一项，请改一下。"))
        seen.add(place)
    if given and len(given) < len(places):
        form._complain(question, _("请给每一项都排上名次，或者全部留空。"))
        return sorted(given, key=given.__getitem__)
    return sorted(given, key=given.__getitem__) or None


_READERS = {
    Kind.MULTIPLE: _read_ticks,
    Kind.NUMBER: _read_number,
    Kind.MATRIX: _read_matrix,
    Kind.RANKING: _read_ranking,
}


def make_answer_form(definition: Definition, posted: Any = None, seed: str = "", **values: Any) -> AnswerForm:
    """The form of a questionnaire. seed: of the reader's own order of options.  posted: what was sent, or None."""
    fields: dict[str, Any] = {"definition": definition}
    for number, question in enumerate(definition, 1):
        for name, field in _fields(number, question, seed):
            fields[name] = field
    made: type[AnswerForm] = type("AnswerForm", (AnswerForm,), fields)
    form = made(posted, **values)
    for question in definition:
        for field in form.fields_of(question) if question.is_required else ():
            field.flags.required = True
    return form


def _fields(number: int, question: Question, seed: str) -> Iterable[tuple[str, Any]]:
    label = f"{number}. {_(question.label)}"
    if question.kind in {Kind.YES_NO, Kind.SINGLE}:
        yield question.key, PickField(label, choices=_translated(question.shuffled(seed)))
    elif question.kind is Kind.GRADE5:
        yield question.key, PickField(label, choices=_grades())
    elif question.kind is Kind.MULTIPLE:
        yield question.key, TickField(label, choices=_translated(question.shuffled(seed)))
    elif question.kind is Kind.MATRIX:
        for name, words in question.row_keys():
            yield name, PickField(_(words), choices=_grades())
    elif question.kind is Kind.NUMBER:
        yield question.key, FigureField(label)
    elif question.kind is Kind.RANKING:
        places = [
            (str(place), _("第 %(place)s 位") % {"place": place}) for place in range(1, len(question.options) + 1)
        ]
        for value, words in question.shuffled(seed):
            yield f"{question.key}.{value}", RankField(_(words), choices=choices(places, empty=_("名次")))
    else:
        yield question.key, _text_field(label, question)


def _text_field(label: str, question: Question) -> Any:
    most = LONG_SIGNS if question.kind is Kind.LONG_TEXT else TEXT_SIGNS
    kind = TextAreaField if question.kind is Kind.LONG_TEXT else StringField
    return kind(label, [Optional(), Length(max=most, message=_("最多 %(most)s 个字，请精简一些。") % {"most": most})])


def _translated(pairs: Iterable[tuple[str, str]]) -> list[Any]:
    return choices([(value, _(words)) for value, words in pairs])


def _grades() -> list[Any]:
    grades = Question("grade", Kind.GRADE5, "").choices()
    return choices([*grades, (NO_OPINION, str(NO_OPINION_WORD))])
