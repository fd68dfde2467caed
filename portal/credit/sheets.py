"""Credit entries as tables: what offices send in, all or nothing, and what is public now, to download."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from portal.core.chinese import clean
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.signing import Secrets
from portal.core.tables import Column, Fault, Imported, Record, parse_date, parse_whole, parse_yes, read_records
from portal.credit import queries, service
from portal.credit.models import COLOUR_NAMES, GRADE_NAMES, SUBJECT_NAMES, Colour, CreditEntry, Grade, Subject
from portal.credit.rules import Draft
from portal.groups import City

COLUMNS = (
    Column("colour", "榜单", ("红黑榜", "红榜黑榜", "类型"), required=True),
    Column("list_kind", "名单类别", ("类别", "名单", "失信类型"), required=True),
    Column("field", "重点领域", ("领域",)),
    Column("subject_type", "主体类型", ("主体性质", "主体类别")),
    Column("subject_name", "主体名称", ("名称", "单位名称", "企业名称", "姓名", "主体"), required=True),
    Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码", "代码")),
    Column("uscc_reason", "代码保留理由"),
    Column("legal_representative", "法定代表人", ("法人代表", "负责人")),
    Column("designating_authority", "认定机关", ("认定单位", "作出机关", "决定机关"), required=True),
    Column("basis_law", "法律依据", ("依据", "认定依据")),
    Column("decision_document_no", "文号", ("文书号", "决定文书号", "认定文号", "文书文号")),
    Column("decision_date", "文书日期", ("认定日期", "决定日期", "作出日期")),
    Column("reason_summary", "事由", ("上榜理由", "主要事实", "失信行为", "事实"), required=True),
    Column("grade", "失信程度", ("程度", "等级")),
    Column("display_months", "公示期", ("公示月数", "公示期月")),
    Column("is_adult", "已满18周岁", ("已满十八周岁",)),
    Column("person_basis", "公示个人信息的依据", ("个人信息公示依据",)),
    Column("listed_on", "列入日期", ("列入名单日期",)),
    Column("source_url", "来源链接", ("公示链接", "链接", "网址")),
    Column("source_name", "来源", ("公示来源", "信息来源")),
    Column("objection_channel", "异议渠道", ("异议方式",)),
)
PLAIN = (
    "field",
    "uscc",
    "uscc_reason",
    "legal_representative",
    "designating_authority",
    "basis_law",
    "person_basis",
    "decision_document_no",
    "reason_summary",
    "source_url",
    "source_name",
    "objection_channel",
)
DEFAULT_MONTHS = {"minor": 3, "general": 12, "serious": 36}


def _by_name(names: dict[Any, Any]) -> dict[str, str]:
    known = {str(name): str(key) for key, name in names.items()}
    return known | {str(key): str(key) for key in names} | {name.removesuffix("榜"): key for name, key in known.items()}


def import_entries(
    db: Session, data: bytes, city: City, secrets: Secrets, by: Person, *, is_dry_run: bool = False
) -> Imported:
    """Make a draft of each row of a CSV or Excel file; with any fault nothing is kept.

    Raises TableRefused when the file cannot be read at all.
    """
    table = read_records(data, COLUMNS)
    faults = list(table.faults)
    faulty = {fault.row for fault in faults}
    drafts: list[Draft] = []
    seen: dict[tuple[str, str], int] = {}
    for record in table.records:
        found: list[Fault] = []
        draft = service.complete(_read(record, city, found), secrets)
        # A cell that cannot be read has one fault; the rules would only say it again.
        unread = {fault.title for fault in found}
        for name, messages in service.all_faults(db, draft).items():
            title = record.titles.get(name, "")
            if record.row not in faulty and title not in unread:
                found += [record.fault(name, message) for message in messages]
        found += _twice(record, draft, seen)
        faults += found
        drafts.append(draft)
    if faults or not drafts or is_dry_run:
        return Imported.of(len(drafts), faults)
    for draft in drafts:
        service.open_entry(db, draft, by)
    return Imported(len(drafts))


def _twice(record: Record, draft: Draft, seen: dict[tuple[str, str], int]) -> list[Fault]:
    if not draft.decision_document_no or not draft.subject_key:
        return []
    place = (draft.subject_key, draft.decision_document_no)
    first = seen.setdefault(place, record.row)
    if first == record.row:
        return []
    return [record.fault("decision_document_no", _("与第 %(row)s 行重复，请只留一行。") % {"row": first})]


def _read(record: Record, city: City, faults: list[Fault]) -> Draft:
    """The draft of one row; cells that cannot be read are added to the faults."""

    def cell(name: str, parse: Callable[[Any], Any], message: str, empty: Any) -> Any:
        if not record.text.get(name):
            return empty
        try:
            return parse(record.raw[name])
        except (ValueError, KeyError):
            faults.append(record.fault(name, message))
            return empty

    def choice(name: str, names: dict[Any, Any], message: str) -> str:
        known = _by_name(names)
        return str(cell(name, lambda _raw: known[clean(record.text[name])], message, ""))

    colour = choice("colour", COLOUR_NAMES, _("请填写“红榜”或“黑榜”。"))
    kinds = {kind.key: kind.name for kind in city.credit_kinds if kind.colour == colour or not colour}
    grade = choice("grade", GRADE_NAMES, _("请填写“轻微”“一般”或“严重”。"))
    no_date = _("日期请写成 2026-11-03 这样的形式。")
    values: dict[str, Any] = {name: clean(record.text.get(name, "")) for name in PLAIN}
    return Draft(
        colour=colour,
        list_kind=choice("list_kind", kinds, _("这个榜单里没有这个类别，请按模板填写。")),
        subject_type=choice("subject_type", SUBJECT_NAMES, _("请填写法人、非法人组织、个体工商户或自然人。"))
        or Subject.LEGAL_PERSON,
        subject_name=clean(record.text.get("subject_name", ""))[:120],
        grade=grade,
        display_months=cell("display_months", _months, _("请填写月数。"), DEFAULT_MONTHS.get(grade, 12)),
        is_adult=cell("is_adult", parse_yes, _("请填写是或否。"), False),
        decision_date=cell("decision_date", parse_date, no_date, None),
        listed_on=cell("listed_on", parse_date, no_date, None),
        **values,
    )


def _months(value: Any) -> int:
    return parse_whole(value.removesuffix("个月").removesuffix("月") if isinstance(value, str) else value)


def _export_row(entry: CreditEntry, kinds: dict[str, str]) -> list[str | int | date | None]:
    return [
        str(COLOUR_NAMES[Colour(entry.colour)]),
        kinds.get(entry.list_kind, entry.list_kind),
        entry.field,
        str(SUBJECT_NAMES[Subject(entry.subject_type)]),
        entry.subject_name,
        entry.uscc,
        entry.legal_representative,
        entry.designating_authority,
        entry.basis_law,
        entry.decision_document_no or "",
        entry.decision_date,
        entry.reason_summary,
        str(GRADE_NAMES[Grade(entry.grade)]) if entry.grade else "",
        entry.display_months,
        entry.source_url,
        entry.source_name,
        entry.entry_no,
        entry.published_on,
        entry.publish_max_until,
    ]


LEFT_OUT = ("uscc_reason", "is_adult", "person_basis", "listed_on", "objection_channel")


def export_entries(db: Session, city: City) -> tuple[list[str], Iterable[Sequence[Any]]]:
    """Header and rows of what is public now, under the titles the import knows; what ended is in no export."""
    header = [column.title for column in COLUMNS if column.key not in LEFT_OUT]
    kinds = {kind.key: kind.name for kind in city.credit_kinds}
    rows = (_export_row(entry, kinds) for entry in queries.find_public_entries(db))
    return [*header, "编号", "公示起始", "公示截止"], rows


def template() -> list[str]:
    """The header of an empty table to fill in."""
    return [column.title for column in COLUMNS]
