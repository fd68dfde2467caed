"""Doors of GeoReport v2: http://wiki.open311.org/GeoReport_v2/."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from starlette.responses import Response

from portal.cases import Case
from portal.core.errors import BadInput, NotFound
from portal.core.roles import Role
from portal.core.web import Ctx, Door, get, post
from portal.open311 import keys, writing
from portal.open311 import service as service_keys
from portal.open311.description import describe
from portal.open311.formats import FORMATS, HEADERS, answer, refuse
from portal.open311.requests import (
    as_definition,
    as_request,
    as_services,
    first_photo,
    get_own,
    get_request,
    list_history,
    list_requests,
    read_query,
)

RATE = "600/10 minutes"
CHANGED = "2026-11-23T00:00:00+08:00"

Handler = Callable[[Ctx], Response]


def in_format(handler: Callable[[Ctx, str], Response]) -> Handler:
    """Answer in the format of the path, refusals included."""

    @wraps(handler)
    def serve(ctx: Ctx) -> Response:
        form = ctx.arg("format")
        if form not in FORMATS:
            return refuse(404, "format must be json or xml", "json")
        if not ctx.hit("open311", RATE):
            return refuse(429, "too many requests, try again in ten minutes", form)
        try:
            return handler(ctx, form)
        except NotFound as error:
            return refuse(404, str(error), form)
        except BadInput as error:
            return refuse(400, str(error), form)

    return serve


@in_format
def discovery(ctx: Ctx, form: str) -> Response:
    """Where the endpoint is and what it speaks."""
    formats = ["application/json", "text/xml"]
    base = f"{ctx.settings.base_url}/open311/v2"
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": base,
        "changeset": CHANGED,
        "type": "test" if ctx.city.placeholder_note else "production",
        "formats": formats,
    }
    data = {
        "changeset": CHANGED,
        "contact": f"{ctx.city.office.name} {ctx.city.office.phone}",
        "key_service": f"{ctx.city.office.name} {ctx.city.office.phone}",
        "endpoints": [endpoint],
    }
    return answer("discovery", data, form)


@in_format
def services(ctx: Ctx, form: str) -> Response:
    """The groups of the city."""
    return answer("services", as_services(ctx.city), form)


@in_format
def service(ctx: Ctx, form: str) -> Response:
    """What is asked in addition for one of them."""
    return answer("service_definition", as_definition(ctx.city, ctx.arg("code")), form)


def _shown(ctx: Ctx, case: Case) -> dict[str, Any]:
    name = first_photo(case)
    url = ctx.settings.base_url + ctx.url("cases:photo", case_no=case.case_no, name=name) if name else ""
    return as_request(ctx.city, case, url)


@in_format
def requests(ctx: Ctx, form: str) -> Response:
    """Public cases, newest first; X-Next-After holds the cursor of the next page."""
    page = list_requests(ctx.db, read_query(ctx.request.query_params))
    return answer("service_requests", [_shown(ctx, case) for case in page.rows], form, after=page.after)


def _readable(ctx: Ctx) -> Case:
    """The public case of the path, or the one that the asking system handed in itself."""
    number = ctx.arg("number")
    key = service_keys.find_key(ctx.db, ctx.secrets, ctx.query("api_key"))
    own = service_keys.find_own(ctx.db, key, number) if key and number.isascii() else None
    return get_own(ctx.db, own) if own else get_request(ctx.db, number)


@in_format
def request(ctx: Ctx, form: str) -> Response:
    """One case, as a list of one; with extensions=true its history as well."""
    case = _readable(ctx)
    shown = _shown(ctx, case)
    if ctx.query("extensions") == "true":
        shown["extended_attributes"] = {"history": list_history(ctx.db, ctx.city, case)}
    return answer("service_requests", [shown], form)


@in_format
def hand_in(ctx: Ctx, form: str) -> Response:
    """A new case from a system that holds a key."""
    return writing.hand_in(ctx, form)


@in_format
def token(ctx: Ctx, form: str) -> Response:
    """The number behind a token. Numbers are given at once here, so the number of a public case is its own token."""
    case = get_request(ctx.db, ctx.arg("number"))
    return answer("service_requests", [{"service_request_id": case.case_no, "token": case.case_no}], form)


def openapi(ctx: Ctx) -> Response:
    """The interface described for programs."""
    response = ctx.json(describe(ctx.settings.base_url, ctx.city.brand.title))
    response.headers.update(HEADERS)
    return response


doors: list[Door] = [
    get("/open311/v2/openapi.json", openapi),
    get("/open311/v2/discovery.{format}", discovery),
    get("/open311/v2/services.{format}", services),
    get("/open311/v2/services/{code}.{format}", service),
    get("/open311/v2/requests.{format}", requests),
    post("/open311/v2/requests.{format}", hand_in, name="requests", body_mb=64),
    get("/open311/v2/requests/{number}.{format}", request),
    get("/open311/v2/tokens/{number}.{format}", token),
    get("/desk/keys", keys.keys, Role.ADMIN),
    post("/desk/keys", keys.issue, Role.ADMIN, name="keys"),
    post("/desk/keys/{number}/close", keys.close, Role.ADMIN),
]
