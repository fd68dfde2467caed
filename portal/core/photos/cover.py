"""Covering parts of a photo: faces, plates and doors that nobody else needs to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from portal.core.photos.check import Photo, check_and_shrink

BLOCKS = 5
"""Blocks along a covered side: too few to tell anybody from anybody."""


@dataclass(frozen=True)
class Box:
    """A part of a photo in percent of its sides, from the upper left corner."""

    left: float
    top: float
    width: float
    height: float


def cover(jpeg: bytes, boxes: Sequence[Box]) -> Photo:
    """The photo drawn anew with these parts as coarse blocks; what was there is not in the file any more."""
    image = Image.open(BytesIO(jpeg), formats=("JPEG",)).convert("RGB")
    for box in boxes:
        left, top = (int(share * side / 100) for share, side in ((box.left, image.width), (box.top, image.height)))
        right = min(image.width, max(left + 1, round((box.left + box.width) * image.width / 100)))
        bottom = min(image.height, max(top + 1, round((box.top + box.height) * image.height / 100)))
        part = image.crop((left, top, right, bottom))
        coarse = part.resize((min(BLOCKS, part.width), min(BLOCKS, part.height)), Image.Resampling.BOX)
        image.paste(coarse.resize(part.size, Image.Resampling.NEAREST), (left, top))
    out = BytesIO()
    image.save(out, "JPEG", quality=92)
    return check_and_shrink(out.getvalue())
