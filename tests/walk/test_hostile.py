"""Whatever a stranger sends gets a clear answer: never a fault, never our page with his script in it."""

import inspect
import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from starlette.testclient import TestClient

from portal.app import DOORS
from portal.core.doorway import MB
from portal.core.web import Door
from tests.walk.conftest import House
from tests.walk.crawl import Map, Sheet, fill

SCRIPT = '"><script>alert("walk")</script>'
# As they travel: %00 is NUL, %ED%A0%80 a lone surrogate, %FF no UTF-8 at all.
SENT = {
    "NUL": "%00",
    "a lone surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE%C0",
    "a template": quote("{{7*7}}${7*7}<%= 7*7 %>"),
    "SQL": quote("' OR 1=1; DROP TABLE cases; --"),
    "a script": quote(SCRIPT),
    "new lines": quote("a\r\nSet-Cookie: walk=1\r\n\r\n"),
    "a huge number": "9" * 30,
    "a huge negative number": "-" + "9" * 30,
    "a small negative number": "-1",
    "no number": "NaN",
    "a digit that int refuses": quote("²"),
    "a month out of range": "2026-13",
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "the last month": "9999-12",
    "a damaged cursor": "WyIyMDI2LTAxLTAxVDAwOjAwOjAwIiwx",
    "an empty list as cursor": "W10",
    "brackets without end": quote('((((AND OR NEAR"*'),
    "an unknown district": "atlantis",
    "nothing": "",
}
LONG = "长" * 350_000
PATHLIKE = {name: value for name, value in SENT.items() if value and name not in {"NUL"}}
PUBLIC_READS = [door for door in DOORS if door.method == "GET" and not door.roles]
PUBLIC_WRITES = [door for door in DOORS if door.method == "POST" and not door.roles]
CLEAR = {200, 201, 204, 301, 303, 400, 401, 403, 404, 405, 409, 410, 413, 414, 415, 422, 429}


def say(door: Door) -> str:
    """A door in the list of tests."""
    return f"{door.method} {door.path}"


def asked_in(door: Door) -> set[str]:
    """The names of queries that the door's slice reads anywhere."""
    folder = Path(inspect.getfile(door.handler)).parent
    return {name for path in folder.glob("*.py") for name in re.findall(r'query\("(\w+)"', path.read_text("utf-8"))}


def check(answer, what: str) -> None:
    """The answer is one of those we give, and the script did not come back alive."""
    assert answer.status_code in CLEAR, f"{what}: {answer.status_code}"
    assert "<script>alert" not in answer.text, what
    assert "walk" not in answer.headers.get("set-cookie", ""), what


@pytest.mark.parametrize("door", PUBLIC_READS, ids=say)
def test_a_query_of_any_kind_gets_a_clear_answer(house: House, public_map: Map, door: Door) -> None:
    browser, path = house.citizen(), public_map.address(door).split("?")[0]
    names = sorted(asked_in(door) | public_map.queries.get(door, set()) | {"after"})
    for what, value in SENT.items():
        check(browser.get(f"{path}?{'&'.join(f'{name}={value}' for name in names)}"), f"{what} in all of {names}")
    for name in names:
        for what in ("a script", "a huge number", "the last day"):
            check(browser.get(f"{path}?{name}={SENT[what]}"), f"{what} in {name}")


@pytest.mark.parametrize("door", [door for door in PUBLIC_READS if "{" in door.path], ids=say)
def test_an_address_of_any_kind_gets_a_clear_answer(house: House, door: Door) -> None:
    browser = house.citizen()
    for what, value in PATHLIKE.items():
        for known in ({}, {"format": "json"}, {"format": "xml"}):
            check(browser.get(fill(door.path, known, value)), what)


@pytest.fixture(scope="module")
def owner(house: House) -> TestClient:
    """The browser of somebody with a case, so that the doors of its owner open."""
    return house.owner()[0]


def own_sheet(door: Door, public_map: Map) -> Sheet:
    """The form of this door as it stands on a page; doors whose form was not met get a form of usual names."""
    usual = Sheet("POST", public_map.address(door))
    return public_map.sheets.get(door, usual)


@pytest.mark.parametrize("door", PUBLIC_WRITES, ids=say)
def test_a_form_of_any_kind_gets_a_clear_answer(house: House, public_map: Map, owner: TestClient, door: Door) -> None:
    sheet = own_sheet(door, public_map)
    names = sheet.names() or ["text", "reason", "score", "answer", "email", "token", "decision"]
    plain = {name: quote(value) for name, value in sheet.filled().items()}
    # A password is hashed on every try, on purpose slowly: a few tries show enough.
    sent = dict(list(SENT.items())[:6]) if door.name == "accounts:login" else SENT
    for number, (what, value) in enumerate(sent.items()):
        check(post(owner, sheet.action, dict.fromkeys(names, value)), f"{what} in all fields")
        for name in names[number % 5 :: 5]:
            check(post(owner, sheet.action, {**plain, name: value}), f"{what} in {name}")


def post(browser: TestClient, address: str, fields: dict[str, str]):
    """Send fields that are encoded already."""
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    return browser.post(address, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})


@pytest.mark.parametrize("door", PUBLIC_WRITES, ids=say)
def test_a_text_of_a_megabyte_gets_a_clear_answer(house: House, public_map: Map, owner: TestClient, door: Door) -> None:
    sheet = own_sheet(door, public_map)
    names = sheet.names() or ["text"]
    typed = [one.name for one in sheet.fields if one.is_typed][:2] or names[:1]
    for name in typed:
        answer = owner.post(sheet.action, data={**sheet.filled(), name: LONG})
        check(answer, name)
        assert len(answer.content) < 3 * len(LONG.encode())


@pytest.mark.parametrize("door", PUBLIC_WRITES, ids=say)
def test_a_form_that_is_none_gets_a_clear_answer(public_map: Map, owner: TestClient, door: Door) -> None:
    address = own_sheet(door, public_map).action
    for kind, body in (
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nno end'),
        ("multipart/form-data", b"no boundary"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="te\xff"\r\n\r\n\xff\r\n--x--',
        ),
        ("application/json", b'{"text": ['),
        ("application/x-www-form-urlencoded", b"&&&=%&%zz=%\xff"),
        ("application/x-www-form-urlencoded; charset=klingon", b"text=a"),
    ):
        check(owner.post(address, content=body, headers={"Content-Type": kind}), f"{kind} {body!r}")


def png_bomb() -> bytes:
    """A PNG of 20 000 × 20 000 black points: some fifty kilobytes that unfold to 400 megabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    side = 20_000
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + side // 8) * 100) for _ in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def half_a_photo() -> bytes:
    """A JPEG whose second half never arrived."""
    out = BytesIO()
    Image.effect_noise((400, 300), 60).save(out, "JPEG")
    return out.getvalue()[: len(out.getvalue()) // 2]


BAD_FILES = {
    "a bomb": ("a.png", png_bomb, "image/png"),
    "a script": ("a.jpg", lambda: b"<script>alert(1)</script>" * 50, "image/jpeg"),
    "a program": ("a.jpg", lambda: b"\x7fELF" + bytes(5000), "image/jpeg"),
    "a drawing with a script": (
        "a.svg",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        "image/svg+xml",
    ),
    "half a photo": ("a.jpg", half_a_photo, "image/jpeg"),
    "an empty file": ("a.jpg", lambda: b"", "image/jpeg"),
    "a path as name": ("../../etc/passwd\x00.jpg", lambda: b"root", "image/jpeg"),
}


@pytest.fixture
def unchanged(house: House) -> Iterator[None]:
    """Nothing was kept: no row in any table and no file."""

    def files() -> set[Path]:
        return set(Path(house.portal.settings.media_url).rglob("*"))

    rows, kept = house.rows(), files()
    yield
    assert house.rows() == rows
    assert files() == kept


@pytest.mark.parametrize("what", BAD_FILES)
@pytest.mark.parametrize("path", ["/cases", "/people/nominate"])
@pytest.mark.usefixtures("unchanged")
def test_a_file_that_is_no_photo_is_refused_and_nothing_kept(
    house: House, public_map: Map, path: str, what: str
) -> None:
    sheet = next(one for door, one in public_map.sheets.items() if door.path == path)
    field = next(one.name for one in sheet.fields if one.is_file)
    name, make, kind = BAD_FILES[what]
    answer = house.citizen().post(path, data=sheet.filled(), files=[(field, (name, make(), kind))])
    assert answer.status_code == 422
    assert "照片" in answer.text or "图片" in answer.text or "文件" in answer.text


@pytest.mark.usefixtures("unchanged")
def test_a_hundred_megabytes_are_refused_whatever_they_say_about_their_length(house: House) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    start = b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n'
    browser = house.citizen()
    for body in (start + bytes(100 * MB), iter([start, *[bytes(10 * MB)] * 10])):
        answer = browser.post("/cases", content=body, headers=kind)
        assert answer.status_code == 413
        assert "太大" in answer.text


@pytest.mark.usefixtures("unchanged")
def test_two_thousand_fields_are_refused(house: House) -> None:
    fields = {f"f{number}": "1" for number in range(2000)}
    assert post(house.citizen(), "/cases", fields).status_code in {400, 422}


@pytest.mark.usefixtures("unchanged")
def test_a_form_of_another_site_is_refused(house: House, public_map: Map) -> None:
    browser = house.citizen()
    browser.headers["Sec-Fetch-Site"] = "cross-site"
    for sheet in public_map.sheets.values():
        assert browser.post(sheet.action, data=sheet.filled()).status_code == 403
