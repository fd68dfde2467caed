"""What a disk does that fails now and then: a write or an fsync ends with EIO or ENOSPC, by strace.

    python -m tests.simulations.failing_disk [--complaints 300]

Needs strace, and the right to trace a process of one's own.
"""

import argparse
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tests.simulations.kills import Outcome, judge
from tests.simulations.servers import KillableServer, Receipt, killable_server, submit_once

# The first so many calls pass, then each n-th fails. A complaint is one fsync and some tens of page writes.
FAULTS = (
    "fsync,fdatasync:error=EIO:when=20+5",
    "fsync,fdatasync:error=ENOSPC:when=20+7",
    "pwrite64:error=EIO:when=90+101",
    "pwrite64:error=ENOSPC:when=150+67",
)
TRIES = 8


@dataclass(frozen=True)
class Trouble:
    """What one kind of fault brought: how often it struck, the statuses of all answers, and what was kept."""

    fault: str
    struck: int
    statuses: Counter[int]
    outcome: Outcome


def can_trace() -> bool:
    """True where strace is installed and may trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0


def suffer(fault: str, complaints: int) -> Trouble:
    """Send complaints to a server whose disk fails like this, each again until acknowledged or tried out."""
    statuses, receipts = Counter[int](), list[Receipt]()
    calls = fault.split(":", 1)[0]
    with tempfile.TemporaryDirectory() as folder, killable_server(Path(folder) / "data") as server:
        server.kill()
        trace = Path(folder) / "trace"
        server.start("strace", "-f", "-qq", "-o", str(trace), "-e", f"trace={calls}", "-e", f"inject={fault}")
        for number in range(complaints):
            receipts += _send(server, f"complaint-{number:06}", statuses)
        server.kill()
        return Trouble(fault, trace.read_text().count("INJECTED"), statuses, judge(server, receipts, 0))


def _send(server: KillableServer, submission_id: str, statuses: Counter[int]) -> Collection[Receipt]:
    for _ in range(TRIES):
        status, receipt = submit_once(server.port, submission_id, has_photo=False)
        statuses[status] += 1
        if receipt is not None:
            return [receipt]
    return []


def main() -> None:
    """Print, for each fault, the answers and what became of the acknowledged; exit 1 unless all is whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--complaints", type=int, default=300)
    chosen = parser.parse_args()
    is_whole = True
    for fault in FAULTS:
        seen = suffer(fault, chosen.complaints)
        answers = ", ".join(f"{count} × {status}" for status, count in sorted(seen.statuses.items()))
        end = f"acknowledged {seen.outcome.acknowledged}, lost {len(seen.outcome.lost)}, doubled {seen.outcome.doubled}"
        print(f"{fault}: struck {seen.struck} times; {answers}; {end}")
        is_whole = is_whole and seen.outcome.is_whole and set(seen.statuses) <= {201, 503}
    raise SystemExit(not is_whole)


if __name__ == "__main__":
    main()
