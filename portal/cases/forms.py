"""What citizens type: the report, the look-up, the rating, and their answers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from wtforms import (
    BooleanField,
    FloatField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from portal.cases.closing import LEAST_SATISFIED, Rating
from portal.cases.intake import NewCase
from portal.cases.photos import StoredPhoto
from portal.cases.states import BLAME, CHANNELS, PRAISE
from portal.cases.undo import Edited
from portal.core.forms import Form, PhotosField, choices, optional_text, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.groups import City

STAFF_CHANNELS = ("phone", "wechat", "letter", "on_site", "transferred_12345", "media", "inspection", "proactive")
FALSE = (False, "false", "", "0", "no", "off")
PHONE = r"^\+?[0-9][0-9 ()\-]{4,19}$"
EMAIL = r"^[^@\s<>\"',;]{1,64}@[A-Za-z0-9\-]{1,63}(\.[A-Za-z0-9\-]{1,63}){1,6}$"


class _Words:
    """At least so many signs that say something."""

    def __init__(self, least: int, message: str) -> None:
        self.least, self.message = least, message

    def __call__(self, _form: object, field: TextAreaField) -> None:
        if len(text(field)) < self.least:
            raise ValidationError(str(self.message))


def tell_apart(form: Form, name: str) -> None:
    """Give the fields of one of several forms of a page ids of their own; their names stay."""
    for field in form:
        field.id = field.label.field_id = f"{name}-{field.short_name}"


class PlaceForm(Form):
    """What happened, and where."""

    text = TextAreaField(
        lazy("请把情况写下来"),
        [
            InputRequired(lazy("请写一下情况，5 个字以上。")),
            _Words(5, lazy("请再写具体一点，5 个字以上。")),
            Length(max=5000, message=lazy("最多 5000 个字，请精简后再提交。")),
        ],
    )
    place = StringField(lazy("在哪里"), [Length(max=200, message=lazy("地点最多 200 个字。"))])
    district = SelectField(lazy("所在区"), [Optional()])

    def offer_districts(self, city: City) -> None:
        """Offer the city's districts."""
        pairs = [(district.key, district.name) for district in city.districts]
        self.district.choices = choices(pairs, empty=_("不清楚或不限"))


class CaseForm(PlaceForm):
    """A new case. Kinds and districts come from the city."""

    kind = RadioField(lazy("您要反映什么"), [InputRequired(lazy("请选择一种类型。"))], default="complaint")
    lat = FloatField(lazy("纬度"), [Optional(), NumberRange(-90, 90, lazy("纬度应在 -90 到 90 之间。"))])
    lng = FloatField(lazy("经度"), [Optional(), NumberRange(-180, 180, lazy("经度应在 -180 到 180 之间。"))])
    photos = PhotosField(lazy("照片"))
    name = StringField(lazy("您的称呼"), [Length(max=40, message=lazy("称呼最多 40 个字。"))])
    phone = StringField(lazy("手机或电话"), [Optional(), Regexp(PHONE, message=lazy("请填写数字电话号码，或留空。"))])
    email = StringField(
        lazy("电子邮箱"),
        [Optional(), Length(max=200), Regexp(EMAIL, message=lazy("邮箱地址不完整，请核对或留空。"))],
    )
    anonymous = BooleanField(lazy("匿名：办理单位看不到我的称呼和联系方式"), false_values=FALSE)
    no_place = BooleanField(lazy("这件事没有具体地点"), false_values=FALSE)
    publish = BooleanField(lazy("同意公开：隐去个人信息后，让大家看到这件事和答复"), false_values=FALSE)
    submission_id = HiddenField(lazy("这张表"), validators=[Length(max=100)])
    started = HiddenField(lazy("这张表"), validators=[Length(max=300)])
    # A person sees and fills nothing here; a machine that fills every field gives itself away.
    homepage = StringField(lazy("请勿填写"), [Length(max=0, message=lazy("这一栏请留空。"))])

    def set_city(self, city: City) -> "CaseForm":
        """Offer the city's kinds and districts."""
        self.kind.choices = choices((kind.key, _(kind.name)) for kind in city.kinds)
        self.named_kinds = {kind.key: _(kind.name) for kind in city.kinds if not kind.anonymous}
        self.offer_districts(city)
        return self

    def validate_anonymous(self, field: BooleanField) -> None:
        """Some kinds need to know who asks: said before anything is kept, never decided behind somebody's back."""
        name = self.named_kinds.get(text(self.kind))
        if field.data and name:
            words = lazy("“%(kind)s”需要核实是谁提出的，不能匿名。请去掉这个勾，或换一种类型；您的联系方式不会公开。")
            raise ValidationError(str(words % {"kind": name}))

    def point(self) -> tuple[float, float] | None:
        """The point on the map; half a position is none, nor is one off the earth, nor any when there is no place."""
        lat, lng = self.lat.data, self.lng.data
        if self.no_place.data or lat is None or lng is None:
            return None
        return (lat, lng) if abs(lat) <= 90 and abs(lng) <= 180 else None

    def to_new_case(self, photos: Sequence[StoredPhoto], **more: Any) -> NewCase:
        """What the service takes; "no place" drops what was left in the fields."""
        is_placeless, point = bool(self.no_place.data), self.point()
        return NewCase(
            kind=text(self.kind),
            text=text(self.text),
            place="" if is_placeless else " ".join(text(self.place).split()),
            district=optional_text(self.district),
            is_placeless=is_placeless,
            lat=point[0] if point else None,
            lng=point[1] if point else None,
            name=text(self.name),
            phone=text(self.phone),
            email=text(self.email),
            is_anonymous=bool(self.anonymous.data),
            wants_publish=bool(self.publish.data),
            submission_id=text(self.submission_id),
            photos=tuple(photos),
            **more,
        )


class EntryForm(CaseForm):
    """A case that staff take down for somebody who called, wrote or came."""

    channel = SelectField(lazy("怎样收到的"), [InputRequired(lazy("请选择渠道。"))])

    def set_city(self, city: City) -> "EntryForm":
        """Also offer the channels other than the public form."""
        super().set_city(city)
        self.channel.choices = choices([(key, word) for key, word in CHANNELS.items() if key in STAFF_CHANNELS])
        return self

    def to_new_case(self, photos: Sequence[StoredPhoto], **more: Any) -> NewCase:
        """What the service takes."""
        return replace(super().to_new_case(photos, **more), channel=text(self.channel))


class EditForm(PlaceForm):
    """What may still be changed in the first minutes."""

    def set_city(self, city: City) -> "EditForm":
        """Offer the city's districts."""
        self.offer_districts(city)
        return self

    def to_edited(self) -> Edited:
        """What the service takes."""
        return Edited(text(self.text), " ".join(text(self.place).split()), optional_text(self.district))


class TrackForm(Form):
    """Number and code of a case."""

    case_no = StringField(lazy("受理编号"), [InputRequired(lazy("请填写受理编号。")), Length(max=40)])
    query_code = StringField(lazy("查询码"), [InputRequired(lazy("请填写查询码。")), Length(max=40)])


class ReachForm(Form):
    """A phone or an address one has given before."""

    reach = StringField(lazy("邮箱或电话"), [InputRequired(lazy("请填写提交时留的邮箱或电话。")), Length(max=200)])


class CodeForm(Form):
    """The code that was sent to a contact."""

    code = StringField(lazy("六位确认码"), [InputRequired(lazy("请填写收到的六位确认码。")), Length(max=20)])


GRADES = (
    ("5", lazy("非常满意")),
    ("4", lazy("满意")),
    ("3", lazy("基本满意")),
    ("2", lazy("不满意")),
    ("1", lazy("非常不满意")),
)
SOLVED = (("yes", lazy("已经解决")), ("partly", lazy("解决了一部分")), ("no", lazy("没有解决")))


class RatingForm(Form):
    """The reporter's word on the result."""

    solved = RadioField(lazy("问题解决了吗"), [InputRequired(lazy("请选择是否解决。"))], choices=choices(SOLVED))
    grade = RadioField(lazy("您对办理满意吗"), [InputRequired(lazy("请选择一个评价。"))], choices=choices(GRADES))
    praise = SelectMultipleField(
        lazy("好在哪里（可多选，可不选）"),
        choices=choices(PRAISE),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    blame = SelectMultipleField(
        lazy("哪里不好（可多选，可不选）"),
        choices=choices(BLAME),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    comment = TextAreaField(
        lazy("想对我们说的话（可不填）"), [Length(max=1000, message=lazy("最多 1000 个字，请精简后再提交。"))]
    )

    def to_rating(self) -> Rating:
        """What the service takes."""
        grade = int(text(self.grade))
        # Reasons of the other side may have stayed ticked when the grade was changed; they say nothing.
        praise = self.praise.data or [] if grade >= LEAST_SATISFIED else []
        blame = self.blame.data or [] if grade <= LEAST_SATISFIED else []
        return Rating(grade, text(self.solved), text(self.comment), (*praise, *blame))


class ReasonForm(Form):
    """A reason in one's own words: for withdrawing it may stay empty."""

    reason = TextAreaField(lazy("原因"), [Length(max=1000, message=lazy("最多 1000 个字，请精简后再提交。"))])


class ReopenForm(Form):
    """Why a result is none."""

    reason = TextAreaField(
        lazy("哪里还没有解决"),
        [
            InputRequired(lazy("请写一下还有什么没有解决。")),
            Length(max=1000, message=lazy("最多 1000 个字，请精简后再提交。")),
        ],
    )


class AnswerForm(Form):
    """The answer to a unit's question."""

    text = TextAreaField(
        lazy("您的补充"),
        [InputRequired(lazy("请写下您的补充。")), Length(max=2000, message=lazy("最多 2000 个字，请精简后再提交。"))],
    )
    photos = PhotosField(lazy("照片"))
