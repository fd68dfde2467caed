"""Profiles of good people from a table that an office keeps, all or nothing: they begin in vetting, like typed ones."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from portal.core.chinese import clean
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.tables import Column, Fault, Imported, Record, keys_by_name, read_records
from portal.groups import City
from portal.people.forms import PersonForm
from portal.people.models import GoodPerson
from portal.people.service import open_person

COLUMNS = (
    Column("name", "姓名", ("姓名或集体名称", "好人姓名", "人选"), required=True),
    Column("category", "类别", ("好人类别",), required=True),
    Column("level", "层级", ("级别",), required=True),
    Column("honour_title", "称号", ("荣誉称号",)),
    Column("batch_label", "批次名称", ("批次", "期数"), required=True),
    Column("batch_year", "年度", ("年份",)),
    Column("batch_no", "批次序号"),
    Column("region", "地区", ("区县", "所属区", "推荐地区"), required=True),
    Column("occupation_and_unit", "身份和单位", ("单位及职务", "工作单位", "单位"), required=True),
    Column("one_line", "一句话介绍", ("简介",), required=True),
    Column("deeds", "事迹", ("主要事迹", "事迹材料"), required=True),
    Column("award_words", "颁奖词"),
    Column("unit_count", "集体人数", ("人数",)),
    Column("is_minor", "未成年人", ("是否未成年",)),
    Column("source", "来源", ("推荐单位",)),
)
_YEAR = re.compile(r"(20[0-9]{2})年?")
_ORDER = re.compile(r"第?([0-9]{1,2}|[一二三四五六七八九十]{1,2})[批期季]")
_NUMERALS = "一二三四五六七八九十"


def import_people(db: Session, data: bytes, city: City, by: Person, *, is_dry_run: bool = False) -> Imported:
    """Begin a profile for each row; consent, opinions, notice and three reviews are still to come.

    Raises TableRefused when the file cannot be read at all.
    """
    table = read_records(data, COLUMNS)
    faults, drafts = list(table.faults), []
    seen = {(name, year, level) for name, year, level in db.execute(_KNOWN)}
    for record in table.readable():
        form = PersonForm(FormData(_typed(record, city, faults)))
        form.set_choices(city)
        if not form.validate():
            faults += [record.fault(key, message) for key, found in form.error_map().items() for message in found[:1]]
            continue
        draft = form.to_draft()
        identity = (draft.name, draft.batch_year, draft.level)
        if identity in seen:
            faults.append(record.fault("name", _("这个人这一年度、这一层级已经有材料了，请删去这一行或改正。")))
        seen.add(identity)
        drafts.append(draft)
    if faults or is_dry_run:
        return Imported.of(len(drafts), faults)
    for draft in drafts:
        open_person(db, draft, by)
    return Imported(len(drafts))


_KNOWN = select(GoodPerson.name, GoodPerson.batch_year, GoodPerson.level)


def _typed(record: Record, city: City, faults: list[Fault]) -> dict[str, str]:
    """The row as the editor's form would send it: keys for names, and what a city can fill in by itself."""
    typed = {key: clean(value) for key, value in record.text.items()}
    categories = keys_by_name(city.people_categories, "key", "name")
    levels = {name: one for one in city.people_levels for name in (one.key, one.name, one.title)}
    level = levels.get(typed["level"])
    typed["category"] = categories.get(typed["category"], typed["category"])
    typed["level"] = level.key if level else typed["level"]
    typed["honour_title"] = typed["honour_title"] or (level.title if level else "")
    typed["batch_year"] = typed["batch_year"].removesuffix("年") or _first(_YEAR, typed["batch_label"])
    typed["batch_no"] = typed["batch_no"] or _number(_first(_ORDER, typed["batch_label"]))
    typed["unit_count"] = typed["unit_count"] or "1"
    typed["is_minor"] = "y" if record.says_yes("is_minor", faults) else ""
    return {key: value for key, value in typed.items() if value}


def _first(pattern: re.Pattern[str], label: str) -> str:
    found = pattern.search(label)
    return found[1] if found else ""


def _number(order: str) -> str:
    """三 → 3, 十二 → 12; digits and nothing stay as they are."""
    if not order or order.isdigit():
        return order
    if order.startswith("十"):
        return str(10 + (_NUMERALS.index(order[1]) + 1 if order[1:] else 0))
    return str(_NUMERALS.index(order[0]) + 1)
