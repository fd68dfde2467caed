"""What the clock starts in board."""

from portal.core.jobs import Job

jobs: list[Job] = []
