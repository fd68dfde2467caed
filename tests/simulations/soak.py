"""Whether the portal stays as it is for half an hour of an ordinary day. Run by hand.

    python -m tests.simulations.soak [--minutes 30] [--warm-up 6] [--rate 4] [--folder FOLDER]

Web server and worker run as the Procfile has them, on the demo city, while its people come and go. Promised of every
process: after the warm-up its resident memory grows by no more than a tenth and its open files by no more than eight;
the log of writes ahead stays below 32 MB; no answer is a 5xx. What is compared are medians of the first and the last
fifth of the time after the warm-up. A folder that is named keeps the data, both logs and every reading.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.processes import Server, cpu_s, resident_mb, running
from tests.simulations.servers import KillableServer
from tests.simulations.townspeople import Townspeople

MOST_GROWTH = 0.10
MORE_FILES = 8
LARGEST_LOG_MB = 32.0
EVERY_S = 15.0


@dataclass(frozen=True)
class Reading:
    """One process at one moment. at_s: seconds since the start; cpu_s: used so far."""

    name: str
    at_s: float
    resident_mb: float
    files: int
    cpu_s: float


@dataclass(frozen=True)
class Course:
    """What was seen of a soak, and how each kind of errand was answered."""

    readings: tuple[Reading, ...]
    largest_log_mb: float
    statuses: Mapping[tuple[str, int], int]

    def faults(self) -> list[str]:
        """Each promise that was not kept, in a line."""
        broken = [f"{errand}: {count} × {status}" for (errand, status), count in self.statuses.items() if status >= 500]
        if self.largest_log_mb > LARGEST_LOG_MB:
            broken.append(f"the log of writes ahead reached {self.largest_log_mb:.0f} MB")
        for name in self.names():
            before, after = self.ends(name)
            if after.resident_mb > before.resident_mb * (1 + MOST_GROWTH):
                broken.append(f"{name} grew from {before.resident_mb:.1f} to {after.resident_mb:.1f} MB")
            if after.files > before.files + MORE_FILES:
                broken.append(f"{name} had {before.files} files open, then {after.files}")
        return broken

    def names(self) -> list[str]:
        """The processes, in the order they were met."""
        return list(dict.fromkeys(one.name for one in self.readings))

    def ends(self, name: str) -> tuple[Reading, Reading]:
        """Medians of the first and the last fifth."""
        of_it = [one for one in self.readings if one.name == name]
        fifth = max(1, len(of_it) // 5)
        return _middle(of_it[:fifth]), _middle(of_it[-fifth:])


def _middle(readings: Sequence[Reading]) -> Reading:
    return Reading(
        readings[0].name,
        median(one.at_s for one in readings),
        median(one.resident_mb for one in readings),
        int(median(one.files for one in readings)),
        median(one.cpu_s for one in readings),
    )


@contextmanager
def town(data: Path) -> Iterator[tuple[Server, Server]]:
    """The demo city's web server and worker on this folder; a proxy is believed, so each reader has an address."""
    place = KillableServer(data)
    place.run("router", "train")
    place.run("migrate")
    place.run("demo")
    environ = {**place.environ(), "PORTAL_LIMITS": "on", "PORTAL_TRUSTED_PROXIES": "127.0.0.1"}
    serve = ["-m", "portal", "serve", "--port", str(place.port)]
    with (
        running("web", serve, place.port, environ, data / "web.log") as web,
        (data / "worker.log").open("wb") as worker_log,
    ):
        command = [sys.executable, "-m", "portal", "worker"]
        worker = subprocess.Popen(command, env=environ, stderr=worker_log)
        try:
            yield web, Server("worker", worker.pid, place.port)
        finally:
            worker.terminate()
            worker.wait(30)


def soak(data: Path, minutes: float, warm_up: float, rate: float) -> Course:
    """Errands at so many a second for so many minutes; what was read after the warm-up."""
    readings, largest = list[Reading](), 0.0
    with town(data) as servers, (data / "readings.csv").open("w") as table:
        people = Townspeople(f"http://127.0.0.1:{servers[0].port}")
        started = time.monotonic()
        next_look = 0.0
        while (at := time.monotonic() - started) < minutes * 60:
            if at >= next_look:
                next_look += EVERY_S
                log_mb = _size_mb(data / "portal.db-wal")
                largest = max(largest, log_mb)
                seen = [reading for server in servers for reading in _look(server, at)]
                readings += seen if at >= warm_up * 60 else []
                for reading in seen:
                    print(*vars(reading).values(), log_mb, sep=",", file=table, flush=True)
            people.run_errand()
            time.sleep(random.expovariate(rate))
    return Course(tuple(readings), largest, people.statuses)


def _look(server: Server, at_s: float) -> Iterator[Reading]:
    for number, pid in enumerate(server.tree()):
        files = len(os.listdir(f"/proc/{pid}/fd"))
        yield Reading(f"{server.name} {number}", at_s, resident_mb(pid), files, cpu_s(pid))


def _size_mb(path: Path) -> float:
    return path.stat().st_size / 1e6 if path.exists() else 0.0


def main() -> None:
    """Print where each process began and ended, and what was answered; exit 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--warm-up", type=float, default=6)
    parser.add_argument("--rate", type=float, default=4)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = soak(chosen.folder or Path(folder), chosen.minutes, chosen.warm_up, chosen.rate)
    for name in course.names():
        before, after = course.ends(name)
        share = (after.cpu_s - before.cpu_s) / (after.at_s - before.at_s)
        print(
            f"{name}: {before.resident_mb:.1f} → {after.resident_mb:.1f} MB, {before.files} → {after.files} files, "
            f"{share:.0%} of a core"
        )
    print(f"log of writes ahead at most {course.largest_log_mb:.1f} MB")
    print(
        "answers:",
        ", ".join(f"{errand} {status} × {count}" for (errand, status), count in sorted(course.statuses.items())),
    )
    for fault in course.faults():
        print("broken:", fault)
    raise SystemExit(bool(course.faults()))


if __name__ == "__main__":
    main()
