"""Papers are known by their content, refused when something in them runs, and named so that the name says the truth."""

import zipfile
from io import BytesIO

import pytest
from openpyxl import Workbook
from PIL import Image

from portal.core.documents import BYTES_LIMIT, DocumentRefused, check_document, safe_title

PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500


def office(*names: str) -> bytes:
    """A zip with parts of these names."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


def stream(name: str) -> bytes:
    """The name of a stream as old office files keep it."""
    return name.encode("utf-16-le") + b"\x00\x00"


def workbook() -> bytes:
    """A workbook as an office would write it."""
    out = BytesIO()
    Workbook().save(out)
    return out.getvalue()


def picture() -> bytes:
    """A PNG."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "ending"),
    [
        (PDF, "pdf"),
        (office("[Content_Types].xml", "word/document.xml"), "docx"),
        (workbook(), "xlsx"),
        (office("[Content_Types].xml", "ppt/presentation.xml"), "pptx"),
        (office("OFD.xml"), "ofd"),
        (OLE + stream("WordDocument"), "doc"),
        (OLE + stream("Workbook"), "xls"),
        (OLE + stream("PowerPoint Document"), "ppt"),
        (picture(), "jpg"),
    ],
)
def test_the_content_says_what_a_paper_is_whatever_its_name(data: bytes, ending: str) -> None:
    document = check_document(data, "关于开展检查的通知.exe")
    assert document.ending == ending
    assert document.title == f"关于开展检查的通知.{ending}"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "empty"),
        (PDF + b" " * BYTES_LIMIT, "too_heavy"),
        (b"MZ\x90\x00" + b"\x00" * 100, "format"),
        (b"<html><script>alert(1)</script></html>", "format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "format"),
        (office("index.html"), "format"),
        (office("word/document.xml")[:-30], "damaged"),
        (PDF.replace(b"%%EOF", b""), "damaged"),
        (PDF.replace(b"/Pages 2 0 R", b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "active"),
        (PDF.replace(b"/Pages 2 0 R", b"/Names << /EmbeddedFiles 3 0 R >>"), "active"),
        (PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 4 0 R"), "locked"),
        (office("word/document.xml", "word/vbaProject.bin"), "active"),
        (office("xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "active"),
        (OLE + stream("WordDocument") + stream("_VBA_PROJECT"), "active"),
        (OLE + stream("EncryptedPackage"), "locked"),
        (OLE, "format"),
    ],
)
def test_what_runs_is_locked_or_is_no_paper_is_refused_with_a_sentence(data: bytes, key: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        check_document(data, "a.pdf")
    assert refused.value.key == key
    assert str(refused.value).endswith("。")


def test_words_inside_the_streams_of_a_pdf_are_no_scripts() -> None:
    data = PDF.replace(b"endobj", b"stream\n...../JS ...../Launch .....\nendstream\nendobj")
    assert check_document(data, "a.pdf").ending == "pdf"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\文件\\名单.doc", "名单.pdf"),
        ("通知\u202efdp.exe", "通知 fdp.pdf"),
        ('a"b<i>\r\nX.pdf', "a b i X.pdf"),
        ("", "附件.pdf"),
        ("长" * 200 + ".pdf", "长" * 80 + ".pdf"),
    ],
)
def test_a_name_loses_what_is_no_name(name: str, title: str) -> None:
    assert safe_title(name, "pdf") == title
