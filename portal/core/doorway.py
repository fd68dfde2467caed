"""One request through its door: cross-site check, form, person and role, session, handler, commit, answer."""

import asyncio
import re
from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from portal.core import pages
from portal.core.errors import Forbidden, SignInNeeded, TooMany
from portal.core.i18n import gettext as _
from portal.core.i18n import speaking
from portal.core.roles import holds
from portal.core.web import Ctx, Door, Portal

MB = 1024 * 1024
PLAIN_FORM = "application/x-www-form-urlencoded"
FORMS = (PLAIN_FORM, "multipart/form-data")
_UNESCAPED = re.compile(rb"[\x80-\xff]")


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
        try:
            form = await body.form(max_files=12, max_fields=600, max_part_size=4 * MB)
        except ClientDisconnect:
            # Nobody reads this answer, and nothing is wrong here: the log and the counters shall not say so.
            return Response(status_code=400)
        try:
            # A client that hangs up must not stop a write half-way between commit and answer.
            return await asyncio.shield(run_in_threadpool(_speak, _serve_write, door, request, form))
        finally:
            await form.close()

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
