"""Around every request: an id, security headers, one log line, and counters."""

import json
import logging
import secrets
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate
from math import inf
from typing import Any
from urllib.parse import urlsplit

import structlog
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
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
BOUNDS = tuple(Histogram.DEFAULT_BUCKETS)
log = structlog.get_logger("portal.web")
Line = Callable[[str, str, str, int, float], None]


def _line_by_structlog(request_id: str, method: str, path: str, status: int, ms: float) -> None:
    log.info("request", id=request_id, method=method, path=path, status=status, ms=ms)


def _line_as_json(request_id: str, method: str, path: str, status: int, ms: float) -> None:
    at = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    sys.stderr.write(
        f'{{"id": "{request_id}", "method": "{method}", "path": {_quoted(path)}, "status": {status}, "ms": {ms}, '
        f'"event": "request", "level": "info", "timestamp": "{at}"}}\n'
    )


def _line_as_text(request_id: str, method: str, path: str, status: int, ms: float) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    sys.stderr.write(f"{at} [info     ] {method} {path} {status} ms={ms} id={request_id}\n")


_quoted = lru_cache(maxsize=1000)(json.dumps)
_lines: dict[str, Line] = {"json": _line_as_json, "text": _line_as_text}
# A line for every request is written by hand: structlog takes as long for it as a kept page takes to be sent.
_log_request: Line = _line_by_structlog


class Metrics:
    """Counters of one process, kept as plain numbers and put into words when Prometheus asks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self._answers: dict[tuple[str, int], int] = {}
        self._buckets: dict[str, list[int]] = {}
        self._seconds: dict[str, float] = {}

    def count(self, method: str, status: int, took_s: float) -> None:
        """Count one answer."""
        self._answers[method, status] = self._answers.get((method, status), 0) + 1
        self._buckets.setdefault(method, [0] * len(BOUNDS))[bisect_left(BOUNDS, took_s)] += 1
        self._seconds[method] = self._seconds.get(method, 0.0) + took_s

    def collect(self) -> Iterator[Metric]:
        """The counters as Prometheus wants them."""
        answers = CounterMetricFamily("portal_requests", "Answers by method and status", labels=["method", "status"])
        for (method, status), count in sorted(self._answers.items()):
            answers.add_metric([method, str(status)], count)
        yield answers
        seconds = HistogramMetricFamily("portal_request_seconds", "Time to answer", labels=["method"])
        for method, buckets in sorted(self._buckets.items()):
            sums = zip(BOUNDS, accumulate(buckets), strict=True)
            seconds.add_metric(
                [method],
                [("+Inf" if bound == inf else str(bound), total) for bound, total in sums],
                self._seconds[method],
            )
        yield seconds


class Traces:
    """What every request leaves behind: a line in the log, and a count.

    The log names the path without its query, and no address: neither code nor contact may end in a log.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def leave(self, scope: Scope, request_id: str, status: int, started: float) -> None:
        """Write down one answer. started: by time.perf_counter."""
        took = time.perf_counter() - started
        method = scope["method"] if scope["method"] in {"GET", "HEAD", "POST"} else "OTHER"
        self._metrics.count(method, status, took)
        _log_request(request_id, method, _printable(scope["path"]), status, round(took * 1000, 1))


@lru_cache(maxsize=1000)
def _printable(path: str) -> str:
    return path.encode("ascii", "backslashreplace").decode()[:200]


def tile_source(tiles: str) -> str:
    """Where the policy lets map tiles of this address come from; empty for our own and for none."""
    parts = urlsplit(tiles)
    return f"{parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts.netloc else ""


def security_headers(is_https: bool, tiles: str = "") -> list[tuple[bytes, bytes]]:
    """What every answer tells the browser, in ASGI's form. tiles: the address of map tiles, where a city has some."""
    headers = dict(HEADERS)
    if source := tile_source(tiles):
        policy = headers["Content-Security-Policy"]
        headers["Content-Security-Policy"] = policy.replace("img-src 'self'", f"img-src 'self' {source}")
    if is_https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def new_request_id() -> str:
    """A random id of one request."""
    return secrets.token_hex(8)


class Envelope:
    """ASGI middleware: what every answer carries and every request leaves in the log."""

    def __init__(self, app: ASGIApp, traces: Traces, is_https: bool, tiles: str = "") -> None:
        self.app = app
        self.traces = traces
        self.headers = security_headers(is_https, tiles)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = new_request_id()
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                # ASGI's names are lower-case. Joined by hand: Starlette searches the whole list for each header.
                given = message["headers"] = list(message.get("headers", ()))
                names = {name for name, _value in given}
                given += [header for header in self.headers if header[0] not in names]
                given.append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            self.traces.leave(scope, request_id, status, started)


def configure_logging(style: str) -> None:
    """Text for people or JSON lines for machines, on standard error."""
    global _log_request
    _log_request = _lines[style]
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
