"""The index: kept in step with what is public, asked by words.

SQLite has an FTS5 table without content and without places (the text stands in search_entry only once), PostgreSQL a
tsvector with a GIN index. Both hold pairs of Chinese characters (`index_text`), so any piece of two characters or more
is found exactly.
Things are read again from their slices before they are shown; the index only says where to look.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import delete, func, inspect, select, text
from sqlalchemy.orm import Session

from portal.cases import Case, CaseEvent
from portal.core.chinese import fts5_query, holds, index_text, postgres_query
from portal.core.clock import now
from portal.core.web import Portal
from portal.search.models import SearchEntry, SearchMark
from portal.search.sources import Document, Source, make_sources

VERSION = 3
"""Grows when `index_text` or what is kept of it changes; an index of another version is built anew."""
MARK = "index"
LOCK = 7_201_011
CHUNK = 300
MOST_CHARACTERS = 6_000
MOST_READ = 3_000
"""So many texts that have the pairs of a query, but apart, are read for one search; what is older is not found."""
OVERLAP = 100
"""Events that are looked at again: on PostgreSQL a smaller id may be committed after a greater one."""


NO_END = 2**31 - 1
# FTS5 walks its rows backwards by rowid and stops at the limit; ranking would look at every hit.
SQLITE = (
    "SELECT e.id, e.kind, e.key, e.text FROM search_words JOIN search_entry e ON e.id = search_words.rowid "
    "WHERE search_words MATCH :query AND search_words.rowid < :before %s ORDER BY search_words.rowid DESC LIMIT :most"
)
POSTGRES = (
    "SELECT e.id, e.kind, e.key FROM search_words w JOIN search_entry e ON e.id = w.id "
    "WHERE w.words @@ to_tsquery('simple', :query) AND w.id < :before %s ORDER BY w.id DESC LIMIT :most"
)


class Hit(NamedTuple):
    """A place in the index."""

    id: int
    kind: str
    key: str


def reindex(portal: Portal) -> int:
    """Throw the index away and build it again; returns how many things it holds."""
    with portal.database.write() as db:
        _lock(db)
        db.execute(text("DROP TABLE IF EXISTS search_words"))
        db.execute(delete(SearchEntry))
        db.execute(delete(SearchMark))
    refresh(portal)
    with portal.database.read() as db:
        return db.scalar(select(func.count()).select_from(SearchEntry)) or 0


def last_look(portal: Portal) -> datetime | None:
    """When the index last looked for changes; None when there is no index of this version."""
    with portal.database.read() as db:
        mark = db.get(SearchMark, MARK)
        return mark.at if mark is not None and mark.version == VERSION else None


def refresh(portal: Portal) -> None:
    """Bring the index up to what is public now: in small transactions, so that nobody waits for it."""
    sources = {source.kind: source for source in make_sources(portal)}
    with portal.database.write() as db:
        _lock(db)
        _make_words(db)
        mark = db.get(SearchMark, MARK)
    if mark is not None and mark.version != VERSION:
        reindex(portal)
        return
    began_at = now()
    with portal.database.read() as db:
        last_event = db.scalar(select(func.max(CaseEvent.id))) or 0
    if mark is None:
        _apply(portal, sources, _everything(portal, sources))
    else:
        _apply(portal, sources, _changes(portal, sources, mark))
    with portal.database.write() as db:
        db.merge(SearchMark(name=MARK, version=VERSION, event_id=last_event, at=began_at))


def _lock(db: Session) -> None:
    """One process at a time; SQLite's write lock does that by itself."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def _make_words(db: Session) -> None:
    if inspect(db.connection()).has_table("search_words"):
        return
    if db.get_bind().dialect.name == "postgresql":
        db.execute(
            text(
                "CREATE TABLE search_words (id INTEGER PRIMARY KEY REFERENCES search_entry ON DELETE CASCADE, "
                "words TSVECTOR NOT NULL)"
            )
        )
        db.execute(text("CREATE INDEX ix_search_words ON search_words USING gin (words)"))
    else:
        # Lengths are for ranking only, and places twice as large as all the rest: neither is kept.
        options = "content='', columnsize=0, detail=none"
        db.execute(text(f"CREATE VIRTUAL TABLE search_words USING fts5(words, {options})"))


class Change(NamedTuple):
    """Something to look at: it is put in, changed or taken out, whichever is right then. stamp: of its sign."""

    kind: str
    key: str
    stamp: str


def _everything(portal: Portal, sources: dict[str, Source]) -> Iterator[Change]:
    """All that is public, oldest first over all kinds."""
    with portal.database.read() as db:
        streams = [_stream(db, source) for source in sources.values()]
        for _at, change in heapq.merge(*streams):
            yield change


def _stream(db: Session, source: Source) -> Iterator[tuple[datetime, Change]]:
    for sign in source.signs(db):
        yield sign.at, Change(source.kind, sign.key, sign.stamp)


def _changes(portal: Portal, sources: dict[str, Source], mark: SearchMark) -> list[Change]:
    """What came, changed or went since the mark, oldest first."""
    found: list[tuple[datetime, Change]] = []
    with portal.database.read() as db:
        for kind, source in sources.items():
            if kind == "case":
                found += [(mark.at, Change(kind, key, "")) for key in _changed_cases(db, mark)]
                continue
            rows = db.execute(select(SearchEntry.key, SearchEntry.stamp).where(SearchEntry.kind == kind))
            held = {key: stamp for key, stamp in rows}  # noqa: C416 - dict() of rows is not typed
            for at, change in _stream(db, source):
                if held.pop(change.key, None) != change.stamp:
                    found.append((at, change))
            found += [(mark.at, Change(kind, key, "")) for key in held]
    return [change for _at, change in sorted(found)]


def _changed_cases(db: Session, mark: SearchMark) -> Sequence[str]:
    """Cases with news in their history since the mark, and those whose day of publication has come."""
    moved = select(CaseEvent.case_id).where(CaseEvent.id > mark.event_id - OVERLAP)
    by_event = db.scalars(select(Case.case_no).where(Case.id.in_(moved)).order_by(Case.id)).all()
    by_day = db.scalars(
        select(Case.case_no).where(Case.public_from > mark.at, Case.public_from <= now()).order_by(Case.public_from)
    ).all()
    return list(dict.fromkeys([*by_event, *by_day]))


def _apply(portal: Portal, sources: dict[str, Source], changes: Iterable[Change]) -> None:
    """Bring these things up to date, some at a time."""
    stream = iter(changes)
    while chunk := list(islice(stream, CHUNK)):
        with portal.database.write() as db:
            _lock(db)
            _update(db, sources, chunk)


def _update(db: Session, sources: dict[str, Source], chunk: Sequence[Change]) -> None:
    by_kind: dict[str, dict[str, str]] = {}
    for change in chunk:
        by_kind.setdefault(change.kind, {})[change.key] = change.stamp
    held: dict[tuple[str, str], SearchEntry] = {}
    documents: dict[tuple[str, str], Document] = {}
    for kind, keys in by_kind.items():
        documents |= {(kind, document.key): document for document in sources[kind].load(db, list(keys))}
        query = select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.key.in_(keys))
        held |= {(kind, entry.key): entry for entry in db.scalars(query)}
    for kind, key, stamp in chunk:
        _put(db, held.get((kind, key)), documents.get((kind, key)), stamp)


def _put(db: Session, entry: SearchEntry | None, document: Document | None, stamp: str) -> None:
    if document is None:
        if entry is not None:
            _drop_words(db, entry)
            db.delete(entry)
        return
    content = f"{document.title}\n{document.body}"[:MOST_CHARACTERS]
    if entry is None:
        entry = SearchEntry(kind=document.kind, key=document.key, text=content, stamp=stamp, published_at=document.at)
        db.add(entry)
    elif entry.text == content:
        # A case comes without a stamp: its history says what changed.
        entry.stamp = stamp or entry.stamp
        return
    else:
        _drop_words(db, entry)
        entry.text, entry.stamp = content, stamp or entry.stamp
    db.flush()
    _add_words(db, entry)


def _add_words(db: Session, entry: SearchEntry) -> None:
    values = {"id": entry.id, "words": index_text(entry.text)}
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("INSERT INTO search_words (id, words) VALUES (:id, to_tsvector('simple', :words))"), values)
    else:
        db.execute(text("INSERT INTO search_words (rowid, words) VALUES (:id, :words)"), values)


def _drop_words(db: Session, entry: SearchEntry) -> None:
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("DELETE FROM search_words WHERE id = :id"), {"id": entry.id})
        return
    # A table without content has to be told again what it is to forget.
    db.execute(
        text("INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', :id, :words)"),
        {"id": entry.id, "words": index_text(entry.text)},
    )


def tidy(portal: Portal) -> None:
    """Merge the index into one piece, so that nothing of what was taken out stays in the file."""
    with portal.database.write() as db:
        if portal.database.is_sqlite and inspect(db.connection()).has_table("search_words"):
            db.execute(text("INSERT INTO search_words (search_words) VALUES ('optimize')"))


def find(db: Session, typed: str, kind: str = "", before: int | None = None, most: int = 20) -> list[Hit]:
    """Where these words stand, the newest first; nothing when nothing searchable was typed.

    before: the id of the last hit seen.  typed is never taken for syntax.
    """
    is_postgres = db.get_bind().dialect.name == "postgresql"
    query = postgres_query(typed) if is_postgres else fts5_query(typed)
    if not query:
        return []
    values: dict[str, Any] = {"query": query, "most": most, "before": before or NO_END, "kind": kind}
    sql = (POSTGRES if is_postgres else SQLITE) % ("AND e.kind = :kind" if kind else "")
    if not is_postgres:
        return _find_by_pairs(db, sql, values, typed, most)
    return [Hit(*row) for row in db.execute(text(sql), values)]


def _find_by_pairs(db: Session, sql: str, values: dict[str, Any], typed: str, most: int) -> list[Hit]:
    """The hits whose pairs follow each other as typed: nearly always those that were found first."""
    hits, read = list[Hit](), 0
    while read < MOST_READ:
        rows = db.execute(text(sql), values).all()
        hits += [Hit(*place) for *place, words in rows if holds(typed, words)]
        read += len(rows)
        if len(hits) >= most or len(rows) < values["most"]:
            break
        values |= {"before": rows[-1][0], "most": 2 * values["most"]}
    return hits[:most]


def load(db: Session, portal: Portal, hits: Sequence[Hit]) -> list[Document]:
    """The things behind these hits that are public at this moment, in the order of the hits."""
    by_kind: dict[str, list[str]] = {}
    for hit in hits:
        by_kind.setdefault(hit.kind, []).append(hit.key)
    found: dict[tuple[str, str], Any] = {}
    for source in make_sources(portal):
        if source.kind in by_kind:
            found |= {(source.kind, one.key): one for one in source.load(db, by_kind[source.kind])}
    return [found[hit.kind, hit.key] for hit in hits if (hit.kind, hit.key) in found]
