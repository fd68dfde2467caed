"""Forms of the board: sites, inspections, findings, rectification, issues."""

from datetime import date

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.board.issues import IssueDraft
from portal.board.models import KIND_NAMES, PERIOD_NAMES, BoardFinding, BoardInspection, BoardSite
from portal.board.rules import PERSONAL, has_personal
from portal.board.service import FindingDraft, SiteDraft
from portal.core.clock import today
from portal.core.forms import Form, PhotosField, choices, optional_text, text
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.groups import City

SIDES = [("red", lazy("红榜")), ("black", lazy("黑榜"))]
_NONE = lazy("不指定")


def _units(city: City) -> list[tuple[str, str]]:
    return [(unit.key, unit.name) for unit in city.units]


def _groups(city: City) -> list[tuple[str, str]]:
    return [(group.key, group.name) for group in city.groups]


class SiteForm(Form):
    """A site of the register."""

    name = StringField(lazy("点位名称"), [InputRequired(), Length(max=80)])
    site_type = SelectField(lazy("点位类型"), [InputRequired()])
    district = SelectField(lazy("区县"), [Optional()])
    street = StringField(lazy("街道（镇）"), [Length(max=60)])
    unit = SelectField(lazy("责任单位"), [Optional()])
    group_key = SelectField(lazy("专项组"), [Optional()])
    is_must_check = BooleanField(lazy("必查点位"))
    is_active = BooleanField(lazy("仍在使用"), default=True)

    def set_choices(self, city: City) -> None:
        """Types, districts, units and groups of the city."""
        self.site_type.choices = choices([(one.key, one.name) for one in city.site_types], empty=str(lazy("请选择")))
        self.district.choices = choices([(one.key, one.name) for one in city.districts], empty=str(_NONE))
        self.unit.choices = choices(_units(city), empty=str(_NONE))
        self.group_key.choices = choices(_groups(city), empty=str(_NONE))

    def validate_name(self, field: StringField) -> None:
        """A site is a public place, not a person."""
        if has_personal(text(field)):
            self.add_error("name", _("点位名称里有个人信息，请删去。"))

    def to_draft(self) -> SiteDraft:
        """What the service takes."""
        return SiteDraft(
            name=text(self.name),
            site_type=text(self.site_type),
            district=text(self.district),
            street=text(self.street),
            unit=optional_text(self.unit),
            group_key=optional_text(self.group_key),
            is_must_check=bool(self.is_must_check.data),
            is_active=bool(self.is_active.data),
        )


class InspectionForm(Form):
    """A round of visits."""

    kind = RadioField(lazy("检查方式"), [InputRequired()])
    title = StringField(lazy("名称"), [InputRequired(), Length(max=80)])
    held_on = DateField(lazy("检查日期"), [InputRequired()])
    inspectors = StringField(lazy("检查人员（仅内部）"), [Length(max=200)])
    wanted = IntegerField(lazy("抽查数量"), [Optional(), NumberRange(1, 2_000)])
    seed = StringField(
        lazy("随机种子"),
        [Length(max=40)],
        description=lazy("可填事先约定的公开数字，例如开奖号码；后面会接上安排这一刻审计日志的校验值，谁也挑不了"),
    )
    sites = SelectMultipleField(lazy("检查点位"), [Optional()])

    def set_choices(self, sites: list[tuple[str, str]]) -> None:
        """Kinds, and the sites of the register."""
        self.kind.choices = choices([(str(key), str(name)) for key, name in KIND_NAMES.items()])
        self.sites.choices = choices(sites)

    def day(self) -> date:
        """The day, once the form is valid."""
        return self.held_on.data or today()


class FindingForm(Form):
    """What was seen at a site."""

    colour = RadioField(lazy("榜别"), [InputRequired()], choices=choices(SIDES))
    site = SelectField(lazy("点位"), [InputRequired()])
    inspection = SelectField(lazy("所属检查"), [Optional()])
    reason = TextAreaField(
        lazy("上榜理由"), [InputRequired(), Length(max=300)], description=lazy("写事实；不写人名、车牌和店主")
    )
    found_on = DateField(lazy("检查日期"), [InputRequired()])
    due_on = DateField(lazy("整改期限"), [Optional()])
    score = IntegerField(lazy("得分（0—100）"), [Optional(), NumberRange(0, 100)])
    unit = SelectField(lazy("责任单位"), [InputRequired()])
    lead_unit = SelectField(lazy("牵头单位"), [Optional()])
    group_key = SelectField(lazy("专项组"), [Optional()])
    photos = PhotosField(lazy("现场照片（整改前）"), most=6)
    no_faces = BooleanField(lazy("照片中没有人脸和车牌，或已经遮盖"))

    def set_choices(self, city: City, sites: list[tuple[str, str]], inspections: list[BoardInspection]) -> None:
        """Sites of the register, inspections at hand, units and groups."""
        self.site.choices = choices(sites, empty=str(lazy("请选择")))
        rows = [(str(one.id), f"{one.held_on} {one.title}") for one in inspections]
        self.inspection.choices = choices(rows, empty=str(_NONE))
        self.unit.choices = choices(_units(city), empty=str(lazy("请选择")))
        self.lead_unit.choices = choices(_units(city), empty=str(_NONE))
        self.group_key.choices = choices(_groups(city), empty=str(_NONE))

    def validate_reason(self, field: TextAreaField) -> None:
        """Named with the other faults, not after them."""
        if has_personal(text(field)):
            raise ValidationError(PERSONAL)

    def check_photos(self) -> None:
        """Faces and plates are never published; a person has to have looked."""
        if self.photos.photos and not self.no_faces.data:
            self.add_error("no_faces", _("请确认照片中没有人脸和车牌，或遮盖后再上传。"))

    def to_draft(self) -> FindingDraft:
        """What the service takes, once the form is valid."""
        return FindingDraft(
            site_id=int(text(self.site)),
            colour=text(self.colour),
            reason=text(self.reason),
            unit=text(self.unit),
            found_on=self.found_on.data or today(),
            score=self.score.data,
            due_on=self.due_on.data,
            lead_unit=optional_text(self.lead_unit),
            group_key=optional_text(self.group_key),
            inspection_id=int(text(self.inspection)) if text(self.inspection) else None,
        )


class RectifyForm(Form):
    """What a unit put right."""

    text = TextAreaField(lazy("整改情况"), [InputRequired(), Length(max=500)])
    rectified_on = DateField(lazy("整改日期"), [InputRequired()])
    photos = PhotosField(lazy("整改后照片"), most=6)
    no_faces = BooleanField(lazy("照片中没有人脸和车牌，或已经遮盖"))

    def check(self) -> None:
        """What WTForms cannot tell."""
        if self.photos.photos and not self.no_faces.data:
            self.add_error("no_faces", _("请确认照片中没有人脸和车牌，或遮盖后再上传。"))
        if has_personal(text(self.text)):
            self.add_error("text", _("整改情况里有车牌、电话、姓名等个人信息，请删去。"))

    def day(self) -> date:
        """The day, once the form is valid."""
        return self.rectified_on.data or today()


class IssueForm(Form):
    """The composition of an issue."""

    period = RadioField(lazy("周期"), [InputRequired()])
    year = IntegerField(lazy("年份"), [InputRequired(), NumberRange(2020, 2099)])
    number = IntegerField(lazy("第几月或第几季度"), [InputRequired(), NumberRange(1, 12)])
    title = StringField(lazy("标题"), [InputRequired(), Length(max=80)])
    intro = TextAreaField(lazy("说明"), [Length(max=2000)])
    findings = SelectMultipleField(lazy("收入的检查记录"), [Optional()])
    note = StringField(lazy("改动说明"), [Length(max=300)])
    version = IntegerField(lazy("版本"), [Optional(), NumberRange(0, 100_000)], default=0)

    def set_choices(self, findings: list[BoardFinding]) -> None:
        """Periods, and the findings that may be taken in."""
        self.period.choices = choices([(str(key), str(name)) for key, name in PERIOD_NAMES.items()])
        sides = {key: str(name) for key, name in SIDES}
        self.findings.choices = choices(
            [(str(one.id), f"{sides[one.colour]} · {one.site.name} · {one.reason[:24]}") for one in findings]
        )

    def check(self) -> None:
        """A year has four quarters."""
        if self.period.data == "quarter" and (self.number.data or 0) > 4:
            self.add_error("number", _("季度应为 1 到 4。"))
        for name in ("title", "intro"):
            if has_personal(text(self[name])):
                self.add_error(name, _("这里有车牌、电话、姓名等个人信息，请删去。"))

    def to_draft(self) -> IssueDraft:
        """What the service takes."""
        ids = tuple(int(value) for value in self.findings.data or [])
        return IssueDraft(
            text(self.period), self.year.data or 0, self.number.data or 0, text(self.title), text(self.intro), ids
        )


def site_choices(city: City, sites: list[BoardSite]) -> list[tuple[str, str]]:
    """Sites by name with their district and type."""
    types = {one.key: one.name for one in city.site_types}
    districts = {one.key: one.name for one in city.districts}
    return [
        (str(site.id), f"{site.name}（{districts.get(site.district, '')}{types.get(site.site_type, '')}）")
        for site in sites
    ]
