"""The site map: every public page, for crawlers."""

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from sqlalchemy.orm import Session

from portal.core.clock import local
from portal.core.web import Portal
from portal.search.sources import EPOCH, make_sources, path_of

MOST = 50_000
SECTIONS = (
    "/",
    "/cases",
    "/cases/new",
    "/surveys",
    "/news",
    "/people",
    "/credit",
    "/board",
    "/groups",
    "/campaign",
    "/data",
)
LEFT_OUT = frozenset({"credit"})
"""Entries of the credit lists end by law; what a foreign search engine has copied would not end with them."""


def list_public_pages(db: Session, portal: Portal) -> Iterator[tuple[str, datetime | None]]:
    """(path, last change) of every public page, at most as many as a site map holds; None where nothing dates it."""
    for path in SECTIONS:
        yield path, None
    count = len(SECTIONS)
    for source in make_sources(portal):
        if source.kind in LEFT_OUT:
            continue
        for sign in source.signs(db):
            if count == MOST:
                return
            count += 1
            yield path_of(source.kind, sign.key), sign.changed_at if sign.changed_at > EPOCH else None


def write_sitemap(db: Session, portal: Portal) -> bytes:
    """The site map as XML (sitemaps.org 0.9)."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for path, changed in list_public_pages(db, portal):
        when = f"<lastmod>{local(changed).date().isoformat()}</lastmod>" if changed else ""
        lines.append(f"<url><loc>{escape(portal.settings.base_url + path)}</loc>{when}</url>")
    return "\n".join([*lines, "</urlset>", ""]).encode()
