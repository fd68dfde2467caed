"""What the clock starts for staff."""

from portal.core.jobs import Job
from portal.core.web import Portal
from portal.desk.digest import send_letters


def _send_letters(portal: Portal) -> None:
    send_letters(portal)


jobs: list[Job] = [Job("desk:send_letters", _send_letters, minutes=15)]
