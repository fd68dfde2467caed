"""The units of a city as a table: known ones are changed, new ones added, the whole profile checked."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path

from portal.core.chinese import clean
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.tables import Column, Fault, Imported, Record, keys_by_name, read_records
from portal.groups.city import City
from portal.groups.entries import KEY
from portal.groups.profile import check_city
from portal.groups.values import Unit

FILE = "units.toml"
SHORT = 12
KINDS = {"office": "办公室", "department": "部门", "district": "区县", "utility": "公用企业"}
COLUMNS = (
    Column("key", "代号", ("键", "编码", "单位代码")),
    Column("name", "名称", ("单位名称", "责任单位", "单位"), required=True),
    Column("short", "简称", ("单位简称",), required=True),
    Column("kind", "类型", ("单位类型", "类别"), required=True),
    Column("phone", "电话", ("联系电话",)),
    Column("leader", "负责人", ("分管负责人",)),
    Column("district", "所在区", ("区县", "区", "所属区")),
    Column("placeholder", "占位", ("待确认",)),
)


def list_units(city: City) -> list[list[str]]:
    """The units as rows of COLUMNS, so that the table can be changed and taken in again."""
    districts = {district.key: district.name for district in city.districts}
    return [
        [
            *(unit.key, unit.name, unit.short, KINDS[unit.kind], unit.phone, unit.leader),
            *(districts.get(unit.district or "", ""), _("是") if unit.placeholder else _("否")),
        ]
        for unit in city.units
    ]


def import_units(directory: Path, city: City, data: bytes, *, is_dry_run: bool = False) -> Imported:
    """Write the units of the city's folder under this directory anew; running servers read it when they start.

    Raises TableRefused when the table cannot be read at all, Conflict when the profile would be unsound or its folder
    is read-only.
    """
    table = read_records(data, COLUMNS)
    faults = list(table.faults)
    keys = {unit.name: unit.key for unit in city.units}
    units = [_read(record, city, keys, faults) for record in table.readable()]
    if faults:
        return Imported.of(0, faults)
    known = {unit.key: unit for unit in city.units}
    _write(directory, city.key, (known | {unit.key: unit for unit in units}).values(), is_dry_run)
    return Imported(len(units))


def _read(record: Record, city: City, keys: Mapping[str, str], faults: list[Fault]) -> Unit:
    typed = {key: clean(value) for key, value in record.text.items()}
    key = typed["key"] or keys.get(typed["name"], "")
    if not KEY.fullmatch(key):
        faults.append(record.fault("key", _("新单位请填代号：小写英文字母、数字和下划线，例如 water_bureau。")))
    if len(typed["short"]) > SHORT:
        faults.append(record.fault("short", _("简称最多 %(most)s 个字。") % {"most": SHORT}))
    kinds = {name: kind for kind, words in KINDS.items() for name in (kind, words)}
    kind = record.choose("kind", kinds, faults, _("请填：%(kinds)s。") % {"kinds": "、".join(KINDS.values())})
    return Unit(
        key=key,
        name=typed["name"],
        short=typed["short"],
        kind=kind,  # type: ignore[arg-type]  # with any fault the unit is not used
        phone=typed["phone"],
        leader=typed["leader"],
        district=record.choose("district", keys_by_name(city.districts, "key", "name"), faults) or None,
        placeholder=record.says_yes("placeholder", faults),
    )


def _write(directory: Path, key: str, units: Iterable[Unit], is_dry_run: bool) -> None:
    folder = directory / key
    text = _head((folder / FILE).read_text(encoding="utf-8")) + "\n".join(map(_toml, units))
    with tempfile.TemporaryDirectory() as trial:
        shutil.copytree(folder, Path(trial) / key)
        (Path(trial) / key / FILE).write_text(text, encoding="utf-8")
        faults = check_city(Path(trial), key)
    if faults:
        raise Conflict(f"{faults[0]}", _("请改好表格后重新导入。"))
    if is_dry_run:
        return
    partial = folder / f".{FILE}.part"
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, folder / FILE)
    except PermissionError as error:
        raise Conflict(
            _("城市资料的文件夹不能写入：%(folder)s。") % {"folder": folder}, _("请在可以写入的一份上导入，再部署。")
        ) from error


def _head(text: str) -> str:
    """The remarks above the first table."""
    return re.match(r"(?:[ \t]*(?:#[^\n]*)?\n)*", text)[0]  # type: ignore[index]  # matches the empty text too


def _toml(unit: Unit) -> str:
    told = asdict(unit)
    defaults = {field.name: field.default for field in fields(Unit)}
    # A JSON text is a TOML text too.
    lines = [f"{name} = {json.dumps(told[name], ensure_ascii=False)}" for name in told if told[name] != defaults[name]]
    return "\n".join(["[[units]]", *lines]) + "\n"
