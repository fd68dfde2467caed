"""A PostgreSQL server of the tests' own: initdb in a temporary folder, an unprivileged user, loopback only."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def find_binaries() -> Path | None:
    """The folder with initdb and postgres, newest version first."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def _as_owner(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    # PostgreSQL refuses to run as root.
    user = pwd.getpwnam("postgres" if _has_user("postgres") else "nobody") if os.geteuid() == 0 else None
    options = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    return subprocess.run(arguments, cwd=folder, capture_output=True, check=True, **options)  # type: ignore[call-overload,no-any-return]


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running_server(binaries: Path) -> Iterator[str]:
    """The address of a fresh server (without a database name); stopped and deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="minsheng-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres" if _has_user("postgres") else "nobody")
        port = _free_port()
        data = folder / "data"
        _as_owner(
            [
                str(binaries / "initdb"),
                "-D",
                str(data),
                "-U",
                "portal",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "-N",
            ],
            folder,
        )
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c max_connections=200"
        start = [str(binaries / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start"]
        _as_owner(start, folder)
        try:
            yield f"postgresql+psycopg://portal@127.0.0.1:{port}"
        finally:
            _as_owner([str(binaries / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"], folder)
            time.sleep(0.1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
