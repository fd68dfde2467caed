"""No barrier that axe can find, and nothing that leaves the screen: every page, as four kinds of reader see it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_case_story import complain

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# How a page is read: mode, light, width in CSS pixels.
VARIANTS = (("normal", "light", 360), ("normal", "dark", 1280), ("elder", "dark", 360), ("elder", "light", 1280))
NARROWEST = 320

# A path; "list > start" is the first link of a list whose address begins so.
PUBLIC = (
    "/",
    "/news",
    "/news > /news/",
    "/people",
    "/people > /people/",
    "/people/nominate",
    "/credit",
    "/credit > /credit/XY",
    "/board",
    "/board > /board/",
    "/groups",
    "/groups/main_roads",
    "/data",
    "/surveys",
    "/surveys/satisfaction-2026",
    "/surveys/satisfaction-2026/thanks",
    "/surveys/compound-2026/results",
    "/cases",
    "/cases > /cases/CZ",
    "/cases/new",
    "/cases/track",
    "/cases/verify",
    "/search",
    "/search?q=停车",
    "/pages/about",
    "/pages/accessibility",
    "/pages/help",
    "/pages/privacy",
    "/desk/login",
    "/no-such-page",
)
DESK = (
    ("dispatcher", "/desk"),
    ("dispatcher", "/desk/cases"),
    ("dispatcher", "/desk/cases > /desk/cases/CZ"),
    ("dispatcher", "/desk/cases/new"),
    ("dispatcher", "/desk/cases/import"),
    ("dispatcher", "/desk/cases/bans"),
    ("dispatcher", "/desk/warnings"),
    ("dispatcher", "/desk/outbox"),
    ("dispatcher", "/desk/router"),
    ("dispatcher", "/desk/router/audit"),
    ("dispatcher", "/desk/router/labels"),
    ("unit", "/desk/cases > /desk/cases/CZ"),
    ("supervisor", "/desk/cases"),
    ("supervisor", "/desk/figures"),
    ("supervisor", "/desk/board"),
    ("supervisor", "/desk/board/sites"),
    ("supervisor", "/desk/board/inspections"),
    ("editor", "/desk/news"),
    ("editor", "/desk/news > /desk/news/"),
    ("editor", "/desk/news/new"),
    ("editor", "/desk/people"),
    ("editor", "/desk/people > /desk/people/"),
    ("editor", "/desk/people/new"),
    ("reviewer", "/desk/credit"),
    ("reviewer", "/desk/credit > /desk/credit/"),
    ("reviewer", "/desk/credit/new"),
    ("reviewer", "/desk/credit/import"),
    ("analyst", "/desk/surveys"),
    ("analyst", "/desk/surveys > /desk/surveys/"),
    ("analyst", "/desk/surveys/new"),
    ("analyst", "/desk/surveys/1/questions"),
    ("analyst", "/desk/surveys/1/fieldwork"),
    ("analyst", "/desk/surveys/1/texts"),
    ("analyst", "/desk/surveys/1/analysis"),
    ("admin", "/desk/staff"),
    ("admin", "/desk/staff/unit"),
    ("admin", "/desk/city"),
    ("admin", "/desk/me"),
    ("auditor", "/desk/audit"),
)

Variant = tuple[str, str, int]
Open = Callable[[str, Variant], Page]


@pytest.fixture(scope="module")
def open_as(browser: Browser, base_url: str, browser_context_args: dict[str, Any]) -> Iterator[Open]:
    """open_as("dispatcher", variant): one page for each account and kind of reader, kept for all tests here."""
    pages: dict[tuple[str, Variant], Page] = {}
    sessions: dict[str, list[Any]] = {"": []}
    contexts: list[BrowserContext] = []

    def sign_in(username: str) -> list[Any]:
        context = browser.new_context(**{**browser_context_args, "base_url": base_url})
        answer = context.request.post(
            "/desk/login", form={"username": username, "password": f"demo-{username}", "next": "/desk"}
        )
        assert answer.ok
        cookies: list[Any] = list(context.cookies())
        context.close()
        return cookies

    def open_page(username: str, variant: Variant) -> Page:
        if (username, variant) not in pages:
            if username not in sessions:
                sessions[username] = sign_in(username)
            mode, theme, width = variant
            context = browser.new_context(
                **{**browser_context_args, "base_url": base_url}, viewport={"width": width, "height": 900}
            )
            wanted: list[Any] = [{"name": "mode", "value": mode, "url": base_url}]
            context.add_cookies([*sessions[username], *wanted, {"name": "theme", "value": theme, "url": base_url}])
            contexts.append(context)
            pages[username, variant] = context.new_page()
        return pages[username, variant]

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], str]:
    """Addresses of "list > start" that were looked up."""
    return {}


def find(page: Page, username: str, path: str, found: dict[tuple[str, str], str]) -> str:
    """The address itself, or the first fitting link of a list's main part."""
    if " > " not in path:
        return path
    if (username, path) not in found:
        listing, start = path.split(" > ")
        page.goto(listing)
        addresses = page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        fitting = re.compile(re.escape(start) + r"(?!new|feed|nominate|import|export|batches|findings|sites)[\w-]+$")
        found[username, path] = next(address for address in addresses if address and fitting.match(address))
    return found[username, path]


def overflow(page: Page) -> int:
    """CSS pixels by which the page is wider than the screen."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - innerWidth"))


def report(violations: list[dict[str, Any]]) -> str:
    """What is wrong and where, short enough to read."""
    return "\n".join(
        f"{one['id']}: {one['help']}\n" + "\n".join(f"  {node['target']} {node['html'][:160]}" for node in one["nodes"])
        for one in violations
    )


def faults_of(page: Page, variant: Variant) -> list[str]:
    """What is wrong with the page that is open: violations, and anything beyond the edge of a narrow screen."""
    mode, theme, width = variant
    faults = []
    violations = Axe().run(page, options={"runOnly": TAGS, "resultTypes": ["violations"]}).response["violations"]
    if violations:
        faults.append(f"{page.url} {mode} {theme} {width}\n{report(violations)}")
    for narrow in (width, NARROWEST) if width == 360 else (width,):
        page.set_viewport_size({"width": narrow, "height": 900})
        if overflow(page) > 0:
            faults.append(f"{page.url} {mode} {narrow} px: {overflow(page)} px too wide")
    page.set_viewport_size({"width": width, "height": 900})
    return faults


def look(open_as: Open, username: str, path: str, found: dict[tuple[str, str], str]) -> None:
    """The page as each kind of reader sees it has no fault."""
    faults = []
    for variant in VARIANTS:
        page = open_as(username, variant)
        answer = page.goto(find(page, username, path, found))
        assert answer is not None
        assert answer.status == (404 if path == "/no-such-page" else 200)
        faults += faults_of(page, variant)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_has_no_barrier(open_as: Open, found: dict[tuple[str, str], str], path: str) -> None:
    look(open_as, "", path, found)


@pytest.mark.parametrize(("username", "path"), DESK)
def test_a_desk_page_has_no_barrier(open_as: Open, found: dict[tuple[str, str], str], username: str, path: str) -> None:
    look(open_as, username, path, found)


def test_the_reporters_own_pages_have_no_barrier(open_as: Open, tmp_path: Path) -> None:
    faults = []
    for variant in VARIANTS:
        page = open_as("", variant)
        page.goto("/cases/new")
        page.get_by_role("button", name="提交", exact=True).click()
        expect(page.locator(".errors")).to_be_visible()
        faults += faults_of(page, variant)
        number, _code = complain(page, tmp_path)
        faults += faults_of(page, variant)
        page.goto(f"/cases/{number}/mine")
        expect(page.locator("h1")).to_contain_text(number)
        faults += faults_of(page, variant)
    assert not faults, "\n".join(faults)
