"""Reading the board: the public sees live issues; the desk sees all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from portal.board.models import OPEN, BoardFinding, BoardInspection, BoardIssue, BoardSite, Colour, Status
from portal.board.rules import Rate, announced_in, lot
from portal.core.clock import today
from portal.core.errors import Gone, NotFound
from portal.core.i18n import gettext as _
from portal.core.paging import Page, list_page
from portal.core.roles import Person
from portal.editorial import live


def _issues() -> Select[BoardIssue]:
    return select(BoardIssue).join(BoardIssue.piece).options(contains_eager(BoardIssue.piece))


def _findings() -> Select[BoardFinding]:
    return select(BoardFinding).join(BoardFinding.site).options(contains_eager(BoardFinding.site))


def list_issues(db: Session, after: str | None = None, size: int = 12) -> Page[BoardIssue]:
    """Public issues, the newest period first."""
    keys = [BoardIssue.starts_on, BoardIssue.id]
    return list_page(db, _issues().where(live()), keys, lambda issue: [issue.starts_on, issue.id], after, size)


def find_public_issues(db: Session, most: int = 1_000) -> Sequence[BoardIssue]:
    """All public issues, newest first, for search and the site map."""
    query = _issues().where(live()).order_by(BoardIssue.starts_on.desc(), BoardIssue.id.desc())
    return db.scalars(query.limit(most)).all()


def find_newest_issue(db: Session) -> BoardIssue | None:
    """The issue of the newest period, for the front page."""
    return next(iter(find_public_issues(db, 1)), None)


def get_issue(db: Session, issue_no: str) -> BoardIssue:
    """The public issue with this number; raise Gone when it was taken down, NotFound otherwise."""
    issue = db.scalar(_issues().where(BoardIssue.issue_no == issue_no))
    if issue is not None and issue.piece.is_live:
        return issue
    if issue is not None and issue.piece.is_over:
        raise Gone(_("这一期红黑榜已经撤下。"), _("请从创建红黑榜的列表查看其他各期。"))
    raise NotFound(_("没有这一期红黑榜。"), _("请从创建红黑榜的列表里查找。"))


def get_issue_for_desk(db: Session, issue_id: int) -> BoardIssue:
    """An issue in any state; raise NotFound."""
    issue = db.scalar(_issues().where(BoardIssue.id == issue_id))
    if issue is None:
        raise NotFound(_("没有这一期红黑榜。"))
    return issue


def find_issue(db: Session, issue_no: str) -> BoardIssue | None:
    """The issue with this number in any state."""
    return db.scalar(_issues().where(BoardIssue.issue_no == issue_no))


def find_previous(db: Session, issue: BoardIssue) -> BoardIssue | None:
    """The public issue before this one."""
    query = _issues().where(live(), BoardIssue.ends_on < issue.starts_on)
    return db.scalar(query.order_by(BoardIssue.starts_on.desc(), BoardIssue.id.desc()).limit(1))


def list_findings_of(db: Session, issue: BoardIssue, colour: str = "") -> Sequence[BoardFinding]:
    """The findings of an issue: best scores first on the red side, worst first on the black."""
    query = _findings().where(BoardFinding.issue_id == issue.id)
    if colour:
        query = query.where(BoardFinding.colour == colour)
    found = db.scalars(query).all()
    sign = 1 if colour == Colour.BLACK else -1
    return sorted(found, key=lambda one: (sign * (one.score if one.score is not None else 0), one.site.name))


def list_findings(
    db: Session,
    status: str = "",
    colour: str = "",
    person: Person | None = None,
    after: str | None = None,
    size: int = 30,
) -> Page[BoardFinding]:
    """Findings for the desk, newest first.

    status: one of Status, or overdue.  person: only those of their unit and groups.
    """
    query = _findings()
    if person is not None:
        query = query.where(
            or_(BoardFinding.unit == (person.unit or ""), BoardFinding.group_key.in_(sorted(person.groups)))
        )
    if colour:
        query = query.where(BoardFinding.colour == colour)
    if status == "overdue":
        query = query.where(
            BoardFinding.colour == Colour.BLACK, BoardFinding.status.in_(OPEN), BoardFinding.due_on < today()
        )
    elif status:
        query = query.where(BoardFinding.status == status)
    keys = [BoardFinding.found_on, BoardFinding.id]
    return list_page(db, query, keys, lambda finding: [finding.found_on, finding.id], after, size)


def get_finding(db: Session, finding_id: int) -> BoardFinding:
    """A finding with its site; raise NotFound."""
    finding = db.scalar(_findings().where(BoardFinding.id == finding_id))
    if finding is None:
        raise NotFound(_("没有这条检查记录。"))
    return finding


def list_choosable(db: Session, issue: BoardIssue | None) -> Sequence[BoardFinding]:
    """Findings that stand in no issue yet, and those of this one, newest first."""
    mine: ColumnElement[bool] = BoardFinding.issue_id.is_(None)
    if issue is not None:
        mine = or_(mine, BoardFinding.issue_id == issue.id)
    return db.scalars(_findings().where(mine).order_by(BoardFinding.found_on.desc(), BoardFinding.id).limit(200)).all()


def rate_of(db: Session, first: date, last: date, issue: BoardIssue | None = None) -> Rate:
    """Found, verified and overdue among the black findings of a period, as they stand today.

    issue: counts those it shows too, though they were found before its first day.
    """
    counted: ColumnElement[bool] = BoardFinding.found_on.between(first, last)
    if issue is not None:
        counted = or_(counted, BoardFinding.issue_id == issue.id)
    # One expression, named once: PostgreSQL takes two bound dates for two different things.
    is_late = (BoardFinding.due_on < today()).label("is_late")
    rows = db.execute(
        select(BoardFinding.status, is_late, func.count())
        .where(BoardFinding.colour == Colour.BLACK, counted)
        .group_by(BoardFinding.status, is_late)
    ).all()
    return Rate(
        found=sum(count for _status, _late, count in rows),
        verified=sum(count for status, _late, count in rows if status == Status.VERIFIED),
        overdue=sum(count for status, late, count in rows if status in OPEN and late),
    )


def list_sites(db: Session, *, is_active: bool = True) -> Sequence[BoardSite]:
    """The register, by name."""
    query = select(BoardSite).order_by(BoardSite.district, BoardSite.name, BoardSite.id).limit(2_000)
    return db.scalars(query.where(BoardSite.is_active) if is_active else query).all()


def get_site(db: Session, site_id: int) -> BoardSite:
    """A site; raise NotFound."""
    site = db.get(BoardSite, site_id)
    if site is None:
        raise NotFound(_("没有这个点位。"))
    return site


def find_site(db: Session, key: str) -> BoardSite | None:
    """The site of this key."""
    return db.scalar(select(BoardSite).where(BoardSite.key == key))


def list_sites_named_in(db: Session, text: str, most: int = 10) -> list[BoardSite]:
    """Sites of the register whose name stands in a text, the longest name first; very short names tell nothing."""
    named = [site for site in list_sites(db) if len(site.name) > 3 and site.name in text]
    return sorted(named, key=lambda site: (-len(site.name), site.id))[:most]


def list_findings_at(db: Session, site: BoardSite, person: Person | None = None, most: int = 50) -> list[BoardFinding]:
    """What was found at a site, newest first. person: only what belongs to their unit and groups."""
    query = _findings().where(BoardFinding.site_id == site.id)
    if person is not None:
        query = query.where(
            or_(BoardFinding.unit == (person.unit or ""), BoardFinding.group_key.in_(sorted(person.groups)))
        )
    return list(db.scalars(query.order_by(BoardFinding.found_on.desc(), BoardFinding.id.desc()).limit(most)))


def list_inspections(db: Session, most: int = 50) -> Sequence[BoardInspection]:
    """Inspections, newest first."""
    query = select(BoardInspection).order_by(BoardInspection.held_on.desc(), BoardInspection.id.desc())
    return db.scalars(query.limit(most)).all()


@dataclass(frozen=True)
class DrawView:
    """A random draw with all that it takes to repeat it.

    rows: the sites drawn, those that had to be in first: name, key, lot.  rest: keys of the pool that were not drawn.
    announced: the check sum at the end of the seed, of the log's entry that announced the draw; empty where there
    is none.
    """

    inspection: BoardInspection
    rows: tuple[tuple[str, str, str], ...]
    rest: tuple[str, ...]
    announced: str = ""


def show_draw(inspection: BoardInspection, names: Mapping[str, str]) -> DrawView:
    """The draw of a random inspection. names: of sites, by key."""
    seed, drawn = inspection.seed, inspection.site_keys
    rows = tuple((names.get(key, key), key, lot(seed, key)) for key in drawn)
    rest = tuple(key for key in inspection.pool if key not in set(drawn))
    return DrawView(inspection, rows, rest, announced_in(seed))


def list_draws(db: Session, issue: BoardIssue) -> list[DrawView]:
    """The draws of the random inspections whose findings an issue shows."""
    ids = select(BoardFinding.inspection_id).where(BoardFinding.issue_id == issue.id)
    query = select(BoardInspection).where(BoardInspection.kind == "random", BoardInspection.id.in_(ids))
    inspections = db.scalars(query.order_by(BoardInspection.held_on)).all()
    if not inspections:
        return []
    names = {site.key: site.name for site in list_sites(db, is_active=False)}
    return [show_draw(inspection, names) for inspection in inspections]


def get_inspection(db: Session, inspection_id: int) -> BoardInspection:
    """An inspection; raise NotFound."""
    inspection = db.get(BoardInspection, inspection_id)
    if inspection is None:
        raise NotFound(_("没有这次检查。"))
    return inspection


def list_group_findings(db: Session, group_key: str, most: int = 5) -> Sequence[BoardFinding]:
    """Findings of a group that stand in a public issue, newest first, for the group's page."""
    return db.scalars(
        _findings()
        .join(BoardIssue, BoardIssue.id == BoardFinding.issue_id)
        .join(BoardIssue.piece)
        .where(live(), BoardFinding.group_key == group_key)
        .order_by(BoardFinding.found_on.desc(), BoardFinding.id.desc())
        .limit(most)
    ).all()
