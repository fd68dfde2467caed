"""The table of doors, and what a handler gets."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from starlette.background import BackgroundTasks
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from portal.core import limits, pages
from portal.core.address import client_address
from portal.core.answers import KeptAnswers
from portal.core.db import Database
from portal.core.errors import SignInNeeded
from portal.core.htmx import is_partial
from portal.core.kept import KeptPages, KeptParts, KeptValues
from portal.core.roles import Person, Role
from portal.core.settings import Settings
from portal.core.signing import Secrets

Handler = Callable[["Ctx"], Response]
FLASH_S = 120


@dataclass(frozen=True)
class Door:
    """One line of the access matrix. roles: empty for the public; limit: uses per address, e.g. "30/hour".

    is_kept: everybody reads the same page, so it may be sent again until something it shows changes.
    """

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role]
    name: str
    body_mb: int = 12
    limit: str = ""
    is_kept: bool = False


def _door(
    method: str,
    path: str,
    handler: Handler,
    role: Role | Collection[Role] | None,
    name: str,
    body_mb: int,
    limit: str,
    is_kept: bool = False,
) -> Door:
    roles = frozenset() if role is None else frozenset({role}) if isinstance(role, Role) else frozenset(role)
    slice_name = handler.__module__.split(".")[1]
    return Door(method, path, handler, roles, f"{slice_name}:{name or handler.__name__}", body_mb, limit, is_kept)


def get(
    path: str,
    handler: Handler,
    role: Role | Collection[Role] | None = None,
    *,
    name: str = "",
    limit: str = "",
    is_kept: bool = False,
) -> Door:
    """A door that reads; its route name is slice:handler.

    is_kept: for pages without anything made for one reader: no form with a number of its own, no secret, no count of
    uses. They may read the database, the city and the reader's language, mode and theme; nothing else of the request.
    """
    return _door("GET", path, handler, role, name, 1, limit, is_kept)


def post(
    path: str,
    handler: Handler,
    role: Role | Collection[Role] | None = None,
    *,
    name: str = "",
    body_mb: int = 12,
    limit: str = "",
) -> Door:
    """A door that writes: one transaction, committed when the answer is below 400."""
    return _door("POST", path, handler, role, name, body_mb, limit)


@dataclass
class Portal:
    """What one running portal consists of; made by create_app, reachable from every Ctx."""

    settings: Settings
    database: Database
    secrets: Secrets
    city: Any
    answers: KeptAnswers
    photos: Any = None
    router: Any = None
    kept_pages: KeptPages = field(default_factory=KeptPages)
    kept_values: KeptValues = field(default_factory=KeptValues)
    kept_parts: KeptParts = field(default_factory=KeptParts)
    paths: dict[str, str] = field(default_factory=dict)
    find_person: Callable[["Portal", Request, Session], Person | None] = lambda _portal, _request, _db: None
    page_context: Callable[["Ctx"], dict[str, Any]] = lambda _ctx: {}
    wake_jobs: Callable[[], None] = lambda: None


class Ctx:
    """Everything a handler needs for one request."""

    def __init__(
        self, request: Request, db: Session, data: ImmutableMultiDict[str, Any] | FormData, person: Person | None
    ) -> None:
        self.request = request
        self.db = db
        self.data = data
        self.person = person
        self.portal: Portal = request.app.state.portal
        self.prefs = pages.read_preferences(request.cookies)
        self._cookies: list[dict[str, Any]] = []
        self._later = BackgroundTasks()

    @property
    def city(self) -> Any:
        """The city profile (portal.groups.City)."""
        return self.portal.city

    @property
    def settings(self) -> Settings:
        return self.portal.settings

    @property
    def secrets(self) -> Secrets:
        return self.portal.secrets

    @property
    def staff(self) -> Person:
        """The signed-in person, at doors that have a role."""
        if self.person is None:
            raise SignInNeeded
        return self.person

    @property
    def partial(self) -> bool:
        """True when htmx asks for a part."""
        return is_partial(self.request)

    @property
    def wants_json(self) -> bool:
        """True when a machine asks."""
        return "application/json" in self.request.headers.get("accept", "")

    @property
    def address(self) -> str:
        """The sender's network address, by trusted proxies only."""
        return client_address(self.request, self.settings.trusted_proxies)

    def arg(self, name: str) -> str:
        """A parameter of the path."""
        return str(self.request.path_params[name])

    def query(self, name: str, default: str = "") -> str:
        """A parameter of the query, cleaned of what no text holds."""
        return self.request.query_params.get(name, default).replace("\x00", "").strip()[:500]

    def url(self, name: str, /, **params: Any) -> str:
        """The path of a route by name."""
        return pages.url(name, **params)

    def render(self, template: str, /, *, status: int = 200, fragment: str | None = None, **context: Any) -> Response:
        """A page, or one block of it."""
        return self.page(self.write(template, status=status, fragment=fragment, **context), status)

    def write(self, template: str, /, *, status: int = 200, fragment: str | None = None, **context: Any) -> str:
        """The text of a page, or of one block of it."""
        shared = {
            "request": self.request,
            "person": self.person,
            "city": self.city,
            "prefs": self.prefs,
            "messages": self._messages(),
            "status": status,
            **self.portal.page_context(self),
        }
        return pages.render(template, {**shared, **context}, fragment)

    def page(self, text: str, status: int = 200) -> Response:
        """The answer for a written page."""
        headers = {"Vary": "HX-Request, Cookie", "Cache-Control": "no-store" if self.person else "no-cache"}
        return HTMLResponse(text, status, headers)

    def redirect(self, name: str, /, **params: Any) -> Response:
        """See Other, by route name."""
        return RedirectResponse(self.url(name, **params), 303)

    def redirect_to(self, path: str) -> Response:
        """See Other, to a path of this portal; anything else leads home."""
        return RedirectResponse(own_path(path), 303)

    def json(self, data: Any, status: int = 200) -> Response:
        """An answer for a machine."""
        return JSONResponse(data, status)

    def later(self, function: Callable[..., Any], *args: Any) -> None:
        """Call after the commit, when the answer is on its way."""
        self._later.add_task(function, *args)

    def hit(self, name: str, rate: str, key: str = "", cost: int = 1) -> bool:
        """Count one use, or several, by this key (default: the sender's address), whatever becomes of the request.

        False when the rate is used up. It is a transaction of its own, so a post counts before its first statement,
        reading ones included.
        """
        if self.request.method == "POST" and self.db.in_transaction():
            raise RuntimeError("count before the first statement: this transaction holds the lock that counting needs")
        if not self.settings.limits:
            return True
        hashed = self.secrets.hash("limit", f"{name} {key or self.address}")[:40]
        with self.portal.database.write() as db:
            return limits.hit(db, f"{name}:{hashed}", rate, cost)

    def flash(self, text: str, tone: str = "ok") -> None:
        """Show this once, on the next page."""
        self.keep_cookie("flash", {"text": text, "tone": tone}, FLASH_S)

    @property
    def has_message(self) -> bool:
        """True when `flash` left something to show on this page."""
        return self.read_cookie("flash", FLASH_S) is not None

    def _messages(self) -> list[dict[str, str]]:
        message = self.read_cookie("flash", FLASH_S)
        if message is None:
            return []
        self.drop_cookie("flash")
        return [message]

    def _cookie_name(self, name: str) -> str:
        return f"__Host-{name}" if self.settings.is_https else name

    def keep_cookie(self, name: str, value: Any, max_age_s: int) -> None:
        """Keep a signed value in the reader's browser."""
        self.set_cookie(self._cookie_name(name), self.secrets.sign(f"cookie {name}", value), max_age_s)

    def read_cookie(self, name: str, max_age_s: int) -> Any | None:
        """A value kept by keep_cookie; None when absent, changed or too old."""
        token = self.request.cookies.get(self._cookie_name(name))
        return self.secrets.find(f"cookie {name}", token, max_age_s) if token else None

    def drop_cookie(self, name: str) -> None:
        """Forget a cookie made by keep_cookie."""
        self.set_cookie(self._cookie_name(name), "", 0)

    def set_cookie(self, name: str, value: str, max_age_s: int) -> None:
        """Set a plain cookie (HttpOnly, SameSite=Lax, Secure behind HTTPS)."""
        self._cookies = [kept for kept in self._cookies if kept["key"] != name]
        self._cookies.append({"key": name, "value": value, "max_age": max_age_s})

    def finish(self, response: Response) -> Response:
        """Put cookies and later work on the answer; the door calls it."""
        for cookie in self._cookies:
            response.set_cookie(**cookie, httponly=True, samesite="lax", secure=self.settings.is_https, path="/")
        if self._later.tasks and response.status_code < 400:
            response.background = self._later
        return response


def own_path(path: str) -> str:
    """The path when it leads inside this portal, else the front page: no redirect ever leaves."""
    parts = urlsplit(path.replace("\\", "/"))
    is_own = not parts.scheme and not parts.netloc and path.startswith("/") and not path.startswith("//")
    return path if is_own and path.isprintable() else "/"


def make_paths(doors: Collection[Door]) -> Mapping[str, str]:
    """Route name → path pattern, for url()."""
    paths: dict[str, str] = {}
    for door in doors:
        if paths.setdefault(door.name, door.path) != door.path:
            raise ValueError(f"two doors are called {door.name}")
    return paths
