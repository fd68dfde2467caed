"""Turning templates into pages: one Jinja environment for all slices, and what every template may use."""

import hashlib
import re
from collections.abc import Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2_fragments import render_block
from markupsafe import Markup

from portal.core import clock
from portal.core.compiled import LeanEnvironment, plain
from portal.core.i18n import gettext, language, ngettext, speaking
from portal.core.precompiled import Precompiled
from portal.core.sheets import sheets_of

PACKAGE = Path(__file__).resolve().parents[1]
STATIC = PACKAGE.parent / "static"

MARK = re.compile(r"\{(\w+)(?::\w+)?\}")
SAFE = re.compile(r"[\w.~-]*", re.ASCII)

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_paths: ContextVar[Mapping[str, str]] = ContextVar("paths")


@dataclass(frozen=True)
class Preferences:
    """How this reader wants pages to look; kept in plain cookies, no account needed."""

    mode: str = "normal"
    theme: str = "auto"
    lang: str = "zh-Hans"


CHOICES = {
    "mode": ("normal", "elder"),
    "theme": ("auto", "light", "dark"),
    "lang": ("zh-Hans", "zh-Hant", "en"),
}


def read_preferences(cookies: Mapping[str, str]) -> Preferences:
    """The preferences in these cookies; unknown values fall back to the first choice."""
    return Preferences(
        **{key: cookies[key] if cookies.get(key) in values else values[0] for key, values in CHOICES.items()}
    )


def url(name: str, /, **params: Any) -> str:
    """The path of a route by its name (slice:handler); parameters not in the path become the query."""
    pieces, marks = _pattern(_paths.get()[name])
    given = {key: value for key, value in params.items() if value is not None and value != ""}
    path = pieces[0]
    for number, key in enumerate(marks):
        path += _quoted(str(given.pop(key))) if key in given else f"{{{key}}}"
        path += pieces[number + 1]
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


@cache
def _pattern(path: str) -> tuple[list[str], list[str]]:
    """A route's path in pieces, and the names of the parameters between them."""
    parts = MARK.split(path)
    return parts[::2], parts[1::2]


def _quoted(value: str) -> str:
    return value if SAFE.fullmatch(value) else quote(value, safe="")


@contextmanager
def routing_by(paths: Mapping[str, str]) -> Any:
    """Let `url` find these routes inside the block."""
    token = _paths.set(paths)
    try:
        yield
    finally:
        _paths.reset(token)


@cache
def _fingerprint(path: str) -> str:
    file = STATIC / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "missing"


def static(path: str) -> str:
    """The address of a static file, with its content's fingerprint so that browsers may keep it for good."""
    return f"/static/{path}?v={_fingerprint(path)}"


def day(value: date | datetime | None) -> str:
    """2026年11月3日; 3 November 2026 for readers of English."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    if language() == "en":
        return f"{value.day} {MONTHS[value.month - 1]} {value.year}"
    return clock.in_chinese(value)


def moment(value: datetime | None) -> str:
    """2026-11-03 15:30, on the city's clocks."""
    return clock.local(value).strftime("%Y-%m-%d %H:%M") if value else ""


def ago(value: datetime | None) -> str:
    """今天 15:30, 昨天, 3 天前, else the day."""
    if value is None:
        return ""
    days = (clock.today() - clock.local(value).date()).days
    if days == 0:
        return gettext("今天 %(time)s") % {"time": clock.local(value).strftime("%H:%M")}
    if days == 1:
        return gettext("昨天")
    return gettext("%(days)s 天前") % {"days": days} if 1 < days < 8 else day(value)


def percent(value: float | None, digits: int = 1) -> str:
    """0.8605 → 86.1 %, rounded half up; a dash when there is nothing to show."""
    if value is None:
        return "—"
    exact = Decimal(str(value)) * 100
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)}%"


def likely(share: float) -> str:
    """How sure the router is: 0.934 → 93%; a model is never quite sure, so no 0 % and no 100 %."""
    whole = round(share * 100)
    return "＞99%" if whole > 99 else "＜1%" if whole < 1 else f"{whole}%"


def _shown(text: str, /, **values: Any) -> Markup:
    """A translated text for a page, values escaped; Jinja's own does the same at three times the cost."""
    words = Markup(gettext(text))  # noqa: S704  # nosec B704
    # A text may be shown with values or without: its percent signs are doubled either way.
    return words % values if values else words.replace("%%", "%")


def _shown_plural(singular: str, plural: str, count: int, /, **values: Any) -> Markup:
    words = Markup(ngettext(singular, plural, count))  # noqa: S704  # nosec B704
    return words % {"num": count, **values}


def environment() -> LeanEnvironment:
    """The Jinja environment for the reader's language: `cases/show.html` is portal/cases/templates/show.html.

    A missing name is an error. Each language has one of its own, in which constant texts are translated already.
    """
    return _environment(language())


@cache
def _environment(language: str) -> LeanEnvironment:
    folders = {path.parent.name: FileSystemLoader(path) for path in PACKAGE.glob("*/templates")}
    jinja = LeanEnvironment(
        steady=("_", "gettext", "static", "ui"),
        loader=PrefixLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=Precompiled(language, (PACKAGE / "core", PACKAGE / "locale", STATIC)),
    )
    jinja.newstyle_gettext = True  # type: ignore[attr-defined]
    jinja.globals.update(plain(_=_shown, gettext=_shown, ngettext=_shown_plural, url=url, static=static))
    jinja.filters.update(day=day, moment=moment, ago=ago, percent=percent, likely=likely)
    with speaking(language):
        jinja.globals["ui"] = jinja.get_template("core/ui.html").module
    return jinja


def render(template: str, context: Mapping[str, Any], fragment: str | None = None) -> str:
    """A page, or one block of it for htmx."""
    if fragment:
        return str(render_block(environment(), template, fragment, **context))
    return environment().get_template(template).render(sheets=_sheets(template), **context)


@cache
def _sheets(template: str) -> Markup:
    """Links to the style sheets of a page, besides those of every page."""
    return Markup("").join(
        Markup('<link rel="stylesheet" href="%s">') % static(f"css/{one}.css") for one in sheets_of(template)
    )
