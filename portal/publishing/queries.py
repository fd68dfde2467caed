"""Reading news; every public query carries `live()`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.core.clock import local, now, start_of
from portal.core.errors import Gone, NotFound
from portal.core.i18n import gettext as _
from portal.core.paging import Page, list_page
from portal.editorial import Piece, live
from portal.groups import City
from portal.publishing.models import News, NewsTopic

WARN_DAYS = 3
MONTHS = 24


def _public() -> Select[News]:
    return select(News).join(News.piece).options(contains_eager(News.piece)).where(live())


def list_news(
    db: Session, column: str = "", month: date | None = None, after: str | None = None, size: int = 20, topic: str = ""
) -> Page[News]:
    """Public news, newest first; without month and topic the pinned items are left to `list_pinned`."""
    query = _public()
    if topic:
        query = query.where(News.topic == topic)
    if column:
        query = query.where(News.column == column)
    if month:
        following = (month + timedelta(days=32)).replace(day=1)
        query = query.where(Piece.published_at >= start_of(month), Piece.published_at < start_of(following))
    elif not topic:
        query = query.where(News.is_pinned.is_(False))
    keys = [Piece.published_at, Piece.id]
    return list_page(db, query, keys, lambda news: [news.piece.published_at, news.piece.id], after, size)


def list_pinned(db: Session, column: str = "", most: int = 5) -> Sequence[News]:
    """Items put before the others."""
    query = _public().where(News.is_pinned.is_(True))
    if column:
        query = query.where(News.column == column)
    return db.scalars(query.order_by(Piece.published_at.desc(), Piece.id.desc()).limit(most)).all()


def list_newest_news(db: Session, most: int = 6, column: str = "", group: str = "", topic: str = "") -> Sequence[News]:
    """The newest public items, for the front page, feeds and a group's page."""
    query = _public()
    if topic:
        query = query.where(News.topic == topic)
    if column:
        query = query.where(News.column == column)
    if group:
        query = query.where(News.group_key == group)
    return db.scalars(query.order_by(Piece.published_at.desc(), Piece.id.desc()).limit(most)).all()


def list_all_news(db: Session, most: int = 10_000) -> Sequence[News]:
    """All that is public, newest first, for the site map and the search index."""
    return list_newest_news(db, most)


def get_news(db: Session, slug: str) -> News:
    """The public item with this address; raise Gone with the reason when it was taken down, NotFound otherwise."""
    news = db.scalar(select(News).where(News.slug == slug).options(joinedload(News.piece)))
    if news is not None and news.piece.is_live:
        return news
    if news is not None and news.piece.is_over:
        reason = news.piece.withdrawn_reason
        advice = _("撤下理由：%(reason)s") % {"reason": reason} if reason else _("这篇动态的展示期已满。")
        raise Gone(_("这篇动态已经撤下。"), advice)
    raise NotFound(_("没有这篇动态。"), _("请从创建动态的列表里查找。"))


def get_news_for_desk(db: Session, news_id: int) -> News:
    """An item in any state; raise NotFound."""
    news = db.scalar(select(News).where(News.id == news_id).options(joinedload(News.piece)))
    if news is None:
        raise NotFound(_("没有这篇动态。"))
    return news


def find_neighbours(db: Session, news: News) -> tuple[News | None, News | None]:
    """The public items published just before and just after this one."""
    at, number = news.piece.published_at, news.piece.id
    older = or_(Piece.published_at < at, and_(Piece.published_at == at, Piece.id < number))
    newer = or_(Piece.published_at > at, and_(Piece.published_at == at, Piece.id > number))
    before = _public().where(older).order_by(Piece.published_at.desc(), Piece.id.desc()).limit(1)
    following = _public().where(newer).order_by(Piece.published_at, Piece.id).limit(1)
    return db.scalar(before), db.scalar(following)


def list_months(db: Session) -> list[date]:
    """First days of the months that have an archive, newest first, at most two years back."""
    first = db.scalar(select(func.min(Piece.published_at)).join(News, News.piece_id == Piece.id).where(live()))
    if first is None:
        return []
    month = local(now()).date().replace(day=1)
    oldest = local(first).date().replace(day=1)
    months: list[date] = []
    while month >= oldest and len(months) < MONTHS:
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return months


def list_live_columns(db: Session) -> set[str]:
    """Keys of the columns that have something to read; a column without anything is shown to nobody."""
    return set(db.scalars(select(News.column).join(News.piece).where(live()).distinct()))


def list_topics(db: Session) -> Sequence[NewsTopic]:
    """Every topic for the desk, newest first."""
    return db.scalars(select(NewsTopic).order_by(NewsTopic.is_closed, NewsTopic.id.desc()).limit(200)).all()


def list_public_topics(db: Session) -> list[tuple[NewsTopic, int]]:
    """Topics that are agreed to and have something to read, with how much; open ones first, then the newest."""
    rows = db.execute(
        select(NewsTopic, func.count())
        .join(News, News.topic == NewsTopic.key)
        .join(News.piece)
        .where(live(), NewsTopic.approved_by != "")
        .group_by(NewsTopic.id)
        .order_by(NewsTopic.is_closed, NewsTopic.id.desc())
    ).all()
    return [(topic, count) for topic, count in rows]


def get_topic(db: Session, key: str) -> NewsTopic:
    """The topic the public reads under this key; raise NotFound."""
    topic = find_public_topic(db, key)
    if topic is None:
        raise NotFound(_("没有这个专题。"), _("请从创建动态的列表里查找。"))
    return topic


def find_public_topic(db: Session, key: str) -> NewsTopic | None:
    """The topic under this key when the public may read it; none for an empty key."""
    return db.scalar(select(NewsTopic).where(NewsTopic.key == key, NewsTopic.approved_by != "")) if key else None


def get_topic_for_desk(db: Session, topic_id: int) -> NewsTopic:
    """A topic in any state; raise NotFound."""
    topic = db.get(NewsTopic, topic_id)
    if topic is None:
        raise NotFound(_("没有这个专题。"))
    return topic


def find_topic(db: Session, key: str) -> NewsTopic | None:
    """The topic of this key in any state."""
    return db.scalar(select(NewsTopic).where(NewsTopic.key == key))


@dataclass(frozen=True)
class Freshness:
    """How fresh a column is. days: since its newest item, None when it is empty; limit: how many it may be."""

    key: str
    name: str
    newest_at: datetime | None
    days: int | None
    limit: int

    @property
    def words(self) -> str:
        """How fresh it is, and from three days before its limit on how long it has."""
        if self.days is None:
            return _("空栏目")
        if self.days >= self.limit:
            return _("%(days)s 天没有更新，已超期") % {"days": self.days}
        if self.tone == "warn":
            return _("还有 %(left)s 天到期") % {"left": self.limit - self.days}
        return _("今天") if self.days == 0 else _("%(days)s 天前") % {"days": self.days}

    @property
    def tone(self) -> str:
        """ok, warn from three days before the limit on, danger from the limit on or when empty."""
        if self.days is None or self.days >= self.limit:
            return "accent"
        return "warn" if self.days >= self.limit - WARN_DAYS else "ok"


def list_freshness(db: Session, city: City) -> list[Freshness]:
    """Each column with the days since its newest item; inspections of government sites count them (14, 180 days)."""
    rows = db.execute(
        select(News.column, func.max(Piece.published_at)).join(News.piece).where(live()).group_by(News.column)
    )
    newest: dict[str, datetime | None] = {key: at for key, at in rows}  # noqa: C416 - rows are no pairs to mypy
    found = []
    for column in city.news_columns:
        at = newest.get(column.key)
        days = (local(now()).date() - local(at).date()).days if at else None
        found.append(Freshness(column.key, column.name, at, days, column.max_age_days))
    return found
