"""Photos of a case: on disk first, then named in the transaction that needs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.cases.models import Case, CaseEvent, CasePhoto
from portal.core.clock import now
from portal.core.photos import Photo
from portal.core.web import Portal


@dataclass(frozen=True)
class StoredPhoto:
    """A photo whose files are safe already, waiting for the row that names them."""

    key: str
    sha256: str
    phash: int
    width: int
    height: int

    @property
    def name(self) -> str:
        """The part of the key nobody can guess."""
        return self.key.rpartition("/")[2].partition(".")[0]


def store_photos(portal: Portal, photos: Sequence[Photo], at: datetime | None = None) -> list[StoredPhoto]:
    """Put photos on disk before the transaction that names them begins: no lock is held while the disk works."""
    day = (at or now()).date()
    return [
        StoredPhoto(portal.photos.put_photo(photo, day), photo.sha256, photo.phash, photo.width, photo.height)
        for photo in photos
    ]


def keep_photos(
    db: Session, case: Case, photos: Sequence[StoredPhoto], kind: str, at: datetime, event: CaseEvent | None = None
) -> None:
    """Name stored photos in the case. kind: report, proof or answer."""
    db.add_all(
        CasePhoto(
            case_id=case.id,
            event_id=event.id if event else None,
            name=photo.name,
            key=photo.key,
            kind=kind,
            sha256=photo.sha256,
            phash=str(photo.phash),
            width=photo.width,
            height=photo.height,
            is_public=kind == "proof",
            at=at,
        )
        for photo in photos
    )
    if photos:
        db.flush()
