"""Which style sheets a page loads: site.css always, and those beside it whose classes its templates may use."""

import re
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
FOLDER = PACKAGE.parent / "static" / "css"
SHEETS = ("lists", "parts", "forms", "show", "paper")
"""In the order they are loaded in."""
ELEMENTS = {"forms": {"select", "textarea", "fieldset", "dialog"}, "show": {"table"}}
"""Elements that a sheet dresses without a class."""
DESK = "core/desk.html"
UI = "core/ui.html"

_NAMED = re.compile(r"\{%-?\s*(?:extends|include|import|from)\s+\"([^\"]+)\"")
_CLASSES = re.compile(r"\bclass_?=\"([^\"]*)\"")
_MACRO = re.compile(r"\{%-?\s*macro (\w+)\(.*?%\}(.*?)\{%-?\s*endmacro", re.S)
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_SELECTORS = re.compile(r"([^{};]+)\{")


@cache
def sheets_of(template: str) -> tuple[str, ...]:
    """The sheets for a page made from this template, besides site.css; all at the desk, where htmx adds parts."""
    names = _reached(template)
    if DESK in names:
        return SHEETS
    text = "".join(_source(name) for name in sorted(names))
    text += _macros(frozenset(re.findall(r"\bui\.(\w+)", text)))
    words = set(re.findall(r"[\w-]+", " ".join(_CLASSES.findall(text))))
    elements = set(re.findall(r"<([a-z]+)", text))
    return tuple(one for one in SHEETS if words & own_classes(one) or elements & ELEMENTS.get(one, set()))


def _source(name: str) -> str:
    folder, _, file = name.partition("/")
    return (PACKAGE / folder / "templates" / file).read_text(encoding="utf-8")


def _reached(template: str) -> set[str]:
    """The template and those it extends, includes or takes macros from."""
    found, waiting = set[str](), [template]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _NAMED.findall(_source(name))
    return found


def _macros(names: frozenset[str]) -> str:
    """The text of these macros and of those they call."""
    bodies = dict(_MACRO.findall(_source(UI)))
    found, waiting = dict[str, str](), list(names)
    while waiting:
        name = waiting.pop()
        if name in bodies and name not in found:
            found[name] = bodies[name]
            waiting += re.findall(r"\b(\w+)\(", bodies[name])
    return "".join(found.values())


@cache
def classes(sheet: str) -> frozenset[str]:
    """Classes that a sheet has rules for."""
    text = _COMMENT.sub("", (FOLDER / f"{sheet}.css").read_text(encoding="utf-8"))
    return frozenset(re.findall(r"\.([a-z][\w-]*)", " ".join(_SELECTORS.findall(text))))


@cache
def own_classes(sheet: str) -> frozenset[str]:
    """Classes that this sheet is the first to have rules for, so that a page with one of them needs it."""
    earlier = ("site", *SHEETS[: SHEETS.index(sheet)])
    return classes(sheet).difference(*map(classes, earlier))
