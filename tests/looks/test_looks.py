"""What every page leans on: colours that can be read, icons that exist, markup the strict policy lets through."""

import hashlib
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from portal.core.sheets import SHEETS

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
SHEET = (STATIC / "css" / "site.css").read_text(encoding="utf-8")
DARK = (STATIC / "css" / "dark.css").read_text(encoding="utf-8")
TEMPLATES = sorted((ROOT / "portal").glob("*/templates/**/*.html"))
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "img" / "icons.svg").read_text(encoding="utf-8")))
MODES = ("light", "dark", "light elder", "dark elder")
TEXT_ON = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunken"), ("ink", "mark"), ("soft", "paper"), ("soft", "surface"),
    ("soft", "sunken"), ("accent-ink", "paper"), ("accent-ink", "surface"), ("accent-ink", "accent-soft"),
    ("on-accent", "accent"), ("on-black", "black"), ("ok", "ok-soft"), ("warn", "warn-soft"), ("info", "info-soft"),
    ("ink", "ok-soft"), ("ink", "warn-soft"), ("ink", "info-soft"), ("ink", "accent-soft"),
]  # fmt: skip


def tokens(mode: str) -> dict[str, str]:
    """Colours by name as a page in this mode has them, later rules over earlier ones."""
    found: dict[str, str] = {}
    for sheet in [SHEET, DARK] if "dark" in mode else [SHEET]:
        for selector in [":root", ".elder"] if "elder" in mode else [":root"]:
            rule = re.search(rf"(?m)^  {re.escape(selector)} \{{(.*?)\}}", sheet, re.S)
            assert rule, selector
            found.update(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", rule[1]))
    return found


def luminance(colour: str) -> float:
    """Relative luminance, 0-1. Source: WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_stands_out_from_its_ground(mode, text, ground):
    colours = tokens(mode)
    assert contrast(colours[text], colours[ground]) >= (7 if "elder" in mode else 4.5)


@pytest.mark.parametrize("mode", MODES)
def test_edges_of_controls_and_focus_can_be_seen(mode):
    colours = tokens(mode)
    assert min(contrast(colours[name], colours["surface"]) for name in ("edge", "focus")) >= 3


@pytest.mark.parametrize(
    ("theme", "media"), [("auto", ' media="(prefers-color-scheme: dark)"'), ("dark", ""), ("light", None)]
)
def test_the_dark_sheet_comes_as_the_reader_or_the_system_wants(
    client: TestClient, theme: str, media: str | None
) -> None:
    client.cookies.set("theme", theme)
    links = re.findall(r'<link rel="stylesheet" href="/static/css/(\w+).css[^"]*"([^>]*)>', client.get("/").text)
    assert dict(links).get("dark") == media
    assert links[0][0] == "site"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_template_has_nothing_inline(template):
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"), flags=re.S)
    assert not re.search(r"\s(style|on[a-z]+)=[\"'{]", text)
    assert not re.search(r"<style|javascript:", text)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_template_names_only_icons_there_are(template):
    text = template.read_text(encoding="utf-8")
    named = re.findall(r"""(?:\bicon\(|icon_name=)["']([\w-]+)["']""", text)
    named += re.findall(r"""ui\.action\([^"']*["'][^"']+["'], *["']([\w-]+)["']""", text)
    assert set(named) <= ICONS


def test_every_group_of_every_city_has_its_icon():
    named = {
        name
        for profile in (ROOT / "content" / "cities").glob("*/*.toml")
        for name in re.findall(r'(?m)^icon *= *"([\w-]+)"', profile.read_text(encoding="utf-8"))
    }
    assert named <= ICONS


def test_vendored_files_are_the_ones_named():
    rows = re.findall(r"(?m)^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (STATIC / "vendor/VENDOR.md").read_text("utf-8"))
    assert {name for name, _ in rows} == {
        path.relative_to(STATIC / "vendor").as_posix()
        for path in (STATIC / "vendor").rglob("*")
        if path.suffix in {".js", ".css", ".png"}
    }
    for name, digest in rows:
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest, name


def test_own_script_and_sheets_stay_light():
    assert (STATIC / "js/site.js").stat().st_size <= 8 * 1024
    assert (STATIC / "css/site.css").stat().st_size <= 14_000
    for sheet in SHEETS:
        assert (STATIC / f"css/{sheet}.css").stat().st_size <= 7_000, sheet
    assert "url(http" not in SHEET
    assert "@import" not in SHEET
