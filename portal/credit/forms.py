"""Forms of the credit lists: an entry, a batch, an objection, and what the desk decides."""

from datetime import date

from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.core.clock import today
from portal.core.forms import Form, PhotosField, choices, text
from portal.core.i18n import lazy
from portal.credit.matters import GROUND_NAMES, NewMatter
from portal.credit.models import COLOUR_NAMES, GRADE_NAMES, SUBJECT_NAMES, Colour, Status
from portal.credit.rules import Draft
from portal.groups import City

PLAIN = (
    "colour",
    "list_kind",
    "field",
    "subject_type",
    "subject_name",
    "uscc",
    "uscc_reason",
    "grade",
    "legal_representative",
    "person_basis",
    "designating_authority",
    "basis_law",
    "source_name",
    "decision_document_no",
    "reason_summary",
    "source_url",
    "objection_channel",
)
_LONG = [Length(max=300)]


class EntryForm(Form):
    """All of an entry. What must be there is said by the rules, so that every gap is named at once."""

    colour = RadioField(lazy("榜单"), [InputRequired()])
    list_kind = SelectField(lazy("名单类别"), [InputRequired()])
    field = SelectField(lazy("重点领域"), [Optional()])
    subject_type = SelectField(lazy("主体类型"), [InputRequired()])
    subject_name = StringField(lazy("主体名称"), [InputRequired(), Length(max=120)])
    uscc = StringField(lazy("统一社会信用代码"), [Length(max=40)])
    uscc_reason = StringField(lazy("代码校验不通过时的保留理由"), [Length(max=200)])
    legal_representative = StringField(
        lazy("法定代表人"), [Length(max=60)], description=lazy("仅在来源网站已公开时填写")
    )
    is_adult = BooleanField(lazy("已核实本人年满 18 周岁（自然人）"))
    person_basis = StringField(lazy("公示个人信息的依据（自然人）"), _LONG)
    designating_authority = StringField(lazy("认定机关"), [Length(max=120)])
    basis_law = StringField(lazy("法律依据"), _LONG)
    decision_document_no = StringField(lazy("认定文书文号"), [Length(max=80)])
    decision_date = DateField(lazy("文书日期"), [Optional()])
    listed_on = DateField(lazy("列入名单日期"), [Optional()])
    reason_summary = TextAreaField(
        lazy("事由"), [Length(max=1000)], description=lazy("不超过 200 字，只写事实，不加评价")
    )
    grade = SelectField(lazy("失信程度"), [Optional()])
    display_months = IntegerField(lazy("公示期（月）"), [InputRequired(), NumberRange(1, 60)], default=12)
    source_name = StringField(lazy("公示来源"), [Length(max=80)])
    source_url = StringField(lazy("来源链接"), _LONG)
    objection_channel = StringField(lazy("其他异议渠道"), [Length(max=200)])
    batch = SelectField(lazy("发布批次"), [Optional()])
    note = StringField(lazy("改动说明"), [Length(max=300)])
    version = IntegerField(lazy("版本"), [Optional(), NumberRange(0, 100_000)], default=0)

    def set_choices(self, city: City, batches: list[tuple[str, str]]) -> None:
        """Kinds and fields of the city, and the batches at hand."""
        self.colour.choices = choices([(str(key), str(name)) for key, name in COLOUR_NAMES.items()])
        names = {kind.key: f"{COLOUR_NAMES[Colour(kind.colour)]} · {kind.name}" for kind in city.credit_kinds}
        self.list_kind.choices = choices(names, empty=str(lazy("请选择")))
        self.field.choices = choices([(name, name) for name in city.credit_fields], empty=str(lazy("不指定")))
        self.subject_type.choices = choices([(str(key), str(name)) for key, name in SUBJECT_NAMES.items()])
        self.grade.choices = choices(
            [(str(key), str(name)) for key, name in GRADE_NAMES.items()], empty=str(lazy("红榜不填"))
        )
        self.batch.choices = choices(batches, empty=str(lazy("不属于批次")))

    def check_kind(self, city: City) -> None:
        """A kind belongs to one of the two lists."""
        kind = next((one for one in city.credit_kinds if one.key == self.list_kind.data), None)
        if kind is not None and self.colour.data and kind.colour != self.colour.data:
            self.add_error("list_kind", str(lazy("这个类别不属于所选的榜单，请重新选择。")))

    def to_draft(self) -> Draft:
        """What the service completes and takes."""
        return Draft(
            **{name: text(self[name]) for name in PLAIN},
            is_adult=bool(self.is_adult.data),
            decision_date=self.decision_date.data,
            listed_on=self.listed_on.data,
            display_months=self.display_months.data or 0,
            batch_id=int(text(self.batch)) if text(self.batch) else None,
        )


class BatchForm(Form):
    """A batch and its press note."""

    title = StringField(lazy("批次名称"), [InputRequired(), Length(max=80)])
    held_on = DateField(lazy("发布日期"), [InputRequired()])
    press_note = TextAreaField(
        lazy("新闻通稿"), [Length(max=4000)], description=lazy("通稿长期保留，只写数字和领域，不写具体主体")
    )

    def day(self) -> date:
        """The day it is held, once the form is valid."""
        return self.held_on.data or today()


class ObjectionForm(Form):
    """What anybody may say against an entry."""

    ground = RadioField(lazy("异议理由"), [InputRequired()])
    text = TextAreaField(lazy("具体说明"), [InputRequired(), Length(min=5, max=2000)])
    contact = StringField(lazy("联系方式"), [InputRequired(), Length(min=5, max=120)])
    files = PhotosField(lazy("证明材料（照片或扫描件）"), most=6)

    def set_choices(self) -> None:
        """The grounds."""
        self.ground.choices = choices([(str(key), str(name)) for key, name in GROUND_NAMES.items()])

    def to_matter(self) -> NewMatter:
        """What the service takes."""
        return NewMatter(text(self.ground), text(self.text), text(self.contact), tuple(self.files.photos))


class DecideForm(Form):
    """The desk's decision about an objection or repair."""

    result = RadioField(
        lazy("处理结果"),
        [InputRequired()],
        choices=choices([("upheld", lazy("成立，停止公示")), ("rejected", lazy("不成立，继续公示"))]),
    )
    note = TextAreaField(lazy("核实情况和理由"), [InputRequired(), Length(max=1000)])
    decided_on = DateField(lazy("认定机关的决定日期"), [Optional()])


class TakeDownForm(Form):
    """Ending an entry by repair or revocation."""

    status = RadioField(
        lazy("停止公示的原因"),
        [InputRequired()],
        choices=choices([("repaired", lazy("已完成信用修复")), ("revoked", lazy("文书被撤销、变更或确认无效"))]),
    )
    decided_on = DateField(lazy("认定机关的决定日期"), [InputRequired()])
    has_proof = BooleanField(lazy("已收到履行义务的证明材料"))
    has_promise = BooleanField(lazy("已收到信用承诺书"))
    reason = StringField(lazy("内部说明"), [Length(max=200)])

    def day(self) -> date:
        """The day of the decision, once the form is valid."""
        return self.decided_on.data or today()

    def check_materials(self) -> None:
        """A repair needs both papers."""
        if text(self.status) == Status.REPAIRED and not (self.has_proof.data and self.has_promise.data):
            self.add_error("has_proof", str(lazy("信用修复须有履行义务证明和信用承诺书两份材料。")))
