"""What the clock starts in figures."""

from portal.core.jobs import Job
from portal.core.web import Portal
from portal.figures.counting import count_again


def _count(portal: Portal) -> None:
    count_again(portal)


def _count_whole(portal: Portal) -> None:
    count_again(portal, is_whole=True)


jobs: list[Job] = [
    Job("figures:count", _count, minutes=15),
    Job("figures:count_whole", _count_whole, at="03:40"),
]
