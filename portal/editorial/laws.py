"""What each kind of piece asks for beyond the common way: its own conditions, and what follows from each step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from portal.editorial.models import Kind, Piece

Snapshot = Mapping[str, Any]


def _no_faults(_db: Session, _piece: Piece) -> list[str]:
    return []


def _nothing(_db: Session, _piece: Piece) -> None:
    return None


def _no_change(_db: Session, _piece: Piece, _snapshot: Snapshot) -> None:
    return None


@dataclass(frozen=True)
class Law:
    """The law of one kind; every function gets the session and the piece, and flushes what it changes.

    before_review, before_publishing: what still stands in the way, one Chinese sentence each; empty: nothing.
    published: right after the piece became public (by hand or by the clock): set days that count from there.
    ended: right after it was withdrawn or expired.
    apply: bring an approved correction's snapshot into the slice's own tables.
    labels: the fields of a snapshot that people read, in order, each with its label (a lazy text).
    markdown: which of them are Markdown.
    has_own_withdrawal: its slice takes pieces down by a step of its own, which asks for more than a reason.
    """

    before_review: Callable[[Session, Piece], list[str]] = _no_faults
    before_publishing: Callable[[Session, Piece], list[str]] = _no_faults
    published: Callable[[Session, Piece], None] = _nothing
    ended: Callable[[Session, Piece], None] = _nothing
    apply: Callable[[Session, Piece, Snapshot], None] = _no_change
    labels: Mapping[str, Any] = field(default_factory=dict)
    markdown: frozenset[str] = frozenset()
    has_own_withdrawal: bool = False

    def texts(self, snapshot: Snapshot) -> dict[str, str]:
        """The texts of a snapshot by field, in order: what checks look through and differences are shown of."""
        names = self.labels or snapshot
        return {name: str(snapshot.get(name) or "") for name in names}

    def label(self, name: str) -> str:
        """What people call a field."""
        return str(self.labels.get(name, name))


_laws: dict[str, Law] = {}


def set_law(kind: Kind, law: Law) -> None:
    """Declare the law of a kind; its slice does so once, when it is imported."""
    _laws[kind] = law


def law_of(piece: Piece) -> Law:
    """The law of the piece's kind; a kind without one follows the common way alone."""
    return _laws.get(piece.kind, Law())
