"""Numbers people quote and codes that open a case."""

import re
from datetime import date
from functools import cache

from sqlalchemy import Executable
from sqlalchemy.orm import Session

from portal.cases.models import CaseDay
from portal.core.db import insert_into
from portal.core.signing import CROCKFORD, Secrets, plain_code
from portal.groups import City

SYLLABLE = re.compile(r"(?:zh|ch|sh|[b-df-hj-np-tv-z])?[aeiouv]+(?:ng|n(?![aeiouv]))?")


@cache
def _letters(city_key: str) -> str:
    """The initials of the city's syllables: changzhou is CZ, jiayuguan JYG."""
    return "".join(syllable[0] for syllable in SYLLABLE.findall(city_key)).upper()[:3] or "C"


def next_number(db: Session, city: City, day: date) -> str:
    """The next case number of a day: CZ20261123-0001. The row stays locked until the transaction ends."""
    last = db.connection().execute(_counting(db.get_bind().dialect.name), {"day": day, "last": 1}).scalar_one()
    return f"{_letters(city.key)}{day:%Y%m%d}-{last:04d}"


@cache
def _counting(dialect: str) -> Executable:
    insert = insert_into(dialect, CaseDay)
    return insert.on_conflict_do_update(index_elements=["day"], set_={"last": CaseDay.last + 1}).returning(CaseDay.last)


def query_code(secrets: Secrets, case_no: str, submission_id: str) -> str:
    """Fifty bits that only this portal can derive again, so that a repeated form gets the same receipt."""
    bits = int(secrets.hash("query code of a submission", f"{case_no} {submission_id}")[:16], 16)
    return "".join(CROCKFORD[bits >> 5 * place & 31] for place in range(10))


def main_number(case_no: str) -> str:
    """The number the citizen has, whether asked for it or for a part that was split off (CZ20261123-0001-2)."""
    return "-".join(case_no.split("-")[:2])


def code_hash(secrets: Secrets, case_no: str, code: str) -> str:
    """What is kept of a query code."""
    return secrets.hash("query code", f"{case_no} {plain_code(code)}")
