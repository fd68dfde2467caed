"""What the clock starts in people: contacts that have no purpose any more are forgotten."""

from portal.core.jobs import Job
from portal.core.web import Portal
from portal.people.nominations import forget_contacts


def forget(portal: Portal) -> None:
    """Forget contacts a year after the decision."""
    with portal.database.write() as db:
        forget_contacts(db)


jobs: list[Job] = [Job("people:forget_contacts", forget, at="02:40")]
