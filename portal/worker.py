"""Background work: huey ticks once a minute, in the web process or in one of its own."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from huey import SqliteHuey, crontab
from huey.api import Huey
from huey.consumer import Consumer

from portal.core.jobs import Job, tick
from portal.core.web import Portal


class _Embedded(Consumer):  # type: ignore[misc]
    """A consumer inside another program, which owns the signals."""

    def _set_signal_handlers(self) -> None:
        pass


def make_queue(portal: Portal, jobs: Sequence[Job]) -> Huey:
    """The queue of this deployment, with the tick that claims and runs what is due.

    The tick itself claims slots in the database, so several workers may tick at once.
    """
    if portal.database.is_sqlite:
        portal.settings.data.mkdir(parents=True, exist_ok=True)
        queue: Huey = SqliteHuey("portal", filename=str(portal.settings.data / "jobs.db"), fsync=True)
    else:
        from huey import PostgresHuey

        queue = PostgresHuey("portal", dsn=portal.settings.database_url.replace("+psycopg", ""))

    def run_due() -> None:
        tick(portal, jobs)

    queue.task(name="run_due")(run_due)
    wake: Any = queue.periodic_task(crontab(minute="*"), name="tick")(run_due)
    portal.wake_jobs = lambda: wake.schedule(delay=0)
    return queue


def make_consumer(portal: Portal, jobs: Sequence[Job], is_embedded: bool) -> Consumer:
    """A consumer with one worker thread: jobs are short, and SQLite has one writer."""
    kind = _Embedded if is_embedded else Consumer
    return kind(make_queue(portal, jobs), workers=1, worker_type="thread", initial_delay=0.5, max_delay=5.0)


@contextmanager
def embedded(portal: Portal, jobs: Sequence[Job]) -> Iterator[None]:
    """Run jobs beside the web server as long as the block lasts."""
    consumer = make_consumer(portal, jobs, is_embedded=True)
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)
