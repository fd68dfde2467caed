"""What the clock starts in editorial."""

from portal.core.jobs import Job

jobs: list[Job] = []
