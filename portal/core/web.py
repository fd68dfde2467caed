"""Doors and what a handler gets: admission, form, database session, answer, commit."""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from starlette.background import BackgroundTasks
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Message

from portal.core import limits, pages
from portal.core.address import client_address
from portal.core.answers import KeptAnswers
from portal.core.db import Database
from portal.core.errors import Forbidden, SignInNeeded, TooMany
from portal.core.htmx import is_partial
from portal.core.i18n import gettext as _
from portal.core.i18n import speaking
from portal.core.kept import KeptPages, KeptParts, KeptValues
from portal.core.roles import Person, Role, holds
from portal.core.settings import Settings
from portal.core.signing import Secrets

Handler = Callable[["Ctx"], Response]
MB = 1024 * 1024
PLAIN_FORM = "application/x-www-form-urlencoded"
FORMS = (PLAIN_FORM, "multipart/form-data")
_UNESCAPED = re.compile(rb"[\x80-\xff]")
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


def is_cross_site(request: Request, has_session: bool) -> bool:
    """True for an unsafe request that another site may have caused, judged by its headers.

    Sec-Fetch-Site decides when sent, else Origin, else Referer; a client that sends none of them passes only
    without a session.
    """
    site = request.headers.get("sec-fetch-site")
    if site:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin") or request.headers.get("referer")
    if origin:
        return urlsplit(origin).netloc != request.headers.get("host")
    return has_session


def _admit(door: Door, ctx: Ctx) -> None:
    if not door.roles:
        return
    if ctx.person is None:
        raise SignInNeeded(_("请先登录。"))
    if not holds(ctx.person, door.roles):
        raise Forbidden(_("您的账号没有这一页的权限。"), _("如需使用，请联系管理员为您开通相应角色。"))


def _serve_kept(door: Door, request: Request) -> Response:
    portal: Portal = request.app.state.portal
    reading = request.scope["state"].get("reading")
    if reading is None:
        return _serve_read(door, request)
    return portal.answers.make(reading, lambda: _serve_read(door, request))


def _serve_read(door: Door, request: Request) -> Response:
    portal: Portal = request.app.state.portal
    with portal.database.read() as db:
        ctx = Ctx(request, db, request.query_params, portal.find_person(portal, request, db))
        _admit(door, ctx)
        _count(door, ctx)
        return ctx.finish(door.handler(ctx))


def _serve_write(door: Door, request: Request, form: FormData) -> Response:
    portal: Portal = request.app.state.portal
    request.scope.setdefault("state", {})["form"] = form
    with portal.database.read() as db:
        person = portal.find_person(portal, request, db)
    with portal.database.unit() as db:
        ctx = Ctx(request, db, form, person)
        _admit(door, ctx)
        _count(door, ctx)
        response = door.handler(ctx)
        if response.status_code < 400:
            db.commit()
        return ctx.finish(response)


def _count(door: Door, ctx: Ctx) -> None:
    if door.limit and not ctx.hit(door.name, door.limit):
        raise TooMany(_("您操作得有些频繁。"), _("请过一会儿再试。"), retry_after_s=600)


def _speak(serve: Callable[..., Response], door: Door, request: Request, *rest: Any) -> Response:
    portal: Portal = request.app.state.portal
    prefs = pages.read_preferences(request.cookies)
    with speaking(prefs.lang), pages.routing_by(portal.paths):
        return serve(door, request, *rest)


def _bounded(request: Request, most: int) -> Request:
    """The same request, if it brings a form; its body ends in 413 past so many bytes, and raw Chinese is read as such.

    Starlette's own limit answers with a line of English; this one raises, so that the reader gets our page. And it
    reads bytes that a script did not escape (curl -d text=路灯) as Latin-1, where the standard has UTF-8.
    """
    kind = request.headers.get("content-type", PLAIN_FORM).partition(";")[0].strip().lower()
    if kind not in FORMS:
        raise HTTPException(415)
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > most:
        raise HTTPException(413)
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > most:
            raise HTTPException(413)
        if kind == PLAIN_FORM and "body" in message:
            message["body"] = _UNESCAPED.sub(lambda byte: b"%%%02X" % ord(byte[0]), message["body"])
        return message

    return Request(request.scope, receive)


def _endpoint(door: Door) -> Callable[[Request], Any]:
    async def read(request: Request) -> Response:
        return await run_in_threadpool(_speak, _serve_kept if door.is_kept else _serve_read, door, request)

    async def write(request: Request) -> Response:
        # A citizen's cookie is none: SameSite keeps it from other sites, and old browsers must be able to rate a case.
        has_session = any(name.removeprefix("__Host-") == "staff" for name in request.cookies)
        if is_cross_site(request, has_session):
            raise Forbidden(_("这次提交不是从本站页面发出的，没有处理。"), _("请回到本站页面重新提交。"))
        body = _bounded(request, door.body_mb * MB)
        async with body.form(max_files=12, max_fields=600, max_part_size=4 * MB) as form:
            # A client that hangs up must not stop a write half-way between commit and answer.
            return await asyncio.shield(run_in_threadpool(_speak, _serve_write, door, request, form))

    return write if door.method == "POST" else read


def make_routes(doors: Collection[Door]) -> list[Route]:
    """Starlette routes of a table of doors."""
    return [
        Route(
            door.path,
            _endpoint(door),
            methods=[door.method],
            name=door.name,
        )
        for door in doors
    ]


def make_paths(doors: Collection[Door]) -> Mapping[str, str]:
    """Route name → path pattern, for url()."""
    paths: dict[str, str] = {}
    for door in doors:
        if paths.setdefault(door.name, door.path) != door.path:
            raise ValueError(f"two doors are called {door.name}")
    return paths
