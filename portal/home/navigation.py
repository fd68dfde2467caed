"""What is in the two menus, and what every page gets besides its own values."""

from typing import Any

from portal.core.clock import now
from portal.core.i18n import gettext as _
from portal.core.i18n import offered
from portal.core.roles import CASE_STAFF, Person, Role
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


def _desk_nav(person: Person | None) -> list[tuple[str, str, str]]:
    if person is None:
        return []
    return [(_(text), path, key) for text, path, key, roles in DESK if roles & person.roles]


def _section(path: str) -> str:
    parts = path.strip("/").split("/")
    if parts[0] == "desk":
        return parts[1] if len(parts) > 1 else "desk"
    if parts[0] == "cases" and len(parts) > 1:
        own = "track" if parts[-1] in {"mine", "receipt"} else "cases"
        return parts[1] if parts[1] in {"new", "track"} else own
    return parts[0]


def page_context(ctx: Ctx) -> dict[str, Any]:
    """The menus, the section a page belongs to, this moment, and the address before every path."""
    return {
        "nav": [(_(text), path, key) for text, path, key in PUBLIC],
        "desk_nav": _desk_nav(ctx.person),
        "section": _section(ctx.request.url.path),
        "languages": offered(),
        "now": now(),
        "origin": ctx.settings.base_url,
    }
