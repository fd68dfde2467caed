"""Steps that several stories share: what an editor and three reviewers do with any piece, and a picture to use."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

Enter = Callable[..., Page]
REVIEWERS = ("reviewer", "reviewer2", "reviewer3")


def picture(folder: Path, name: str = "picture.jpg", colour: tuple[int, int, int] = (60, 120, 90)) -> Path:
    """A photo of one colour."""
    path = folder / name
    Image.new("RGB", (800, 600), colour).save(path, "JPEG")
    return path


def press(page: Page, name: str) -> None:
    """Press the button of this name and wait for the next page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def send_to_review(page: Page) -> None:
    """The editor confirms that nothing in it is secret and sends it to the first reviewer."""
    page.locator("#confidential").check()
    press(page, "送初审")


def review_three_times(enter: Enter, address: str, legal: bool = False) -> Page:
    """Three people approve, none of them twice; the last one's page."""
    for number, name in enumerate(REVIEWERS):
        page = enter(name)
        page.goto(address)
        if legal and number == 1:
            page.locator("#legal").check()
        press(page, "通过")
        if number < 2:
            page.goto(address)
            expect(page.get_by_role("button", name="通过", exact=True)).to_have_count(0)
    return page
