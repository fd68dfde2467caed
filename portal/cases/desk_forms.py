"""What staff type on a case: one small form for each action, each ending in what its service takes."""

from collections.abc import Sequence

from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.cases.closing import Resolution
from portal.cases.handling import Deferral, Return
from portal.cases.models import Case
from portal.cases.photos import StoredPhoto
from portal.cases.states import OUTCOME_WORDS, Outcome
from portal.cases.terms import most_extension
from portal.cases.triage import Assignment, Publication
from portal.core.forms import Form, PhotosField, choices, optional_text, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.groups import City

NEEDED = InputRequired(lazy("请填写。"))
LONG = Length(max=3000, message=lazy("最多 3000 个字，请精简后再提交。"))
SHORT = Length(max=200, message=lazy("最多 200 个字，请精简后再提交。"))


class DeskForm(Form):
    """A form that needs to know the city and the case before it can be checked or shown."""

    def prepare(self, city: City, case: Case) -> None:
        """Fill in the choices."""


class EmptyForm(DeskForm):
    """A step that needs no words."""


class WordsForm(DeskForm):
    """A step that needs a few words."""

    text = TextAreaField(lazy("内容"), [NEEDED, LONG])


class OptionalWordsForm(DeskForm):
    """A step that may carry a few words."""

    text = TextAreaField(lazy("说明（可不填）"), [LONG])


class DispatchForm(DeskForm):
    """Where a case goes."""

    group = SelectField(lazy("专项组"), [NEEDED])
    unit = SelectField(lazy("承办单位"), [NEEDED])
    note = StringField(lazy("给承办单位的话（可不填）"), [SHORT])
    about_unit = SelectField(lazy("被反映的单位（举报）"), [Optional()])

    def prepare(self, city: City, case: Case) -> None:
        """The city's groups, and its units with those of the suggested group first."""
        groups = [(group.key, group.name) for group in (*city.groups, city.coordination)]
        self.group.choices = choices(groups)
        self.unit.choices = choices(_units_first(city, case.suggested_group or case.group, case.district))
        if case.is_confidential:
            self.about_unit.choices = choices([(u.key, u.name) for u in city.units], empty=str(lazy("未写明")))
        else:
            del self.about_unit

    def to_assignment(self) -> Assignment:
        """What the service takes."""
        about = optional_text(self.about_unit) if "about_unit" in self else None
        return Assignment(text(self.group), text(self.unit), text(self.note), about)


def _units_first(city: City, group_key: str, district: str | None) -> list[tuple[str, str]]:
    first = city.units_for(group_key, district) if city.find_group(group_key) else ()
    ordered = dict.fromkeys([*first, *city.units])
    return [(unit.key, unit.name) for unit in ordered]


class RedispatchForm(DispatchForm):
    """Where a returned case goes, with the units that help the lead."""

    helpers = SelectMultipleField(
        lazy("协办单位（可多选）"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def prepare(self, city: City, case: Case) -> None:
        """Also offer helpers."""
        super().prepare(city, case)
        self.unit.choices = [("", _("请选择")), *(self.unit.choices or ())]
        self.helpers.choices = choices([(unit.key, unit.name) for unit in city.units])

    def to_assignment(self) -> Assignment:
        """What the service takes."""
        return Assignment(text(self.group), text(self.unit), text(self.note), None, tuple(self.helpers.data or ()))


class RejectForm(DeskForm):
    """Why a case is not taken."""

    reason = SelectField(lazy("理由"), [NEEDED])
    note = StringField(lazy("补充说明（反映人可见，可不填）"), [SHORT])

    def prepare(self, city: City, case: Case) -> None:
        """The city's reasons."""
        self.reason.choices = choices([(one.key, one.name) for one in city.decline_reasons], empty=str(lazy("请选择")))


class TransferForm(DeskForm):
    """Where outside a case goes."""

    channel = StringField(lazy("转给谁"), [NEEDED, SHORT])
    follow_up_on = DateField(lazy("回访日期"), [NEEDED])
    note = StringField(lazy("说明（反映人可见，可不填）"), [SHORT])


class ReturnForm(DeskForm):
    """Why a unit sends a case back."""

    reason = SelectField(lazy("退单理由"), [NEEDED])
    evidence = TextAreaField(lazy("依据"), [NEEDED, LONG])
    proposed_unit = SelectField(lazy("建议改派"), [Optional()])

    def prepare(self, city: City, case: Case) -> None:
        """The city's reasons and units."""
        self.reason.choices = choices([(one.key, one.name) for one in city.return_reasons], empty=str(lazy("请选择")))
        others = [(unit.key, unit.name) for unit in city.units if unit.key != case.unit]
        self.proposed_unit.choices = choices(others, empty=str(lazy("不清楚")))

    def to_return(self) -> Return:
        """What the service takes."""
        return Return(text(self.reason), text(self.evidence), optional_text(self.proposed_unit))


class ReplyForm(DeskForm):
    """How it goes, for the reporter."""

    text = TextAreaField(lazy("进展（反映人可见）"), [NEEDED, LONG])
    photos = PhotosField(lazy("照片"))


class ResolveForm(DeskForm):
    """What was done, and the proof."""

    text = TextAreaField(lazy("答复（反映人可见）"), [NEEDED, LONG])
    outcome = RadioField(
        lazy("结果"),
        [NEEDED],
        choices=choices([(one.value, OUTCOME_WORDS[one]) for one in Outcome if one is not Outcome.DUPLICATE]),
        default=Outcome.SOLVED.value,
    )
    photos = PhotosField(lazy("整改后的照片"))

    def to_resolution(self, photos: Sequence[StoredPhoto]) -> Resolution:
        """What the service takes."""
        return Resolution(text(self.text), Outcome(text(self.outcome)), photos)


class ExtendForm(DeskForm):
    """How much more time, and why."""

    working_days = IntegerField(lazy("延长几个工作日"), [NEEDED])
    reason = StringField(lazy("原因（反映人可见）"), [NEEDED, SHORT])
    most = 0

    def prepare(self, city: City, case: Case) -> None:
        """Say how much is possible."""
        self.most = most_extension(city, case)
        words = _("延期最多 %(days)s 个工作日。") % {"days": self.most}
        self.working_days.validators = [NEEDED, NumberRange(1, self.most, words)]


class DeferForm(DeskForm):
    """Why not now, what instead, and when again."""

    reason = SelectField(lazy("原因"), [NEEDED])
    plan = TextAreaField(lazy("打算怎么办（反映人可见）"), [NEEDED, LONG])
    review_on = DateField(lazy("复查日期"), [NEEDED])

    def prepare(self, city: City, case: Case) -> None:
        """The city's reasons."""
        self.reason.choices = choices([(one.key, one.name) for one in city.defer_reasons], empty=str(lazy("请选择")))

    def to_deferral(self) -> Deferral:
        """What the service takes."""
        assert self.review_on.data is not None
        return Deferral(text(self.reason), text(self.plan), self.review_on.data)


class MergeForm(DeskForm):
    """Into which case."""

    main = StringField(lazy("主单编号"), [NEEDED, Length(max=24)])


class HelpersForm(DeskForm):
    """Who helps."""

    helpers = SelectMultipleField(
        lazy("协办单位（可多选）"), [NEEDED], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def prepare(self, city: City, case: Case) -> None:
        """The city's units."""
        self.helpers.choices = choices([(unit.key, unit.name) for unit in city.units if unit.key != case.unit])


class PublishForm(DeskForm):
    """The checked text, and which photos show nobody."""

    text = TextAreaField(lazy("公开的文字（请核对）"), [NEEDED, Length(max=5000)])
    photos = SelectMultipleField(
        lazy("可以公开的照片（没有人脸和车牌）"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def prepare(self, city: City, case: Case) -> None:
        """The photos that came with the report."""
        found = [photo for photo in case.photos if photo.kind != "proof"]
        self.photos.choices = choices(
            [(photo.name, str(lazy("照片 %(number)s") % {"number": number})) for number, photo in enumerate(found, 1)]
        )
        if not self.text.data:
            self.text.data = case.text_public

    def to_publication(self) -> Publication:
        """What the service takes."""
        return Publication(text(self.text), frozenset(self.photos.data or ()))
