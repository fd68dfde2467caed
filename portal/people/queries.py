"""Reading good people; every public query carries `live()`."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.core.clock import today
from portal.core.errors import Gone, NotFound
from portal.core.i18n import gettext as _
from portal.core.paging import Page, list_page
from portal.editorial import Piece, live
from portal.people.models import Ending, GoodPerson, Stage

_BATCH = re.compile(r"([0-9]{4})-([0-9]{1,2})(?:-([a-z_]{1,40}))?")


@dataclass(frozen=True)
class Wanted:
    """A reader's choice of good people; empty texts choose all.

    batch: 2026-3-city, or 2026-3 for those of all levels.  place: the name of a district.
    """

    category: str = ""
    level: str = ""
    batch: str = ""
    q: str = ""
    place: str = ""
    year: str = ""

    def but(self, **others: str) -> dict[str, str]:
        """The choice as query parameters, with some of them changed."""
        return {**asdict(self), **others}


def _public() -> Select[GoodPerson]:
    return select(GoodPerson).join(GoodPerson.piece).options(contains_eager(GoodPerson.piece)).where(live())


def _choose(query: Select[GoodPerson], wanted: Wanted) -> Select[GoodPerson]:
    if wanted.category:
        query = query.where(GoodPerson.category == wanted.category)
    if wanted.level:
        query = query.where(GoodPerson.level == wanted.level)
    batch = _BATCH.fullmatch(wanted.batch)
    if batch:
        query = query.where(GoodPerson.batch_year == int(batch[1]), GoodPerson.batch_no == int(batch[2]))
        query = query.where(GoodPerson.level == batch[3]) if batch[3] else query
    if wanted.place:
        query = query.where(GoodPerson.region.contains(wanted.place[:40], autoescape=True))
    if wanted.year.isascii() and wanted.year.isdigit() and len(wanted.year) == 4:
        query = query.where(GoodPerson.batch_year == int(wanted.year))
    if wanted.q:
        columns = (GoodPerson.name, GoodPerson.region, GoodPerson.occupation_and_unit, GoodPerson.one_line)
        query = query.where(or_(*(column.contains(wanted.q[:40], autoescape=True) for column in columns)))
    return query


def list_people(db: Session, wanted: Wanted, after: str | None = None, size: int = 24) -> Page[GoodPerson]:
    """Public profiles, newest first."""
    keys = [Piece.published_at, Piece.id]
    query = _choose(_public(), wanted)
    return list_page(db, query, keys, lambda one: [one.piece.published_at, one.piece.id], after, size)


def count_people(db: Session, wanted: Wanted | None = None) -> int:
    """How many public profiles there are, in 人(组): a group counts once, whatever its size."""
    inner = _choose(_public(), wanted or Wanted()).with_only_columns(func.count())
    return int(db.scalar(inner) or 0)


def list_newest_people(db: Session, most: int = 8) -> Sequence[GoodPerson]:
    """The newest public profiles, for the front page and the feed."""
    return db.scalars(_public().order_by(Piece.published_at.desc(), Piece.id.desc()).limit(most)).all()


def list_all_people(db: Session, most: int = 10_000) -> Sequence[GoodPerson]:
    """All that is public, newest first, for the site map and the search index."""
    return list_newest_people(db, most)


def list_batches(db: Session, most: int = 24) -> list[tuple[str, str, str]]:
    """Batches that have public profiles, newest first: (2026-3-city, label, level); each level counts its own."""
    batch = (GoodPerson.batch_year, GoodPerson.batch_no, GoodPerson.level)
    rows = db.execute(
        select(*batch, func.min(GoodPerson.batch_label))
        .join(GoodPerson.piece)
        .where(live())
        .group_by(*batch)
        .order_by(GoodPerson.batch_year.desc(), GoodPerson.batch_no.desc(), GoodPerson.level)
        .limit(most)
    ).all()
    return [(f"{year}-{number}-{level}", str(label), level) for year, number, level, label in rows]


def list_years(db: Session) -> Sequence[int]:
    """Years that have public profiles, newest first."""
    query = select(GoodPerson.batch_year).join(GoodPerson.piece).where(live()).distinct()
    return db.scalars(query.order_by(GoodPerson.batch_year.desc())).all()


def list_in_notice(db: Session, most: int = 50) -> Sequence[GoodPerson]:
    """Those whose public notice is running today, the first to end first."""
    return db.scalars(
        select(GoodPerson)
        .where(GoodPerson.stage == Stage.NOTICE, GoodPerson.notice_from <= today(), GoodPerson.notice_until >= today())
        .order_by(GoodPerson.notice_until, GoodPerson.id)
        .limit(most)
    ).all()


def get_person(db: Session, slug: str) -> GoodPerson:
    """The profile with this address when it is public or in public notice.

    Raises Gone when the title was revoked or consent taken back, NotFound otherwise.
    """
    person = db.scalar(select(GoodPerson).where(GoodPerson.slug == slug).options(joinedload(GoodPerson.piece)))
    if person is not None and (person.piece.is_live or person.is_in_notice):
        return person
    if person is not None and person.piece.is_over:
        if person.ending == Ending.CONSENT:
            raise Gone(_("这份事迹已经撤下。"), _("应本人意愿，不再公开展示。"))
        reason = person.piece.withdrawn_reason
        raise Gone(_("称号已撤销。"), _("撤销理由：%(reason)s") % {"reason": reason} if reason else "")
    raise NotFound(_("没有这位好人的页面。"), _("请从好人的列表里查找。"))


def get_live_person(db: Session, slug: str) -> GoodPerson:
    """As get_person, but a notice does not count."""
    person = get_person(db, slug)
    if not person.piece.is_live:
        raise NotFound(_("没有这位好人的页面。"), _("请从好人的列表里查找。"))
    return person


def get_person_for_desk(db: Session, person_id: int) -> GoodPerson:
    """A profile in any state; raise NotFound."""
    person = db.scalar(select(GoodPerson).where(GoodPerson.id == person_id).options(joinedload(GoodPerson.piece)))
    if person is None:
        raise NotFound(_("没有这份材料。"))
    return person


def list_for_desk(db: Session, stage: str = "", after: str | None = None, size: int = 30) -> Page[GoodPerson]:
    """Profiles for the desk, the one touched last first. stage: a stage, `published`, `over`, or empty for all."""
    query = select(GoodPerson).join(GoodPerson.piece).options(contains_eager(GoodPerson.piece))
    if stage == "published":
        query = query.where(live())
    elif stage == "over":
        query = query.where(Piece.state.in_(["withdrawn", "expired"]))
    elif stage:
        query = query.where(GoodPerson.stage == stage, Piece.published_at.is_(None))
    keys = [Piece.updated_at, Piece.id]
    return list_page(db, query, keys, lambda one: [one.piece.updated_at, one.piece.id], after, size)
