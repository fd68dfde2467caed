"""What telephones and cameras really send: several pictures in a file, deep colour, printers' ink, moving pictures."""

from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from portal.core.photos import PhotoRefused, check_and_shrink
from tests.core.test_photos_check import picture, saved


def kept(data: bytes) -> Image.Image:
    """What is kept of an upload."""
    photo = check_and_shrink(data)
    for part in (photo.jpeg, photo.thumbnail):
        image = Image.open(BytesIO(part))
        image.load()
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert getattr(image, "n_frames", 1) == 1
    return Image.open(BytesIO(photo.jpeg)).convert("RGB")


def is_red(pixel: object) -> bool:
    assert isinstance(pixel, tuple)
    return bool(pixel[0] > 180 and pixel[1] < 90 and pixel[2] < 90)


def test_of_a_stereo_photo_the_first_picture_is_kept_and_the_second_is_gone() -> None:
    secret = Image.new("RGB", (320, 240), (10, 200, 30))
    data = saved(picture(), "MPO", save_all=True, append_images=[secret])
    image = kept(data)
    assert is_red(image.getpixel((20, 20)))
    assert len(check_and_shrink(data).jpeg) < len(data)


def test_of_a_moving_webp_the_first_picture_is_kept() -> None:
    frames = [picture(), Image.new("RGB", (320, 240), "blue")]
    data = saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100)
    assert is_red(kept(data).getpixel((20, 20)))


def test_printers_ink_keeps_its_colours() -> None:
    data = saved(picture(mode="CMYK"), "JPEG", quality=95)
    image = kept(data)
    assert image.size == (320, 240)
    assert is_red(image.getpixel((20, 20)))


def test_deep_colour_is_brought_down_to_eight_bits() -> None:
    deep = Image.new("I;16", (320, 240), 60_000)
    ImageDraw.Draw(deep).rectangle((0, 0, 160, 120), fill=5_000)
    image = kept(saved(deep, "PNG"))
    dark, light = image.getpixel((20, 20)), image.getpixel((300, 220))
    assert isinstance(dark, tuple)
    assert isinstance(light, tuple)
    assert 10 < dark[0] < 30
    assert 225 < light[0] < 245


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1"])
def test_screenshots_of_every_mode_are_drawn(mode: str) -> None:
    assert kept(saved(picture(mode=mode), "PNG")).size == (320, 240)


def test_a_fifty_megapixel_photo_is_taken_and_made_small() -> None:
    data = saved(Image.new("RGB", (8160, 6144), (200, 40, 40)), "JPEG", quality=60)
    image = kept(data)
    assert max(image.size) == 1600
    assert is_red(image.getpixel((100, 100)))


def test_a_larger_one_is_refused_with_advice() -> None:
    with pytest.raises(PhotoRefused) as refused:
        check_and_shrink(saved(Image.new("RGB", (10_000, 6_500)), "JPEG", quality=10))
    assert "缩小" in str(refused.value)
