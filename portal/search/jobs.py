"""Work that the clock starts for search."""

from portal.core.jobs import Job
from portal.search.index import refresh, tidy

jobs: list[Job] = [
    Job("search:refresh", refresh, minutes=1),
    Job("search:tidy", tidy, at="03:40"),
]
