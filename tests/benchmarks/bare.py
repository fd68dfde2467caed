"""The floor: a Starlette app that sends the portal's own statements of a request and does nothing else.

BENCH_PLAN names a JSON file {"GET /path": {"statements": [[sql, parameters], …]}}, BENCH_DATABASE the SQLite file
that reads go to, BENCH_LOOSE the one that writes go to: it takes the same rows again and again.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

PLAIN = "/plain"
_local = threading.local()


def _connection(setting: str) -> sqlite3.Connection:
    if not hasattr(_local, setting):
        path = os.environ[setting]
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-16000", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")
        setattr(_local, setting, connection)
    found: sqlite3.Connection = getattr(_local, setting)
    return found


def _run(statements: list[tuple[str, Any]], setting: str, begin: str) -> int:
    connection = _connection(setting)
    connection.execute(begin)
    count = 0
    for sql, parameters in statements:
        count += len(connection.execute(sql, parameters).fetchall())
    connection.execute("COMMIT")
    return count


def _endpoint(method: str, statements: list[tuple[str, Any]]) -> Callable[[Request], Any]:
    async def read(_request: Request) -> Response:
        return PlainTextResponse(str(await run_in_threadpool(_run, statements, "BENCH_DATABASE", "BEGIN")))

    async def write(request: Request) -> Response:
        async with request.form(max_part_size=4 * 1024 * 1024) as form:
            count = await run_in_threadpool(_run, statements, "BENCH_LOOSE", "BEGIN IMMEDIATE")
            return PlainTextResponse(f"{count} {len(form)}", 303)

    return write if method == "POST" else read


async def _plain(_request: Request) -> Response:
    return PlainTextResponse("as little as there is")


def _make_app() -> Starlette:
    plan = json.loads(Path(os.environ["BENCH_PLAN"]).read_text())
    routes = [Route(PLAIN, _plain)]
    for key, entry in plan.items():
        method, path = key.split(" ")
        statements = [(sql, parameters) for sql, parameters in entry["statements"]]
        routes.append(Route(path, _endpoint(method, statements), methods=[method]))
    return Starlette(routes=routes)


# Read for its names only where there is no plan.
app = _make_app() if "BENCH_PLAN" in os.environ else None
