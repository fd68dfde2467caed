"""portal staff: accounts from the terminal, for the first administrator and for emergencies."""

import sys

import click

from portal.accounts import service
from portal.accounts.queries import get_staff, list_staff
from portal.app import make_portal
from portal.commands.shared import Refused, read_environment, refusing
from portal.core.roles import Role
from portal.core.web import Portal

BY = "portal staff"


@click.group()
def staff() -> None:
    """Accounts of staff."""


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def _checked_password(from_stdin: bool, username: str) -> str:
    password = _password(from_stdin)
    reason = service.weakness(password, username)
    if reason:
        raise Refused(reason)
    return password


def _check_limits(portal: Portal, groups: tuple[str, ...], unit: str | None) -> None:
    for key in groups:
        if portal.city.find_group(key) is None:
            raise Refused(f"{portal.city.name} has no group {key!r}: {', '.join(g.key for g in portal.city.groups)}")
    if unit and portal.city.find_unit(unit) is None:
        raise Refused(f"{portal.city.name} has no unit {unit!r}: {', '.join(u.key for u in portal.city.units)}")


@staff.command()
@click.argument("name")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]))
@click.option("--group", "groups", multiple=True, metavar="KEY", help="Thematic groups that the role `group` sees.")
@click.option("--unit", metavar="KEY", help="The unit that the role `unit` sees.")
@click.option("--display-name", default="", help="What colleagues read; the name itself when left out.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@refusing
def add(
    name: str,
    roles: tuple[str, ...],
    groups: tuple[str, ...],
    unit: str | None,
    display_name: str,
    password_stdin: bool,
) -> None:
    """Open an account."""
    portal = make_portal(read_environment())
    _check_limits(portal, groups, unit)
    if "unit" in roles and not unit:
        raise Refused("The role `unit` needs --unit KEY.")
    if "group" in roles and not groups:
        raise Refused("The role `group` needs --group KEY.")
    password = _checked_password(password_stdin, name)
    new = service.NewStaff(
        name, display_name or name, password, frozenset(map(Role, roles)), frozenset(groups), unit or None
    )
    with portal.database.write() as db:
        service.add_staff(db, new, BY)
    click.echo(f"account {name} opened")


@staff.command("list")
@refusing
def list_() -> None:
    """List accounts with their roles."""
    with make_portal(read_environment()).database.read() as db:
        for person in list_staff(db):
            limits = ",".join([*person.group_keys, *([person.unit] if person.unit else [])])
            state = "disabled" if person.is_disabled else "2fa" if person.totp_secret else ""
            click.echo(f"{person.username}\t{','.join(person.role_names)}\t{limits}\t{state}".rstrip())


@staff.command()
@click.argument("name")
@refusing
def disable(name: str) -> None:
    """Close an account; its sessions end at once."""
    with make_portal(read_environment()).database.write() as db:
        service.set_disabled(db, get_staff(db, name), True, BY)
    click.echo(f"account {name} disabled")


@staff.command("reset-password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@refusing
def reset_password(name: str, password_stdin: bool) -> None:
    """Set a new password; sessions end, a lock and a second factor are removed."""
    portal = make_portal(read_environment())
    with portal.database.read() as db:
        get_staff(db, name)
    password = _checked_password(password_stdin, name)
    with portal.database.write() as db:
        person = get_staff(db, name)
        service.set_password(db, person, password, BY)
        if person.totp_secret:
            service.set_totp(db, portal.secrets, person, None, BY)
    click.echo(f"password of {name} set")
