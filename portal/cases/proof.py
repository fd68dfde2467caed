"""A receipt anyone can have checked: what was promised, when, and for which text, under the portal's own seal.

The same case always gives the same receipt: a form sent twice must not look like two promises. It opens nothing.
"""

import base64
import binascii
import hmac
import json
from dataclasses import dataclass

from portal.cases.models import Case
from portal.core.clock import local
from portal.core.signing import Secrets

PURPOSE = "receipt proof"
LONGEST = 600


@dataclass(frozen=True)
class Receipt:
    """What a receipt says. digest: the first 16 hex digits of the text's SHA-256."""

    case_no: str
    submitted: str
    digest: str
    due_on: str


def make_receipt(secrets: Secrets, case: Case) -> str:
    """The receipt of a case, in letters that survive copying."""
    at = local(case.submitted_at).isoformat(timespec="seconds")
    plain = json.dumps([case.case_no, at, case.text_hash[:16], case.due_on.isoformat()], separators=(",", ":"))
    return f"{base64.urlsafe_b64encode(plain.encode()).decode().rstrip('=')}.{_seal(secrets, plain)}"


def read_receipt(secrets: Secrets, typed: str) -> Receipt | None:
    """What a receipt says; None when it is not ours or was changed."""
    body, _dot, seal = "".join(typed.split()).partition(".")
    if len(typed) > LONGEST or not typed.isascii():
        return None
    try:
        plain = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    if not hmac.compare_digest(_seal(secrets, plain), seal):
        return None
    return Receipt(*json.loads(plain))


def _seal(secrets: Secrets, plain: str) -> str:
    return secrets.hash(PURPOSE, plain)[:32]
