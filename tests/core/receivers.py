"""Real receivers on the loopback address: a mail server, a gateway by HTTP, and one that never answers."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

OK = "250 taken"


@dataclass
class MailServer:
    """What a mail server took. answers: what it says to each message in turn, then OK; refused: addresses."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 - the name is the library's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take or refuse an address."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, or say what is next in line."""
        answer = self.answers.pop(0) if self.answers else OK
        if answer == OK:
            assert isinstance(envelope.content, bytes)
            self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return answer


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A real SMTP server, as long as the block lasts."""
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield handler
    finally:
        controller.stop()


@dataclass
class Gateway:
    """What a gateway was asked. answers: its status for each call in turn, then 200."""

    url: str = ""
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A real HTTP receiver, as long as the block lasts."""
    found = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.calls.append(json.loads(body))
            found.keys.append(self.headers["Idempotency-Key"])
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}/send"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def silence(first: bytes = b"") -> Iterator[int]:
    """The port of somebody who takes every call, says at most this much, and then nothing more."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        open_lines: list[socket.socket] = []

        def listen() -> None:
            while True:
                try:
                    line, _address = listener.accept()
                except OSError:
                    return
                line.sendall(first)
                open_lines.append(line)

        threading.Thread(target=listen, daemon=True).start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            for line in open_lines:
                line.close()


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])
