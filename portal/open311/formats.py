"""Answers of GeoReport v2 in its two formats, errors included."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from starlette.responses import Response

FORMATS = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-cache",
}
# What XML 1.0 cannot hold.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SINGULAR = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "history": "event",
}
"""What one element of a list is called; the standard names each."""


def answer(
    root: str, data: Mapping[str, Any] | Sequence[Any], form: str, status: int = 200, after: str | None = None
) -> Response:
    """The data as JSON or, under an element named root, as XML. after: the cursor of the next page."""
    if form == "xml":
        element = ElementTree.Element(root)
        _fill(element, data)
        body = ElementTree.tostring(element, encoding="utf-8", xml_declaration=True)
    else:
        body = json.dumps(data, ensure_ascii=False).encode("utf-8", "replace")
    headers = {**HEADERS, "X-Next-After": after} if after else HEADERS
    return Response(body, status, headers, FORMATS[form])


def refuse(status: int, description: str, form: str) -> Response:
    """An error in the standard's shape: a list of code and description."""
    return answer("errors", [{"code": status, "description": description}], form, status)


def _fill(element: ElementTree.Element, data: Any) -> None:
    if isinstance(data, Mapping):
        for name, value in data.items():
            _fill(ElementTree.SubElement(element, name), value)
    elif isinstance(data, Sequence) and not isinstance(data, str):
        for value in data:
            _fill(ElementTree.SubElement(element, SINGULAR.get(element.tag, "item")), value)
    elif isinstance(data, bool):
        element.text = "true" if data else "false"
    elif data is not None:
        element.text = FORBIDDEN.sub("", str(data))
