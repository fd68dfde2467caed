"""Cases as tables: what another system (12345, 城管) hands over, all or nothing; and the register, without contacts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import ImmutableMultiDict

from portal.cases.forms import STAFF_CHANNELS, EntryForm
from portal.cases.intake import NewCase, list_submitted, open_case
from portal.cases.lifecycle import as_office, as_system
from portal.cases.models import Case
from portal.cases.states import CHANNELS, OUTCOME_WORDS, state_name
from portal.core.clock import CITY_ZONE, local, now
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.tables import Column, Fault, Record, parse_date, read_records
from portal.core.web import Portal
from portal.groups import City

COLUMNS = (
    Column("outside_no", "原编号", ("工单编号", "工单号", "编号", "案件编号")),
    Column("received_on", "受理日期", ("受理时间", "来电时间", "登记时间", "提交时间", "日期")),
    Column("kind", "类型", ("诉求类型", "工单类型", "类别")),
    Column("text", "内容", ("诉求内容", "工单内容", "反映内容", "主要内容", "问题描述", "描述"), required=True),
    Column("place", "地点", ("地址", "事发地址", "诉求地点", "位置")),
    Column("district", "所在区", ("区县", "所属区域", "辖区", "区域")),
    Column("name", "反映人", ("来电人", "联系人", "姓名", "称呼")),
    Column("phone", "电话", ("联系电话", "来电号码", "手机", "手机号")),
    Column("email", "邮箱", ("电子邮箱",)),
    Column("channel", "渠道", ("来源", "诉求来源")),
)
REGISTER = (
    *("编号", "类型", "渠道", "状态", "专项组", "承办单位", "所在区", "地点", "内容", "提交时间", "承诺日期"),
    *("首次联系", "办结时间", "结果", "答复", "退单次数", "重办次数"),
)


@dataclass(frozen=True)
class Line:
    """A row of a table as the case it would become. row: as in the sheet; at: when it came in."""

    row: int
    new: NewCase
    at: datetime
    outside_no: str = ""
    is_known: bool = False


@dataclass(frozen=True)
class Imported:
    """What came of a table: cases taken in, those that were there already, or faults and then nothing.

    lines: each row as it was understood, where nothing is wrong.
    """

    count: int
    known: int = 0
    faults: Sequence[Fault] = ()
    lines: Sequence[Line] = ()


def import_cases(
    portal: Portal, db: Session, data: bytes, by: Person | None = None, *, is_dry_run: bool = False
) -> Imported:
    """Take in each row of a CSV or Excel file, routed like any other; with one fault nothing is kept.

    A row with an outside number that came before is left out, so that a file may be sent again with more rows.
    Raises TableRefused when the file cannot be read at all.
    """
    lines, faults = read_cases(portal, data)
    if faults:
        return Imported(0, 0, faults)
    # The router is asked before the first statement: nobody waits for our lock while it thinks.
    routings = [] if is_dry_run else [portal.router.suggest(line.new.text) for line in lines]
    there = list_submitted(db, portal.secrets, [line.new.submission_id for line in lines if line.outside_no])
    lines = [replace(line, is_known=line.new.submission_id in there) for line in lines]
    known = sum(line.is_known for line in lines)
    for line, routing in zip(lines, routings, strict=False):
        if not line.is_known:
            act = as_office(portal, by, line.at) if by else as_system(portal, line.at)
            open_case(db, act, line.new, routing)
    return Imported(len(lines) - known, known, lines=lines)


def read_cases(portal: Portal, data: bytes) -> tuple[list[Line], list[Fault]]:
    """Every row of a table as a case, and everything that is wrong with it, in the order of the sheet."""
    table = read_records(data, COLUMNS)
    faults = list(table.faults)
    told = {(fault.row, fault.title) for fault in faults}
    lines: list[Line] = []
    first: dict[str, int] = {}
    for record in table.records:
        line, mine = _read(portal, record)
        faults += [fault for fault in mine if (record.row, fault.title) not in told]
        if line.outside_no and first.setdefault(line.outside_no, record.row) != record.row:
            words = _("与第 %(row)s 行编号相同，请删去一行。") % {"row": first[line.outside_no]}
            faults.append(record.fault("outside_no", words))
        lines.append(line)
    return lines, sorted(faults, key=lambda fault: (fault.row, fault.column))


def _read(portal: Portal, record: Record) -> tuple[Line, list[Fault]]:
    """A row as a new case with the moment it came in, and what is wrong with it."""
    city = portal.city
    typed = {key: value for key, value in record.text.items() if value}
    typed["kind"] = _key(typed.get("kind", "complaint"), {kind.name: kind.key for kind in city.kinds})
    typed["district"] = _key(typed.get("district", ""), {one.name: one.key for one in city.districts})
    typed["channel"] = _key(
        typed.get("channel", "transferred_12345"), {str(CHANNELS[key]): key for key in STAFF_CHANNELS}
    )
    outside_no = typed.get("outside_no", "")
    if outside_no:
        # The public form takes any number as its own, so nobody may be able to guess this one.
        typed["submission_id"] = portal.secrets.hash("outside number", outside_no)
    faults: list[Fault] = []
    moment = now()
    if typed.get("received_on"):
        try:
            day = parse_date(record.raw["received_on"])
            moment = min(moment, datetime.combine(day, time(9), CITY_ZONE))
        except ValueError:
            faults.append(record.fault("received_on", _("日期看不懂，请写成 2026-11-03 的样子。")))
    form = EntryForm(ImmutableMultiDict(typed)).set_city(city)
    if not form.validate():
        faults += [record.fault(name, messages[0]) for name, messages in form.error_map().items()]
    return Line(record.row, form.to_new_case(()), moment, outside_no), faults


def _key(value: str, keys: dict[str, str]) -> str:
    """The key of a name; what is no name stays as it is, and the form says so."""
    return keys.get(value, value)


def list_register(db: Session, city: City) -> Iterator[Sequence[str | int | None]]:
    """Every case as a line of the register: redacted texts, no contact data."""
    kinds = {kind.key: kind.name for kind in city.kinds}
    for case in db.scalars(select(Case).order_by(Case.id)).yield_per(500):
        group, unit, district = (
            city.find_group(case.group),
            city.find_unit(case.unit),
            city.find_district(case.district),
        )
        yield (
            *(case.case_no, kinds.get(case.kind, case.kind), str(CHANNELS.get(case.channel, case.channel))),
            *(state_name(city, case.stands), group.name if group else "", unit.name if unit else ""),
            *(district.name if district else "", case.place_public, case.text_public),
            *(_moment(case.submitted_at), case.due_on.isoformat(), _moment(case.first_contact_at)),
            *(_moment(case.resolved_at), str(OUTCOME_WORDS[case.ended]) if case.ended else ""),
            *(case.reply_public, case.return_count, case.reopen_count),
        )


def _moment(moment: datetime | None) -> str:
    return local(moment).strftime("%Y-%m-%d %H:%M") if moment else ""
