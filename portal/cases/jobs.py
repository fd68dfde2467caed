"""What the clock starts in cases."""

from portal.cases import bans, clockwork, confirming, desk_import, pending, recounting, retention, reuse
from portal.core.jobs import Job
from portal.core.web import Portal


def _take_steps(portal: Portal) -> None:
    clockwork.take_steps(portal)


def _remind(portal: Portal) -> None:
    clockwork.remind(portal)


def _count_again(portal: Portal) -> None:
    recounting.count_again(portal)


def _keep_to_terms(portal: Portal) -> None:
    retention.keep_to_terms(portal)


def _compare_photos(portal: Portal) -> None:
    reuse.compare_photos(portal)


def _forget_unconfirmed(portal: Portal) -> None:
    confirming.forget_unconfirmed(portal)


def _forget_pending(portal: Portal) -> None:
    pending.forget_pending(portal)
    desk_import.forget_tables(portal)
    bans.forget_bans(portal)


jobs: list[Job] = [
    Job("cases:take_steps", _take_steps, minutes=5),
    Job("cases:compare_photos", _compare_photos, minutes=2),
    Job("cases:forget_unconfirmed", _forget_unconfirmed, minutes=15),
    Job("cases:forget_pending", _forget_pending, minutes=10),
    Job("cases:remind", _remind, minutes=10),
    Job("cases:count_again", _count_again, minutes=60),
    Job("cases:keep_to_terms", _keep_to_terms, at="03:20"),
]
