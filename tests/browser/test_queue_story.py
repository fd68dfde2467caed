"""The list a dispatcher lives in: by keyboard, with the case beside it, and alive while colleagues work."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import Enter
from tests.browser.test_case_story import complain, open_and_fill

VAGUE = "门口那边一直这样，说了好几次了，看着挺乱的，也不知道归谁管，第{number}回说了。"
POLL_MS = 21_000


def numbers(page: Page) -> list[str]:
    """The cases of the list, in order."""
    return [str(row.get_attribute("data-no")) for row in page.locator("[data-row]").all()]


def current(page: Page) -> str | None:
    """The case that is marked."""
    return page.locator("[data-row].is-current").get_attribute("data-no")


def watch(enter: Enter, view: str = "all") -> Page:
    """A dispatcher who looks at the list, on a wide screen, with a clock the test can move."""
    desk = enter("dispatcher", width=1440)
    desk.clock.install()
    desk.goto(f"/desk/cases?view={view}")
    # Whatever would reload the page would take this mark away.
    desk.evaluate("window.stayed = true")
    return desk


def wait_for_news(desk: Page) -> None:
    """Let the time of the next look pass, and the answer come."""
    with desk.expect_response(lambda answer: "/desk/cases/changes" in answer.url):
        desk.clock.fast_forward(POLL_MS)


@pytest.fixture
def two(enter: Enter, tmp_path: Path) -> list[str]:
    """Two cases that nobody has sorted; they stand first."""
    return [complain(enter(), tmp_path, VAGUE.format(number=number))[0] for number in range(2)]


def test_what_a_colleague_does_appears_in_the_row_without_reloading(enter: Enter, two: list[str]) -> None:
    desk, colleague = watch(enter), enter("supervisor")
    row = desk.locator(f"#row-{two[0]}")
    expect(row).not_to_contain_text("督办")
    colleague.goto(f"/desk/cases/{two[0]}")
    open_and_fill(colleague, "supervise", {"text": "市领导过问，请抓紧。"})
    wait_for_news(desk)
    expect(row).to_contain_text("督办")
    expect(row).to_have_class("is-new")
    assert desk.evaluate("window.stayed") is True


def test_a_case_that_left_the_list_goes_and_a_new_one_is_announced(
    enter: Enter, tmp_path: Path, two: list[str]
) -> None:
    desk, colleague = watch(enter, "waiting"), enter("dispatcher")
    expect(desk.locator(f"#row-{two[0]}")).to_have_count(1)
    colleague.goto(f"/desk/cases/{two[0]}")
    with colleague.expect_navigation():
        colleague.keyboard.press("d")
    wait_for_news(desk)
    expect(desk.locator(f"#row-{two[0]}")).to_have_count(0)
    expect(desk.locator("#news")).to_be_hidden()
    number, _code = complain(enter(), tmp_path, VAGUE.format(number="三"))
    wait_for_news(desk)
    expect(desk.locator("#news")).to_be_visible()
    assert desk.evaluate("window.stayed") is True
    with desk.expect_navigation():
        desk.locator("#news a").click()
    expect(desk.locator(f"#row-{number}")).to_have_count(1)


def test_the_list_is_walked_and_worked_by_keys_alone(enter: Enter, two: list[str]) -> None:
    desk = watch(enter)
    listed = numbers(desk)
    assert set(two) <= set(listed)
    press = desk.keyboard.press
    press("j")
    assert current(desk) == listed[0]
    press("j")
    press("k")
    press("k")
    assert current(desk) == listed[0], "above the first there is nothing"
    press("x")
    expect(desk.locator("#bulk")).to_have_class("bulk is-up")
    expect(desk.locator("#bulk [data-count]")).to_have_text("1")
    press("x")
    expect(desk.locator("#bulk")).not_to_have_class("bulk is-up")
    press("?")
    expect(desk.locator("#keys dl")).to_be_visible()
    press("?")
    expect(desk.locator("#keys dl")).to_be_hidden()
    press("f")
    expect(desk.locator("#q")).to_be_focused()
    desk.keyboard.type("j")
    expect(desk.locator("#q")).to_have_value("j")
    assert current(desk) == listed[0], "a key typed into a field is a letter"
    desk.locator("#q").fill("")
    desk.locator("#q").blur()

    press("Enter")
    beside = desk.locator("#beside [data-case]")
    expect(beside).to_have_attribute("data-case", listed[0])
    assert f"open={listed[0]}" in desk.url
    press("j")
    expect(beside).to_have_attribute("data-case", listed[1])
    assert desk.evaluate("window.stayed") is True


def test_a_case_beside_the_list_is_noted_on_and_dispatched_by_keys(enter: Enter, two: list[str]) -> None:
    desk = watch(enter, "waiting")
    place = numbers(desk).index(two[1])
    following = numbers(desk)[place + 1 : place + 2]
    for _step in range(place + 1):
        desk.keyboard.press("j")
    desk.keyboard.press("d")
    beside = desk.locator("#beside [data-case]")
    expect(beside).to_have_attribute("data-case", two[1])
    expect(beside).to_contain_text("待分派")
    desk.keyboard.press("n")
    expect(desk.locator("#beside #note-text")).to_be_focused()
    desk.keyboard.type("先问一下属地。")
    expect(desk.locator("#beside #note-text")).to_have_value("先问一下属地。")
    desk.locator("#beside #note-text").blur()
    with desk.expect_navigation():
        desk.keyboard.press("d")
    expect(desk.locator(".flash")).to_contain_text("已完成：派单")
    expect(desk.locator(f"#row-{two[1]}")).to_have_count(0)
    if following:
        expect(desk.locator("#beside [data-case]")).to_have_attribute("data-case", following[0])


def test_a_unit_signs_and_answers_by_keys(enter: Enter, two: list[str]) -> None:
    office = enter("dispatcher")
    office.goto(f"/desk/cases/{two[0]}")
    form = office.locator("form[action$='/dispatch']:has(select[name=group])")
    if not form.is_visible():
        office.locator("#do-dispatch > summary").click()
    form.locator("select[name=group]").select_option("main_roads")
    form.locator("select[name=unit]").select_option("urban_management")
    with office.expect_navigation():
        form.locator("button:not([name=preview])").last.click()
    unit = enter("unit", width=1440)
    unit.goto("/desk/cases?view=all")
    for _step in range(numbers(unit).index(two[0]) + 1):
        unit.keyboard.press("j")
    unit.keyboard.press("a")
    beside = unit.locator("#beside [data-case]")
    expect(beside).to_have_attribute("data-case", two[0])
    expect(beside).to_contain_text("已派单")
    with unit.expect_navigation():
        unit.keyboard.press("a")
    unit.goto(f"/desk/cases/{two[0]}")
    expect(unit.locator(".case-head")).to_contain_text("已签收")
    open_and_fill(unit, "contact", {"text": "已电话联系。"})
    unit.goto(f"/desk/cases/{two[0]}")
    unit.keyboard.press("r")
    expect(unit.locator("#reply-text")).to_be_focused()


def test_on_a_narrow_screen_a_case_opens_as_a_page_of_its_own(enter: Enter, two: list[str]) -> None:
    desk = enter("dispatcher", width=800)
    desk.goto("/desk/cases?view=all")
    desk.keyboard.press("j")
    number = current(desk)
    with desk.expect_navigation():
        desk.keyboard.press("Enter")
    assert desk.url.endswith(f"/desk/cases/{number}")
