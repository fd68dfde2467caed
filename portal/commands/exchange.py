"""portal import and portal export: tables in and out, all or nothing, every fault with its row and column."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from portal.accounts import Staff, find_staff, list_staff
from portal.app import make_portal
from portal.board import export_sites, import_sites
from portal.cases import REGISTER, import_cases, list_register
from portal.commands.shared import Refused, read_environment, refusing
from portal.core import audit
from portal.core.roles import Role
from portal.core.tables import Imported, TableRefused, write_csv, write_xlsx
from portal.core.web import Portal
from portal.credit import export_entries, import_entries
from portal.groups import UNIT_COLUMNS, import_units, list_units
from portal.opendata import find_dataset, parts_of
from portal.people import import_people
from portal.surveys import import_answers

KINDS = ("credit", "people", "cases", "units", "sites", "survey")
FILE = click.Path(dir_okay=False, path_type=Path)
WRITERS = {
    "credit": Role.EDITOR,
    "people": Role.EDITOR,
    "cases": Role.DISPATCHER,
    "units": Role.ADMIN,
    "sites": Role.EDITOR,
    "survey": Role.ANALYST,
}


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check every row and keep nothing.")
@click.option(
    "--by", "username", metavar="NAME", help="The account in whose name; the only one with the role if left out."
)
@refusing
def import_(kind: str, file: Path, dry_run: bool, username: str | None) -> None:
    """Take in a table (.csv or .xlsx): all of its rows, or none and a list of faults."""
    portal = make_portal(read_environment())
    data = file.read_bytes()
    try:
        with portal.database.unit() as db:
            by = _author(db, kind, username)
            done = _importers(portal, db, by, dry_run)[kind](data)
            if not done.faults and not dry_run:
                db.commit()
    except TableRefused as error:
        raise Refused(f"{file}: {error}") from error
    for fault in done.faults:
        click.echo(f"{file}: {fault}", err=True)
    if done.faults:
        raise Refused(f"{len(done.faults)} fault(s); nothing was kept.")
    click.echo(f"{done.count} row(s) {'would be taken in' if dry_run else 'taken in'}")


def _importers(portal: Portal, db: Session, by: Staff, dry_run: bool) -> dict[str, Callable[[bytes], Any]]:
    return {
        "credit": lambda data: import_entries(db, data, portal.city, portal.secrets, by, is_dry_run=dry_run),
        "people": lambda data: import_people(db, data, portal.city, by, is_dry_run=dry_run),
        "cases": lambda data: import_cases(portal, db, data, by, is_dry_run=dry_run),
        "units": lambda data: _take_units(portal, db, data, by, dry_run),
        "sites": lambda data: import_sites(db, data, portal.city, by, is_dry_run=dry_run),
        "survey": lambda data: import_answers(db, portal.secrets, data, by, is_dry_run=dry_run),
    }


def _take_units(portal: Portal, db: Session, data: bytes, by: Staff, is_dry_run: bool) -> Imported:
    done = import_units(portal.settings.city_dir, portal.city, data, is_dry_run=is_dry_run)
    if not done.faults and not is_dry_run:
        audit.record(db, by, "units.import", f"city {portal.city.key}", units=done.count)
    return done


def _author(db: Session, kind: str, username: str | None) -> Staff:
    role = WRITERS[kind]
    if username:
        staff = find_staff(db, username)
        if staff is None or staff.is_disabled or not staff.may(role):
            raise Refused(f"There is no open account {username!r} with the role {role}.")
        return staff
    able = [staff for staff in list_staff(db) if not staff.is_disabled and staff.may(role)]
    if len(able) != 1:
        raise Refused(f"Say in whose name: --by NAME, an account with the role {role} ({len(able)} have it).")
    return able[0]


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("file", type=FILE)
@refusing
def export(kind: str, file: Path) -> None:
    """Write a table (.csv or .xlsx): public and redacted, safe to open in a spreadsheet."""
    if file.suffix not in {".csv", ".xlsx"}:
        raise Refused(f"{file} should end in .csv or .xlsx.")
    portal = make_portal(read_environment())
    with portal.database.read() as db:
        header, rows = _table(portal, db, kind)
        data = write_csv(header, rows) if file.suffix == ".csv" else write_xlsx(header, rows)
    file.write_bytes(data)
    click.echo(f"{file}: {len(data)} bytes")


def _table(portal: Portal, db: Session, kind: str) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    city = portal.city
    if kind == "cases":
        return REGISTER, list_register(db, city)
    if kind == "credit":
        return export_entries(db, city)
    if kind == "units":
        return [column.title for column in UNIT_COLUMNS], list_units(city)
    if kind == "sites":
        return export_sites(db, city)
    dataset = find_dataset({"people": "people", "survey": "surveys"}[kind])
    assert dataset is not None
    return list(dataset.fields), (row for part in parts_of(dataset, portal) for row in part)
