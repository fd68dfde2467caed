"""Forms of the good people: the public's nomination and objection, and the desk's."""

import re
from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.core.clock import today
from portal.core.forms import Form, PhotosField, choices, text
from portal.core.i18n import lazy
from portal.editorial import markdown_faults
from portal.groups import City
from portal.people.drafts import Draft
from portal.people.honour import NewConsent
from portal.people.models import ANSWER_NAMES, GIVER_NAMES, SCOPE_NAMES, Answer, Giver, Nomination, Scope
from portal.people.nominations import NewNomination
from portal.people.promotions import NewStep
from portal.people.remarks import faults_of as remark_faults

_PHONE = re.compile(r"[0-9+\-()（） ]{7,20}")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


def _named(names: Mapping[Any, Any]) -> list[Any]:
    return choices([(key.value, name) for key, name in names.items()])


def check_contact(field: StringField) -> None:
    """A phone number or an address we can answer to."""
    typed = text(field)
    if typed and not _PHONE.fullmatch(typed) and not _EMAIL.fullmatch(typed):
        raise ValidationError(lazy("请填写手机号码、固定电话或邮箱。"))


class NominateForm(Form):
    """Propose a good person."""

    category = RadioField(lazy("类别"), [InputRequired()])
    nominee = StringField(lazy("被推荐人（或集体）"), [InputRequired(), Length(max=60)])
    region = SelectField(lazy("所在地区"), [InputRequired()])
    deeds = TextAreaField(lazy("事迹"), [InputRequired(), Length(min=20, max=5000)])
    evidence = TextAreaField(lazy("可以核实的线索"), [InputRequired(), Length(max=1000)])
    photos = PhotosField(lazy("照片"), most=6)
    contact = StringField(lazy("您的联系方式"), [InputRequired(), Length(max=100)])
    consent = BooleanField(
        lazy("我同意用上面的联系方式核实情况，内容属实"), [InputRequired(lazy("请勾选这一项，我们才能核实推荐。"))]
    )

    def set_choices(self, city: City) -> None:
        """Categories and districts of the city."""
        self.category.choices = choices([(one.key, one.name) for one in city.people_categories])
        self.region.choices = choices([(one.name, one.name) for one in city.districts], empty=str(lazy("请选择")))

    def validate_contact(self, field: StringField) -> None:
        """We must be able to ask back."""
        check_contact(field)

    def to_nomination(self) -> NewNomination:
        """What the service takes."""
        names = ("category", "nominee", "region", "deeds", "evidence", "contact")
        return NewNomination(**{name: text(self[name]) for name in names})


class ObjectionForm(Form):
    """Object to an honour."""

    text = TextAreaField(lazy("异议内容"), [InputRequired(), Length(min=5, max=3000)])
    contact = StringField(lazy("联系方式（选填）"), [Length(max=100)])

    def validate_contact(self, field: StringField) -> None:
        """If given, we must be able to use it."""
        check_contact(field)


class PersonForm(Form):
    """The editor's form of a profile."""

    name = StringField(lazy("姓名（或集体名称）"), [InputRequired(), Length(max=40)])
    category = SelectField(lazy("类别"), [InputRequired()])
    level = SelectField(lazy("层级"), [InputRequired()])
    honour_title = StringField(lazy("称号"), [InputRequired(), Length(max=40)])
    batch_year = IntegerField(lazy("年度"), [InputRequired(), NumberRange(2000, 2100)])
    batch_no = IntegerField(lazy("批次序号"), [InputRequired(), NumberRange(1, 99)])
    batch_label = StringField(lazy("批次名称"), [InputRequired(), Length(max=40)])
    region = StringField(lazy("地区"), [InputRequired(), Length(max=40)])
    occupation_and_unit = StringField(lazy("身份和单位"), [InputRequired(), Length(max=80)])
    one_line = StringField(lazy("一句话介绍"), [InputRequired(), Length(max=40)])
    deeds = TextAreaField(lazy("事迹"), [InputRequired(), Length(max=5000)])
    award_words = TextAreaField(lazy("颁奖词"), [Length(max=120)])
    unit_count = IntegerField(lazy("集体人数"), [InputRequired(), NumberRange(1, 1000)], default=1)
    is_minor = BooleanField(lazy("未成年人（须监护人同意）"))
    source = StringField(lazy("来源"), [Length(max=60)])
    photo = StringField(lazy("照片编号"), [Length(max=40)])
    picture = FileField(lazy("换一张照片"))
    photo_alt = StringField(lazy("照片的文字说明"), [Length(max=120)])
    photo_credit = StringField(lazy("照片来源"), [Length(max=60)])
    note = StringField(lazy("改动说明"), [Length(max=300)])
    version = IntegerField(lazy("版本"), [Optional(), NumberRange(0, 100_000)], default=0)

    def set_choices(self, city: City) -> None:
        """Categories and levels of the city."""
        self.category.choices = choices([(one.key, one.name) for one in city.people_categories])
        self.level.choices = choices([(one.key, f"{one.name}（{one.title}）") for one in city.people_levels])

    def validate_deeds(self, field: TextAreaField) -> None:
        """What cannot be rendered is named at the field."""
        faults = markdown_faults(text(field))
        if faults:
            raise ValidationError(" ".join(faults))

    def validate_photo(self, field: StringField) -> None:
        """The name of one of our pictures, or nothing."""
        if text(field) and not re.fullmatch(r"[0-9a-f]{32}", text(field)):
            raise ValidationError(lazy("请重新上传照片。"))

    def to_draft(self) -> Draft:
        """What the service takes."""
        words = ("name", "category", "level", "honour_title", "batch_label", "region", "occupation_and_unit")
        more = ("one_line", "deeds", "award_words", "source", "photo", "photo_alt", "photo_credit")
        return Draft(
            **{name: text(self[name]) for name in (*words, *more)},
            batch_year=int(self.batch_year.data or 0),
            batch_no=int(self.batch_no.data or 0),
            unit_count=int(self.unit_count.data or 1),
            is_minor=bool(self.is_minor.data),
        )


def values_of_nomination(nomination: Nomination, city: City) -> dict[str, Any]:
    """A nomination as first values of a profile."""
    level = city.people_levels[-1]
    return {
        "name": nomination.nominee,
        "category": nomination.category,
        "region": nomination.region,
        "deeds": nomination.deeds,
        "level": level.key,
        "honour_title": level.title,
        "photo": nomination.pictures[0] if nomination.pictures else "",
        "batch_year": today().year,
    }


def values_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """A saved snapshot as values of the form."""
    return dict(snapshot)


class OpinionForm(Form):
    """Ask an authority."""

    authority = StringField(lazy("部门"), [InputRequired(), Length(max=80)])
    asked_on = DateField(lazy("发函日期"), [InputRequired()])


class AnswerForm(Form):
    """What an authority answered."""

    result = SelectField(lazy("意见"), [InputRequired()], choices=_named(ANSWER_NAMES))
    note = StringField(lazy("说明"), [Length(max=500)])

    def to_answer(self) -> Answer:
        """The answer."""
        return Answer(text(self.result))


class ConsentForm(Form):
    """A consent as it was given."""

    scope = SelectField(lazy("同意什么"), [InputRequired()], choices=_named(SCOPE_NAMES))
    giver = SelectField(lazy("由谁同意"), [InputRequired()], choices=_named(GIVER_NAMES))
    given_by = StringField(lazy("同意人姓名"), [InputRequired(), Length(max=60)])
    given_on = DateField(lazy("同意日期"), [InputRequired()])
    evidence = StringField(lazy("凭据（同意书编号、录音存放处）"), [InputRequired(), Length(max=300)])

    def to_consent(self) -> NewConsent:
        """What the service takes."""
        return NewConsent(
            scope=Scope(text(self.scope)),
            giver=Giver(text(self.giver)),
            given_by=text(self.given_by),
            given_on=self.given_on.data or today(),
            evidence=text(self.evidence),
        )


class DecideForm(Form):
    """Answer an objection."""

    state = SelectField(
        lazy("结论"),
        [InputRequired()],
        choices=choices([("rejected", lazy("异议不成立")), ("upheld", lazy("异议成立"))]),
    )
    answer = TextAreaField(lazy("理由"), [InputRequired(), Length(max=1000)])


class ReasonForm(Form):
    """A reason, for declining a nomination or stopping an honour."""

    reason = TextAreaField(lazy("理由"), [InputRequired(), Length(max=500)])


class RevokeForm(Form):
    """Take a title back."""

    reason = TextAreaField(lazy("撤销理由（读者会看到）"), [InputRequired(), Length(max=500)])
    decision = StringField(lazy("撤销决定（文号或会议纪要）"), [InputRequired(), Length(max=200)])
    note = TextAreaField(lazy("内部说明"), [Length(max=2000)])


class RemarkForm(Form):
    """A reader's words under a profile."""

    text = TextAreaField(lazy("留言"), [InputRequired(), Length(min=2, max=200)])
    signature = StringField(lazy("署名"), [Length(max=20)], description=lazy("可不填，不填则显示“市民”"))

    def validate_text(self, field: TextAreaField) -> None:
        """Personal data and addresses are named at the field."""
        faults = remark_faults(text(field))
        if faults:
            raise ValidationError(" ".join(faults))

    def validate_signature(self, field: StringField) -> None:
        """As the words themselves."""
        faults = remark_faults(text(field))
        if faults:
            raise ValidationError(" ".join(faults))


class StepForm(Form):
    """A further honour of a public profile."""

    level = SelectField(lazy("层级"), [InputRequired()])
    honour_title = StringField(lazy("称号"), [InputRequired(), Length(max=40)])
    batch_year = IntegerField(lazy("年度"), [InputRequired(), NumberRange(2000, 2100)])
    batch_no = IntegerField(lazy("批次序号"), [InputRequired(), NumberRange(1, 99)])
    batch_label = StringField(lazy("批次名称"), [InputRequired(), Length(max=40)])
    is_ours = RadioField(
        lazy("由谁授予"),
        [InputRequired()],
        choices=choices([("no", lazy("上级单位已授予")), ("yes", lazy("本办授予，先公示五个工作日"))]),
    )
    authority = StringField(lazy("授予单位"), [Length(max=80)])
    decision = StringField(lazy("文号"), [Length(max=120)])
    honoured_on = DateField(lazy("授予日期"), [Optional()])

    def set_choices(self, city: City) -> None:
        """Levels of the city."""
        self.level.choices = choices([(one.key, f"{one.name}（{one.title}）") for one in city.people_levels])

    def to_step(self) -> NewStep:
        """What the service takes."""
        return NewStep(
            level=text(self.level),
            honour_title=text(self.honour_title),
            batch_year=int(self.batch_year.data or 0),
            batch_no=int(self.batch_no.data or 0),
            batch_label=text(self.batch_label),
            is_ours=text(self.is_ours) == "yes",
            authority=text(self.authority),
            decision=text(self.decision),
            honoured_on=self.honoured_on.data,
        )
