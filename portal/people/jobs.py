"""What the clock starts in people."""

from portal.core.jobs import Job

jobs: list[Job] = []
