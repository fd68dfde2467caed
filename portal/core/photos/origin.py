"""When and where a photo was taken, read only for senders who agreed to tell it."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image

from portal.core.photos.check import BOMB, DAMAGE


@dataclass(frozen=True)
class Origin:
    """What a photo tells about when and where it was taken; each may be unknown. Degrees are WGS 84."""

    taken_at: datetime | None
    latitude: float | None
    longitude: float | None


def read_origin(data: bytes) -> Origin:
    """When and where a photo was taken, for senders who agreed to give it; unknown when it does not say.

    The time is the camera's clock, without a zone. Call it on the upload: what we keep says nothing any more.
    """
    try:
        with Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            exif = image.getexif()
            details, position = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except (*BOMB, *DAMAGE):
        return Origin(None, None, None)
    latitude, longitude = _degrees(position, 2, b"S", 90), _degrees(position, 4, b"W", 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    return Origin(_taken_at(details), latitude, longitude)


def _taken_at(details: dict[int, Any]) -> datetime | None:
    try:
        return datetime.strptime(str(details[ExifTags.Base.DateTimeOriginal]).strip("\0 "), "%Y:%m:%d %H:%M:%S")
    except (KeyError, ValueError):
        return None


def _degrees(position: dict[int, Any], tag: int, negative: bytes, limit: int) -> float | None:
    """Decimal degrees from the EXIF triple under `tag`; its hemisphere stands one tag before."""
    try:
        degrees, minutes, seconds = (float(part) for part in position[tag])
        value = degrees + minutes / 60 + seconds / 3600
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    if not 0 <= value <= limit:
        return None
    hemisphere = position.get(tag - 1, "")
    letter = hemisphere.encode("ascii", "replace") if isinstance(hemisphere, str) else bytes(hemisphere)
    return round(-value if letter[:1].upper() == negative else value, 6)
