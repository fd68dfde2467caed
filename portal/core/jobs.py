"""Work that the clock starts: a job runs once per slot, whichever process comes first, and catches up after a stop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import String, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.clock import local, now
from portal.core.db import Base, Database

if TYPE_CHECKING:
    from portal.core.web import Portal

log = structlog.get_logger("portal.jobs")


class JobRun(Base):
    """The newest slot of a job that was taken."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    slot: Mapped[datetime]


@dataclass(frozen=True)
class Job:
    """Something to do again and again.

    name: slice:verb.  run: gets the portal and opens its own sessions.
    minutes: every so many minutes; or at: "HH:MM" local time, once a day.
    """

    name: str
    run: Callable[["Portal"], None]
    minutes: int = 0
    at: str = ""

    def slot(self, moment: datetime) -> datetime:
        """The start of the slot that a moment lies in."""
        here = local(moment).replace(second=0, microsecond=0)
        if not self.at:
            minute = here.hour * 60 + here.minute
            return here.replace(hour=0, minute=0) + timedelta(minutes=minute - minute % self.minutes)
        hour, minute = map(int, self.at.split(":"))
        start = here.replace(hour=hour, minute=minute)
        return start if start <= here else start - timedelta(days=1)


def _claim(db: Session, job: Job, slot: datetime) -> bool:
    taken = db.execute(update(JobRun).where(JobRun.name == job.name, JobRun.slot < slot).values(slot=slot))
    if taken.rowcount:  # type: ignore[attr-defined]
        return True
    if db.scalar(select(JobRun.name).where(JobRun.name == job.name)):
        return False
    db.add(JobRun(name=job.name, slot=slot))
    db.flush()
    # What belongs into the night has not been missed by a portal that was not there yet.
    return not job.at


def claim(database: Database, job: Job, moment: datetime) -> bool:
    """Take the job's present slot; False when another process, or an earlier tick, took it."""
    try:
        with database.write() as db:
            return _claim(db, job, job.slot(moment))
    except (IntegrityError, OperationalError):
        return False  # another process claimed it at the same moment


def tick(portal: "Portal", jobs: Sequence[Job]) -> list[str]:
    """Run every job whose present slot nobody has taken; returns their names.

    A job that fails is logged and runs again in its next slot; it never stops the others.
    """
    ran = []
    for job in jobs:
        if claim(portal.database, job, now()):
            run_job(portal, job)
            ran.append(job.name)
    return ran


def run_job(portal: "Portal", job: Job) -> None:
    """Run one job; what goes wrong is logged with its trace, because nobody waits for the answer."""
    try:
        job.run(portal)
    except Exception:  # noqa: BLE001 - the one place where a fault of any job must not end the worker
        log.exception("job failed", job=job.name)
