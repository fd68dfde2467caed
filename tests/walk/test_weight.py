"""What a first visit to a public page costs a phone: everything it loads from us, as it goes over the wire."""

import re

import pytest
from starlette.testclient import TestClient

from portal.core.sheets import ELEMENTS, SHEETS, own_classes

MOST = 60_000
MOST_SCRIPT = 20_000
MOST_SHEET = 4_200
PARTS = re.compile(r'(?:<script[^>]* src|<link[^>]*(?:stylesheet|icon)[^>]* href|<use href)="([^"#]+)')
IMAGES = re.compile(r"<img [^>]*>")
PACKED = {"Accept-Encoding": "gzip"}


def _size(browser: TestClient, address: str) -> int:
    answer = browser.get(address, headers=PACKED)
    assert answer.status_code == 200, address
    return int(answer.headers["content-length"])


@pytest.fixture(scope="module")
def pages(house, public_map) -> dict[str, str]:
    """Every public page by its address."""
    browser, found = house.citizen(), {}
    for address in public_map.addresses.values():
        answer = browser.get(address)
        if answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"):
            found[address] = answer.text
    assert len(found) > 25
    return found


def test_a_first_visit_weighs_little(house, pages):
    browser, sizes = house.citizen(), dict[str, int]()
    for address, text in pages.items():
        parts = set(PARTS.findall(text))
        assert all(part.startswith("/static/") for part in parts), address
        sizes |= {part: _size(browser, part) for part in parts - sizes.keys()}
        script = sum(sizes[part] for part in parts if ".js" in part)
        whole = _size(browser, address) + sum(sizes[part] for part in parts)
        if "leaflet" not in text:
            assert script <= MOST_SCRIPT, f"{address}: {script} bytes of script"
            assert whole <= MOST, f"{address}: {whole} bytes"


def test_the_sheet_of_public_pages_is_small_on_the_wire(house):
    assert _size(house.citizen(), "/static/css/site.css") <= MOST_SHEET


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_page_loads_the_sheets_of_what_it_shows(pages, sheet):
    shown_without, shown = [], 0
    for address, text in pages.items():
        classes = {name for found in re.findall(r'class="([^"]*)"', text) for name in found.split()}
        uses = classes & own_classes(sheet) or set(re.findall(r"<([a-z]+)", text)) & ELEMENTS.get(sheet, set())
        shown += bool(uses)
        if uses and f"/css/{sheet}.css" not in text:
            shown_without.append((address, uses))
    assert not shown_without
    assert shown or sheet == "paper"


def test_nothing_on_a_page_jumps_when_a_picture_comes(pages):
    for address, text in pages.items():
        for tag in IMAGES.findall(text):
            assert "width=" in tag, f"{address}: {tag}"
            assert "height=" in tag, f"{address}: {tag}"


def test_no_page_loads_anything_from_another_host(pages):
    for address, text in pages.items():
        loaded = re.findall(r'<(?:script|img|iframe|source|use|object|embed)[^>]*(?:src|href)="(\w+:)?//', text)
        loaded += re.findall(r'<link[^>]*rel="(?:stylesheet|icon|preload|preconnect)"[^>]*href="(?:\w+:)?//', text)
        assert not loaded, address
