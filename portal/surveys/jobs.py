"""What the clock starts in surveys: surveys end on their day, and open answers are sorted."""

from sqlalchemy import select

from portal.core.clock import now
from portal.core.jobs import Job
from portal.core.web import Portal
from portal.surveys.handing_on import forget_old_contacts
from portal.surveys.inviting import forget_expired
from portal.surveys.models import State, Survey
from portal.surveys.service import close_survey
from portal.surveys.sorting import sort_texts


def end_due(portal: Portal) -> None:
    """Close every survey whose last moment has passed; its salt goes with it."""
    with portal.database.write() as db:
        due = db.scalars(select(Survey).where(Survey.state == State.OPEN, Survey.closes_at <= now()))
        for survey in due.all():
            close_survey(db, survey, "clock")


def forget_contacts(portal: Portal) -> None:
    """Delete whom expired links were sent to, and contacts of open answers that nobody made a case of in time."""
    with portal.database.write() as db:
        forget_expired(db)
        forget_old_contacts(db)


def sort_new_texts(portal: Portal) -> None:
    """Sort open answers that came in since the last time."""
    with portal.database.write() as db:
        sort_texts(db, portal)


jobs: list[Job] = [
    Job("surveys:end_due", end_due, minutes=5),
    Job("surveys:forget_contacts", forget_contacts, at="03:40"),
    Job("surveys:sort_texts", sort_new_texts, minutes=10),
]
