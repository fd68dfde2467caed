"""What is covered in a photo is not in the file any more."""

from io import BytesIO
from random import Random

from PIL import Image

from portal.core.photos import check_and_shrink
from portal.core.photos.cover import BLOCKS, Box, cover


def noise() -> bytes:
    out = BytesIO()
    Image.frombytes("RGB", (400, 300), Random(1).randbytes(360_000)).save(out, "JPEG", quality=90)
    return check_and_shrink(out.getvalue()).jpeg


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGB")


def colours(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many tones are told apart in a part, sixteen steps to a channel."""
    part = image.crop(box).convert("L").point(lambda value: value // 16)
    return len(part.getcolors(maxcolors=256) or [])


def test_the_part_becomes_a_few_blocks_and_the_rest_stays() -> None:
    before = noise()
    photo = cover(before, [Box(25, 20, 50, 40)])
    after = opened(photo.jpeg)
    assert (photo.width, photo.height) == (400, 300)
    assert colours(opened(before), (110, 70, 290, 170)) > 10
    assert colours(after, (110, 70, 290, 170)) <= BLOCKS
    assert colours(after, (0, 200, 400, 300)) > 10
    assert colours(opened(photo.thumbnail), (110, 70, 290, 170)) <= BLOCKS


def test_frames_at_and_over_the_edge_are_cut_to_the_photo() -> None:
    photo = cover(noise(), [Box(90, 90, 50, 50), Box(0, 0, 0.01, 0.01), Box(99.9, 99.9, 100, 100)])
    assert (photo.width, photo.height) == (400, 300)
    assert colours(opened(photo.jpeg), (362, 272, 400, 300)) <= BLOCKS + 3
