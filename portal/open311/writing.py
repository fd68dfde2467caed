"""Cases that other systems hand in by GeoReport v2, with a key."""

from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from portal.cases import CaseForm, as_citizen, open_case, store_photos
from portal.core.errors import Conflict
from portal.core.forms import text
from portal.core.signing import Secrets
from portal.core.web import Ctx
from portal.open311 import service
from portal.open311.formats import answer, refuse
from portal.open311.models import ApiKey

FIELDS = {
    "description": "text",
    "address_string": "place",
    "long": "lng",
    "lat": "lat",
    "email": "email",
    "phone": "phone",
    "district": "district",
    "media": "photos",
}
"""The standard's fields, and those of the portal's own form that they fill."""
NAMES = {field: name for name, field in FIELDS.items()}


def _as_form(data: Any, key: ApiKey, secrets: Secrets) -> FormData:
    """The request as the portal's own form would send it; what the standard does not know is left out."""
    sent = [(FIELDS[name], value) for name, value in data.multi_items() if name in FIELDS]
    name = " ".join(filter(None, (str(data.get("last_name", "")), str(data.get("first_name", "")))))
    own = str(data.get("submission_id", ""))
    return FormData(
        [
            *sent,
            ("kind", str(data.get("kind", "") or "complaint")),
            ("name", name),
            ("submission_id", _form_number(secrets, key, own) if own else ""),
        ]
    )


def _form_number(secrets: Secrets, key: ApiKey, own: str) -> str:
    """One system's form never makes two cases, though two systems may count alike.

    The portal's own form takes any number, so nobody may be able to guess this one: it would open the receipt.
    """
    return secrets.hash("form of a system", f"{key.id} {own}")


def hand_in(ctx: Ctx, form: str) -> Response:
    """Take a case in from a system that holds a key."""
    key = service.find_key(ctx.db, ctx.secrets, str(ctx.data.get("api_key", ""))[:200])
    if key is None:
        return refuse(403, "api_key is missing or not valid", form)
    code = str(ctx.data.get("service_code", ""))
    if not code:
        return refuse(400, "service_code is missing", form)
    if ctx.city.find_group(code) is None:
        return refuse(404, "service_code was not found", form)
    case_form = CaseForm(_as_form(ctx.data, key, ctx.secrets)).set_city(ctx.city)
    if not case_form.validate():
        return _refuse_fields(case_form, form)
    photos = store_photos(ctx.portal, case_form.photos.photos)
    routing = ctx.portal.router.suggest(text(case_form.text))
    new = replace(case_form.to_new_case(photos), channel="open311", wanted_group=code)
    try:
        opened = open_case(ctx.db, as_citizen(ctx.portal), new, routing)
    except Conflict:
        return refuse(400, "submission_id was used before for something else", form)
    service.keep_origin(ctx.db, key, opened.case)
    told = {
        "service_request_id": opened.case.case_no,
        "service_notice": f"expected {opened.case.due_on.isoformat()}",
        "account_id": "",
    }
    return answer("service_requests", [told], form)


def _refuse_fields(case_form: CaseForm, form: str) -> Response:
    errors = [
        {"code": 400, "description": f"{NAMES.get(field, field)}: {message}"}
        for field, messages in case_form.error_map().items()
        for message in messages
    ]
    return answer("errors", errors, form, 400)
