"""The register of sites from a table, all or nothing."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from portal.board import queries, service
from portal.board.rules import has_personal
from portal.board.service import SiteDraft
from portal.core.chinese import clean
from portal.core.i18n import gettext as _
from portal.core.roles import Person
from portal.core.tables import Column, Fault, Imported, Record, keys_by_name, read_records
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


def import_sites(db: Session, data: bytes, city: City, by: Person, *, is_dry_run: bool = False) -> Imported:
    """Add sites, or change those of the same name in the same district; with any fault nothing is kept.

    Raises TableRefused when the file cannot be read at all.
    """
    table = read_records(data, COLUMNS)
    faults = list(table.faults)
    drafts = [_read(record, city, faults) for record in table.records]
    if faults or is_dry_run:
        return Imported.of(len(drafts), faults)
    known = {(site.name, site.district): site for site in queries.list_sites(db, is_active=False)}
    for draft in drafts:
        place = (draft.name, draft.district)
        known[place] = service.save_site(db, known.get(place), draft, by)
    return Imported(len(drafts))


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


def _read(record: Record, city: City, faults: list[Fault]) -> SiteDraft:
    def choice(key: str, options: Iterable[Any]) -> str:
        return record.choose(key, keys_by_name(options, "key", "name", "short"), faults)

    name = clean(record.text["name"])[:80]
    if has_personal(name):
        faults.append(record.fault("name", _("点位名称里有个人信息，请删去。")))
    return SiteDraft(
        name=name,
        site_type=choice("site_type", city.site_types),
        district=choice("district", city.districts),
        street=clean(record.text.get("street", ""))[:60],
        unit=choice("unit", city.units) or None,
        group_key=choice("group_key", city.groups) or None,
        is_must_check=record.says_yes("is_must_check", faults),
    )
