"""Servers in processes of their own, and what the CPU spent on them."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    # The name of a process may hold spaces and brackets; the figures begin after its last bracket.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _tree(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    below = [int(child) for child in children.read_text().split()] if children.exists() else []
    return [pid, *(one for child in below for one in _tree(child))]


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far, user and system."""
    return sum(map(int, _stat(pid)[11:13])) / TICKS


def resident_mb(pid: int) -> float:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass
class Server:
    """A running server."""

    name: str
    pid: int
    port: int

    def tree(self) -> list[int]:
        """The process and all below it."""
        return _tree(self.pid)

    def cpu_s(self) -> float:
        """CPU seconds of the whole process tree so far, user and system."""
        return sum(map(cpu_s, self.tree()))

    def resident_mb(self) -> float:
        """Resident memory of the whole process tree."""
        return sum(map(resident_mb, self.tree()))

    def connect(self) -> HTTPConnection:
        """A kept-alive connection."""
        return HTTPConnection("127.0.0.1", self.port, timeout=60)


def free_port() -> int:
    """A port that nobody uses just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(
    name: str, arguments: list[str], port: int, environ: Mapping[str, str], log: Path | None = None
) -> Iterator[Server]:
    """Start a server, wait until it answers, stop it at the end. log: where to keep what it says."""
    with log.open("w+b") if log else tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, *arguments], env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            _wait(process, port)
            yield Server(name, process.pid, port)
        except RuntimeError as error:
            said.seek(0)
            raise RuntimeError(f"{error}: {said.read().decode(errors='replace')[-2000:]}") from error
        finally:
            process.terminate()
            process.wait(30)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")
