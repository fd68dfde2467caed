"""Sites, inspections and findings: registered, drawn, handed over, rectified, verified by another person."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.board import queries
from portal.board.models import (
    OPEN,
    BoardFinding,
    BoardInspection,
    BoardIssue,
    BoardSite,
    Colour,
    InspectionKind,
    Status,
)
from portal.board.rules import PERSONAL, draw, has_personal, make_seed
from portal.core import audit
from portal.core.clock import now, today
from portal.core.errors import BadInput, Conflict, Forbidden
from portal.core.i18n import gettext as _
from portal.core.photos import Photo, PhotoStore
from portal.core.roles import Person, Role
from portal.core.signing import random_code
from portal.editorial import Piece, State, get_piece, keep_picture, use_pictures
from portal.groups import City

MOST_PHOTOS = 6
CHECKERS = (Role.SUPERVISOR, Role.EDITOR, Role.REVIEWER)


@dataclass(frozen=True)
class SiteDraft:
    """All that is typed about a site."""

    name: str
    site_type: str
    district: str = ""
    street: str = ""
    unit: str | None = None
    group_key: str | None = None
    is_must_check: bool = False
    is_active: bool = True


@dataclass(frozen=True)
class FindingDraft:
    """All that is typed about a finding."""

    site_id: int
    colour: str
    reason: str
    unit: str
    found_on: date
    score: int | None = None
    due_on: date | None = None
    lead_unit: str | None = None
    group_key: str | None = None
    inspection_id: int | None = None


def take_over_sites(db: Session, city: City) -> int:
    """Put the city profile's sites into the register, once each; returns how many were new.

    What the desk has changed since stays as it is.
    """
    known = set(db.scalars(select(BoardSite.key)))
    new = [site for site in city.sites if site.key not in known]
    for site in new:
        db.add(
            BoardSite(
                key=site.key,
                name=site.name,
                site_type=site.site_type,
                district=site.district,
                unit=site.unit,
                group_key=site.group,
                is_must_check=site.must_check,
                is_sample=site.sample,
            )
        )
    db.flush()
    return len(new)


def save_site(db: Session, site: BoardSite | None, draft: SiteDraft, by: Person) -> BoardSite:
    """Add a site to the register, or change it."""
    if site is None:
        site = BoardSite(key=f"s{random_code(8).lower()}")
        db.add(site)
    for name, value in draft.__dict__.items():
        setattr(site, name, value)
    db.flush()
    audit.record(db, by, "board.save_site", f"site {site.key}")
    return site


def open_inspection(
    db: Session,
    kind: str,
    title: str,
    held_on: date,
    by: Person,
    *,
    inspectors: str = "",
    seed: str = "",
    wanted: int = 0,
    site_ids: Sequence[int] = (),
) -> BoardInspection:
    """Plan a round of visits; a random one draws its sites from the register and keeps what the draw was made from.

    seed: a number known to nobody beforehand (a lottery result, say); may be empty. Nobody chooses the lots with it:
    the check sum of the log's entry that announces the draw is added to it, and every try leaves such an entry.
    """
    sites = queries.list_sites(db)
    inspection = BoardInspection(
        kind=kind, title=title, held_on=held_on, inspectors=inspectors, made_by=by.username, made_at=now(), wanted=0
    )
    if kind == InspectionKind.RANDOM:
        if not 1 <= wanted <= len(sites):
            raise BadInput(_("抽查数量应在 1 到 %(most)s 之间。") % {"most": len(sites)})
        inspection.wanted = wanted
        inspection.pool = sorted(site.key for site in sites)
        inspection.must_keys = sorted(site.key for site in sites if site.is_must_check)
        inspection.seed = _announce(db, inspection, seed, by)
        inspection.site_keys = draw(inspection.seed, inspection.pool, wanted, inspection.must_keys)
    else:
        inspection.site_keys = [site.key for site in sites if site.id in set(site_ids)]
    db.add(inspection)
    db.flush()
    audit.record(db, by, "board.open_inspection", f"inspection {inspection.id}", kind=kind, seed=inspection.seed)
    return inspection


def _announce(db: Session, inspection: BoardInspection, words: str, by: Person) -> str:
    """Write down what will be drawn from, before anybody can know the lots; the seed that comes of it."""
    sites = "\n".join([*inspection.pool, "", *inspection.must_keys])
    entry = audit.record(
        db,
        by,
        "board.announce_draw",
        inspection.title,
        words=words,
        wanted=inspection.wanted,
        sites_sha256=hashlib.sha256(sites.encode()).hexdigest(),
    )
    return make_seed(words, entry.hash)


def faults_of(db: Session, draft: FindingDraft) -> dict[str, str]:
    """What stands in the way of keeping a finding, by field."""
    faults = {}
    if draft.inspection_id is not None:
        visited = queries.get_inspection(db, draft.inspection_id).site_keys
        if visited and queries.get_site(db, draft.site_id).key not in visited:
            faults["inspection"] = _("这次检查的名单里没有这个点位，请改选检查或点位。")
    if draft.found_on > today():
        faults["found_on"] = _("检查日期不能晚于今天。")
    if draft.colour == Colour.BLACK and draft.due_on is None:
        faults["due_on"] = _("黑榜问题须有整改期限。")
    elif draft.due_on is not None and draft.due_on < draft.found_on:
        faults["due_on"] = _("整改期限不能早于检查日期。")
    if has_personal(draft.reason):
        faults["reason"] = str(PERSONAL)
    return faults


def _demand(db: Session, draft: FindingDraft) -> None:
    faults = faults_of(db, draft)
    if faults:
        raise BadInput(next(iter(faults.values())))


def keep_photos(
    db: Session, store: PhotoStore, photos: Sequence[Photo], site: BoardSite, word: str, by: Person
) -> list[str]:
    """Keep pictures of a site and say in words what they show; returns their names."""
    return [
        keep_picture(db, store, photo, f"{site.name}{word} {number}", by.username).name
        for number, photo in enumerate(photos, 1)
    ]


def _piece_of(db: Session, finding: BoardFinding) -> Piece | None:
    issue = db.get(BoardIssue, finding.issue_id) if finding.issue_id is not None else None
    return get_piece(db, issue.piece_id) if issue is not None else None


def open_finding(
    db: Session, draft: FindingDraft, by: Person, before: Sequence[str] = (), *, is_sample: bool = False
) -> BoardFinding:
    """Keep what was seen at a site. A red one needs nothing put right and is verified from the start."""
    _demand(db, draft)
    site = queries.get_site(db, draft.site_id)
    finding = BoardFinding(made_by=by.username, made_at=now(), before=list(before), is_sample=is_sample, after=[])
    finding.status = Status.FOUND if draft.colour == Colour.BLACK else Status.VERIFIED
    for name, value in draft.__dict__.items():
        setattr(finding, name, value)
    finding.site = site
    db.add(finding)
    db.flush()
    audit.record(db, by, "board.open_finding", f"finding {finding.id}", colour=draft.colour, site=site.key)
    return finding


def save_finding(
    db: Session, finding: BoardFinding, draft: FindingDraft, by: Person, before: Sequence[str] = ()
) -> None:
    """Change a finding until its issue has gone to review; later texts would not be those that were reviewed."""
    piece = _piece_of(db, finding)
    if piece is not None and piece.state != State.DRAFT:
        raise Conflict(_("这条记录所在的一期已送审或发布，不能再改。"), _("请先退回或撤下该期。"))
    _demand(db, draft)
    if finding.colour != draft.colour:
        finding.status = Status.FOUND if draft.colour == Colour.BLACK else Status.VERIFIED
    for name, value in draft.__dict__.items():
        setattr(finding, name, value)
    finding.before = [*finding.before, *before][:MOST_PHOTOS]
    finding.site = queries.get_site(db, draft.site_id)
    db.flush()
    audit.record(db, by, "board.save_finding", f"finding {finding.id}")


def notify(db: Session, finding: BoardFinding, by: Person) -> None:
    """Hand a black finding to its unit."""
    if finding.colour != Colour.BLACK or finding.status != Status.FOUND:
        raise Conflict(_("这条记录已经交办，或不需要整改。"))
    finding.status = Status.NOTIFIED
    db.flush()
    audit.record(db, by, "board.notify", f"finding {finding.id}", unit=finding.unit)


def begin(db: Session, finding: BoardFinding, by: Person) -> None:
    """The unit has begun."""
    if finding.colour != Colour.BLACK or finding.status not in {Status.FOUND, Status.NOTIFIED}:
        raise Conflict(_("这条记录已经在整改。"))
    finding.status = Status.RECTIFYING
    db.flush()
    audit.record(db, by, "board.begin", f"finding {finding.id}")


def rectify(
    db: Session, finding: BoardFinding, by: Person, text: str, rectified_on: date, after: Sequence[str] = ()
) -> None:
    """The unit reports what it put right; a second person has to verify before the public reads it."""
    if finding.colour != Colour.BLACK or finding.status not in OPEN:
        raise Conflict(_("这条记录不在整改中。"))
    if not text.strip():
        raise BadInput(_("请写明怎样整改的。"))
    if has_personal(text):
        raise BadInput(_("整改情况里有车牌、电话、姓名等个人信息，请删去。"))
    if not finding.found_on <= rectified_on <= today():
        raise BadInput(_("整改日期应在检查日期和今天之间。"))
    finding.status, finding.rectification = Status.RECTIFIED, text.strip()[:500]
    finding.rectified_on, finding.rectified_by = rectified_on, by.username
    finding.after, finding.return_reason = list(after)[:MOST_PHOTOS], ""
    db.flush()
    audit.record(db, by, "board.rectify", f"finding {finding.id}", photos=len(finding.after))


def verify(db: Session, finding: BoardFinding, by: Person) -> None:
    """Somebody else than who reported it saw that it is put right; the public may read it from now on."""
    if finding.status != Status.RECTIFIED:
        raise Conflict(_("这条记录没有待核验的整改。"))
    if by.username == finding.rectified_by:
        raise Forbidden(_("整改须由报送人以外的人核验。"))
    finding.status, finding.verified_on, finding.verified_by = Status.VERIFIED, today(), by.username
    db.flush()
    show_pictures(db, finding.issue_id)
    audit.record(db, by, "board.verify", f"finding {finding.id}")


def send_back(db: Session, finding: BoardFinding, by: Person, reason: str) -> None:
    """It is not put right: back to the unit, with the reason."""
    if finding.status != Status.RECTIFIED:
        raise Conflict(_("这条记录没有待核验的整改。"))
    if not reason.strip():
        raise BadInput(_("请写明退回的理由。"))
    finding.status, finding.return_reason = Status.RECTIFYING, reason.strip()[:300]
    db.flush()
    audit.record(db, by, "board.send_back", f"finding {finding.id}")


def show_pictures(db: Session, issue_id: int | None) -> None:
    """Say which pictures an issue shows: all of before, of after only what was verified."""
    issue = db.get(BoardIssue, issue_id) if issue_id is not None else None
    if issue is None:
        return
    findings = db.scalars(select(BoardFinding).where(BoardFinding.issue_id == issue.id)).all()
    names = [name for one in findings for name in (*one.before, *(one.after if one.is_verified else ()))]
    use_pictures(db, get_piece(db, issue.piece_id), [], names)
