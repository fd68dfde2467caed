"""What people answer: a form made of the questionnaire, and the plain values that are kept."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import Length, Optional, Regexp

from portal.core.forms import Form, choices, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
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
from portal.surveys.fields import FigureField, PickField, RankField, TickField

PHONE = r"^1[3-9][0-9]{9}$"
EMAIL = r"^[^@\s<>\"',;]{1,64}@[A-Za-z0-9\-]{1,63}(\.[A-Za-z0-9\-]{1,63}){1,6}$"
CONSENT = "2026-11"
"""The version of the words by which a writer agrees that an open answer becomes a case."""

CONTACT = ("contact_consent", "contact_name", "contact_phone", "contact_email")
FALSE = (False, "false", "", "0", "no", "off")


@dataclass(frozen=True)
class Contact:
    """How the writer of an open answer may be reached."""

    name: str
    phone: str
    email: str


@dataclass(frozen=True)
class NewAnswer:
    """What one person said: values by question key, and open answers apart from them.

    contact: only with consent that the open answers are handled as cases.
    """

    values: Mapping[str, Any]
    texts: Mapping[str, str]
    contact: Contact | None = None


class AnswerForm(Form):
    """The questionnaire as a form. Made by `make_answer_form`."""

    token = HiddenField()
    site = HiddenField()
    form = HiddenField()

    definition: Definition

    def read(self, keys: Collection[str] | None = None) -> NewAnswer | None:
        """The answer, or None when something is missing or wrong; each error stands at its field.

        keys: of the questions to read, for somebody half-way through; all when not given.
        """
        self.validate()
        values: dict[str, Any] = {}
        texts: dict[str, str] = {}
        for question in self.definition:
            if (keys is not None and question.key not in keys) or not is_asked(question, values):
                self._forget_errors(question)
                continue
            given = _READERS.get(question.kind, _read_plain)(self, question)
            if given is None and question.is_required:
                self._complain(question, _missing_text(question))
            elif given is not None and question.kind in OPEN:
                texts[question.key] = given
            elif given is not None:
                values[question.key] = given
        contact = self._contact(texts, is_whole=keys is None)
        return None if self.errors else NewAnswer(values, texts, contact)

    def _contact(self, texts: Mapping[str, str], is_whole: bool) -> Contact | None:
        """Who may be written to about these open answers; nobody, unless the survey asks."""
        return None

    def fields_of(self, question: Question) -> list[Field]:
        """The fields that one question takes."""
        return [self[name] for name in names_of(question)]

    def _complain(self, question: Question, message: str) -> None:
        for field in self.fields_of(question):
            if field.data in (None, "", []) and not field.errors:
                self.add_error(field.name, message)

    def _forget_errors(self, question: Question) -> None:
        for field in self.fields_of(question):
            field.errors = []


class ContactForm(AnswerForm):
    """The same with a place to leave a contact, so that an open answer is handled as a case."""

    contact_consent = BooleanField(lazy("请把我写的意见当作诉求办理，并用下面的方式联系我"), false_values=FALSE)
    contact_name = StringField(lazy("您的称呼"), [Length(max=40, message=lazy("称呼最多 40 个字。"))])
    contact_phone = StringField(
        lazy("手机号"), [Optional(), Regexp(PHONE, message=lazy("请填写 11 位手机号，或留空。"))]
    )
    contact_email = StringField(
        lazy("电子邮箱"), [Optional(), Length(max=200), Regexp(EMAIL, message=lazy("邮箱地址不完整，请核对或留空。"))]
    )

    def _contact(self, texts: Mapping[str, str], is_whole: bool) -> Contact | None:
        fields = [self[name] for name in CONTACT]
        if not is_whole:
            for field in fields:
                field.errors = []
            return None
        reach = text(self.contact_phone) or text(self.contact_email)
        if not self.contact_consent.data:
            if reach:
                self.add_error("contact_consent", _("留了联系方式，请勾选这一项；不想转为诉求的，请把联系方式删去。"))
            return None
        if not reach:
            self.add_error("contact_phone", _("请留手机号或邮箱，办理结果才能告诉您；或取消上面的勾选。"))
        if not texts:
            self.add_error("contact_consent", _("上面还没有写意见。请写下要办的事，或取消这一勾选。"))
        return Contact(text(self.contact_name), text(self.contact_phone), text(self.contact_email))


def _missing_text(question: Question) -> str:
    if question.kind in {Kind.TEXT, Kind.LONG_TEXT}:
        return _("请写几个字。")
    if question.kind is Kind.NUMBER:
        return _("请填写数字。")
    return _("请选择一项。") if question.kind is not Kind.RANKING else _("请选择名次。")


def names_of(question: Question) -> list[str]:
    """The names of the fields that one question takes."""
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


def make_answer_form(
    definition: Definition, posted: Any = None, seed: str = "", asks_contact: bool = False, **values: Any
) -> AnswerForm:
    """The form of a questionnaire. seed: of the reader's own order of options.  posted: what was sent, or None."""
    fields: dict[str, Any] = {"definition": definition}
    for number, question in enumerate(definition, 1):
        for name, field in _fields(definition, number, question, seed):
            fields[name] = field
    base = ContactForm if asks_contact else AnswerForm
    made: type[AnswerForm] = type("AnswerForm", (base,), fields)
    form = made(posted, **values)
    for question in definition:
        for field in form.fields_of(question) if question.is_required else ():
            field.flags.required = True
    return form


def _fields(definition: Definition, number: int, question: Question, seed: str) -> Iterable[tuple[str, Any]]:
    say = definition.say
    label = f"{number}. {say(question.label)}"
    if question.kind in {Kind.YES_NO, Kind.SINGLE}:
        yield question.key, PickField(label, choices=_said(definition, question.shuffled(seed)))
    elif question.kind is Kind.GRADE5:
        yield question.key, PickField(label, choices=_grades())
    elif question.kind is Kind.MULTIPLE:
        yield question.key, TickField(label, choices=_said(definition, question.shuffled(seed)))
    elif question.kind is Kind.MATRIX:
        for name, words in question.row_keys():
            yield name, PickField(say(words), choices=_grades())
    elif question.kind is Kind.NUMBER:
        yield question.key, FigureField(label)
    elif question.kind is Kind.RANKING:
        places = [
            (str(place), _("第 %(place)s 位") % {"place": place}) for place in range(1, len(question.options) + 1)
        ]
        for value, words in question.shuffled(seed):
            yield f"{question.key}.{value}", RankField(say(words), choices=choices(places, empty=_("名次")))
    else:
        yield question.key, _text_field(label, question)


def _text_field(label: str, question: Question) -> Any:
    most = LONG_SIGNS if question.kind is Kind.LONG_TEXT else TEXT_SIGNS
    kind = TextAreaField if question.kind is Kind.LONG_TEXT else StringField
    return kind(label, [Optional(), Length(max=most, message=_("最多 %(most)s 个字，请精简一些。") % {"most": most})])


def _said(definition: Definition, pairs: Iterable[tuple[str, str]]) -> list[Any]:
    return choices([(value, definition.say(words)) for value, words in pairs])


def _grades() -> list[Any]:
    grades = Question("grade", Kind.GRADE5, "").choices()
    return choices([*grades, (NO_OPINION, str(NO_OPINION_WORD))])
