"""One checked path for every photo: looked at, made small, stripped of what it tells, kept safely.

What is kept is drawn anew from the pixels, so EXIF, positions, comments, colour profiles and anything hidden
behind the picture are gone. The order for a service: `check_and_shrink`, `PhotoStore.put_photo`, and only then
the row that names the key.
"""

from portal.core.photos.check import BYTES_LIMIT, Photo, PhotoRefused, check_and_shrink, hamming
from portal.core.photos.origin import Origin, read_origin
from portal.core.photos.store import PhotoStore, new_key, small_key
from portal.core.photos.strays import MediaKey, MediaKeys, forget_strays

__all__ = [
    "BYTES_LIMIT",
    "MediaKey",
    "MediaKeys",
    "Origin",
    "Photo",
    "PhotoRefused",
    "PhotoStore",
    "check_and_shrink",
    "forget_strays",
    "hamming",
    "new_key",
    "read_origin",
    "small_key",
]
