"""A PostgreSQL portal is copied and brought back by PostgreSQL's own tools."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from portal.core.db import Database
from portal.migrations import upgrade
from tests.conftest import make_postgres_database
from tests.postgres import find_binaries

PASSWORD = "Kite-over-the-canal-7"


def run(*arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "portal", *arguments]
    return subprocess.run(command, input=given, capture_output=True, text=True, check=False)


@pytest.fixture
def tools_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{find_binaries()}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.postgres
def test_a_copy_comes_back_whole_in_an_empty_database(
    postgres: str, tools_on_path: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_postgres_database(postgres), make_postgres_database(postgres)
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path / "first"))
    monkeypatch.setenv("PORTAL_DATABASE_URL", first)
    with_tables = Database(first)
    upgrade(with_tables)
    with_tables.dispose()
    assert run("staff", "add", "yan", "--role", "auditor", "--password-stdin", given=PASSWORD).returncode == 0
    copy = tmp_path / "copy.tar.gz"
    done = run("backup", str(copy))
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path / "second"))
    monkeypatch.setenv("PORTAL_DATABASE_URL", second)
    done = run("restore", str(copy))
    assert done.returncode == 0, done.stderr
    assert "yan\tauditor" in run("staff", "list").stdout
    assert run("doctor", "--history").returncode == 0
    assert run("restore", str(copy)).returncode == 1


def test_the_password_is_not_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@" > {seen}\necho "$PGPASSWORD" >> {seen}\nexit 3\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PORTAL_DATA", str(tmp_path / "data"))
    url = make_url("postgresql+psycopg://portal:se%40cret@127.0.0.1:1/portal")
    monkeypatch.setenv("PORTAL_DATABASE_URL", url.render_as_string(hide_password=False))
    assert run("backup", str(tmp_path / "copy.tar.gz")).returncode == 1
    arguments, password = seen.read_text().splitlines()
    assert password == "se@cret"
    assert "cret" not in arguments
    assert "postgresql://portal@127.0.0.1:1/portal" in arguments
