"""What can be searched: each kind of public thing, how to list all of it, and how to load some of it if still public.

Every query here carries the condition under which the public may read the thing, so a thing that was withdrawn, has
ended or was hidden is never loaded, however old the index is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.board import BoardIssue
from portal.cases import Case
from portal.core.clock import now
from portal.core.i18n import lazy
from portal.core.web import Portal
from portal.credit import CreditEntry
from portal.editorial import Piece, live
from portal.groups import City
from portal.people import GoodPerson
from portal.publishing import News
from portal.surveys import Survey

KIND_WORDS = {
    "news": lazy("创建动态"),
    "person": lazy("好人"),
    "credit": lazy("诚信红黑榜"),
    "board": lazy("创建红黑榜"),
    "survey": lazy("满意度"),
    "case": lazy("公开办理"),
    "group": lazy("专项组"),
    "page": lazy("说明"),
}
FOLDERS = {
    "news": "news",
    "person": "people",
    "credit": "credit",
    "board": "board",
    "survey": "surveys",
    "case": "cases",
    "group": "groups",
    "page": "pages",
}
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""When things without a date of their own (groups, pages of words) count as published: before everything else."""


@dataclass(frozen=True)
class Sign:
    """A public thing without its text. stamp: changes when its text may have changed."""

    key: str
    stamp: str
    at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Document:
    """A public thing as it reads now."""

    kind: str
    key: str
    title: str
    body: str
    at: datetime
    is_sample: bool = False

    @property
    def url(self) -> str:
        """Where it is read."""
        return path_of(self.kind, self.key)

    @property
    def rest(self) -> str:
        """The body without the title it may begin with, to quote from under the title."""
        return self.body.removeprefix(self.title).strip()


@dataclass(frozen=True)
class Source:
    """A kind of public things. signs: all of them, oldest first.  load: those of these keys that are public now."""

    kind: str
    signs: Callable[[Session], Iterable[Sign]]
    load: Callable[[Session, Sequence[str]], Iterable[Document]]


def path_of(kind: str, key: str) -> str:
    """The address of a thing of a kind."""
    return f"/{FOLDERS[kind]}/{key}"


def public_case() -> ColumnElement[bool]:
    """The condition that everybody may read a case now."""
    return and_(Case.public_from <= now(), Case.is_hidden.is_(False))


def make_sources(portal: Portal) -> tuple[Source, ...]:
    """Every kind, for this portal's city."""
    return (
        _pieces("news", News, News.slug, News.title, News.body, News.is_sample),
        _pieces(
            "person", GoodPerson, GoodPerson.slug, GoodPerson.name,
            GoodPerson.one_line + "\n" + GoodPerson.honour_title + " " + GoodPerson.region + "\n" + GoodPerson.deeds,
            GoodPerson.is_sample,
        ),
        _pieces(
            "credit", CreditEntry, CreditEntry.entry_no, CreditEntry.subject_name,
            CreditEntry.reason_summary + "\n" + CreditEntry.designating_authority + "\n" + CreditEntry.uscc,
            CreditEntry.is_sample, CreditEntry.status == "published",
        ),
        _pieces("board", BoardIssue, BoardIssue.issue_no, BoardIssue.title, BoardIssue.intro, BoardIssue.is_sample),
        _surveys(),
        _cases(),
        _fixed("group", lambda: _groups(portal.city)),
        _fixed("page", lambda: _pages(portal.settings.content_dir / "pages")),
    )  # fmt: skip


def _pieces(kind: str, model: Any, key: Any, title: Any, body: Any, is_sample: Any, *more: Any) -> Source:
    """Things that go the way of editorial."""

    def signs(db: Session) -> Iterator[Sign]:
        query = select(key, Piece.updated_at, Piece.published_at).join(Piece, Piece.id == model.piece_id)
        for one, changed, at in db.execute(query.where(live(), *more).order_by(Piece.published_at)):
            yield Sign(one, changed.isoformat(), at or changed, changed)

    def load(db: Session, keys: Sequence[str]) -> Iterator[Document]:
        query = select(key, title, body, Piece.published_at, Piece.updated_at, is_sample)
        query = query.join(Piece, Piece.id == model.piece_id).where(live(), key.in_(keys), *more)
        for one, name, text, at, changed, sample in db.execute(query):
            yield Document(kind, one, name, plain(text), at or changed, sample)

    return Source(kind, signs, load)


def _surveys() -> Source:
    moment = Survey.opened_at.is_not(None)
    is_public = and_(
        Survey.state != "draft", Survey.is_invited.is_(False), moment, or_(Survey.opens_at.is_(None), _has_begun())
    )

    def signs(db: Session) -> Iterator[Sign]:
        query = select(Survey.slug, Survey.state, Survey.opened_at, Survey.closed_at)
        for slug, state, opened, closed in db.execute(query.where(is_public).order_by(Survey.opened_at)):
            yield Sign(slug, state, opened or EPOCH, closed or opened or EPOCH)

    def load(db: Session, keys: Sequence[str]) -> Iterator[Document]:
        query = select(Survey.slug, Survey.title, Survey.intro, Survey.opened_at, Survey.is_sample)
        for slug, title, intro, opened, sample in db.execute(query.where(is_public, Survey.slug.in_(keys))):
            yield Document("survey", slug, title, intro, opened or EPOCH, sample)

    return Source("survey", signs, load)


def _has_begun() -> ColumnElement[bool]:
    return Survey.opens_at <= now()


SUMMARY_LENGTH = 44


def _cases() -> Source:
    columns = (Case.case_no, Case.text_public, Case.place_public, Case.reply_public, Case.public_from, Case.is_sample)

    def signs(db: Session) -> Iterator[Sign]:
        query = select(Case.case_no, Case.updated_at, Case.public_from).where(public_case())
        rows = db.execute(query.order_by(Case.public_from, Case.id).execution_options(yield_per=1000))
        for case_no, changed, public_from in rows:
            yield Sign(case_no, changed.isoformat(), public_from or changed, changed)

    def load(db: Session, keys: Sequence[str]) -> Iterator[Document]:
        for case_no, text, place, reply, at, sample in db.execute(
            select(*columns).where(public_case(), Case.case_no.in_(keys))
        ):
            line = " ".join(text.split())
            title = line if len(line) <= SUMMARY_LENGTH else f"{line[: SUMMARY_LENGTH - 1]}…"
            body = "\n".join(filter(None, (line, place, reply)))
            yield Document("case", case_no, title, body, at or EPOCH, sample)

    return Source("case", signs, load)


def _fixed(kind: str, read: Callable[[], Iterable[tuple[str, str, str]]]) -> Source:
    """Things that come with the city's files: (key, title, body)."""

    def signs(_db: Session) -> Iterator[Sign]:
        for key, title, body in read():
            yield Sign(key, sha256(f"{title}\n{body}".encode()).hexdigest(), EPOCH, EPOCH)

    def load(_db: Session, keys: Sequence[str]) -> Iterator[Document]:
        for key, title, body in read():
            if key in keys:
                yield Document(kind, key, title, body, EPOCH)

    return Source(kind, signs, load)


def _groups(city: City) -> Iterator[tuple[str, str, str]]:
    for group in city.groups:
        yield group.key, group.name, "\n".join((group.covers, *group.aliases, *group.examples, *group.checklist))


HEAD = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
WITHIN = re.compile(r"[*_`]+|!?\[|\]\([^)]*\)")
BETWEEN = re.compile(r"[#>|]+|^\s*(?:[-+]|\d+\.) |^\s*[-:| ]+$", re.MULTILINE)


def _pages(folder: Path) -> Iterator[tuple[str, str, str]]:
    for path in sorted(folder.glob("*.md")):
        source = path.read_text(encoding="utf-8")
        head = HEAD.match(source)
        titles = re.findall(r"^title:\s*(.+)$", head[1], re.MULTILINE) if head else []
        yield path.stem, titles[0] if titles else path.stem, plain(source[head.end() :] if head else source)


def plain(markdown: str) -> str:
    """Markdown without its signs, good enough to find words in and to quote from."""
    return BETWEEN.sub(" ", WITHIN.sub("", markdown)).strip()
