"""Issues of the board: composed of findings, reviewed by editorial, published with their pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.board import queries, service
from portal.board.models import BoardFinding, BoardIssue, Colour
from portal.board.rules import Standing, has_personal, issue_no, rank, sentences, span
from portal.core.errors import BadInput, Conflict
from portal.core.i18n import gettext as _
from portal.core.i18n import lazy
from portal.core.roles import Person
from portal.editorial import (
    Kind,
    Law,
    Piece,
    attach,
    correct,
    newest_revision,
    open_piece,
    save_revision,
    set_law,
)

LABELS = {"intro": lazy("说明"), "red": lazy("红榜"), "black": lazy("黑榜")}


@dataclass(frozen=True)
class IssueDraft:
    """All that is typed about an issue."""

    period: str
    year: int
    number: int
    title: str
    intro: str
    finding_ids: tuple[int, ...]


def _chosen(db: Session, draft: IssueDraft, issue: BoardIssue | None) -> Sequence[BoardFinding]:
    found = [one for one in queries.list_choosable(db, issue) if one.id in set(draft.finding_ids)]
    if len(found) != len(set(draft.finding_ids)):
        raise Conflict(_("有的检查记录已收入别的一期。"), _("请刷新页面后重新勾选。"))
    places = [(one.site_id, one.colour) for one in found]
    if len(places) != len(set(places)):
        raise BadInput(_("同一点位在同一榜只能出现一次，请只勾选一条。"))
    return found


def snapshot_of(draft: IssueDraft, findings: Sequence[BoardFinding]) -> dict[str, Any]:
    """What revisions keep: the words that will be public, and the findings by number."""

    ordered = sorted(findings, key=lambda one: one.id)

    def side(colour: str) -> str:
        return sentences([(one.site.name, one.reason) for one in ordered if one.colour == colour])

    return {
        "title": draft.title,
        "intro": draft.intro,
        "red": side(Colour.RED),
        "black": side(Colour.BLACK),
        "finding_ids": [one.id for one in ordered],
    }


def open_issue(db: Session, draft: IssueDraft, by: Person, *, is_sample: bool = False) -> BoardIssue:
    """Compose an issue; raise BadInput when its period is taken or the findings do not fit together."""
    first, last = span(draft.period, draft.year, draft.number)
    number = _free_number(db, issue_no(draft.period, first))
    findings = _chosen(db, draft, None)
    piece = open_piece(db, Kind.BOARD, draft.title, by, snapshot_of(draft, findings))
    issue = BoardIssue(
        piece_id=piece.id,
        issue_no=number,
        period=draft.period,
        starts_on=first,
        ends_on=last,
        title=draft.title,
        intro=draft.intro,
        is_sample=is_sample,
    )
    issue.piece = piece
    db.add(issue)
    db.flush()
    attach(db, piece, issue.id, issue.path)
    _put_in(db, issue, findings)
    return issue


def _free_number(db: Session, wished: str) -> str:
    """The number of a period, or with -2, -3 … behind it when the one before was taken down."""
    number, tries = wished, 1
    while (taken := queries.find_issue(db, number)) is not None:
        if not taken.piece.is_over:
            raise BadInput(_("这一期已经有了，请从列表里打开。"))
        tries += 1
        number = f"{wished}-{tries}"
    return number


def _put_in(db: Session, issue: BoardIssue, findings: Sequence[BoardFinding]) -> None:
    kept = {one.id for one in findings}
    db.execute(
        update(BoardFinding)
        .where(BoardFinding.issue_id == issue.id, BoardFinding.id.not_in(kept))
        .values(issue_id=None)
        .execution_options(synchronize_session="fetch")
    )
    for finding in findings:
        finding.issue_id = issue.id
    db.flush()
    service.show_pictures(db, issue.id)


def save_issue(db: Session, issue: BoardIssue, draft: IssueDraft, by: Person, version: int, note: str = "") -> None:
    """Recompose an issue before publication; raise EditClash when somebody saved in between."""
    findings = _chosen(db, draft, issue)
    if save_revision(db, issue.piece, by, draft.title, snapshot_of(draft, findings), version, note) is not None:
        issue.title, issue.intro = draft.title, draft.intro
        _put_in(db, issue, findings)


def correct_issue(db: Session, issue: BoardIssue, draft: IssueDraft, by: Person, version: int, note: str) -> None:
    """Propose other words for a public issue; its findings stay."""
    findings = queries.list_findings_of(db, issue)
    correct(db, issue.piece, by, draft.title, snapshot_of(draft, findings), note, version)


def standings(findings: Sequence[BoardFinding]) -> list[tuple[int, Standing]]:
    """The ranking of an issue's sites that have a score."""
    return rank(Standing(one.site.name, one.score, int(one.is_overdue)) for one in findings if one.score is not None)


def _issue_of(db: Session, piece: Piece) -> BoardIssue:
    return db.scalars(select(BoardIssue).where(BoardIssue.piece_id == piece.id)).one()


def _still_wrong(db: Session, piece: Piece) -> list[str]:
    issue = _issue_of(db, piece)
    findings = queries.list_findings_of(db, issue)
    snapshot = newest_revision(db, piece).snapshot
    found = []
    if not findings:
        found.append(_("这一期还没有收入任何点位。"))
    if any(has_personal(str(text)) for text in (issue.title, issue.intro, *(one.reason for one in findings))):
        found.append(_("文字里有车牌、电话、姓名等个人信息，请删去。"))
    draft = IssueDraft(issue.period, 0, 0, issue.title, issue.intro, ())
    if snapshot_of(draft, findings) != snapshot:
        found.append(_("收入的检查记录在编排后改过，请打开“修改”重新保存一次。"))
    return found


def _ended(db: Session, piece: Piece) -> None:
    """A withdrawn issue lets its findings go, so that a new one can take them."""
    issue = _issue_of(db, piece)
    _put_in(db, issue, [])


def _apply(db: Session, piece: Piece, snapshot: Mapping[str, Any]) -> None:
    issue = _issue_of(db, piece)
    issue.title, issue.intro = str(snapshot["title"]), str(snapshot["intro"])
    db.flush()


set_law(
    Kind.BOARD,
    Law(before_review=_still_wrong, before_publishing=_still_wrong, ended=_ended, apply=_apply, labels=LABELS),
)
