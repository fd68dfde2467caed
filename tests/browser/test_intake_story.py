"""What the report form does with script: questions while typing, a point on the map, faces covered before sending."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

Enter = Callable[..., Page]
TEXT = "校门口放学时家长的车停满斑马线，孩子只好从车缝里钻过去，希望有人来管一管。"


def stripes(folder: Path) -> Path:
    """A photo of fine stripes: covered parts lose them."""
    image = Image.new("RGB", (800, 600), "white")
    draw = ImageDraw.Draw(image)
    for left in range(0, 800, 8):
        draw.rectangle((left, 0, left + 3, 600), fill="black")
    path = folder / "stripes.jpg"
    image.save(path, "JPEG", quality=95)
    return path


def tones(image: Image.Image) -> tuple[int, int]:
    """The darkest and the lightest tone of a picture."""
    low, high = image.convert("L").getextrema()
    return int(low), int(high)  # type: ignore[arg-type]


def test_questions_come_while_typing_and_the_answers_are_kept(enter: Enter) -> None:
    page = enter(width=360, height=740)
    page.goto("/cases/new")
    page.fill("[name=text]", TEXT)
    expect(page.locator("#advice [name=q_school]")).to_be_visible()
    page.fill("[name=q_school]", "示例小学东门")
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("h1")).to_contain_text("已收到")
    page.get_by_role("link", name="查看进度").click()
    expect(page.locator("main")).to_contain_text("示例小学东门")


def test_a_point_is_put_on_the_map_by_keyboard_and_taken_back_by_no_place(enter: Enter) -> None:
    page = enter()
    page.goto("/cases/new")
    page.locator("[data-map-loader] summary").click()
    page.locator(".leaflet-container").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[name=lat]")).not_to_have_value("")
    expect(page.locator("[data-picked]")).to_contain_text(page.input_value("[name=lat]"))
    page.locator("[data-unpick]").click()
    assert page.input_value("[name=lat]") == ""
    page.check("[name=no_place]")
    expect(page.locator("[name=place]")).to_be_disabled()


def test_a_face_is_covered_by_keyboard_before_the_photo_leaves_the_device(enter: Enter, tmp_path: Path) -> None:
    page = enter()
    page.goto("/cases/new")
    photo = stripes(tmp_path)
    before = photo.stat().st_size
    page.set_input_files("[name=photos]", photo)
    page.get_by_role("button", name="遮挡第 1 张").click()
    expect(page.locator("dialog canvas")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="完成").click()
    expect(page.get_by_role("button", name="完成")).to_be_hidden()
    assert page.evaluate("document.querySelector('[name=photos]').files[0].size") != before
    page.fill("[name=text]", TEXT)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.locator("h1")).to_contain_text("已收到")
    page.get_by_role("link", name="查看进度").click()
    source = page.locator("main img").first.get_attribute("src") or ""
    sent = Image.open(BytesIO(page.request.get(source.split("?")[0]).body()))
    low, high = tones(sent.crop((360, 260, 440, 340)))
    assert high - low < 60
    low, high = tones(sent.crop((20, 20, 120, 120)))
    assert high - low > 150
