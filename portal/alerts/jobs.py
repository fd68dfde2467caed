"""What the clock starts for alerts."""

from portal.alerts.service import tell
from portal.core.jobs import Job
from portal.core.web import Portal


def _tell(portal: Portal) -> None:
    tell(portal)


jobs: list[Job] = [Job("alerts:tell", _tell, minutes=30)]
