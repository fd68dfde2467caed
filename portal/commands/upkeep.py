"""portal backup, restore and doctor: keeping a deployment safe."""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import click
from sqlalchemy import URL, make_url

from portal.app import make_portal
from portal.commands.shared import Refused, read_environment, refusing
from portal.core.clock import now
from portal.core.mail import Delivery, count_failures
from portal.core.web import Portal
from portal.migrations import current, newest

DATABASE = "portal.db"
DUMP = "portal.dump"


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@refusing
def backup(file: Path) -> None:
    """Write a consistent copy of database and media into one file, while the portal serves."""
    portal = make_portal(read_environment())
    partial = file.with_name(file.name + ".part")
    with tempfile.TemporaryDirectory(dir=file.parent if file.parent.exists() else None) as folder:
        # The database first: a photo that its copy names was stored before its row was committed.
        name = _copy_database(portal, Path(folder))
        with tarfile.open(partial, "w:gz", compresslevel=1) as archive:
            archive.add(Path(folder) / name, name)
            keys = list(portal.photos.list_keys())
            for key in keys:
                _add_bytes(archive, f"media/{key}", portal.photos.get(key))
            card = {"at": now().isoformat(), "revision": current(portal.database), "database": name, "media": len(keys)}
            _add_bytes(archive, "backup.json", json.dumps(card).encode())
    partial.replace(file)
    click.echo(f"{file}: {name} at revision {card['revision']}, {len(keys)} media files, sha256 {_sha256(file)}")


def _copy_database(portal: Portal, folder: Path) -> str:
    if portal.database.is_sqlite:
        path = portal.settings.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(folder / DATABASE)) as copy:
            source.backup(copy)
        return DATABASE
    _run_postgres(portal, "pg_dump", "--format=custom", f"--file={folder / DUMP}")
    return DUMP


def _run_postgres(portal: Portal, program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise Refused(f"{program} is not installed: it comes with PostgreSQL's client package.")
    url = make_url(portal.settings.database_url).set(drivername="postgresql")
    # Every user of a machine can read a command line: the password travels beside it.
    environment = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    place = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    command = [program, f"--dbname={place.render_as_string()}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{program}: {done.stderr.strip().splitlines()[-1] if done.stderr else 'failed'}")


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, BytesIO(data))


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@refusing
def restore(file: Path, force: bool) -> None:
    """Put a backup back; refuses to overwrite a database or media without --force. Stop the server first."""
    settings = read_environment()
    settings.data.mkdir(parents=True, exist_ok=True)
    portal = make_portal(settings)
    if not force and (current(portal.database) is not None or next(iter(portal.photos.list_keys()), None) is not None):
        raise Refused("There is a database or media already. --force overwrites them.")
    portal.database.dispose()
    try:
        with tarfile.open(file) as archive, tempfile.TemporaryDirectory(dir=settings.data) as folder:
            card = json.loads(_member(archive, "backup.json"))
            # Only the two names that a backup gives: a foreign archive must not choose where a file is written.
            if card["database"] not in {DATABASE, DUMP}:
                raise KeyError(card["database"])
            copy = Path(folder) / card["database"]
            copy.write_bytes(_member(archive, copy.name))
            _put_database(portal, copy)
            count = 0
            for name in _media_names(archive):
                portal.photos.put(name.removeprefix("media/"), _member(archive, name))
                count += 1
    except (tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise Refused(f"{file} is no whole backup of this portal ({type(error).__name__}).") from error
    click.echo(f"restored revision {card['revision']} of {card['at']} and {count} of {card['media']} media files")


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    if stream is None:
        raise KeyError(name)
    return stream.read()


def _media_names(archive: tarfile.TarFile) -> Iterator[str]:
    return (entry.name for entry in archive.getmembers() if entry.isfile() and entry.name.startswith("media/"))


def _put_database(portal: Portal, copy: Path) -> None:
    if copy.name == DATABASE:
        if not portal.database.is_sqlite:
            raise Refused("This is a backup of SQLite, and PORTAL_DATABASE_URL names PostgreSQL.")
        target = Path(portal.settings.database_url.removeprefix("sqlite:///"))
        for leftover in (f"{target}-wal", f"{target}-shm"):
            Path(leftover).unlink(missing_ok=True)
        copy.replace(target)
        return
    if portal.database.is_sqlite:
        raise Refused("This is a backup of PostgreSQL, and PORTAL_DATABASE_URL names SQLite.")
    _run_postgres(portal, "pg_restore", "--clean", "--if-exists", "--no-owner", str(copy))


@click.command()
@click.option("--history", is_flag=True, help="Check every hash chain for altered or missing events.")
@refusing
def doctor(history: bool) -> None:
    """Check a deployment and say what to mend; exit 1 when something must be."""
    portal = make_portal(read_environment())
    findings = list(_check_history(portal) if history else _check_deployment(portal))
    for finding in findings:
        click.echo(f"mend: {finding}", err=True)
    if findings:
        raise Refused(f"{len(findings)} finding(s).")
    click.echo("every chain is whole" if history else "nothing to mend")


def _check_deployment(portal: Portal) -> Iterator[str]:
    from portal.serving import has_demo

    settings = portal.settings
    revision = current(portal.database)
    if revision != newest():
        yield f"the database is at revision {revision}, the newest is {newest()}: run `portal migrate`"
        return
    if portal.router.model() is None:
        yield f"the router has no usable model ({portal.router.fault}): run `portal router train`"
    if not settings.is_loopback and not settings.is_https:
        yield "PORTAL_BASE_URL is http://: put the portal behind HTTPS, or cookies travel in the open"
    if not settings.is_loopback and has_demo(portal):
        yield "demo accounts with known passwords are open: `portal staff disable NAME`"
    if not settings.mail_url and not settings.is_loopback:
        yield "PORTAL_MAIL_URL is not set: e-mails stay on the outbox page"
    with portal.database.read() as db:
        for channel, state, kind, count in count_failures(db):
            if state == Delivery.STUCK:
                yield f"{count} message(s) by {channel} could not be sent ({kind}): see /desk/outbox"
    try:
        probe = settings.data / ".doctor"
        probe.write_text("x")
        probe.unlink()
    except OSError as error:
        yield f"PORTAL_DATA cannot be written: {error.strerror}"


def _check_history(portal: Portal) -> Iterator[str]:
    from portal.cases import find_broken_histories
    from portal.core.audit import find_breaks

    with portal.database.read() as db:
        for event_id in find_breaks(db):
            yield f"audit log: event {event_id} was altered, or the one before it is missing"
        for case_no in find_broken_histories(db):
            yield f"case {case_no}: its history was altered, or an event is missing"
