"""Public pages as they were sent last, sent again as long as nothing they show has changed.

They stand before the router, by address and way of reading. Each knows the version of the database it was made from,
which is compared at every request, and the moment from which the clock alone may change what it shows.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from portal.core.clock import now
from portal.core.db import Database
from portal.core.middleware import Traces, new_request_id, security_headers
from portal.core.pages import CHOICES
from portal.core.versions import Version, Versions

Key = tuple[str, bytes, str, str, str]
Preferences = tuple[str, str, str]
Moments = Sequence[Callable[[Session, datetime], datetime | None]]
"""For each slice: the next moment after a given one from which the clock alone changes what the public may read."""

MINUTE = timedelta(minutes=1)
MOST_BYTES = 8 * 1024 * 1024
LARGEST = 512 * 1024
USUAL = (CHOICES["mode"][0], CHOICES["theme"][0], CHOICES["lang"][0])
KEPT_HEADERS = ("content-type", "cache-control", "vary", "content-disposition")


@dataclass
class Reading:
    """A request that a kept page may answer: key says which, version how new it has to be (None: not asked yet)."""

    key: Key
    version: Version | None
    has_gzip: bool
    tag: bytes


def reading_of(scope: Scope) -> Reading | None:
    """What is read by a request that says nothing about who reads; None for every other request."""
    if scope["method"] not in {"GET", "HEAD"}:
        return None
    has_gzip, tag, prefs = False, b"", USUAL
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            has_gzip = b"gzip" in value
        elif name == b"if-none-match":
            tag = value
        elif name == b"cookie":
            chosen = _preferences(value)
            if chosen is None or prefs is not USUAL:
                return None
            prefs = chosen
        elif name == b"hx-request" or (name == b"accept" and b"json" in value):
            return None
    return Reading((scope["path"], scope["query_string"], *prefs), None, has_gzip, tag)


@lru_cache(maxsize=500)
def _preferences(cookie: bytes) -> Preferences | None:
    """Mode, theme and language in these cookies; None when there is anything else in them."""
    prefs = dict(zip(CHOICES, USUAL, strict=True))
    for pair in filter(None, cookie.decode("latin-1").replace(" ", "").split(";")):
        name, _, value = pair.partition("=")
        if name not in CHOICES or value not in CHOICES[name]:
            return None
        prefs[name] = value
    mode, theme, lang = prefs.values()
    return mode, theme, lang


class Answer:
    """A page ready to be sent: whole, compressed, or as "you have it"."""

    def __init__(
        self,
        response: Response,
        version: Version,
        made_at: datetime,
        until: datetime,
        shared: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        body = bytes(response.body)
        self.version, self.made_at, self.until = version, made_at, until
        self._bodies = {False: body, True: gzip.compress(body, 6, mtime=0) if len(body) > 1000 else body}
        self.tag = f'W/"{hashlib.blake2b(body, digest_size=9).hexdigest()}"'.encode()
        self.size = sum(map(len, self._bodies.values()))
        common = [(b"etag", self.tag)]
        for name in KEPT_HEADERS:
            if name in response.headers:
                more = ", Accept-Encoding" if name == "vary" else ""
                common.append((name.encode(), f"{response.headers[name]}{more}".encode("latin-1")))
        self._headers = {
            is_packed: [*common, *shared, (b"content-length", str(len(text)).encode())]
            for is_packed, text in self._bodies.items()
        }
        if self._bodies[True] is not body:
            self._headers[True].append((b"content-encoding", b"gzip"))
        self._short = [header for header in common if header[0] != b"content-type"]

    def is_good(self, version: Version | None) -> bool:
        """Whether it still shows what a new page would."""
        return self.version == version and version is not None and self.made_at <= now() < self.until

    async def send(self, reading: Reading, method: str, send: Send, more: Sequence[tuple[bytes, bytes]] = ()) -> int:
        """Answer a request with it, and with more headers; returns the status."""
        if reading.tag and (self.tag in reading.tag or reading.tag == b"*"):
            # What the browser is to know about the page came with the page; RFC 9110 15.4.5 wants no more than this.
            await send({"type": "http.response.start", "status": 304, "headers": [*self._short, *more]})
            await send({"type": "http.response.body", "body": b""})
            return 304
        headers, body = self._headers[reading.has_gzip], self._bodies[reading.has_gzip]
        await send({"type": "http.response.start", "status": 200, "headers": [*headers, *more]})
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
        return 200


class _AnswerResponse(Response):
    """A kept page as the answer of a door."""

    def __init__(self, answer: Answer, reading: Reading) -> None:
        super().__init__()
        self._answer, self._reading = answer, reading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer.send(self._reading, scope["method"], send)


class KeptAnswers:
    """The kept pages of this process, the least used forgotten first."""

    def __init__(
        self, database: Database, versions: Versions, moments: Moments, is_https: bool, tiles: str = ""
    ) -> None:
        self.versions = versions
        self._shared = security_headers(is_https, tiles)
        self._database, self._moments = database, moments
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0
        self._due: tuple[Version | None, datetime, datetime] | None = None
        self._lock = threading.Lock()

    def find(self, key: Key) -> Answer | None:
        """The page kept for this key, good or not."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
        return found

    def make(self, reading: Reading, make: Callable[[], Response]) -> Response:
        """A new answer, kept for the next reader when it may be: whole, public and the same for everybody."""
        # The version is read first: a page may be newer than it says, never older.
        version = reading.version if self.versions.is_quick else self.versions.now()
        moment = now()
        until = self._until(version, moment) if version is not None else moment
        response = make()
        body = getattr(response, "body", None)
        is_plain = response.status_code == 200 and "set-cookie" not in response.headers and response.background is None
        is_free = response.headers.get("cache-control") == "no-cache"
        if version is None or not is_plain or not is_free or not isinstance(body, bytes) or len(body) > LARGEST:
            return response
        answer = Answer(response, version, moment, until, self._shared)
        self._keep(reading.key, answer)
        return _AnswerResponse(answer, reading)

    def _keep(self, key: Key, answer: Answer) -> None:
        with self._lock:
            old = self._answers.pop(key, None)
            self._bytes += answer.size - (old.size if old else 0)
            self._answers[key] = answer
            while self._bytes > MOST_BYTES:
                self._bytes -= self._answers.popitem(last=False)[1].size

    def _until(self, version: Version, moment: datetime) -> datetime:
        """From when the clock may change a page made now: the next minute (pages name days and hours), or earlier."""
        next_minute = moment.replace(second=0, microsecond=0) + MINUTE
        known = self._due
        if known is None or known[0] != version or not known[1] <= moment < known[2]:
            with self._database.read() as db:
                found = [of_slice(db, moment) for of_slice in self._moments]
            known = self._due = version, moment, min([one for one in found if one is not None] + [moment + 60 * MINUTE])
        return min(next_minute, known[2])


class AnswersFirst:
    """Before the whole application: answers with a kept page when there is a good one."""

    def __init__(self, answers: KeptAnswers, traces: Traces) -> None:
        self._answers, self._traces = answers, traces

    async def answer(self, scope: Scope, send: Send) -> bool:
        """Answer, or leave a note of what is read for the door that will; returns whether it is done."""
        reading = reading_of(scope)
        if reading is None:
            return False
        started = time.perf_counter()
        versions, found = self._answers.versions, self._answers.find(reading.key)
        if versions.is_quick:
            reading.version = versions.now()
        elif found is not None:
            reading.version = await run_in_threadpool(versions.now)
        if found is None or not found.is_good(reading.version):
            scope.setdefault("state", {})["reading"] = reading
            return False
        request_id = new_request_id()
        status = await found.send(reading, scope["method"], send, [(b"x-request-id", request_id.encode())])
        self._traces.leave(scope, request_id, status, started)
        return True
