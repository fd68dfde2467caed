"""What the public reads: the list, an article, the feed."""

import re
from datetime import date

from starlette.responses import Response

from portal.core.errors import NotFound
from portal.core.feeds import Entry, answer_atom
from portal.core.i18n import gettext as _
from portal.core.web import Ctx
from portal.editorial import list_attachments
from portal.groups import City
from portal.publishing import queries

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
FEED_SIZE = 30


def column_of(city: City, key: str) -> str:
    """The name of a column; raise NotFound for one the city does not have."""
    for column in city.news_columns:
        if column.key == key:
            return column.name
    raise NotFound(_("没有这个栏目。"), _("请从创建动态的列表里选择栏目。"))


def _month(typed: str) -> date | None:
    found = MONTH.fullmatch(typed)
    return date(int(found[1]), int(found[2]), 1) if found else None


def index(ctx: Ctx) -> Response:
    """News by column and month, newest first."""
    column, after = ctx.query("column"), ctx.query("after")
    if column:
        column_of(ctx.city, column)
    month = _month(ctx.query("month"))
    is_first = not after and month is None
    return ctx.render(
        "publishing/index.html",
        page=queries.list_news(ctx.db, column, month, after or None),
        pinned=queries.list_pinned(ctx.db, column) if is_first else [],
        months=queries.list_months(ctx.db),
        columns={one.key: one for one in ctx.city.news_columns},
        live_columns=queries.list_live_columns(ctx.db) | {column},
        topics=queries.list_public_topics(ctx.db),
        column=column,
        month=month,
    )


def show(ctx: Ctx) -> Response:
    """One article, with what came before and after it."""
    news = queries.get_news(ctx.db, ctx.arg("slug"))
    before, following = queries.find_neighbours(ctx.db, news)
    return ctx.render(
        "publishing/show.html",
        news=news,
        columns={one.key: one for one in ctx.city.news_columns},
        group=ctx.city.find_group(news.group_key),
        attachments=list_attachments(ctx.db, news.attachments.split()),
        topic=queries.find_public_topic(ctx.db, news.topic),
        before=before,
        following=following,
    )


def topics(ctx: Ctx) -> Response:
    """Every topic that has something to read."""
    return ctx.render("publishing/topics.html", topics=queries.list_public_topics(ctx.db))


def topic(ctx: Ctx) -> Response:
    """The news of one matter, with the way to its group's progress, cases and figures."""
    found = queries.get_topic(ctx.db, ctx.arg("key"))
    return ctx.render(
        "publishing/topic.html",
        topic=found,
        page=queries.list_news(ctx.db, after=ctx.query("after") or None, topic=found.key),
        columns={one.key: one for one in ctx.city.news_columns},
        group=ctx.city.find_group(found.group_key),
    )


def feed(ctx: Ctx) -> Response:
    """The newest items as Atom, of all columns, of one column or of one topic."""
    city, base = ctx.city, ctx.settings.base_url
    column, topic_key = ctx.query("column"), ctx.query("topic")
    name = column_of(city, column) if column else _("创建动态")
    if topic_key:
        name = queries.get_topic(ctx.db, topic_key).title
    items = queries.list_newest_news(ctx.db, FEED_SIZE, column, topic=topic_key)
    entries = [
        Entry(
            news.title,
            f"{base}{news.path}",
            news.summary,
            news.piece.published_at,
            news.piece.corrected_at,
            author=news.source,
            categories=(column_name(city, news.column),),
        )
        for news in items
    ]
    return answer_atom(
        title=f"{city.brand.title} · {name}",
        about=city.brand.slogan,
        link=f"{base}/news",
        here=f"{base}{ctx.url('publishing:feed', column=column, topic=topic_key)}",
        author=city.office.name,
        entries=entries,
    )


def column_name(city: City, key: str) -> str:
    """The name of a column, or its key when a newer profile no longer has it."""
    return next((column.name for column in city.news_columns if column.key == key), key)
