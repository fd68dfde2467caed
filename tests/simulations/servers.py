"""A server of our own in a process of its own, that may be killed at any moment, and a citizen who does not give up."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.benchmarks.processes import free_port
from tests.cases.factories import TEXT, photo_bytes
from tests.conftest import ROOT

BOUNDARY = "a-line-that-stands-in-no-text"


@dataclass
class KillableServer:
    """`portal serve` on a data folder; `kill` is SIGKILL, so nothing of it may finish what it began."""

    data: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    def environ(self) -> dict[str, str]:
        """The server's environment: the folder, limits off on loopback, quiet."""
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PORTAL_CITY_DIR": str(ROOT / "content" / "cities"),
            "PORTAL_DATA": str(self.data),
            "PORTAL_BASE_URL": f"http://127.0.0.1:{self.port}",
            "PORTAL_LIMITS": "off",
        }

    def run(self, *command: str) -> None:
        """Another command of the portal on the same folder; raise when it is refused."""
        subprocess.run([sys.executable, "-m", "portal", *command], env=self.environ(), check=True, capture_output=True)

    def start(self, *under: str) -> None:
        """Start, when wanted under another program, and wait until it answers."""
        self._process = subprocess.Popen(
            [*under, sys.executable, "-m", "portal", "serve", "--port", str(self.port)],
            env=self.environ(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        for _ in range(1200):
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with {self._process.returncode}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise RuntimeError("the server does not answer")

    def kill(self) -> None:
        """End it between two instructions."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(30)
            self._process = None


@contextlib.contextmanager
def killable_server(data: Path) -> Iterator[KillableServer]:
    """A migrated, running server on this folder."""
    server = KillableServer(data)
    server.run("migrate")
    server.start()
    try:
        yield server
    finally:
        server.kill()


@dataclass(frozen=True)
class Receipt:
    """What a citizen was told: from here on the case must never be lost."""

    submission_id: str
    case_no: str
    query_code: str
    has_photo: bool


def _form(submission_id: str, has_photo: bool) -> bytes:
    fields = {"kind": "complaint", "text": f"{TEXT}（{submission_id}）", "submission_id": submission_id}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if has_photo:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n'
        parts.append(head.encode() + photo_bytes() + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def submit_once(port: int, submission_id: str, has_photo: bool) -> tuple[int, Receipt | None]:
    """Send a complaint: the status and, when it was acknowledged, the receipt. Raises OSError or HTTPException."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "application/json"}
        connection.request("POST", "/cases", _form(submission_id, has_photo), headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 201:
            return answer.status, None
        told = json.loads(body)
        return 201, Receipt(submission_id, told["case_no"], told["query_code"], has_photo)
    finally:
        connection.close()


def submit_stubbornly(port: int, photo_share: float = 0.1) -> Receipt:
    """Send one complaint again and again, as a browser with the same form would, until it is acknowledged."""
    submission_id = secrets.token_urlsafe(16)
    has_photo = secrets.randbelow(1000) < photo_share * 1000
    while True:
        with contextlib.suppress(OSError, HTTPException):
            status, receipt = submit_once(port, submission_id, has_photo)
            if receipt is not None:
                return receipt
            if status != 503:
                raise AssertionError(f"a good complaint was answered with {status}")
        time.sleep(0.05)
