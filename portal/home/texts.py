"""The static pages: Markdown files in content/pages with a small head of title, description and date."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import markdown
import nh3
from markupsafe import Markup

SLUG = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True)
class Text:
    """A page of words. body: safe HTML."""

    slug: str
    title: str
    description: str
    updated: date | None
    body: Markup


def find_text(folder: Path, slug: str) -> Text | None:
    """The page of this name, rendered; None when there is no such file."""
    path = folder / f"{slug}.md"
    if not SLUG.fullmatch(slug) or not path.is_file():
        return None
    return _render(path, path.stat().st_mtime_ns)


def list_slugs(folder: Path) -> list[str]:
    """The names of all pages."""
    return sorted(path.stem for path in folder.glob("*.md") if SLUG.fullmatch(path.stem))


@lru_cache(maxsize=64)
def _render(path: Path, _changed: int) -> Text:
    head, body = _split(path.read_text(encoding="utf-8"))
    html = nh3.clean(markdown.markdown(body, extensions=["tables", "sane_lists", "toc"]), link_rel="noopener")
    updated = head.get("updated", "")
    return Text(
        slug=path.stem,
        title=head.get("title", path.stem),
        description=head.get("description", ""),
        updated=date.fromisoformat(updated) if updated else None,
        body=Markup(html),  # noqa: S704  # nosec B704
    )


def _split(source: str) -> tuple[dict[str, str], str]:
    if not source.startswith("---\n"):
        return {}, source
    head, _, body = source[4:].partition("\n---\n")
    pairs = (line.partition(":") for line in head.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, _, value in pairs}, body
