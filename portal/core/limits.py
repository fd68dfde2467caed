"""Rate limits kept in the database, so that they hold for every process and survive a restart."""

import time

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import Float, String, case, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.db import Base, insert_into


class RateHit(Base):
    """How often a key was used in its present window."""

    __tablename__ = "rate_hit"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    count: Mapped[int]
    expires: Mapped[float] = mapped_column(Float, index=True)


class SessionStorage(Storage):
    """`limits` over one open session; the caller's transaction keeps or drops the hit."""

    STORAGE_SCHEME = ["session"]

    def __init__(self, db: Session) -> None:
        super().__init__()
        self.db = db

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        now = time.time()
        fresh = RateHit.expires > now
        statement = (
            insert_into(self.db.get_bind().dialect.name, RateHit)
            .values(key=key, count=amount, expires=now + expiry)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "count": case((fresh, RateHit.count + amount), else_=amount),
                    "expires": case((fresh, RateHit.expires), else_=now + expiry),
                },
            )
            .returning(RateHit.count)
        )
        return int(self.db.execute(statement).scalar_one())

    def get(self, key: str) -> int:
        found = self.db.scalar(select(RateHit.count).where(RateHit.key == key, RateHit.expires > time.time()))
        return found or 0

    def get_expiry(self, key: str) -> float:
        return self.db.scalar(select(RateHit.expires).where(RateHit.key == key)) or time.time()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        self.db.execute(delete(RateHit))
        return None

    def clear(self, key: str) -> None:
        self.db.execute(delete(RateHit).where(RateHit.key == key))


def hit(db: Session, key: str, rate: str, cost: int = 1) -> bool:
    """Count so many uses of the key; False when the rate ("10/minute") is used up.

    key: a keyed hash of an address or an account, never the address itself.
    """
    item: RateLimitItem = parse(rate)
    return FixedWindowRateLimiter(SessionStorage(db)).hit(item, key, cost=cost)


def forget_expired(db: Session) -> None:
    """Delete windows that are over; a job calls it."""
    db.execute(delete(RateHit).where(RateHit.expires < time.time()))
