"""The description of the interface for programs: OpenAPI 3.1."""

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
REQUEST_FIELDS = (
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "media_url",
)  # fmt: skip
QUERY = {
    "service_request_id": "Case numbers, separated by commas; everything else asked for is ignored then.",
    "service_code": "Keys of groups, separated by commas.",
    "status": "open, closed, or both separated by a comma.",
    "start_date": "Earliest moment of submission, ISO 8601. A span is cut to 90 days.",
    "end_date": "Latest moment of submission, ISO 8601; now when absent.",
    "page_size": "Rows of a page, 1 to 1000; 100 when absent.",
    "after": "The value of the header X-Next-After of the page before.",
}


MOMENT = {"oneOf": [{"type": "string", "format": "date-time"}, {"type": "string", "maxLength": 0}]}
SHAPES: dict[str, dict[str, Any]] = {
    "start_date": MOMENT,
    "end_date": MOMENT,
    "status": {"type": "string", "enum": ["open", "closed", "open,closed", "closed,open"]},
    "page_size": {"type": "integer", "minimum": 1, "maximum": 1000},
    "after": {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"},
}
"""What a query may look like where it is not any text."""
ONE_QUERY = {
    "extensions": "true: the history of the case as well, under extended_attributes.",
    "api_key": "Lets a system read what it handed in itself, public or not.",
}
SENT = {
    "api_key": "The key of the system; the office gives it out.",
    "service_code": "The key of the group that is meant; the office decides.",
    "description": "What is reported, 5 to 5000 signs.",
    "address_string": "Where, at most 200 signs.",
    "lat": "Latitude, WGS-84.",
    "long": "Longitude, WGS-84.",
    "district": "Key of a district of the city.",
    "first_name": "Given name of the reporter.",
    "last_name": "Family name of the reporter.",
    "phone": "Telephone of the reporter.",
    "email": "E-mail address of the reporter.",
    "kind": "complaint (when absent), help_request, suggestion, inquiry, report or commendation.",
    "submission_id": "The sender's own number: the same never makes two cases.",
}
REQUIRED = ("api_key", "service_code", "description")


def _post() -> dict[str, Any]:
    fields: dict[str, Any] = {name: {"type": "string", "description": meaning} for name, meaning in SENT.items()}
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": 6}
    schema = {"type": "object", "properties": fields, "required": list(REQUIRED)}
    with_files = {**schema, "properties": {**fields, "media": files}}
    errors = {"description": "Refused", "content": {"application/json": {"schema": _list("Error")}, "text/xml": {}}}
    form = {"name": "format", "in": "path", "required": True, "schema": {"type": "string", "enum": ["json", "xml"]}}
    return {
        "summary": "Hand a case in",
        "parameters": [form],
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {"schema": schema},
                "multipart/form-data": {"schema": with_files},
            },
        },
        "responses": {
            "200": {"description": "Its number and promise", "content": {"application/json": {}, "text/xml": {}}},
            **dict.fromkeys(("400", "403", "404", "429"), errors),
        },
    }


def describe(base_url: str, title: str) -> dict[str, Any]:
    """The document for a portal at this address."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{title} Open311",
            "version": "2.0",
            "description": "GeoReport v2. Reading needs no key and gives only cases that everybody may read, without "
            "personal data. Handing in needs api_key; with it a system also follows what it handed in itself.",
        },
        "servers": [{"url": f"{base_url}/open311/v2"}],
        "paths": {
            "/discovery.{format}": _path("What this endpoint offers", {"type": "object"}),
            "/services.{format}": _path("The city's groups", _list("Service")),
            "/services/{service_code}.{format}": _path("Questions of a service", {"type": "object"}, "service_code"),
            "/requests.{format}": _path("Public cases, newest first", _list("Request"), query=QUERY)
            | {"post": _post()},
            "/requests/{service_request_id}.{format}": _path(
                "One case", _list("Request"), "service_request_id", ONE_QUERY
            ),
            "/tokens/{token}.{format}": _path("The number behind a token", {"type": "array"}, "token"),
        },
        "components": {"schemas": _schemas()},
    }


def _schemas() -> dict[str, Any]:
    number = {"type": ["number", "null"]}
    fields = dict.fromkeys(REQUEST_FIELDS, TEXT) | {"lat": number, "long": number}
    fields["status"] = {"type": "string", "enum": ["open", "closed"]}
    service = ("service_code", "service_name", "description", "type", "keywords", "group")
    return {
        "Request": {"type": "object", "properties": fields},
        "Service": {
            "type": "object",
            "properties": dict.fromkeys(service, TEXT) | {"metadata": {"type": "boolean"}},
        },
        "Error": {"type": "object", "properties": {"code": {"type": "integer"}, "description": TEXT}},
    }


def _list(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _path(summary: str, schema: dict[str, Any], part: str = "", query: dict[str, str] | None = None) -> dict[str, Any]:
    form = {"name": "format", "in": "path", "required": True, "schema": {"type": "string", "enum": ["json", "xml"]}}
    parameters: list[dict[str, Any]] = [form]
    if part:
        parameters.insert(0, {"name": part, "in": "path", "required": True, "schema": TEXT})
    for name, meaning in (query or {}).items():
        parameters.append({"name": name, "in": "query", "description": meaning, "schema": SHAPES.get(name, TEXT)})
    errors = {"description": "Refused", "content": {"application/json": {"schema": _list("Error")}, "text/xml": {}}}
    content = {"application/json": {"schema": schema}, "text/xml": {}}
    responses = {"200": {"description": summary, "content": content}, "400": errors, "404": errors}
    return {"get": {"summary": summary, "parameters": parameters, "responses": responses}}
