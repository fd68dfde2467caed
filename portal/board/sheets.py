"""The register of sites from a table, all or nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.board import queries, service
from portal.board.rules import has_personal
from portal.board.service import SiteDraft
from portal.core.chinese import clean
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.tables import Column, Fault, Record, parse_yes, read_records
from portal.groups import City

COLUMNS = (
    Column("name", "点位名称", ("名称", "点位", "地点"), required=True),
    Column("site_type", "点位类型", ("类型", "类别"), required=True),
    Column("district", "区县", ("区", "县区", "所属区", "辖区")),
    Column("street", "街道", ("镇", "街道镇", "街道（镇）")),
    Column("unit", "责任单位", ("单位",)),
    Column("group_key", "专项组", ("小组",)),
    Column("is_must_check", "必查", ("必查点位", "是否必查")),
)


@dataclass(frozen=True)
class ImportedSites:
    """What came of a table: sites kept, or faults and then none."""

    count: int
    faults: Sequence[Fault] = ()


def import_sites(db: Session, data: bytes, city: City, by: Person, *, is_dry_run: bool = False) -> ImportedSites:
    """Add sites, or change those of the same name in the same district; with any fault nothing is kept.

    Raises TableRefused when the file cannot be read at all.
    """
    table = read_records(data, COLUMNS)
    faults = list(table.faults)
    drafts = [_read(record, city, faults) for record in table.records]
    if faults or is_dry_run:
        return ImportedSites(0 if faults else len(drafts), sorted(faults, key=lambda one: (one.row, one.column)))
    known = {(site.name, site.district): site for site in queries.list_sites(db, is_active=False)}
    for draft in drafts:
        place = (draft.name, draft.district)
        known[place] = service.save_site(db, known.get(place), draft, by)
    return ImportedSites(len(drafts))


def export_sites(db: Session, city: City) -> tuple[list[str], list[list[str]]]:
    """Header and rows of the register, under the titles the import knows."""
    types = {one.key: one.name for one in city.site_types}
    districts = {one.key: one.name for one in city.districts}
    units = {one.key: one.name for one in city.units}
    groups = {one.key: one.name for one in city.groups}
    rows = [
        [
            *(site.name, types.get(site.site_type, site.site_type), districts.get(site.district, ""), site.street),
            *(units.get(site.unit or "", ""), groups.get(site.group_key or "", "")),
            _("是") if site.is_must_check else _("否"),
        ]
        for site in queries.list_sites(db)
    ]
    return [column.title for column in COLUMNS], rows


def _names(options: Iterable[Any]) -> dict[str, str]:
    """Keys by every name that an office may write: the key itself, the name, the short name."""
    found: dict[str, str] = {}
    for option in options:
        found |= {name: option.key for name in (option.key, option.name, getattr(option, "short", "")) if name}
    return found


def _read(record: Record, city: City, faults: list[Fault]) -> SiteDraft:
    def choice(name: str, options: Iterable[Any]) -> str:
        typed = clean(record.text.get(name, ""))
        known = _names(options)
        if typed and typed not in known:
            faults.append(record.fault(name, _("城市配置里没有这一项，请核对名称。")))
        return known.get(typed, "")

    name = clean(record.text["name"])[:80]
    if has_personal(name):
        faults.append(record.fault("name", _("点位名称里有个人信息，请删去。")))
    try:
        is_must_check = parse_yes(record.raw.get("is_must_check"))
    except ValueError:
        faults.append(record.fault("is_must_check", _("请填写是或否。")))
        is_must_check = False
    return SiteDraft(
        name=name,
        site_type=choice("site_type", city.site_types),
        district=choice("district", city.districts),
        street=clean(record.text.get("street", ""))[:60],
        unit=choice("unit", city.units) or None,
        group_key=choice("group_key", city.groups) or None,
        is_must_check=is_must_check,
    )
