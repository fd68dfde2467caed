"""What a full disk does: refused clearly, nothing half kept, and back by itself when there is room again.

    python -m tests.simulations.full_disk [--rounds 5]

Needs root, to mount a small disk of its own in memory.
"""

import argparse
import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from tests.simulations.kills import Outcome, judge
from tests.simulations.servers import KillableServer, Receipt, killable_server, submit_once

DISK_MB = 48


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of a few megabytes, mounted on this folder; raises OSError where this is not allowed."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        raise OSError(done.stderr.decode().strip())
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, spare_kb: int) -> Path:
    """A file that took all room, and gave so little of it back."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(bytes(64 * 1024))
    os.truncate(filler, max(0, filler.stat().st_size - spare_kb * 1024))
    return filler


@dataclass(frozen=True)
class Round:
    """What one filling of the disk brought: statuses of refusals, the receipts, and how the front page answered."""

    refusals: tuple[int, ...]
    receipts: tuple[Receipt, ...]
    home_status: int


def status_of_home(port: int) -> int:
    """What the front page answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


def fill_and_empty(server: KillableServer, disk: Path, number: int) -> Round:
    """Submit with room, into a disk that fills up, and with room again."""
    receipts, refusals = list[Receipt](), list[int]()

    def submit(name: str) -> None:
        status, receipt = submit_once(server.port, f"round-{number:04}-{name:>12}".replace(" ", "x"), has_photo=True)
        if receipt is None:
            refusals.append(status)
        else:
            receipts.append(receipt)

    submit("before")
    filler = fill(disk, spare_kb=40)
    for attempt in range(40):
        submit(f"within-{attempt}")
    home_status = status_of_home(server.port)
    filler.unlink()
    submit("after")
    return Round(tuple(refusals), tuple(receipts), home_status)


def run(rounds: int) -> tuple[list[Round], Outcome]:
    """Fill and empty the disk so many times, then look at everything that was acknowledged."""
    with (
        tempfile.TemporaryDirectory() as folder,
        small_disk(Path(folder)) as disk,
        killable_server(disk) as server,
    ):
        seen = [fill_and_empty(server, disk, number) for number in range(rounds)]
        return seen, judge(server, [one for each in seen for one in each.receipts], 0)


def main() -> None:
    """Print refusals and what became of the acknowledged complaints; exit 1 unless all is whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    seen, outcome = run(parser.parse_args().rounds)
    statuses = sorted({status for each in seen for status in each.refusals})
    print(f"acknowledged {outcome.acknowledged}, refused {sum(len(each.refusals) for each in seen)} with {statuses}")
    print(f"lost {len(outcome.lost)}  doubled {outcome.doubled}  unreadable photos {len(outcome.unreadable_photos)}")
    print(f"front page while full: {[each.home_status for each in seen]}")
    raise SystemExit(not outcome.is_whole)


if __name__ == "__main__":
    main()
