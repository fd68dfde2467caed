"""What the demos of everything published share: a city's file of it, and the people of the three reviews."""

import tomllib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Staff
from portal.core.db import Base
from portal.core.web import Portal

EDITOR = "editor"
REVIEWERS = ("reviewer", "reviewer2", "reviewer3")


def open_demo(
    portal: Portal, db: Session, name: str, table: type[Base], *more: str
) -> tuple[dict[str, Any], dict[str, Staff]] | None:
    """The city's demo/<name>.toml and its staff by account, for filling this table.

    None when the city has no such file, something is in the table already, or a demo account is missing: the editor,
    the reviewers or one of these more.
    """
    path = portal.settings.city_dir / portal.city.key / "demo" / f"{name}.toml"
    if not path.is_file() or db.execute(select(table).limit(1)).first():
        return None
    people = {staff.username: staff for staff in db.scalars(select(Staff))}
    if not {EDITOR, *REVIEWERS, *more} <= people.keys():
        return None
    return tomllib.loads(path.read_text(encoding="utf-8")), people
