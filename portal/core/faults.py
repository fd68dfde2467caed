"""Pages of refusals and faults: what happened, what to do next, and the words that were not kept."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from portal.core import pages
from portal.core.errors import Refusal, SignInNeeded, TooMany, Unavailable
from portal.core.i18n import gettext as _
from portal.core.i18n import speaking
from portal.core.web import Ctx, Portal, own_path

log = structlog.get_logger("portal.faults")

REASONS = {
    400: "请求的内容读不出来。",
    404: "没有找到这个页面。",
    405: "这个地址不接受这种操作。",
    410: "这项内容已经撤下。",
    413: "提交的内容太大。",
    415: "提交的内容不是表单，读不出来。",
    500: "页面出了问题，我们已经记录下来。",
    503: "现在暂时保存不了，您提交的内容没有被保存。",
}
ADVICE = {
    400: "请返回上一页重新填写。",
    401: "登录后请重新提交。",
    403: "请回到上一页，或请能办这一步的同事来办。",
    404: "请检查地址，或从首页查找。",
    405: "请从页面上的按钮操作。",
    409: "页面上的内容可能已经变了，请回到上一页刷新后再看。",
    410: "请从首页或搜索查看其他内容。",
    413: "请减少照片数量或缩小照片后再提交。",
    415: "程序请按表单提交：multipart/form-data 或 application/x-www-form-urlencoded。",
    422: "请回到上一页，改好后再提交。",
    500: "请稍后再试；如果一直这样，请拨打页面底部的电话。",
    503: "请稍等几分钟再提交一次。",
}
WORTH_KEEPING = 8
"""From so many characters on a text is shown again on the page of a refusal; shorter ones are quickly typed anew."""
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
AT_THE_DESK = {404: "它可能已经转走或撤下，请从列表里打开。"}
"""Advice for those who work there; the rest is as for everybody."""


def _error_page(request: Request, status: int, message: str, advice: str, headers: dict[str, str]) -> Response:
    portal: Portal = request.app.state.portal
    prefs = pages.read_preferences(request.cookies)
    with speaking(prefs.lang), pages.routing_by(portal.paths):
        is_desk = request.url.path.startswith("/desk")
        advice = advice or _((AT_THE_DESK if is_desk else {}).get(status) or ADVICE.get(status, ""))
        message = message or _(REASONS.get(status, REASONS[400]))
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"error": message, "advice": advice}, status, headers)
        with portal.database.read() as db:
            person = _person(portal, request, db)
            ctx = Ctx(request, db, request.query_params, person)
            back, state = _way_back(request), request.scope.get("state", {})
            response = ctx.render(
                "core/error.html",
                layout="core/desk.html" if person and is_desk else "core/base.html",
                back=back,
                sign_in=_login_path(back or "/desk") if status == SignInNeeded.status else "",
                status=status,
                title=message,
                message=message,
                advice=advice,
                typed=_worth_keeping(state["form"]) if "form" in state else [],
                request_id=state.get("request_id", ""),
            )
    response.headers.update(headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _worth_keeping(form: FormData) -> list[str]:
    """Sentences that somebody wrote into a form and would miss if it were refused; never a password or a code."""
    texts = [value for name, value in form.multi_items() if isinstance(value, str) and "password" not in name]
    return [text for text in texts if len(_CHINESE.findall(text)) >= WORTH_KEEPING]


def _way_back(request: Request) -> str:
    """The page of this portal that the reader came from; empty when there is none, or when it is this very page."""
    came = urlsplit(request.headers.get("referer", ""))
    if not came.netloc or came.netloc != request.headers.get("host"):
        return ""
    path = own_path(came.path + (f"?{came.query}" if came.query else ""))
    return "" if request.method != "POST" and came.path == request.url.path else path


def _login_path(target: str) -> str:
    """Where to sign in, and come back to the target afterwards."""
    return f"/desk/login?next={quote(target, safe='/')}"


def _person(portal: Portal, request: Request, db: Session) -> Any:
    try:
        return portal.find_person(portal, request, db)
    except (DBAPIError, OSError):
        return None  # the database is what failed: the page is for anybody


async def refuse(request: Request, error: Exception) -> Response:
    """A Refusal becomes a page that says why and what to do next; a missing sign-in leads to the sign-in page."""
    assert isinstance(error, Refusal)
    wants_page = "application/json" not in request.headers.get("accept", "")
    if isinstance(error, SignInNeeded) and request.method in {"GET", "HEAD"} and wants_page:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(_login_path(request.url.path + query), 303)
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, TooMany) else {}
    return await run_in_threadpool(_error_page, request, error.status, error.message, error.advice, headers)


async def refuse_http(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (404, 405, 413, a damaged form) in the portal's words."""
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    return await run_in_threadpool(_error_page, request, error.status_code, "", "", headers)


async def refuse_database(request: Request, error: Exception) -> Response:
    """A database or disk that cannot keep anything just now: 503 and a page, nothing half saved."""
    is_passing = isinstance(error, OperationalError | OSError)
    log.error("storage failed", error=type(error).__name__, reason=str(error)[:300])
    status = Unavailable.status if is_passing else 500
    return await run_in_threadpool(_error_page, request, status, "", "", {"Retry-After": "60"} if is_passing else {})


async def fail(request: Request, error: Exception) -> Response:
    """A bug: logged with its trace, answered without it."""
    log.error("request failed", exc_info=error, path=request.url.path[:200])
    return await run_in_threadpool(_error_page, request, 500, "", "", {})
