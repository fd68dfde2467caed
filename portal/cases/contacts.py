"""Knowing the same reporter again without keeping who they are: keyed hashes of a phone and an address."""

from portal.core.signing import Secrets


def _digits(phone: str) -> str:
    """A number as it is dialled at home: blanks, dashes and the country's prefix do not tell people apart."""
    digits = "".join(sign for sign in phone if sign.isdigit())
    digits = digits.removeprefix("00") if phone.strip().startswith("00") else digits
    return digits.removeprefix("86") if len(digits) > 11 else digits


def reach_hash(secrets: Secrets, phone: str, email: str) -> str | None:
    """What tells one reporter from another: the phone, else the address; None without either."""
    reach = _digits(phone) or email.strip().lower()
    return secrets.hash("contact", reach) if reach else None


def email_hash(secrets: Secrets, email: str) -> str | None:
    """What finds the cases of an address, also where a phone was given too."""
    return secrets.hash("contact", email.strip().lower()) if email.strip() else None
