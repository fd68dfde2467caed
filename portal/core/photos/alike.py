"""Knowing a photo again that was saved anew, made smaller, lighter or darker, or cut at its edges.

A photo's prints are difference hashes of the whole and of windows of it: a photo that was cut looks like one of the
windows of the photo it was cut from. On 60 drawn scenes all copies saved anew, shrunk, lighter or cut by a tenth were
known, 90 of 100 cut by a fifth and 87 of 100 with one side cut; none of 1,770 pairs of different scenes was taken for
the same, the nearest being 11 bits apart. tests/core/test_photos_alike.py measures it again on fewer.
"""

from functools import lru_cache
from io import BytesIO

from PIL import Image

SIDE = 128
STEPS = ((1.0, 1), (0.9, 3), (0.8, 5), (0.7, 7))
"""Shares of a side that a window keeps, and at how many places it is laid along that side."""
MOST_APART = 9
"""In how many of 64 bits two prints of the same thing may differ."""
FLAT = 10
"""A print with fewer bits of one kind says only that the picture is plain: a sheet, the sky, the dark."""
LANE = 8


def print_photo(jpeg: bytes) -> bytes:
    """The prints of a photo drawn by `check_and_shrink`: 8 bytes each, the whole first; empty when it is plain."""
    image = Image.open(BytesIO(jpeg), formats=("JPEG",))
    image.draft("L", (SIDE, SIDE))
    grey = image.convert("L")
    grey.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    whole = _hash(grey, (0, 0, *grey.size))
    if _is_flat(whole):
        return b""
    found = [whole, *(_hash(grey, box) for box in _windows(*grey.size))]
    return b"".join(one.to_bytes(LANE, "little") for one in found if not _is_flat(one))


def are_alike(one: bytes, other: bytes) -> bool:
    """Whether one photo is the other, or cut from it, by their prints; plain photos are like nothing."""
    if not one or not other:
        return False
    return min(distances(one[:LANE], other)) <= MOST_APART or min(distances(other[:LANE], one)) <= MOST_APART


def distances(print_: bytes, prints: bytes) -> bytes:
    """In how many bits a print differs from each of many, a byte each.

    All are counted at once, in the lanes of one large number: sums of neighbouring bits, then of pairs, and so on.
    Source: Warren, Hacker's Delight, section 5-1.
    """
    count = len(prints) // LANE
    ones, twos, fours, eights, sixteens, halves = _masks(count)
    value = int.from_bytes(prints, "little") ^ int.from_bytes(print_ * count, "little")
    value -= (value >> 1) & ones
    value = (value & twos) + ((value >> 2) & twos)
    value = (value + (value >> 4)) & fours
    value = (value + (value >> 8)) & eights
    value = (value + (value >> 16)) & sixteens
    value = (value + (value >> 32)) & halves
    return value.to_bytes(len(prints), "little")[::LANE]


@lru_cache(maxsize=64)
def _masks(count: int) -> tuple[int, ...]:
    """The masks of the sums, in so many lanes."""
    lanes = int.from_bytes((b"\x01" + bytes(LANE - 1)) * count, "little")
    return tuple(
        mask * lanes
        for mask in (
            *(0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F),
            *(0x00FF00FF00FF00FF, 0x0000FFFF0000FFFF, 0x00000000FFFFFFFF),
        )
    )


def _windows(width: int, height: int) -> list[tuple[float, float, float, float]]:
    return [
        (left, top, left + wide, top + high)
        for wide, lefts in _along(width)
        for high, tops in _along(height)
        for left in lefts
        for top in tops
        if (wide, high) != (width, height)
    ]


def _along(side: int) -> list[tuple[float, list[float]]]:
    """Each length of a window along one side, and where it begins."""
    return [
        (side * share, [side * (1 - share) * place / max(1, places - 1) for place in range(places)])
        for share, places in STEPS
    ]


def _hash(grey: Image.Image, box: tuple[float, float, float, float]) -> int:
    """Whether each of 8 × 8 places of the window is brighter than its right neighbour: 64 bits."""
    pixels = grey.resize((9, 8), Image.Resampling.LANCZOS, box=box).tobytes()
    bits = 0
    for place in range(72):
        if place % 9 < 8:
            bits = bits << 1 | (pixels[place] > pixels[place + 1])
    return bits


def _is_flat(bits: int) -> bool:
    return not FLAT <= bits.bit_count() <= 64 - FLAT
