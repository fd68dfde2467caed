"""python -m tests.benchmarks [--cases N] [--rounds N] [--seconds S]: the portal beside a bare app, interleaved.

Prints, for each kind of work, CPU milliseconds per operation of the whole server process tree, operations a second
over one connection, and the ratio of the CPU figures: the median of the rounds with the least and the most. The bare
app sends the very statements that the portal sends for the same request, and nothing else.
"""

import argparse
import json
import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from sqlalchemy import event, select, text
from starlette.testclient import TestClient

from ml.train import train
from portal.accounts.queries import get_staff
from portal.accounts.service import begin_session
from portal.app import create_app
from portal.cases import Case
from portal.core.settings import Settings, read_settings
from portal.core.web import Portal
from portal.demo import load_demo
from portal.migrations import upgrade
from portal.surveys import find_open_survey
from tests.benchmarks.bare import PLAIN
from tests.benchmarks.processes import Server, free_port, running
from tests.benchmarks.seed import seed_cases

ROOT = Path(__file__).resolve().parents[2]
TEXT = "学校门口放学时车停得满满的，孩子要走到马路中间才能过去，希望有人来管一管。"


@dataclass(frozen=True)
class Work:
    """One request to be repeated. goal: the ratio of CPU that it should stay under, None when only shown.

    fresh: with a value of its own each time, so that no kept page answers.  floor: what the bare app is asked
    instead, for work that needs no statement.
    """

    name: str
    method: str
    path: str
    goal: float | None
    headers: dict[str, str]
    body: Callable[[], bytes] = bytes
    fresh: bool = False
    floor: str = ""

    def address(self, is_floor: bool = False) -> str:
        """The path to ask for."""
        if is_floor and self.floor:
            return self.floor
        return f"{self.path}{'&' if '?' in self.path else '?'}n={uuid4().hex}" if self.fresh else self.path


def _form(values: Callable[[], dict[str, Any]]) -> Callable[[], bytes]:
    return lambda: urlencode(values(), doseq=True).encode()


def _works(portal: Portal, client: TestClient) -> list[Work]:
    with portal.database.write() as db:
        session = begin_session(db, get_staff(db, "dispatcher"))
    cookie = {"Cookie": f"staff={portal.secrets.sign('cookie staff', session)}"}
    form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    article = next(
        line for line in client.get("/news").text.split('"') if line.startswith("/news/") and "feed" not in line
    )
    return [
        *(
            Work(f"{name}, first look", "GET", path, None, {}, fresh=True)
            for name, path in (("front page", "/"), ("news list", "/news"), ("article", article), ("cases", "/cases"))
        ),
        *_kept_works(client, article),
        Work(
            "submit, routed and durable",
            "POST",
            "/cases",
            6.0,
            form,
            _form(
                lambda: {
                    "kind": "complaint",
                    "text": f"{TEXT}{uuid4().hex[:6]}",
                    "place": "示例路",
                    "submission_id": uuid4().hex,
                }
            ),
        ),
        Work("queue page, looked at again", "GET", "/desk/cases", 5.0, cookie),
        Work("queue page, first look", "GET", "/desk/cases?view=open", 5.0, cookie, fresh=True),
        Work("case with history", "GET", f"/desk/cases/{_some_case(portal)}", None, cookie),
        _survey_work(portal, client, form),
    ]


def _kept_works(client: TestClient, article: str) -> list[Work]:
    """Pages that did not change, beside a bare PlainTextResponse: sent again packed, or not at all."""
    works = []
    packed = {"Accept-Encoding": "gzip"}
    for name, path in (("front page", "/"), ("article", article)):
        seen = {**packed, "If-None-Match": client.get(path, headers=packed).headers["etag"]}
        works.append(Work(f"{name}, unchanged", "GET", path, 1.25, packed, floor=PLAIN))
        works.append(Work(f"{name}, 304", "GET", path, 0.8, seen, floor=PLAIN))
    return works


def _some_case(portal: Portal) -> str:
    with portal.database.read() as db:
        return str(db.scalar(select(Case.case_no).where(Case.is_sample, Case.state == "closed").limit(1)))


def _survey_work(portal: Portal, client: TestClient, form: dict[str, str]) -> Work:
    """The open survey of the demo, answered by another person each time; one address may answer for all of them."""
    with portal.database.write() as db:
        survey = find_open_survey(db)
        assert survey is not None
        survey.address_limit = 0
    path = f"/surveys/{survey.slug}"
    answers = _answers(client.get(path).text)
    return Work("survey answer", "POST", path, None, form, _form(lambda: {**answers, "form": uuid4().hex}))


def _answers(page: str) -> dict[str, str]:
    """The first choice of every radio group, and nothing else."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*type=\"(?:radio|checkbox)\"[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and value and name[1] not in {"mode", "lang", "theme"}:
            found.setdefault(name[1], value[1])
    return found


def _record(portal: Portal, client: TestClient, work: Work) -> list[tuple[str, Any]]:
    """The statements of one such request, with their parameters as the driver gets them."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            is_nested = (
                bool(parameters) and isinstance(parameters, list | tuple) and isinstance(parameters[0], list | tuple)
            )
            seen.extend((statement, one) for one in (parameters if is_nested else [parameters]))

    client.request(work.method, work.address(), headers=work.headers, content=work.body())  # fill caches
    client.cookies.clear()
    event.listen(portal.database.engine, "before_cursor_execute", note)
    answer = client.request(work.method, work.address(), headers=work.headers, content=work.body())
    event.remove(portal.database.engine, "before_cursor_execute", note)
    assert answer.status_code in {200, 303}, f"{work.name}: {answer.status_code}"
    client.cookies.clear()
    return seen


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)


def _loosen(database: Path, statements: list[tuple[str, Any]]) -> None:
    """Take unique keys, and triggers, off the tables that plain inserts go to: the floor repeats the same rows."""
    tables = {
        sql.split()[2].strip('"') for sql, _ in statements if sql.startswith("INSERT") and "ON CONFLICT" not in sql
    }
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        # Triggers name tables that go away for a moment, and the floor has no history to guard.
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        for table in tables:
            indexes = [row[1] for row in connection.execute(f'PRAGMA index_list("{table}")')]
            keyed = [[row[2] for row in connection.execute(f'PRAGMA index_info("{index}")')] for index in indexes]
            connection.execute(f'CREATE TABLE "loose_{table}" AS SELECT * FROM "{table}"')
            connection.execute(f'DROP TABLE "{table}"')
            connection.execute(f'ALTER TABLE "loose_{table}" RENAME TO "{table}"')
            for number, columns in enumerate([["id"], *keyed]):
                named = ", ".join(f'"{column}"' for column in columns)
                connection.execute(f'CREATE INDEX "ix_loose_{table}_{number}" ON "{table}" ({named})')


@contextmanager
def _prepared(cases: int) -> Iterator[tuple[Settings, Path, list[Work]]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        train(ROOT / "content" / "corpus", folder / "router.skops")
        environ = {"PORTAL_DATA": name, "PORTAL_CITY_DIR": str(ROOT / "content" / "cities"), "PORTAL_JOBS": "worker"}
        settings = replace(read_settings(environ), limits=False)
        app = create_app(settings)
        portal: Portal = app.state.portal
        upgrade(portal.database)
        load_demo(portal)
        seed_cases(portal, cases)
        client = TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)
        client.headers["Sec-Fetch-Site"] = "same-origin"
        works = _works(portal, client)
        # The queue stands twice: the floor answers both with the statements of a first look.
        recorded = [
            (f"{work.method} {work.path.partition('?')[0]}", _record(portal, client, work))
            for work in works
            if not work.floor
        ]
        plan = {key: {"statements": statements} for key, statements in recorded}
        with portal.database.write() as db:
            db.execute(text("ANALYZE"))
        portal.database.dispose()
        (folder / "plan.json").write_text(json.dumps(plan))
        for name in ("bare.db", "loose.db"):
            _copy(folder / "portal.db", folder / name)
        _loosen(folder / "loose.db", [pair for entry in plan.values() for pair in entry["statements"]])
        yield settings, folder, works


def _burst(server: Server, connection: HTTPConnection, work: Work, count: int) -> tuple[float, float]:
    """CPU milliseconds per operation, and operations a second."""
    connection.close()  # a server hangs up on a connection that slept through the other's turn
    cpu, started = server.cpu_s(), time.perf_counter()
    for _ in range(count):
        connection.request(work.method, work.address(server.name == "bare"), work.body() or None, work.headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in {200, 303, 304}:
            raise RuntimeError(f"{server.name}, {work.name}: {answer.status}")
    return (server.cpu_s() - cpu) * 1000 / count, count / (time.perf_counter() - started)


def _measure(ours: Server, bare: Server, work: Work, rounds: int, seconds: float) -> None:
    lines: dict[str, list[tuple[float, float]]] = {"ours": [], "bare": []}
    connections = {"ours": ours.connect(), "bare": bare.connect()}
    servers = {"ours": ours, "bare": bare}
    rate = {name: _burst(servers[name], connections[name], work, 20)[1] for name in servers}
    for turn in range(rounds):
        for name in ("ours", "bare") if turn % 2 else ("bare", "ours"):
            lines[name].append(_burst(servers[name], connections[name], work, max(20, int(rate[name] * seconds))))
    ratios = [one[0] / max(other[0], 1e-9) for one, other in zip(lines["ours"], lines["bare"], strict=True)]
    own, floor = (median(cpu for cpu, _ in lines[name]) for name in ("ours", "bare"))
    fast, floor_fast = (median(speed for _, speed in lines[name]) for name in ("ours", "bare"))
    goal = f"goal {work.goal:g} ×" if work.goal else ""
    print(
        f"{work.name:<28}{own:8.2f} ms {floor:8.2f} ms {fast:9.0f}/s {floor_fast:9.0f}/s"
        f"{median(ratios):8.2f} × ({min(ratios):.2f}–{max(ratios):.2f}) {goal}",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.5)
    options = parser.parse_args()
    with _prepared(options.cases) as (settings, folder, works):
        port, bare_port = free_port(), free_port()
        environ = {
            "PORTAL_DATA": str(folder),
            "PORTAL_CITY_DIR": str(settings.city_dir),
            "PORTAL_JOBS": "worker",
            "PORTAL_LIMITS": "off",
            "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
            "PORTAL_LOG": "json",
            "BENCH_PLAN": str(folder / "plan.json"),
            "BENCH_DATABASE": str(folder / "bare.db"),
            "BENCH_LOOSE": str(folder / "loose.db"),
        }
        os.environ.pop("PORTAL_SECRET_KEY", None)
        own = ["-m", "portal", "serve", "--port", str(port)]
        floor = ["-m", "uvicorn", "tests.benchmarks.bare:app", "--port", str(bare_port), "--log-level", "warning"]
        with running("portal", own, port, environ) as ours, running("bare", floor, bare_port, environ) as bare:
            print(
                f"{options.cases} cases, {options.rounds} rounds of {options.seconds} s; CPU an operation, speed, ratio"
            )
            print(f"{'':<28}{'portal':>11} {'bare':>11} {'portal':>11} {'bare':>11}")
            for work in works:
                _measure(ours, bare, work, options.rounds, options.seconds)
            print(f"resident memory: portal {ours.resident_mb():.0f} MB (goal 200), bare {bare.resident_mb():.0f} MB")


if __name__ == "__main__":
    main()
