"""What is in the two menus, and what every page gets besides its own values."""

from functools import cache, lru_cache
from typing import Any

from markupsafe import Markup

from portal.core import pages
from portal.core.clock import now
from portal.core.i18n import gettext as _
from portal.core.i18n import language, offered
from portal.core.roles import CASE_STAFF, Role
from portal.core.web import Ctx

PUBLIC = (
    ("我要反映", "/cases/new", "new"),
    ("查进度", "/cases/track", "track"),
    ("公开办理", "/cases", "cases"),
    ("满意度", "/surveys", "surveys"),
    ("创建动态", "/news", "news"),
    ("身边好人", "/people", "people"),
    ("诚信红黑榜", "/credit", "credit"),
    ("创建红黑榜", "/board", "board"),
    ("专项组", "/groups", "groups"),
)
NOBODY = frozenset[Role]()
CONTENT = frozenset({Role.EDITOR, Role.REVIEWER})
DESK = (
    ("工作台", "/desk", "desk", frozenset(Role)),
    ("诉求办理", "/desk/cases", "cases", CASE_STAFF),
    ("创建动态", "/desk/news", "news", CONTENT),
    ("好人", "/desk/people", "people", CONTENT),
    ("诚信红黑榜", "/desk/credit", "credit", CONTENT),
    ("创建红黑榜", "/desk/board", "board", CONTENT | {Role.SUPERVISOR, Role.GROUP, Role.UNIT}),
    ("问卷", "/desk/surveys", "surveys", frozenset({Role.ANALYST, Role.SUPERVISOR})),
    ("派单模型", "/desk/router", "router", frozenset({Role.DISPATCHER, Role.ANALYST, Role.SUPERVISOR})),
    ("统计", "/desk/figures", "figures", CASE_STAFF | {Role.ANALYST}),
    ("预警", "/desk/warnings", "warnings", frozenset({Role.DISPATCHER, Role.ANALYST, Role.SUPERVISOR})),
    ("发件箱", "/desk/outbox", "outbox", frozenset({Role.DISPATCHER, Role.ADMIN})),
    ("账号", "/desk/staff", "staff", frozenset({Role.ADMIN})),
    ("接口密钥", "/desk/keys", "keys", frozenset({Role.ADMIN})),
    ("审计日志", "/desk/audit", "audit", frozenset({Role.AUDITOR})),
    ("城市设置", "/desk/city", "city", frozenset({Role.ADMIN})),
)


Menu = list[tuple[str, str, str]]


@lru_cache(maxsize=500)
def _menus(_language: str, roles: frozenset[Role]) -> tuple[Menu, Menu]:
    """The public menu and the desk's for these roles, in the reader's language."""
    public = [(_(text), path, key) for text, path, key in PUBLIC]
    return public, [(_(text), path, key) for text, path, key, allowed in DESK if allowed & roles]


@cache
def _choices(_language: str, prefs: pages.Preferences) -> Markup:
    """Language and light to choose from; there are as many as there are ways to read."""
    text = pages.render("core/_choices.html", {"prefs": prefs, "languages": offered()})
    return Markup(text)  # noqa: S704  # nosec B704


def _section(path: str) -> str:
    parts = path.strip("/").split("/")
    if parts[0] == "desk":
        return parts[1] if len(parts) > 1 else "desk"
    if parts[0] == "cases" and len(parts) > 1:
        # What follows a number is the reporter's own, but saying "me too" belongs to the page everybody reads.
        own = "track" if len(parts) == 3 and parts[2] != "support" else "cases"
        return {"new": "new", "check": "new", "track": "track"}.get(parts[1], own)
    return parts[0]


def page_context(ctx: Ctx) -> dict[str, Any]:
    """The menus, the section a page belongs to, this moment, and the address before every path."""
    public, desk = _menus(language(), ctx.person.roles if ctx.person else NOBODY)
    return {
        "nav": public,
        "desk_nav": desk,
        "choices": _choices(language(), ctx.prefs),
        "section": _section(ctx.request.url.path),
        "now": now(),
        "origin": ctx.settings.base_url,
    }
