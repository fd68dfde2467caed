"""A receipt anyone can have checked: what was promised, when, and for which text, under the portal's own seal.

The same case gives the same receipt as long as the key is the same: a form sent twice must not look like two
promises. Receipts of older keys stay valid as long as those keys are kept. A receipt opens nothing.
"""

from dataclasses import dataclass

from portal.cases.models import Case
from portal.core.clock import local
from portal.core.signing import BadToken, Secrets

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
    return secrets.seal(PURPOSE, [case.case_no, at, case.text_hash[:16], case.due_on.isoformat()])


def read_receipt(secrets: Secrets, typed: str) -> Receipt | None:
    """What a receipt says; None when it is not ours or was changed. Blanks and line breaks of a copy do not count."""
    token = "".join(typed.split())
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        return Receipt(*secrets.unseal(PURPOSE, token))
    except BadToken:
        return None
