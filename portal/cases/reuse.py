"""Photos that were used before: in another case, or as proof of what they had reported; found a little after they came.

Each new photo is compared with the newest of the archive, cuts and copies saved anew included. A person judges: the
flag only says where to look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from portal.cases.models import Case, CasePhoto
from portal.core.photos import small_key
from portal.core.photos.alike import are_alike, print_photo
from portal.core.web import Portal

BATCH = 40
ARCHIVE = 10_000
"""How many earlier photos are looked through; exact copies are found however old."""


@dataclass(frozen=True)
class _Printed:
    """A photo with its prints, and whose it is."""

    id: int
    case_id: int
    case_no: str
    kind: str
    prints: bytes


def compare_photos(portal: Portal) -> int:
    """Look at photos nobody has compared yet; returns how many. No lock is held while they are read and compared."""
    with portal.database.read() as db:
        new = _select().add_columns(CasePhoto.key).where(CasePhoto.prints.is_(None), Case.is_sample.is_(False))
        rows = db.execute(new.order_by(CasePhoto.id).limit(BATCH)).all()
        fresh = [_Printed(row[0], row[1], row[2], row[3], _print(portal, row.key)) for row in rows]
        found = {photo.id: _find_same(db, photo, fresh) for photo in fresh}
    if not fresh:
        return 0
    with portal.database.write() as db:
        for photo in fresh:
            values = {"prints": photo.prints, "same_as": found[photo.id]}
            db.execute(update(CasePhoto).where(CasePhoto.id == photo.id).values(values))
    return len(fresh)


def _select() -> Select[Any]:
    columns: list[Any] = [CasePhoto.id, CasePhoto.case_id, Case.case_no, CasePhoto.kind]
    return select(*columns).join(Case, Case.id == CasePhoto.case_id)


def _print(portal: Portal, key: str) -> bytes:
    try:
        return print_photo(portal.photos.get(small_key(key)))
    except FileNotFoundError:
        return b""


def _find_same(db: Session, photo: _Printed, fresh: Sequence[_Printed]) -> str | None:
    """The number of the case that used this photo before; its own when a proof is what was reported."""
    if not photo.prints:
        return None
    for other in (*(one for one in fresh if one.id < photo.id), *_archive(db, photo.id)):
        is_other = other.case_id != photo.case_id or (photo.kind == "proof" and other.kind != "proof")
        if is_other and are_alike(photo.prints, other.prints):
            return other.case_no
    return None


def _archive(db: Session, before: int) -> Iterator[_Printed]:
    """The newest photos that were compared before this one came."""
    query = _select().add_columns(CasePhoto.prints).where(CasePhoto.id < before, CasePhoto.prints.is_not(None))
    newest = query.order_by(CasePhoto.id.desc()).limit(ARCHIVE).execution_options(yield_per=500)
    return (_Printed(*row) for row in db.execute(newest))


@dataclass(frozen=True)
class Reused:
    """A photo that was seen before. is_own: it was reported with the same case."""

    name: str
    case_no: str
    is_own: bool


def list_reused(db: Session, case: Case) -> Sequence[Reused]:
    """The photos of this case that were used before: those compared already, and exact copies at once."""
    found = {photo.name: photo.same_as for photo in case.photos if photo.same_as}
    hashes = {photo.sha256: photo.name for photo in case.photos if photo.name not in found}
    if hashes:
        same = select(CasePhoto.sha256, Case.case_no).join(Case, Case.id == CasePhoto.case_id)
        same = same.where(CasePhoto.sha256.in_(hashes), CasePhoto.case_id != case.id)
        found |= {hashes[sha256]: case_no for sha256, case_no in db.execute(same.limit(10))}
    return [Reused(name, case_no, case_no == case.case_no) for name, case_no in found.items()]
