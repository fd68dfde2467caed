"""Pictures in texts: uploaded through the one checked path, served only while something public shows them."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from portal.core.clock import today
from portal.core.errors import BadInput, NotFound
from portal.core.i18n import gettext as _
from portal.core.photos import Photo, PhotoStore, small_key
from portal.core.roles import Person, Role
from portal.editorial.enclosures import Picture, PictureUse
from portal.editorial.history import now
from portal.editorial.markdown import picture_names
from portal.editorial.models import Piece, live

NAME = re.compile(r"([0-9a-f]{32})(-small)?\.jpg")
WRITERS = (Role.EDITOR, Role.REVIEWER, Role.SUPERVISOR)


def keep_picture(db: Session, photos: PhotoStore, photo: Photo, alt: str, by: str) -> Picture:
    """Keep an uploaded picture; alternative text is demanded. It stays unseen until something public uses it.

    by: the user name of a member of staff, or who else handed it in.
    """
    if not alt.strip():
        raise BadInput(_("请为图片写一句文字说明。"))
    key = photos.put_photo(photo, today())
    picture = Picture(name=PurePosixPath(key).stem, key=key, alt=alt.strip()[:200], by=by, at=now())
    db.add(picture)
    db.flush()
    return picture


def use_pictures(db: Session, piece: Piece, texts: Iterable[str], names: Iterable[str] = ()) -> None:
    """Say which pictures the piece shows now: those in its Markdown texts, and those given by name."""
    wanted = {name for text in texts for name in picture_names(text)} | set(names)
    db.execute(delete(PictureUse).where(PictureUse.piece_id == piece.id))
    found = db.scalars(select(Picture.id).where(Picture.name.in_(wanted))).all()
    db.add_all(PictureUse(picture_id=picture_id, piece_id=piece.id) for picture_id in found)
    db.flush()


def picture_path(name: str, is_small: bool = False) -> str:
    """The address of a picture, or of its small form."""
    return f"/pictures/{name}{'-small' if is_small else ''}.jpg"


def readable_key(db: Session, file_name: str, person: Person | None, guest_piece: int = 0) -> str:
    """Where the picture's file lies, for somebody who may see it now; raise NotFound for everybody else.

    guest_piece: the piece a guest was asked to review.
    """
    found = NAME.fullmatch(file_name)
    picture = db.scalar(select(Picture).where(Picture.name == found[1])) if found else None
    if found is None or picture is None:
        raise NotFound(_("没有这张图片。"))
    is_staff = person is not None and person.may(*WRITERS)
    may_see = or_(live(), Piece.id == guest_piece)
    if not is_staff and not db.scalar(
        select(exists().where(PictureUse.picture_id == picture.id, PictureUse.piece_id == Piece.id, may_see))
    ):
        raise NotFound(_("没有这张图片。"))
    return small_key(picture.key) if found[2] else picture.key
