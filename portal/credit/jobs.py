"""What the clock starts in credit."""

from portal.core.jobs import Job

jobs: list[Job] = []
