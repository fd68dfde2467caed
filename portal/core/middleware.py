"""Around every request: an id, security headers, one log line, and counters."""

import time
import uuid
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), payment=(), geolocation=(self)",
}
log = structlog.get_logger("portal.web")


class Metrics:
    """Counters of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "portal_requests_total", "Answers by method and status", ["method", "status"], registry=self.registry
        )
        self.seconds = Histogram("portal_request_seconds", "Time to answer", ["method"], registry=self.registry)


class Envelope:
    """ASGI middleware: what every answer carries and every request leaves in the log.

    The log names the path without its query, and no address: neither code nor contact may end in a log.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, is_https: bool) -> None:
        self.app = app
        self.metrics = metrics
        self.headers = dict(HEADERS)
        if is_https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = uuid.uuid4().hex[:16]
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                headers["X-Request-ID"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            took = time.perf_counter() - started
            self._leave_trace(scope, request_id, status, took)

    def _leave_trace(self, scope: Scope, request_id: str, status: int, took: float) -> None:
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST"} else "OTHER"
        self.metrics.requests.labels(method, str(status)).inc()
        self.metrics.seconds.labels(method).observe(took)
        path = scope["path"].encode("ascii", "backslashreplace").decode()[:200]
        log.info("request", id=request_id, method=method, path=path, status=status, ms=round(took * 1000, 1))


def configure_logging(style: str) -> None:
    """Text for people or JSON lines for machines, on standard error."""
    import logging
    import sys

    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if style == "text":
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if style == "json" else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
