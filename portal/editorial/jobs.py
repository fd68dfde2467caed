"""What the clock starts in editorial: publication at the set time, and the end."""

from portal.core.jobs import Job
from portal.core.web import Portal
from portal.editorial.publication import end_due, publish_due


def publish_and_end(portal: Portal) -> None:
    """Publish what is due, end what is over, in one transaction each."""
    with portal.database.write() as db:
        publish_due(db)
    with portal.database.write() as db:
        end_due(db)


jobs: list[Job] = [Job("editorial:publish_and_end", publish_and_end, minutes=1)]
