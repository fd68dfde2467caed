"""A photo is drawn anew from its pixels or refused with a sentence; nothing else of the upload survives."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageDraw, PngImagePlugin

from portal.core.photos import BYTES_LIMIT, PhotoRefused, check_and_shrink, hamming, read_origin
from portal.core.photos import check as check_module


def picture(width: int = 320, height: int = 240, mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 2, height // 2), fill="red")
    draw.ellipse((width // 2, height // 3, width - 5, height - 5), fill="blue")
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def telling_exif(orientation: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "SecretPhoneMaker"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:03 08:30:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (34.0, 15.0, 42.12), 3: "E", 4: (117.0, 11.0, 3.48)})
    return exif


def reopened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def refusal(data: bytes) -> str:
    with pytest.raises(PhotoRefused) as refused:
        check_and_shrink(data)
    assert str(refused.value).endswith("。")
    assert "%" not in str(refused.value)
    return refused.value.key


def test_position_maker_and_comment_of_a_jpeg_are_gone() -> None:
    data = saved(picture(), "JPEG", exif=telling_exif(), comment="张三家门口")
    assert b"SecretPhoneMaker" in data
    photo = check_and_shrink(data)
    for kept in (photo.jpeg, photo.thumbnail):
        assert b"SecretPhoneMaker" not in kept
        assert "张三".encode() not in kept
        image = reopened(kept)
        assert image.format == "JPEG"
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_text_and_profile_of_a_png_are_gone() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "Zhang San")
    notes.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>GPS</x:xmpmeta>")
    photo = check_and_shrink(saved(picture(), "PNG", pnginfo=notes))
    assert b"Zhang" not in photo.jpeg
    assert b"xmp" not in photo.jpeg


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_large_photos_become_1600_and_400_pixels(kind: str) -> None:
    photo = check_and_shrink(saved(picture(2400, 1200), kind))
    assert (photo.width, photo.height) == reopened(photo.jpeg).size == (1600, 800)
    assert reopened(photo.thumbnail).size == (400, 200)


def test_small_photos_are_not_blown_up() -> None:
    photo = check_and_shrink(saved(picture(90, 60), "PNG"))
    assert (photo.width, photo.height) == (90, 60)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_photo_stands_upright(orientation: int) -> None:
    photo = check_and_shrink(saved(picture(300, 200), "JPEG", exif=telling_exif(orientation), quality=95))
    image = reopened(photo.jpeg)
    assert image.size == ((300, 200) if orientation < 5 else (200, 300))
    # The red corner lies top left in the file; this is where each orientation shows it.
    corners = {1: "lt", 2: "rt", 3: "rb", 4: "lb", 5: "lt", 6: "rt", 7: "rb", 8: "lb"}[orientation]
    x = 10 if corners[0] == "l" else image.width - 10
    y = 10 if corners[1] == "t" else image.height - 10
    red, green, blue = image.getpixel((x, y))
    assert red > 200
    assert green < 60
    assert blue < 60


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_exif_is_no_reason_to_refuse() -> None:
    photo = check_and_shrink(saved(picture(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\xff\xff\xff\xff\xff"))
    assert photo.width == 320


def test_transparent_parts_become_white() -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    assert reopened(check_and_shrink(saved(image, "PNG")).jpeg).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA"])
def test_every_png_mode_is_drawn(mode: str) -> None:
    image = reopened(check_and_shrink(saved(picture(mode=mode), "PNG")).jpeg)
    assert image.mode == "RGB"
    assert sum(image.getpixel((40, 40))) < sum(image.getpixel((250, 20)))


def test_sixteen_bit_grey_keeps_its_greys() -> None:
    image = Image.new("I;16", (40, 40), 32768)
    assert reopened(check_and_shrink(saved(image, "PNG")).jpeg).getpixel((20, 20)) == (128, 128, 128)


def test_printers_colours_are_turned_into_screen_colours() -> None:
    image = reopened(check_and_shrink(saved(picture(mode="CMYK"), "JPEG")).jpeg)
    red, green, blue = image.getpixel((40, 40))
    assert red > 180 > 80 > max(green, blue)


def test_of_a_moving_picture_the_first_frame_is_kept() -> None:
    frames = [picture(), Image.new("RGB", (320, 240), "black")]
    for kind in ("WEBP", "PNG"):
        data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
        image = reopened(check_and_shrink(data).jpeg)
        assert getattr(image, "n_frames", 1) == 1
        assert image.getpixel((250, 20))[0] > 200


def test_what_is_hidden_behind_a_picture_is_dropped() -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        photo = check_and_shrink(saved(picture(), kind) + b"<?php system($_GET[0]); ?>PK\x03\x04<script>")
        assert b"<?php" not in photo.jpeg
        assert b"PK\x03\x04" not in photo.jpeg


def png_header(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 10_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("width", "height"), [(8000, 6000), (10_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_a_pixel_is_decoded(width: int, height: int, monkeypatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("pixels were decoded"))
    assert refusal(png_header(width, height)) == "too_many_pixels"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_truncated_photo_is_refused(kind: str) -> None:
    data = saved(picture(), kind)
    assert refusal(data[: len(data) * 2 // 3]) == "damaged"


@pytest.mark.parametrize(
    "data",
    [
        b"<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%PDF-1.7",
        b"PK\x03\x04",
        saved(picture(), "GIF"),
        saved(picture(), "BMP"),
        saved(picture(), "TIFF"),
        b"RIFF\x10\0\0\0AVI LIST",
    ],
)
def test_other_kinds_are_refused_by_content(data: bytes) -> None:
    assert refusal(data) == "format"


def test_a_script_with_the_first_bytes_of_a_jpeg_is_refused() -> None:
    assert refusal(b"\xff\xd8\xff\xe0<?php system($_GET[0]); ?>") == "damaged"


def test_nothing_and_too_much_are_refused() -> None:
    assert refusal(b"") == "empty"
    assert refusal(b"\xff\xd8\xff" + bytes(BYTES_LIMIT)) == "too_heavy"


def test_heic_is_refused_with_advice_where_it_cannot_be_read(monkeypatch) -> None:
    monkeypatch.setattr(check_module, "pi_heif", None)
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
    assert refusal(data) == "heic"
    with pytest.raises(PhotoRefused, match="JPEG"):
        check_and_shrink(data)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_no_damage_does_more_than_refuse(kind: str, data: st.DataObject) -> None:
    photo = bytearray(saved(picture(64, 48), kind, exif=telling_exif()))
    for _ in range(data.draw(st.integers(1, 6))):
        photo[data.draw(st.integers(8, len(photo) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = check_and_shrink(bytes(photo))
    except PhotoRefused:
        pass
    else:
        assert reopened(kept.jpeg).format == "JPEG"
    read_origin(bytes(photo))


def test_the_same_upload_gives_the_same_fingerprint() -> None:
    data = saved(picture(), "PNG")
    assert check_and_shrink(data) == check_and_shrink(data)


def test_the_picture_hash_knows_a_picture_again_and_tells_others_apart() -> None:
    original = check_and_shrink(saved(picture(1200, 900), "PNG")).phash
    resent = check_and_shrink(saved(picture(1200, 900).resize((500, 375)), "JPEG", quality=40)).phash
    turned = check_and_shrink(saved(picture(1200, 900).rotate(180), "PNG")).phash
    assert hamming(original, original) == 0
    assert hamming(original, resent) <= 6
    assert hamming(original, turned) > 12
    assert -(2**63) <= min(original, turned) <= max(original, turned) < 2**63
    assert hamming(-1, 0) == 64


def test_when_and_where_is_read_for_those_who_agree() -> None:
    origin = read_origin(saved(picture(), "JPEG", exif=telling_exif()))
    assert origin.taken_at is not None
    assert origin.taken_at.isoformat() == "2026-11-03T08:30:00"
    assert (origin.latitude, origin.longitude) == (34.2617, 117.1843)


def test_the_west_and_the_south_are_negative_and_nonsense_is_unknown() -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "S", 2: (10.0, 30.0, 0.0), 3: "W", 4: (20.0, 0.0, 0.0)})
    origin = read_origin(saved(picture(), "JPEG", exif=exif))
    assert (origin.latitude, origin.longitude) == (-10.5, -20.0)
    exif.get_ifd(ExifTags.IFD.GPSInfo)[2] = (95.0, 0.0, 0.0)
    assert read_origin(saved(picture(), "JPEG", exif=exif)).longitude is None
    assert read_origin(b"no photo at all").taken_at is None
