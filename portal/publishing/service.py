"""Writing news: every text goes through editorial; here it is brought into the table the public reads from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.clock import today
from portal.core.i18n import lazy
from portal.core.roles import Person
from portal.core.signing import random_code
from portal.editorial import (
    Kind,
    Law,
    Piece,
    attach,
    correct,
    first_picture,
    open_piece,
    plain,
    render_markdown,
    save_revision,
    set_law,
    use_attachments,
    use_pictures,
)
from portal.publishing.models import News


@dataclass(frozen=True)
class Draft:
    """All an editor types; also the snapshot that revisions keep.

    attachments: names of papers, a space between.  attachment_titles: what they are called, a line each.
    """

    title: str
    column: str
    body: str
    summary: str = ""
    source: str = ""
    writer: str = ""
    editor: str = ""
    group_key: str | None = None
    is_pinned: bool = False
    topic: str = ""
    attachments: str = ""
    attachment_titles: str = ""


LABELS = {
    "summary": lazy("摘要"),
    "body": lazy("正文"),
    "source": lazy("来源"),
    "writer": lazy("作者"),
    "editor": lazy("责任编辑"),
    "attachment_titles": lazy("附件"),
}


def snapshot_of(draft: Draft) -> dict[str, Any]:
    """The draft as revisions keep it."""
    return asdict(draft)


def draft_of(snapshot: Mapping[str, Any]) -> Draft:
    """The draft a revision kept; fields it did not know have their defaults."""
    return Draft(**{key: value for key, value in snapshot.items() if key in Draft.__dataclass_fields__})


def new_slug() -> str:
    """A short address that tells the day and cannot be guessed from another: 20261123-7k3m."""
    return f"{today():%Y%m%d}-{random_code(5).lower()}"


def is_slug_free(db: Session, slug: str) -> bool:
    """Whether no item has this address, published or not; addresses are never used twice."""
    return db.scalar(select(News.id).where(News.slug == slug)) is None


def open_news(db: Session, draft: Draft, by: Person, slug: str = "", *, is_sample: bool = False) -> News:
    """Begin an item; raises nothing for a text the form let through."""
    piece = open_piece(db, Kind.NEWS, draft.title, by, snapshot_of(draft))
    news = News(piece_id=piece.id, slug=slug or new_slug(), is_sample=is_sample)
    _bring_in(news, draft)
    news.piece = piece
    db.add(news)
    db.flush()
    attach(db, piece, news.id, news.path)
    _use(db, piece, draft)
    return news


def save_news(db: Session, news: News, draft: Draft, by: Person, version: int, note: str = "") -> None:
    """Save a changed text before publication; raise EditClash when somebody saved in between."""
    if save_revision(db, news.piece, by, draft.title, snapshot_of(draft), version, note) is not None:
        _bring_in(news, draft)
        db.flush()
        _use(db, news.piece, draft)


def correct_news(db: Session, news: News, draft: Draft, by: Person, version: int, note: str) -> None:
    """Propose a correction of a public item; readers see it once another person agrees."""
    correct(db, news.piece, by, draft.title, snapshot_of(draft), note, version)


def _bring_in(news: News, draft: Draft) -> None:
    news.title, news.column, news.body = draft.title, draft.column, draft.body
    news.body_html = render_markdown(draft.body)
    news.summary = draft.summary or plain(news.body_html, 90)
    news.source, news.writer, news.editor = draft.source, draft.writer, draft.editor
    news.group_key, news.is_pinned, news.topic = draft.group_key, draft.is_pinned, draft.topic
    news.attachments = draft.attachments
    news.cover, news.cover_alt = first_picture(draft.body)


def _use(db: Session, piece: Piece, draft: Draft) -> None:
    """What goes public with the text, and with it away again: its pictures and its papers."""
    use_pictures(db, piece, [draft.body])
    use_attachments(db, piece, draft.attachments.split())


def _apply(db: Session, piece: Piece, snapshot: Mapping[str, Any]) -> None:
    news = db.scalars(select(News).where(News.piece_id == piece.id)).one()
    draft = draft_of(snapshot)
    _bring_in(news, draft)
    db.flush()
    _use(db, piece, draft)


def pin(db: Session, news: News, is_pinned: bool) -> None:
    """Put an item before the others, or back among them; not a change of its text."""
    news.is_pinned = is_pinned
    db.flush()


set_law(Kind.NEWS, Law(apply=_apply, labels=LABELS, markdown=frozenset({"body"})))
