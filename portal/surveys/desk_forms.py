"""What staff type: about a survey, its questions, invitations, and what to publish."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FileField,
    FloatField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import widgets as w
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from portal.core.clock import end_of, local, start_of, today
from portal.core.forms import Form, choices, optional_text, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.groups import City
from portal.surveys.definition import (
    KIND_WORDS,
    PART_WORDS,
    WITH_OPTIONS,
    Condition,
    Definition,
    Kind,
    Part,
    Question,
)
from portal.surveys.faults import question_faults
from portal.surveys.models import VARIANT_WORDS, Survey, Variant
from portal.surveys.service import ADDRESS_LIMIT, NewSurvey
from portal.surveys.starters import STARTERS, VARIANTS

FALSE = (False, "false", "", "0", "no", "off")
SLUG = r"^[a-z0-9][a-z0-9-]{2,59}$"


class SurveyForm(Form):
    """What a survey says about itself."""

    title = StringField(
        lazy("标题"), [InputRequired(lazy("请写标题。")), Length(max=120, message=lazy("最多 120 个字。"))]
    )
    intro = TextAreaField(
        lazy("开头的话"), [InputRequired(lazy("请写几句开头的话。")), Length(max=600, message=lazy("最多 600 个字。"))]
    )
    slug = StringField(
        lazy("网址"),
        [InputRequired(lazy("请写网址。")), Regexp(SLUG, message=lazy("只用小写字母、数字和短横线，3 到 60 个。"))],
    )
    variant = RadioField(lazy("给谁填"), choices=choices({key.value: words for key, words in VARIANT_WORDS.items()}))
    group_key = SelectField(lazy("关于哪个专项组"), [Optional()])
    opens_on = DateField(lazy("从哪天开始"), [Optional()])
    closes_on = DateField(lazy("到哪天为止"), [Optional()])
    is_invited = BooleanField(lazy("只收邀请码（每个码一份）"), false_values=FALSE)
    address_limit = IntegerField(
        lazy("一个网络地址每天最多几份（0 为不限）"),
        [InputRequired(lazy("请填数字。")), NumberRange(0, 10000, lazy("请填 0 到 10000 之间的数字。"))],
        default=ADDRESS_LIMIT,
    )
    asks_phone = BooleanField(lazy("用短信验证码保证一人一份"), false_values=FALSE)
    asks_contact = BooleanField(lazy("写意见的人可以留联系方式，转为诉求办理"), false_values=FALSE)

    def set_city(self, city: City) -> "SurveyForm":
        """Offer the city's groups."""
        pairs = [(group.key, group.name) for group in city.groups]
        self.group_key.choices = choices(pairs, empty=_("不限"))
        return self

    def to_new_survey(self) -> NewSurvey:
        """What the service takes."""
        opens, closes = self.opens_on.data, self.closes_on.data
        return NewSurvey(
            slug=text(self.slug),
            title=text(self.title),
            intro=text(self.intro),
            variant=Variant(self.variant.data or Variant.RESIDENTS),
            group_key=optional_text(self.group_key),
            is_invited=bool(self.is_invited.data),
            address_limit=int(self.address_limit.data or 0),
            asks_phone=bool(self.asks_phone.data),
            asks_contact=bool(self.asks_contact.data),
            opens_at=start_of(opens) if opens else None,
            closes_at=end_of(closes) if closes else None,
        )


def about(survey: Survey) -> dict[str, Any]:
    """The values of SurveyForm for a survey."""
    return {
        "title": survey.title,
        "intro": survey.intro,
        "slug": survey.slug,
        "variant": survey.variant,
        "group_key": survey.group_key or "",
        "is_invited": survey.is_invited,
        "address_limit": survey.address_limit,
        "asks_phone": survey.asks_phone,
        "asks_contact": survey.asks_contact,
        "opens_on": local(survey.opens_at).date() if survey.opens_at else None,
        "closes_on": _last_day(survey),
    }


def _last_day(survey: Survey) -> date | None:
    return (local(survey.closes_at) - timedelta(seconds=1)).date() if survey.closes_at else None


class NewSurveyForm(SurveyForm):
    """A new survey, begun from a starter."""

    starter = RadioField(lazy("从哪里开始"), choices=choices(STARTERS), default="indices")

    def variant_of_starter(self) -> Variant:
        """Whom the starter speaks to."""
        return VARIANTS.get(str(self.starter.data), Variant(self.variant.data or Variant.RESIDENTS))


def _lines(value: str) -> tuple[str, ...]:
    return tuple(line.strip()[:120] for line in value.splitlines() if line.strip())


class QuestionForm(Form):
    """One question."""

    label = TextAreaField(lazy("题目"), [InputRequired(lazy("请写题目。")), Length(max=300)])
    kind = SelectField(lazy("题型"), choices=choices({key.value: words for key, words in KIND_WORDS.items()}))
    options = TextAreaField(lazy("选项（单选、多选、排序用；每行一个）"), [Length(max=4000)])
    rows = TextAreaField(lazy("要评价的内容（一组五级满意度用；每行一个）"), [Length(max=3000)])
    least = FloatField(lazy("最小值（数字题用）"), [Optional()])
    most = FloatField(lazy("最大值（数字题用）"), [Optional()])
    is_required = BooleanField(lazy("必须回答"), false_values=FALSE)
    is_random = BooleanField(lazy("选项随机排列（“其他”“都没有”留在最后）"), false_values=FALSE)
    help = StringField(lazy("填写说明"), [Length(max=300)])
    section = StringField(lazy("从这里开始新的一部分，标题是"), [Length(max=60)])
    part = SelectField(lazy("计入哪项指数"), choices=choices({key.value: words for key, words in PART_WORDS.items()}))
    margin = SelectField(lazy("对照人口资料"), [Optional()])
    condition_question = SelectField(lazy("出题条件：前面哪一题"), [Optional()])
    condition_values = SelectMultipleField(
        lazy("选了其中任何一项才出这一题"), widget=w.ListWidget(prefix_label=False), option_widget=w.CheckboxInput()
    )

    def set_survey(self, city: City, definition: Definition, question: Question) -> "QuestionForm":
        """Offer the traits of the population, and the questions before this one as conditions."""
        self.margin.choices = choices([(one.key, one.name) for one in city.census], empty=_("不对照"))
        before = definition.before(question.key)
        pairs = [(one.key, f"{definition.place(one.key) + 1}. {one.label}") for one in before]
        self.condition_question.choices = choices(pairs, empty=_("没有条件，都出"))
        offered = {
            f"{one.key}:{value}": f"{definition.place(one.key) + 1}. {words}"
            for one in before
            for value, words in one.choices()
        }
        self.condition_values.choices = choices(offered)
        return self

    def to_question(self, question: Question) -> Question:
        """The question as it was typed. What its type does not use is dropped."""
        kind = Kind(self.kind.data)
        chosen = text(self.condition_question)
        values = tuple(
            value.partition(":")[2] for value in self.condition_values.data or () if value.startswith(f"{chosen}:")
        )
        return replace(
            question,
            kind=kind,
            label=text(self.label),
            help=text(self.help),
            section=text(self.section),
            options=_lines(text(self.options)) if kind in WITH_OPTIONS else (),
            rows=_lines(text(self.rows)) if kind is Kind.MATRIX else (),
            is_required=bool(self.is_required.data),
            is_random=bool(self.is_random.data) and kind in WITH_OPTIONS,
            part=Part(self.part.data),
            margin=text(self.margin) if kind is Kind.SINGLE else "",
            least=self.least.data if kind is Kind.NUMBER else None,
            most=self.most.data if kind is Kind.NUMBER else None,
            condition=Condition(chosen, values) if chosen and values else None,
        )

    def read(self, city: City, definition: Definition, question: Question) -> Question | None:
        """The question, or None with the errors at their fields."""
        if not self.validate():
            return None
        found = self.to_question(question)
        if text(self.condition_question) and found.condition is None:
            self.add_error("condition_values", _("请勾选至少一项，或把条件改为“没有条件”。"))
        margin = next((one for one in city.census if one.key == found.margin), None)
        if margin and tuple(margin.labels.values()) != found.options:
            labels = _("、").join(margin.labels.values())
            self.add_error("options", _("对照人口资料的题，选项要和资料一样：%(labels)s") % {"labels": labels})
        for fault in question_faults(found, definition.with_question(found)):
            self.add_error("label" if found.kind not in WITH_OPTIONS else "options", fault)
        return None if self.errors else found


def question_values(question: Question) -> dict[str, Any]:
    """The values of QuestionForm for a question."""
    condition = question.condition
    return {
        "label": question.label,
        "kind": question.kind.value,
        "options": "\n".join(question.options),
        "rows": "\n".join(question.rows),
        "least": question.least,
        "most": question.most,
        "is_required": question.is_required,
        "is_random": question.is_random,
        "help": question.help,
        "section": question.section,
        "part": question.part.value,
        "margin": question.margin,
        "condition_question": condition.question if condition else "",
        "condition_values": [f"{condition.question}:{value}" for value in condition.values] if condition else [],
    }


def _not_past(_form: Form, field: DateField) -> None:
    if field.data and field.data < today():
        raise ValidationError(_("这一天已经过去，请改到以后。"))


def _last_day_field() -> DateField:
    return DateField(lazy("有效到哪天（不填则到问卷结束）"), [Optional(), _not_past])


def _void_from(field: DateField) -> datetime | None:
    return end_of(field.data) if field.data else None


class InviteForm(Form):
    """How many single-use links to make, and for whom."""

    count = IntegerField(
        lazy("几个"), [InputRequired(lazy("请填数字。")), NumberRange(1, 2000, lazy("一次 1 到 2000 个。"))], default=50
    )
    label = StringField(lazy("发给哪里（例如社区名，不要写人名）"), [Length(max=80, message=lazy("最多 80 个字。"))])
    expires_on = _last_day_field()

    def expires_at(self) -> datetime | None:
        """The moment from which the links are void."""
        return _void_from(self.expires_on)


class InviteListForm(Form):
    """A list of people to send links to."""

    listed = FileField(lazy("名单（.xlsx 或 .csv，一列“手机或邮箱”，可加一列“发给”）"))
    is_lawful = BooleanField(
        lazy("名单来源合法，名单上的人已同意或法律允许向其发送"),
        [InputRequired(lazy("请确认名单的来源。没有依据的名单不能发送。"))],
        false_values=FALSE,
    )
    until = _last_day_field()

    def expires_at(self) -> datetime | None:
        """The moment from which the links are void."""
        return _void_from(self.until)
