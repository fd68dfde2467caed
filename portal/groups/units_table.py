"""The units of a city as a table: known ones are changed, new ones added, the whole profile checked."""

import json
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from portal.core.chinese import clean
from portal.core.errors import Conflict
from portal.core.i18n import gettext as _
from portal.core.tables import Column, Fault, Record, parse_yes, read_records
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


@dataclass(frozen=True)
class ImportedUnits:
    """What came of a table: units kept, or faults and then none."""

    count: int
    faults: Sequence[Fault] = ()


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


def import_units(directory: Path, city: City, data: bytes, *, is_dry_run: bool = False) -> ImportedUnits:
    """Write the units of the city's folder under this directory anew; running servers read it when they start.

    Raises TableRefused when the table cannot be read at all, Conflict when the profile would be unsound or its folder
    is read-only.
    """
    table = read_records(data, COLUMNS)
    faults = list(table.faults)
    damaged = {fault.row for fault in faults}
    by_key = {unit.key: unit for unit in city.units}
    keys = {unit.name: unit.key for unit in city.units}
    count = 0
    for record in table.records:
        if record.row not in damaged:
            unit = _read(record, city, keys, faults)
            by_key[unit.key] = unit
            count += 1
    if faults:
        return ImportedUnits(0, sorted(faults, key=lambda one: (one.row, one.column)))
    _write(directory, city.key, by_key.values(), is_dry_run)
    return ImportedUnits(count)


def _read(record: Record, city: City, keys: Mapping[str, str], faults: list[Fault]) -> Unit:
    typed = {key: clean(value) for key, value in record.text.items()}
    key = typed["key"] or keys.get(typed["name"], "")
    if not KEY.fullmatch(key):
        faults.append(record.fault("key", _("新单位请填代号：小写英文字母、数字和下划线，例如 water_bureau。")))
    if len(typed["short"]) > SHORT:
        faults.append(record.fault("short", _("简称最多 %(most)s 个字。") % {"most": SHORT}))
    kinds = {name: kind for kind, words in KINDS.items() for name in (kind, words)}
    kind = kinds.get(typed["kind"], "")
    if not kind:
        faults.append(record.fault("kind", _("请填：%(kinds)s。") % {"kinds": "、".join(KINDS.values())}))
    districts = {name: one.key for one in city.districts for name in (one.key, one.name)}
    district = districts.get(typed["district"])
    if typed["district"] and district is None:
        faults.append(record.fault("district", _("城市配置里没有这一项，请核对名称。")))
    try:
        is_placeholder = parse_yes(record.raw.get("placeholder"))
    except ValueError:
        faults.append(record.fault("placeholder", _("请填写是或否。")))
        is_placeholder = False
    return Unit(
        key=key,
        name=typed["name"],
        short=typed["short"],
        kind=kind,  # type: ignore[arg-type]  # with any fault the unit is not used
        phone=typed["phone"],
        leader=typed["leader"],
        district=district,
        placeholder=is_placeholder,
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
    block = "\n".join(["[[units]]", *lines]) + "\n"
    tomllib.loads(block)
    return block
