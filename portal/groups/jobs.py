"""What the clock does for the router: every night a challenger, when there is something new to learn."""

from portal.core.jobs import Job
from portal.core.web import Portal
from portal.groups.queries import count_examples, list_versions
from portal.groups.training import train_in_background

FEWEST = 40
"""New decisions that make a nightly training worth its minute."""


def train(portal: Portal) -> None:
    """Train and judge a challenger; a person decides whether it goes live."""
    with portal.database.read() as db:
        newest = max((version.at for version in list_versions(db, 50)), default=None)
        fresh = count_examples(db, newest)
    if fresh >= FEWEST:
        train_in_background(portal, "groups:train")


jobs = [Job("groups:train", train, at="02:40")]
