"""A submission travels from a citizen to its group and back, in a real browser."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

Enter = Callable[..., Page]
TEXT = "校门口放学时家长的车停满斑马线，孩子只好从车缝里钻过去，希望有人来管一管。"


def photo(folder: Path, name: str, colour: tuple[int, int, int]) -> Path:
    """A phone's photo: with a maker's name and a position."""
    exif = Image.Exif()
    exif[0x010F] = "ACME Phone"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 46.0, 0.0), 3: "E", 4: (119.0, 57.0, 0.0)})
    path = folder / name
    Image.new("RGB", (640, 480), colour).save(path, "JPEG", exif=exif)
    return path


def complain(page: Page, folder: Path, text: str = TEXT) -> tuple[str, str]:
    """Fill in the form as a citizen would; number and query code of the receipt."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("^我要反映")).last.click()
    assert page.locator(".notice-emergency").bounding_box()["y"] < page.locator("[name=text]").bounding_box()["y"]  # type: ignore[index]
    page.fill("[name=text]", text)
    page.fill("[name=place]", "示例小学东门")
    page.select_option("[name=district]", index=1)
    page.set_input_files("[name=photos]", [photo(folder, "1.jpg", (90, 40, 40)), photo(folder, "2.jpg", (40, 90, 40))])
    page.fill("[name=phone]", "13800000000")
    page.check("[name=publish]")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("h1")).to_contain_text("已收到")
    words = page.locator("main").inner_text()
    number = re.search(r"[A-Z]{2,3}\d{8}-\d{4}", words)
    code = re.search(r"\b[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}\b", words)
    assert number
    assert code
    return number[0], code[0]


def track(page: Page, number: str, code: str) -> None:
    """Open the reporter's own view by number and code."""
    page.goto("/cases/track")
    page.fill("[name=case_no]", number)
    page.fill("[name=query_code]", code.lower())
    page.locator("form[action='/cases/track'] button").click()
    page.wait_for_url(f"**/cases/{number}/mine")


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_citizen_complains_on_a_phone_and_follows_from_another(enter: Enter, tmp_path: Path, script: bool) -> None:
    phone = enter(script=script, width=360, height=740)
    number, code = complain(phone, tmp_path)
    receipt = phone.locator("main").inner_text()
    assert "校园周边" in receipt
    assert "按工作日计算" in receipt
    other = enter(script=script)
    track(other, number, code)
    mine = other.locator("main")
    expect(mine).to_contain_text(TEXT)
    expect(mine).to_contain_text("提交诉求")
    photos = other.locator("main img")
    assert photos.count() >= 2
    shown = other.request.get(photos.first.get_attribute("src") or "")
    kept = Image.open(BytesIO(shown.body()))
    assert not kept.getexif()
    assert b"ACME" not in shown.body()
    stranger = enter(script=script)
    answer = stranger.goto(f"/cases/{number}/mine")
    assert answer is not None
    assert answer.status in {200, 403, 404}
    assert TEXT not in stranger.locator("body").inner_text()
    assert stranger.request.get(photos.first.get_attribute("src") or "").status in {403, 404}


def test_a_wrong_code_says_nothing_about_what_was_wrong(enter: Enter, tmp_path: Path) -> None:
    page = enter()
    number, _code = complain(page, tmp_path)
    said = []
    for pair in ((number, "00000-00000"), ("CZ20200101-0001", "00000-00000")):
        page.goto("/cases/track")
        page.fill("[name=case_no]", pair[0])
        page.fill("[name=query_code]", pair[1])
        page.locator("form[action='/cases/track'] button").click()
        said.append(page.locator(".errors").inner_text())
    assert said[0] == said[1]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_case_is_dispatched_handled_rated_and_handled_again(enter: Enter, tmp_path: Path, script: bool) -> None:
    citizen = enter(script=script, width=390, height=800)
    number, code = complain(citizen, tmp_path, "单位楼下那块地方乱糟糟的，看着心里不舒服，麻烦你们来看一下。")
    desk = enter("dispatcher", script=script)
    desk.goto("/desk/cases")
    assert (
        number in desk.locator("[data-row], tbody tr").first.inner_text()
        or "待分派" in desk.locator("tbody tr").first.inner_text()
    )
    desk.goto(f"/desk/cases/{number}")
    expect(desk.locator(".pane-side")).to_contain_text("系统建议")
    expect(desk.locator(".pane-side")).to_contain_text("不属于任何组")
    form = desk.locator("form[action$='/dispatch']:has(select[name=group])")
    if not form.is_visible():
        desk.locator("#do-dispatch > summary").click()
    form.locator("select[name=group]").select_option("main_roads")
    unit = form.locator("select[name=unit]")
    if "urban_management" not in unit.inner_html():
        form.locator("button").click()
    unit_key = form.locator("select[name=unit] option:has-text('市城市管理局')").first.get_attribute("value")
    form.locator("select[name=unit]").select_option(unit_key)
    with desk.expect_navigation():
        form.locator("button:not([name=preview])").last.click()
    expect(desk.locator("main")).to_contain_text("已派单")

    unit_page = enter("unit", script=script)
    unit_page.goto(f"/desk/cases/{number}")
    with unit_page.expect_navigation():
        unit_page.locator("form[action$='/accept'] button").click()
    open_and_fill(unit_page, "contact", {"text": "已电话联系，约定上午到现场。"})
    open_and_fill(
        unit_page,
        "resolve",
        {"text": "已经清理干净，并安排专人每天巡查。"},
        photo(tmp_path, "after.jpg", (40, 40, 120)),
    )
    expect(unit_page.locator("main")).to_contain_text("已办结")

    track(citizen, number, code)
    expect(citizen.locator("main")).to_contain_text("已经清理干净")
    citizen.locator("#rating input[name=solved][value=no]").check(force=True)
    citizen.locator("#rating input[name=grade][value='1']").check(force=True)
    citizen.locator("#rating [name=comment]").fill("第二天又和原来一样了。")
    citizen.locator("#rating button").last.click()
    expect(citizen.locator("main")).to_contain_text("申请重办")

    desk.goto(f"/desk/cases/{number}")
    open_and_fill(desk, "grant-reopen", {"text": "请承办单位重新处理，并安排复查。"})
    expect(desk.locator(".timeline")).to_contain_text("同意重办")
    unit_page.goto(f"/desk/cases/{number}")
    open_and_fill(
        unit_page, "resolve", {"text": "重新处理完毕，加装了隔离桩。"}, photo(tmp_path, "again.jpg", (10, 120, 120))
    )
    track(citizen, number, code)
    citizen.locator("#rating input[name=solved][value=yes]").check(force=True)
    citizen.locator("#rating input[name=grade][value='5']").check(force=True)
    citizen.locator("#rating button").last.click()
    expect(citizen.locator("main")).to_contain_text("已归档")


def open_and_fill(page: Page, action: str, values: dict[str, str], proof: Path | None = None) -> None:
    """Open one of the case's actions, fill it in and send it."""
    form = page.locator(f"#do-{action} form")
    send = form.locator("button:not([name=preview])").last
    if not send.is_visible():
        page.locator(f"#do-{action} > summary").click()
    for name, value in values.items():
        form.locator(f"[name={name}]").fill(value)
    outcome = form.locator("input[name=outcome]")
    if outcome.count():
        outcome.first.check(force=True)
    if proof:
        form.locator("[name=photos]").set_input_files(proof)
    with page.expect_navigation():
        send.click()
