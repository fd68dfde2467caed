"""The front page, preferences, and what machines ask a site about itself."""

from prometheus_client import generate_latest
from sqlalchemy import text as sql
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from portal.cases import GroupCount, count_by_group, list_answered
from portal.core.clock import now, today
from portal.core.errors import NotFound
from portal.core.i18n import gettext as _
from portal.core.pages import CHOICES, static
from portal.core.web import Ctx, Door, get, post
from portal.credit import list_newest_entries
from portal.groups import City
from portal.home.texts import find_text
from portal.migrations import current, newest
from portal.people import list_newest_people
from portal.publishing import list_newest_news
from portal.surveys import find_open_survey

YEAR_S = 365 * 24 * 3600


def index(ctx: Ctx) -> Response:
    """The front page: report, track, rate, and the newest of everything."""
    city: City = ctx.city
    counts = count_by_group(ctx.db)
    return ctx.render(
        "home/index.html",
        groups=[(group, counts.get(group.key, GroupCount())) for group in city.groups],
        news=list_newest_news(ctx.db, 5),
        people=list_newest_people(ctx.db, 6),
        credit=[(colour, list_newest_entries(ctx.db, colour, 2)) for colour in ("red", "black")],
        answered=list_answered(ctx.db, 5),
        survey=find_open_survey(ctx.db),
        columns={column.key: column.name for column in city.news_columns},
        categories={category.key: category.name for category in city.people_categories},
        phase=city.phase_on(today()),
        notice=city.message_at(now()),
    )


def site_map(ctx: Ctx) -> Response:
    """Everything there is for the public, by what one comes for."""
    groups = [(group.name, ctx.url("figures:group", key=group.key)) for group in ctx.city.groups]
    more = [
        (_("关于我们"), "/pages/about"),
        (_("使用帮助"), "/pages/help"),
        (_("隐私说明"), "/pages/privacy"),
        (_("无障碍声明"), "/pages/accessibility"),
        (_("全年进程"), ctx.url("figures:year")),
        (_("推荐好人"), ctx.url("people:nominate")),
        (_("专题"), ctx.url("publishing:topics")),
        (_("订阅公开办理"), ctx.url("alerts:index")),
        (_("搜索"), ctx.url("search:search")),
        (_("开放数据"), ctx.url("opendata:index")),
        (_("核验回执"), ctx.url("cases:verify")),
    ]
    return ctx.render("home/site_map.html", parts=[(_("专项组"), groups), (_("更多"), more)])


def prefs(ctx: Ctx) -> Response:
    """Keep how the reader wants pages to look, and go back."""
    for key, allowed in CHOICES.items():
        value = ctx.data.get(key)
        if value in allowed:
            ctx.set_cookie(key, str(value), YEAR_S)
    return ctx.redirect_to(str(ctx.data.get("next", "/")))


def page(ctx: Ctx) -> Response:
    """A page of words from content/pages."""
    text = find_text(ctx.settings.content_dir / "pages", ctx.arg("slug"))
    if text is None:
        raise NotFound
    return ctx.render("home/page.html", text=text)


def healthz(_ctx: Ctx) -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


def readyz(ctx: Ctx) -> Response:
    """The database answers and has the newest schema."""
    ctx.db.execute(sql("SELECT 1"))
    is_current = current(ctx.portal.database) == newest()
    return PlainTextResponse(
        "ready\n" if is_current else "not migrated\n", 200 if is_current else 503, {"Cache-Control": "no-store"}
    )


def metrics(ctx: Ctx) -> Response:
    """Counters for Prometheus, for those who have the token."""
    token = ctx.settings.metrics_token
    if not token or ctx.request.headers.get("authorization") != f"Bearer {token}":
        raise NotFound
    return PlainTextResponse(generate_latest(ctx.request.app.state.metrics.registry).decode())


def robots(ctx: Ctx) -> Response:
    """What crawlers may read: everything public but the reporters' own pages and the search."""
    lines = ["User-agent: *", "Disallow: /desk", "Disallow: /cases/track", "Disallow: /search", ""]
    return PlainTextResponse("\n".join([*lines, f"Sitemap: {ctx.settings.base_url}/sitemap.xml", ""]))


def favicon(_ctx: Ctx) -> Response:
    """Where browsers and feed readers look for an icon that no page named to them."""
    return RedirectResponse(static("img/favicon.svg"), 301, {"Cache-Control": "public, max-age=86400"})


def security_txt(ctx: Ctx) -> Response:
    """Whom to tell about a hole (RFC 9116)."""
    year = now().year + 1
    mail = ctx.city.office.email
    lines = [f"Contact: mailto:{mail}", f"Expires: {year}-12-31T00:00:00Z", "Preferred-Languages: zh, en"]
    return PlainTextResponse("\n".join([*lines, f"Canonical: {ctx.settings.base_url}/.well-known/security.txt", ""]))


doors: list[Door] = [
    get("/", index, is_kept=True),
    get("/sitemap", site_map, is_kept=True),
    post("/prefs", prefs),
    get("/pages/{slug}", page, is_kept=True),
    get("/healthz", healthz),
    get("/readyz", readyz),
    get("/metrics", metrics),
    get("/robots.txt", robots, is_kept=True),
    get("/favicon.ico", favicon),
    get("/.well-known/security.txt", security_txt),
]
