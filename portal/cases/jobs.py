"""What the clock starts in cases."""

from portal.core.jobs import Job

jobs: list[Job] = []
