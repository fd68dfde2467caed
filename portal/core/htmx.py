"""The one reader of htmx's request headers."""

from starlette.requests import Request


def is_partial(request: Request) -> bool:
    """True when htmx asks for a part of a page and not for the page itself (history restores want it whole)."""
    headers = request.headers
    return headers.get("hx-request") == "true" and headers.get("hx-history-restore-request") != "true"
