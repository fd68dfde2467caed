"""One checked path for papers that are handed out: known by their content, without anything that runs, named safely.

Pictures among them are drawn anew like every photo; PDF, OFD and office files stay as they are, byte for byte, since
their readers compare them with the signed original. What can run (macros, scripts, embedded programs) is refused.
"""

import hashlib
import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from portal.core.i18n import lazy
from portal.core.photos import PhotoRefused, check_and_shrink

BYTES_LIMIT = 20 * 1024 * 1024
MEMBERS_LIMIT = 5_000
TITLE_LIMIT = 80
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "ofd": "application/ofd",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "jpg": "image/jpeg",
}
REASONS = {
    "empty": lazy("文件是空的，请重新选择。"),
    "too_heavy": lazy("文件超过 %(limit_mb)d MB，请压缩或拆开后再上传。"),
    "format": lazy("只能上传 PDF、OFD、Word、Excel、PPT 和图片，请另存为其中一种后再上传。"),
    "damaged": lazy("文件不完整或已损坏，请重新导出后再上传。"),
    "active": lazy("文件里有宏、脚本或嵌入的程序，请另存为不含这些内容的文件后再上传。"),
    "locked": lazy("文件加了密码，读者打不开，请去掉密码后再上传。"),
}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)\b")
_ZIP_ACTIVE = re.compile(r"vbaproject|macrosheets/|activex/|embeddings/.*\.(?:bin|exe|js|vbs)$")
_ZIP_KINDS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx", "ofd.xml": "ofd"}
_OLE_KINDS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
# Signs that break a file name, and those that make it read backwards.
_UNNAMEABLE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]+')


class DocumentRefused(Exception):
    """A file that is not taken; `str()` of it is a sentence for the sender. key: one of REASONS, or "picture"."""

    def __init__(self, key: str, sentence: str = "") -> None:
        super().__init__(key)
        self.key = key
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence or str(REASONS[self.key] % {"limit_mb": BYTES_LIMIT // 1024**2})


@dataclass(frozen=True)
class Document:
    """A file that may be handed out. title: its name with the ending its content has; sha256: of `data`."""

    title: str
    ending: str
    data: bytes
    sha256: str


def check_document(data: bytes, name: str) -> Document:
    """The file with its true ending, or DocumentRefused with a sentence for the sender.

    data: a whole upload.  name: what the sender calls it; its ending and any folder are of no interest.
    """
    if not data:
        raise DocumentRefused("empty")
    if len(data) > BYTES_LIMIT:
        raise DocumentRefused("too_heavy")
    if data.startswith(b"%PDF-"):
        ending = _pdf(data)
    elif data.startswith(b"PK\x03\x04"):
        ending = _zip(data)
    elif data.startswith(_OLE):
        ending = _ole(data)
    else:
        ending, data = "jpg", _picture(data)
    return Document(safe_title(name, ending), ending, data, hashlib.sha256(data).hexdigest())


def safe_title(name: str, ending: str) -> str:
    """A name that is safe on every disk and reads as it is: the sender's own words, with this ending."""
    words = _UNNAMEABLE.sub(" ", re.split(r"[\\/]", name)[-1])
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", " ".join(words.split())).strip(" .")
    return f"{stem[:TITLE_LIMIT].strip() or lazy('附件')}.{ending}"


def _pdf(data: bytes) -> str:
    if b"%%EOF" not in data[-2048:]:
        raise DocumentRefused("damaged")
    skeleton = _without_streams(data)
    if _PDF_ACTIVE.search(skeleton):
        raise DocumentRefused("active")
    if b"/Encrypt" in skeleton:
        raise DocumentRefused("locked")
    return "pdf"


def _without_streams(data: bytes) -> bytes:
    """A PDF's objects without their streams, which hold pictures and fonts, where any word may occur by chance."""
    parts: list[bytes] = []
    at = 0
    while True:
        start = data.find(b"stream", at)
        end = data.find(b"endstream", start + 6) if start >= 0 else -1
        if end < 0:
            return b" ".join([*parts, data[at:]])
        parts.append(data[at:start])
        at = end + len(b"endstream")


def _zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = [member.filename.lower() for member in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as fault:
        raise DocumentRefused("damaged") from fault
    kind = next((ending for part, ending in _ZIP_KINDS.items() if part in names), "")
    if not kind or len(names) > MEMBERS_LIMIT:
        raise DocumentRefused("format")
    if any(_ZIP_ACTIVE.search(name) for name in names):
        raise DocumentRefused("active")
    return kind


def _ole(data: bytes) -> str:
    """Old office files; their streams are told by name, written in UTF-16."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") + b"\x00\x00" in data

    if has("EncryptedPackage"):
        raise DocumentRefused("locked")
    if has("_VBA_PROJECT") or has("_VBA_PROJECT_CUR"):
        raise DocumentRefused("active")
    kind = next((ending for name, ending in _OLE_KINDS.items() if has(name)), "")
    if not kind:
        raise DocumentRefused("format")
    return kind


def _picture(data: bytes) -> bytes:
    try:
        return check_and_shrink(data).jpeg
    except PhotoRefused as refused:
        if refused.key == "format":
            raise DocumentRefused("format") from refused
        raise DocumentRefused("picture", str(refused)) from refused
