"""Photos as phones of one large maker keep them."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from portal.core.photos import check_and_shrink

# Drawn for this test: blue left of red, with a maker's name and a position in its EXIF data.
PHONE = Path(__file__).parent / "files" / "phone.heic"


def test_a_heic_photo_becomes_a_plain_jpeg_without_maker_or_position() -> None:
    data = PHONE.read_bytes()
    assert b"ACME" in data
    photo = check_and_shrink(data)
    assert (photo.width, photo.height) == (96, 64)
    assert b"ACME" not in photo.jpeg
    image = Image.open(BytesIO(photo.jpeg))
    assert image.format == "JPEG"
    assert not image.getexif()
    left, right = image.getpixel((10, 30)), image.getpixel((86, 30))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[2] > left[0]
    assert right[0] > right[2]
