"""What the clock starts in credit: the end of entries, and objections nobody looked at."""

from portal.core.jobs import Job
from portal.core.web import Portal
from portal.credit.matters import mark_unlooked
from portal.editorial import end_due


def end_and_mark(portal: Portal) -> None:
    """End what is due and hide what is disputed; readers no longer see ended entries even before it runs."""
    with portal.database.write() as db:
        end_due(db)
    with portal.database.write() as db:
        mark_unlooked(db, portal.city)


jobs: list[Job] = [Job("credit:end_due", end_and_mark, at="00:05")]
