"""What the clock starts in surveys."""

from portal.core.jobs import Job

jobs: list[Job] = []
