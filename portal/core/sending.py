"""How one message leaves: an e-mail by SMTP, a text message or a WeChat message by the webhook of a gateway."""

import contextlib
import smtplib
import socket
import ssl
import threading
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from portal.core.i18n import gettext as _
from portal.core.signing import BadToken

if TYPE_CHECKING:
    from portal.core.mail import OutboxMessage
    from portal.core.web import Portal

SECONDS = 15
"""The longest wait for one answer of the other side."""
SECONDS_IN_ALL = 60
"""The longest a whole conversation by SMTP may take, so that a server that dribbles holds nobody up."""
REFUSED = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY}
"""Answers of a gateway that mean this message, not the gateway's own trouble."""


class Undelivered(Exception):
    """A message did not go. reason: for the outbox page.

    is_final: trying again would not help.  is_down: nothing else gets through either for now.
    """

    def __init__(self, reason: str, *, is_final: bool = False, is_down: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.is_final, self.is_down = reason, is_final, is_down


def has_channel(portal: "Portal", channel: str) -> bool:
    """Whether a message of this channel can leave at all."""
    return bool(portal.settings.mail_url if channel == "email" else portal.settings.sms_webhook)


def send(portal: "Portal", message: "OutboxMessage") -> None:
    """Hand one message over; raise Undelivered. When it returns, the other side has taken the message."""
    try:
        recipient = portal.secrets.decrypt(message.recipient)
    except BadToken as error:
        raise Undelivered(f"BadToken: {error}", is_final=True) from error
    if message.channel == "email":
        _send_email(urlsplit(portal.settings.mail_url), _make_email(portal, message, recipient))
    else:
        _call_webhook(portal, message, recipient)


def message_id(portal: "Portal", message: "OutboxMessage") -> str:
    """The same at every try and never twice in the world, so that a server or reader can drop a second copy."""
    host = urlsplit(portal.settings.base_url).hostname or "localhost"
    return f"{message.id}.{message.created_at:%Y%m%d%H%M%S%f}@{host}"


def _make_email(portal: "Portal", message: "OutboxMessage", recipient: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP)
    try:
        mail["Subject"] = message.subject
        mail["From"] = Address(portal.city.brand.title, addr_spec=_sender(urlsplit(portal.settings.mail_url)))
        mail["To"] = Address(addr_spec=recipient)
    except (ValueError, MessageError, IndexError) as error:
        # IndexError: the standard library's parser meets the end of an address it did not expect.
        raise Undelivered(f"bad address: {type(error).__name__}", is_final=True) from error
    mail["Message-ID"] = f"<{message_id(portal, message)}>"
    mail["Date"] = format_datetime(message.created_at)
    mail["Auto-Submitted"] = "auto-generated"
    body = message.body
    if message.stop_path:
        address = f"{portal.settings.base_url}{message.stop_path}"
        mail["List-Unsubscribe"] = f"<{address}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        body = f"{body}\n\n—\n{_('不想再收到，或想少收一些：')}{address}"
    mail.set_content(body)
    return mail


def _sender(url: SplitResult) -> str:
    """Who the mail is from: ?from= of the address of the server, else its user, else a name at its host."""
    user = unquote(url.username or "")
    return (parse_qs(url.query).get("from") or [user if "@" in user else f"portal@{url.hostname or 'localhost'}"])[0]


class _Patient(smtplib.SMTP):
    """A conversation that is cut when it takes too long: time-outs of single answers let it go on for ever."""

    timer: threading.Timer | None = None

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        """Connect, with the clock running from here on."""
        self.timer = threading.Timer(SECONDS_IN_ALL, self.cut)
        self.timer.daemon = True
        self.timer.start()
        return super().connect(*args, **kwargs)

    def cut(self) -> None:
        """End the conversation from another thread; whoever waits for an answer gets a fault."""
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]  # without a line nothing is to cut

    def part(self) -> None:
        """Say farewell. The message was taken, or was not: what the farewell brings changes nothing any more."""
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if self.sock is not None:
                self.sock.settimeout(1)
                self.quit()
        if self.timer:
            self.timer.cancel()
        self.close()


class _PatientTLS(_Patient, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


def _send_email(url: SplitResult, mail: EmailMessage) -> None:
    server: _Patient | None = None
    try:
        server = _converse(url)
        server.send_message(mail)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPNotSupportedError, ValueError) as error:
        raise Undelivered(f"{type(error).__name__}: {error}", is_final=_is_final(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(f"{type(error).__name__}: {error}", is_down=True) from error
    finally:
        if server is not None:
            server.part()


def _converse(url: SplitResult) -> _Patient:
    """A server that has greeted us and knows who we are."""
    host, context = url.hostname or "", ssl.create_default_context()
    is_tls = url.scheme == "smtps"
    server = (
        _PatientTLS(host, url.port or 465, timeout=SECONDS, context=context)
        if is_tls
        else _Patient(host, url.port or 25, timeout=SECONDS)
    )
    try:
        server.ehlo_or_helo_if_needed()
        if not is_tls and server.has_extn("starttls"):
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
    except (OSError, smtplib.SMTPException):
        server.part()
        raise
    return server


def _is_final(error: Exception) -> bool:
    """Whether the server refused this message or its address for good (5xx) and not for now (4xx)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return error.smtp_code >= 500 if isinstance(error, smtplib.SMTPDataError) else True


def _call_webhook(portal: "Portal", message: "OutboxMessage", recipient: str) -> None:
    import httpx2  # only who has a gateway for short messages needs it

    content = {"channel": message.channel, "to": recipient, "text": message.body, "id": message.id}
    headers = {"Idempotency-Key": message_id(portal, message)}
    try:
        # Streamed, because the body of the answer is nobody's business and may never end.
        with httpx2.stream(
            "POST", portal.settings.sms_webhook, json=content, headers=headers, timeout=SECONDS
        ) as answer:
            answer.raise_for_status()
    except httpx2.HTTPStatusError as error:
        status = error.response.status_code
        raise Undelivered(f"HTTP {status}", is_final=status in REFUSED, is_down=status not in REFUSED) from error
    except httpx2.HTTPError as error:
        raise Undelivered(f"{type(error).__name__}: {error}", is_down=True) from error
