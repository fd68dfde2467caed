"""Languages of the interface: source text is simplified Chinese, gettext carries the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "English"}
SOURCE = "zh-Hans"
LOCALE_DIR = Path(__file__).resolve().parents[1] / "locale"

_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def _file(language: str) -> Path:
    return LOCALE_DIR / language.replace("-", "_") / "LC_MESSAGES" / "portal.po"


@cache
def _has_catalogue(language: str) -> bool:
    return _file(language).exists()


@cache
def _catalogue(language: str) -> dict[str, str]:
    from babel.messages.pofile import read_po  # only readers of another language wait for it

    if not _has_catalogue(language):
        return {}
    with _file(language).open("rb") as file:
        entries = read_po(file)
    return {str(m.id): str(m.string) for m in entries if isinstance(m.id, str) and m.id and m.string}


@cache
def _traditional(text: str) -> str:
    import opencc  # loading the dictionaries takes longer than most requests, so only readers of 繁體 pay

    return str(_converter(opencc).convert(text))


@cache
def _converter(opencc: Any) -> Any:
    return opencc.OpenCC("s2tw")


def offered() -> list[tuple[str, str]]:
    """Languages a reader can choose: one that nobody has translated yet is not offered."""
    return [(key, name) for key, name in LANGUAGES.items() if key != "en" or _has_catalogue(key)]


def gettext(text: str) -> str:
    """The text in the reader's language; itself when nobody has translated it yet.

    Traditional Chinese falls back to a conversion of the source, which a person's translation in locale/zh_Hant
    overrides. Characters are converted and words are not: 创建 is the campaign's name and no 建立.
    """
    language = _language.get()
    if language == SOURCE:
        return text
    found = _catalogue(language).get(text)
    if found is not None:
        return found
    return _traditional(text) if language == "zh-Hant" else text


def ngettext(singular: str, plural: str, count: int) -> str:
    """Chinese has one form; languages that have two choose by count."""
    return gettext(singular if count == 1 else plural)


def language() -> str:
    """The reader's language, one of LANGUAGES."""
    return _language.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let everything inside speak this language."""
    token = _language.set(language if language in LANGUAGES else SOURCE)
    try:
        yield
    finally:
        _language.reset(token)


class LazyText:
    """A message that is translated when it is shown: for labels made once, at import."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return gettext(self.text)

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))

    def __mod__(self, values: Any) -> str:
        return str(str(self) % values)

    def __repr__(self) -> str:
        return f"lazy({self.text!r})"

    def __bool__(self) -> bool:
        return bool(self.text)


def lazy(text: str) -> Any:
    """A label for forms and enums; typed as Any because WTForms asks for str and shows anything."""
    return LazyText(text)
