"""Doors of GeoReport v2, for reading: http://wiki.open311.org/GeoReport_v2/."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from starlette.responses import Response

from portal.cases import Case
from portal.core.errors import BadInput, NotFound
from portal.core.web import Ctx, Door, get
from portal.open311.description import describe
from portal.open311.formats import FORMATS, HEADERS, answer, refuse
from portal.open311.requests import (
    as_definition,
    as_request,
    as_services,
    first_photo,
    get_request,
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
        "key_service": "",
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


@in_format
def request(ctx: Ctx, form: str) -> Response:
    """One public case, as a list of one."""
    return answer("service_requests", [_shown(ctx, get_request(ctx.db, ctx.arg("number")))], form)


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
    get("/open311/v2/requests/{number}.{format}", request),
    get("/open311/v2/tokens/{number}.{format}", token),
]
