"""A photo used again is known after saving anew, shrinking and cutting; different scenes are not taken for the same."""

from collections.abc import Iterator
from io import BytesIO
from random import Random

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from portal.core.photos import check_and_shrink
from portal.core.photos.alike import are_alike, distances, print_photo

SCENES = 10


def scene(seed: int) -> Image.Image:
    """A drawn street: light from above, thirty things of any colour, wires, and the noise of a small camera."""
    random = Random(seed)
    width, height = random.choice([(800, 600), (600, 800), (960, 540)])
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    sky, ground = ([random.randrange(low, high) for _ in range(3)] for low, high in ((80, 256), (30, 200)))
    for line in range(height):
        share = line / height
        colour = tuple(int(one * (1 - share) + other * share) for one, other in zip(sky, ground, strict=True))
        draw.line((0, line, width, line), fill=colour)
    for _ in range(random.randrange(12, 30)):
        left, top = random.randrange(-80, width), random.randrange(-80, height)
        box = (left, top, left + random.randrange(30, width // 2), top + random.randrange(30, height // 2))
        shape = draw.rectangle if random.random() < 0.6 else draw.ellipse
        shape(box, fill=tuple(random.randrange(256) for _ in range(3)))
    for _ in range(40):
        left, top = random.randrange(width), random.randrange(height)
        end = (left + random.randrange(-200, 200), top + random.randrange(-200, 200))
        draw.line(((left, top), end), fill=random.randrange(1 << 24), width=random.randrange(1, 6))
    noise = Image.frombytes("L", (width, height), random.randbytes(width * height)).convert("RGB")
    return Image.blend(image.filter(ImageFilter.GaussianBlur(1)), noise, 0.08)


def sent(image: Image.Image, quality: int = 80) -> bytes:
    """The prints of a photo that went through an upload."""
    out = BytesIO()
    image.save(out, "JPEG", quality=quality)
    return print_photo(check_and_shrink(out.getvalue()).thumbnail)


def cut(image: Image.Image, share: float, random: Random) -> Image.Image:
    """The photo without this share of each side, off centre."""
    left, top = (side * share * random.random() for side in image.size)
    return image.crop(
        (int(left), int(top), int(left + image.width * (1 - share)), int(top + image.height * (1 - share)))
    )


def copies(image: Image.Image, random: Random) -> Iterator[tuple[str, bytes]]:
    yield "saved anew", sent(image, 30)
    yield "shrunk", sent(image.resize((image.width // 3, image.height // 3)), 60)
    yield "lighter", sent(ImageEnhance.Brightness(image).enhance(1.3))
    yield "cut by a tenth", sent(cut(image, 0.1, random), 70)
    yield "cut by a fifth", sent(cut(image, 0.2, random), 70)
    yield "one side cut", sent(image.crop((0, 0, int(image.width * 0.85), image.height)), 70)


@pytest.fixture(scope="module")
def scenes() -> list[tuple[Image.Image, bytes]]:
    """Different scenes and their prints; drawn once, since that takes a while."""
    return [(image, sent(image)) for image in map(scene, range(SCENES))]


def test_copies_and_cuts_are_known_again(scenes: list[tuple[Image.Image, bytes]]) -> None:
    random = Random(7)
    caught: dict[str, int] = {}
    for image, prints in scenes:
        for name, copy in copies(image, random):
            caught[name] = caught.get(name, 0) + are_alike(prints, copy)
    rates = {name: count / SCENES for name, count in caught.items()}
    assert all(rates[name] == 1 for name in ("saved anew", "shrunk", "lighter")), rates
    assert rates["cut by a tenth"] >= 0.8, rates
    assert rates["cut by a fifth"] >= 0.7, rates
    assert rates["one side cut"] >= 0.7, rates


def test_the_photo_that_was_cut_is_known_from_the_cut_as_well(scenes: list[tuple[Image.Image, bytes]]) -> None:
    image, prints = scenes[0]
    piece = sent(cut(image, 0.1, Random(3)))
    assert are_alike(prints, piece) == are_alike(piece, prints)


def test_different_scenes_are_not_taken_for_the_same(scenes: list[tuple[Image.Image, bytes]]) -> None:
    pairs = [(one, other) for place, (_i, one) in enumerate(scenes) for _j, other in scenes[:place]]
    assert sum(are_alike(one, other) for one, other in pairs) == 0
    assert len(pairs) == SCENES * (SCENES - 1) // 2


@pytest.mark.parametrize("colour", ["white", "black", (90, 40, 40)])
def test_a_plain_picture_is_like_nothing(colour: str) -> None:
    plain = sent(Image.new("RGB", (640, 480), colour))
    assert plain == b""
    assert not are_alike(plain, plain)


def test_bits_are_counted_in_every_lane() -> None:
    random = Random(1)
    numbers = [0, (1 << 64) - 1, *(random.getrandbits(64) for _ in range(300))]
    one = random.getrandbits(64)
    packed = b"".join(number.to_bytes(8, "little") for number in numbers)
    expected = bytes((one ^ number).bit_count() for number in numbers)
    assert distances(one.to_bytes(8, "little"), packed) == expected
