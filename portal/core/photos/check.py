"""Turn bytes from anywhere into a plain JPEG and a thumbnail, or refuse them with a sentence for the sender."""

import hashlib
import struct
import threading
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import ExifTags, Image

from portal.core.i18n import lazy

try:
    import pi_heif
except ImportError:
    pi_heif = None
else:
    pi_heif.register_heif_opener(thumbnails=False)

BYTES_LIMIT = 10 * 1024 * 1024
PIXEL_LIMIT = 40_000_000
# A baseline JPEG is decoded straight to a fraction of its size, so a 50-megapixel phone may send one.
BASELINE_JPEG_PIXEL_LIMIT = 64_000_000
LONG_SIDE = 1600
THUMBNAIL_SIDE = 400

REASONS = {
    "empty": lazy("没有收到照片内容，请重新选择照片。"),
    "too_heavy": lazy("照片超过 %(limit_mb)d MB，请缩小后再上传。"),
    "too_many_pixels": lazy("照片尺寸太大（超过 %(limit_pixels)d 万像素），请缩小后再上传。"),
    "format": lazy("只能上传 JPEG、PNG 或 WebP 照片，请把照片另存为 JPEG 后再上传。"),
    "heic": lazy("暂时打不开 HEIC 照片。请在手机相册中把照片另存为 JPEG，或截屏后上传截图。"),
    "damaged": lazy("照片文件不完整或已损坏，请重新选择或重新拍摄。"),
}

# What Pillow raises on damaged files differs by format and by the place of the damage.
DAMAGE = (
    *(OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, OverflowError, ZeroDivisionError),
    *(struct.error, zlib.error),
)

BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)

# Decoding is the one thing here that takes memory; two at a time keep a small server alive.
_decoding = threading.BoundedSemaphore(2)

_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}


class PhotoRefused(Exception):
    """A photo that is not taken; `str()` of it is a sentence for the sender, in the reader's language.

    key: one of REASONS.
    """

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key

    def __str__(self) -> str:
        limits = {"limit_mb": BYTES_LIMIT // 1024**2, "limit_pixels": PIXEL_LIMIT // 10_000}
        return str(REASONS[self.key] % limits)


@dataclass(frozen=True)
class Photo:
    """A photo that is safe to keep and to show.

    jpeg: at most 1600 pixels on its long side; thumbnail: at most 400.  width, height: of `jpeg`.
    sha256: of `jpeg`; the same upload always gives the same.  phash: 64 bits as a signed number (it fits a
    database's bigint); compare with `hamming`.
    """

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256: str
    phash: int


def check_and_shrink(data: bytes) -> Photo:
    """The photo drawn anew: turned upright, on white, in RGB, without anything but pixels.

    data: a whole upload; its name and declared type are of no interest.
    Raises PhotoRefused for all that is not a whole JPEG, PNG, WebP (or HEIC, where pi-heif is installed).
    """
    kind = _kind(data)
    with _decoding:
        try:
            image = _upright(_load(data, kind))
        except BOMB as fault:
            raise PhotoRefused("too_many_pixels") from fault
        except DAMAGE as fault:
            raise PhotoRefused("damaged") from fault
        jpeg = _as_jpeg(image)
        thumbnail = image.copy()
        thumbnail.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        return Photo(
            jpeg=jpeg,
            thumbnail=_as_jpeg(thumbnail, quality=75),
            width=image.width,
            height=image.height,
            sha256=hashlib.sha256(jpeg).hexdigest(),
            phash=_difference_hash(thumbnail),
        )


def hamming(one: int, other: int) -> int:
    """In how many of 64 bits two hashes differ: 0 the same picture, up to about 6 the same one re-sent."""
    return ((one ^ other) & 0xFFFF_FFFF_FFFF_FFFF).bit_count()


def _kind(data: bytes) -> str:
    """The Pillow name of the format by the first bytes, never by what the sender says."""
    if not data:
        raise PhotoRefused("empty")
    if len(data) > BYTES_LIMIT:
        raise PhotoRefused("too_heavy")
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        if pi_heif is not None and data[8:12] not in {b"avif", b"avis"}:
            return "HEIF"
        raise PhotoRefused("heic")
    raise PhotoRefused("format")


def _load(data: bytes, kind: str) -> Image.Image:
    """The first frame, decoded, no larger than needed; its size is checked before a pixel is decoded."""
    image = Image.open(BytesIO(data), formats=(kind,))
    baseline = kind == "JPEG" and not image.info.get("progressive")
    if image.width * image.height > (BASELINE_JPEG_PIXEL_LIMIT if baseline else PIXEL_LIMIT):
        raise PhotoRefused("too_many_pixels")
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))
    image.load()
    return image


def _upright(image: Image.Image) -> Image.Image:
    turn = _TURNS.get(_orientation(image))
    image = _in_colour(image)
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    if image.mode == "RGBA":
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    if turn is not None:
        image = image.transpose(turn)
    image.info.clear()
    return image


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(image: Image.Image) -> int:
    # Broken EXIF is common and no reason to refuse a photo, so it counts as upright.
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except DAMAGE:
        return 1
    return value if isinstance(value, int) else 1


def _in_colour(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something is transparent."""
    if image.mode.startswith("I"):
        # convert() would cut sixteen bits at 255, which leaves a white sheet.
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("RGB")


def _as_jpeg(image: Image.Image, quality: int = 82) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, exif=b"", comment=b"", icc_profile=None)
    return out.getvalue()


def _difference_hash(image: Image.Image) -> int:
    """Whether each of 8 × 8 places is brighter than its right neighbour, as a signed 64-bit number.

    Source: the difference hash (dHash) of N. Krawetz, 2013.
    """
    pixels = image.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            place = row * 9 + column
            bits = bits << 1 | (pixels[place] > pixels[place + 1])
    return bits - (1 << 64) if bits >> 63 else bits
