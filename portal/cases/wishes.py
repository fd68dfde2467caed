"""How much people want to be told: read and changed by a signed link, for each address on its own."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.cases.models import ContactWish
from portal.core.clock import now
from portal.core.i18n import lazy
from portal.core.signing import Secrets

PURPOSE = "message wishes"
LINK_S = 400 * 24 * 3600
ONE_CLICK = "One-Click"


class Level(StrEnum):
    """How much somebody is told."""

    EVERY = "every"
    MAIN = "main"
    NONE = "none"


LEVEL_WORDS = {
    Level.EVERY: lazy("每一步都告诉我"),
    Level.MAIN: lazy("只告诉我要紧的：收到、需要补充、延期、结果、回访"),
    Level.NONE: lazy("都不要，我自己查进度"),
}
VIA_WORDS = {"sms": lazy("短信"), "wechat": lazy("微信（需已在本市公众号绑定这个手机号）")}


@dataclass(frozen=True)
class Wish:
    """What somebody wants. via: sms or wechat, for a telephone."""

    level: Level = Level.EVERY
    via: str = "sms"


def address_hash(secrets: Secrets, medium: str, address: str) -> str:
    """What is kept of an address. medium: email or phone."""
    return secrets.hash("message address", f"{medium} {address.strip().lower()}")


def stop_path(secrets: Secrets, medium: str, address: str) -> str:
    """Where this address is asked what it wants; the link holds no address."""
    return f"/messages/{secrets.sign(PURPOSE, [medium, address_hash(secrets, medium, address)])}"


def read_link(secrets: Secrets, token: str) -> tuple[str, str]:
    """(medium, address hash) of such a link; raise BadToken."""
    medium, hashed = secrets.read(PURPOSE, token, LINK_S)
    return str(medium), str(hashed)


def find_wish(db: Session, secrets: Secrets, medium: str, address: str) -> Wish:
    """What this address wants, the default when it never said."""
    return read_wish(db, address_hash(secrets, medium, address))


def read_wish(db: Session, hashed: str) -> Wish:
    """What the address of this hash wants."""
    found = db.get(ContactWish, hashed)
    return Wish(Level(found.level), found.via) if found else Wish()


def keep_wish(db: Session, hashed: str, wish: Wish) -> None:
    """Keep what an address wants, from the next message on."""
    found = db.get(ContactWish, hashed) or ContactWish(address_hash=hashed)
    found.level, found.via, found.changed_at = wish.level.value, wish.via, now()
    db.add(found)
    db.flush()
