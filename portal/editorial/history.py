"""Keeping what happened elsewhere or earlier: imports and demos write a piece's history with its own times."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta

from portal.core import clock

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """This moment, or the one that is being written down."""
    return _moment.get() or clock.now()


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Let the steps of editorial inside the block bear this time; the audit log still says when they were entered."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def working_back(moment: datetime, steps: int, apart: timedelta = timedelta(hours=3)) -> Sequence[datetime]:
    """Moments for so many steps that lead up to a moment, oldest first."""
    return [moment - apart * number for number in range(steps, 0, -1)]
