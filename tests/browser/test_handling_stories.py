"""Three stories of handling: a case sent back and on, two people who said the same, and one who was not satisfied."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.steps import Enter, press
from tests.browser.test_case_story import complain, open_and_fill, photo, track

VAGUE = "楼下那块地方乱糟糟的，看着心里不舒服，麻烦你们来看一下，在{where}。"
GROUP, UNIT = "main_roads", "urban_management"


def choose(page: Page, action: str, group: str = GROUP, unit: str = UNIT, helpers: tuple[str, ...] = ()) -> None:
    """Fill in one of the forms that send a case somewhere, and send it."""
    form = page.locator(f"form[action$='/{action}']:has(select[name=group])")
    if not form.is_visible():
        page.locator(f"#do-{action} > summary").click()
    form.locator("select[name=group]").select_option(group)
    form.locator("select[name=unit]").select_option(unit)
    for helper in helpers:
        form.locator(f"input[name=helpers][value={helper}]").check(force=True)
    with page.expect_navigation():
        form.locator("button:not([name=preview])").last.click()


def handle(page: Page, number: str, folder: Path, text: str) -> None:
    """A unit signs, speaks to the reporter, and says with a photo what was done."""
    page.goto(f"/desk/cases/{number}")
    accept = page.locator("form[action$='/accept'] button")
    if accept.count():
        with page.expect_navigation():
            accept.click()
        open_and_fill(page, "contact", {"text": "已电话联系，约定上午到现场。"})
    resolve(page, number, folder, text)


def resolve(page: Page, number: str, folder: Path, text: str) -> None:
    page.goto(f"/desk/cases/{number}")
    colour = (len(text) * 7 % 255, 90, 120)
    open_and_fill(page, "resolve", {"text": text}, photo(folder, f"{number}-{len(text)}.jpg", colour))


def rate(page: Page, grade: int, solved: str, words: str = "") -> None:
    page.locator(f"#rating input[name=solved][value={solved}]").check(force=True)
    page.locator(f"#rating input[name=grade][value='{grade}']").check(force=True)
    page.locator("#rating [name=comment]").fill(words)
    press(page, "提交评价")


def test_a_case_is_sent_back_with_a_reason_and_sent_on(enter: Enter, tmp_path: Path) -> None:
    citizen, desk = enter(width=390, height=800), enter("dispatcher")
    number, code = complain(citizen, tmp_path, VAGUE.format(where="示例东路"))
    desk.goto(f"/desk/cases/{number}")
    choose(desk, "dispatch")
    unit = enter("unit")
    unit.goto(f"/desk/cases/{number}")
    unit.locator("#do-return > summary").click()
    form = unit.locator("form[action$='/return']")
    form.locator("select[name=reason]").select_option("territory")
    form.locator("[name=evidence]").fill("这一段路由交警支队管护，附有交接单。")
    form.locator("select[name=proposed_unit]").select_option("traffic_police")
    with unit.expect_navigation():
        form.locator("button").last.click()

    track(citizen, number, code)
    expect(citizen.locator("main")).to_contain_text("正在核定责任单位")
    promised = citizen.locator(".meta").first.inner_text().partition("承诺答复")[2].split()[0]

    arbiter = enter("supervisor")
    arbiter.goto("/desk")
    expect(arbiter.locator("main")).to_contain_text("退单待审")
    arbiter.goto(f"/desk/cases/{number}")
    expect(arbiter.locator(".timeline")).to_contain_text("建议改派：市公安局交通警察支队")
    choose(arbiter, "redispatch", unit="traffic_police")

    track(citizen, number, code)
    main = citizen.locator("main")
    expect(main).to_contain_text("市公安局交通警察支队")
    expect(main).to_contain_text("改派责任单位")
    assert promised in main.inner_text(), "the clock ran on and the promise stands"
    # Once returned, the case is no longer the first unit's.
    answer = unit.goto(f"/desk/cases/{number}")
    assert answer is not None
    assert answer.status == 404


def test_two_people_said_the_same_and_both_are_answered(enter: Enter, tmp_path: Path) -> None:
    first, second, desk = enter(width=390, height=800), enter(width=360, height=740), enter("dispatcher")
    main, main_code = complain(first, tmp_path, VAGUE.format(where="示例西路桥洞旁"))
    other, other_code = complain(second, tmp_path, VAGUE.format(where="示例西路的桥洞"))
    desk.goto(f"/desk/cases/{main}")
    choose(desk, "dispatch")
    desk.goto(f"/desk/cases/{other}")
    likely = desk.get_by_role("region", name="可能是同一件事").locator("li").filter(has_text=main)
    with desk.expect_navigation():
        likely.get_by_role("button", name="并到这一件").click()
    track(second, other, other_code)
    expect(second.locator("main")).to_contain_text(f"您反映的事与 {main} 是同一件")

    handle(enter("unit"), main, tmp_path, "桥洞旁已清理干净，并装了照明。")
    for page, number, code in ((first, main, main_code), (second, other, other_code)):
        track(page, number, code)
        expect(page.locator("main")).to_contain_text("桥洞旁已清理干净，并装了照明。")
    desk.goto(f"/desk/outbox?q={other}")
    expect(desk.locator(".item-foot").first).to_contain_text(other)


def test_who_is_not_satisfied_is_heard_twice_and_then_it_is_solved(enter: Enter, tmp_path: Path) -> None:
    citizen, desk = enter(width=390, height=800), enter("dispatcher")
    unit, arbiter = enter("unit"), enter("supervisor")
    number, code = complain(citizen, tmp_path, VAGUE.format(where="示例北路口"))
    desk.goto(f"/desk/cases/{number}")
    choose(desk, "dispatch")
    handle(unit, number, tmp_path, "已经看过，打扫干净了。")
    for turn, words in enumerate(("第二天又和原来一样了。", "还是老样子，没有人来过。"), 1):
        track(citizen, number, code)
        rate(citizen, 1, "no", words)
        expect(citizen.locator("main")).to_contain_text("申请重办")
        arbiter.goto(f"/desk/cases/{number}")
        expect(arbiter.locator(".timeline")).to_contain_text(words)
        open_and_fill(arbiter, "grant-reopen", {"text": "请重新处理，并安排复查。"})
        if turn == 2:
            track(citizen, number, code)
            expect(citizen.locator("main")).to_contain_text("督办")
            expect(citizen.locator(".timeline")).to_contain_text("负责人")
        resolve(unit, number, tmp_path, f"第{turn}次重新处理完毕，加装了隔离桩，专人每天看。" + "。" * turn)
    track(citizen, number, code)
    rate(citizen, 4, "yes", "这次办好了，谢谢。")
    main = citizen.locator("main")
    expect(main).to_contain_text("已归档")
    expect(main).to_contain_text("已解决")
