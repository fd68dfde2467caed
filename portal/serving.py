"""Starting the server: for a deployment, and for a newcomer who has just cloned the project."""

import os
import socket
import subprocess
import sys

import click
import uvicorn

from portal.app import create_app, make_portal
from portal.core.errors import Refusal
from portal.core.middleware import configure_logging
from portal.core.settings import LOOPBACK, Settings
from portal.core.web import Portal
from portal.migrations import current, newest, upgrade


def run_server(settings: Settings, host: str, port: int, workers: int, i_know: bool) -> None:
    """Serve until a signal comes. With several workers jobs want a process of their own (portal worker)."""
    portal = make_portal(settings)
    if current(portal.database) != newest():
        raise Refusal("The database is not at the newest schema.", "Run `portal migrate` first.")
    if host not in LOOPBACK and not i_know and has_demo(portal):
        raise Refusal(
            f"This database has demo accounts with known passwords, and {host} is not loopback.",
            "Disable them (`portal staff disable NAME`), or say --i-know.",
        )
    if workers > 1 and settings.jobs == "inline":
        raise Refusal("With several workers jobs run beside them.", "Set PORTAL_JOBS=worker and start `portal worker`.")
    configure_logging(settings.log)
    options = {"host": host, "port": port, "log_level": "warning", "proxy_headers": False, "server_header": False}
    options["access_log"] = False  # every request leaves a line of our own
    if workers > 1:
        portal.database.dispose()
        os.environ.setdefault("PORTAL_BASE_URL", settings.base_url)
        uvicorn.run("portal.asgi:app", workers=workers, **options)  # type: ignore[arg-type]
    else:
        uvicorn.run(create_app(settings, portal), **options)  # type: ignore[arg-type]


def has_demo(portal: Portal) -> bool:
    """True when a demo account, whose password everybody knows, can sign in."""
    from portal.accounts.demo import NAMES
    from portal.accounts.queries import find_staff

    with portal.database.read() as db:
        found = [find_staff(db, role.value) for role in NAMES]
    return any(staff is not None and not staff.is_disabled for staff in found)


def come_up(settings: Settings, port: int) -> None:
    """Migrate, train the router when there is none, load the demo once, say where everything is, and serve."""
    _require_free(port)
    settings.data.mkdir(parents=True, exist_ok=True)
    portal = make_portal(settings)
    if current(portal.database) != newest():
        click.echo("· database …")
        upgrade(portal.database)
    if not settings.model_path.exists():
        click.echo("· training the router from content/corpus …")
        _train(settings)
    from portal.demo import load_demo

    click.echo("· demo content …")
    load_demo(portal)
    _tell(portal, port)
    sys.stdout.flush()
    run_server(settings, "127.0.0.1", port, 1, i_know=False)


def _require_free(port: int) -> None:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise Refusal(
            f"Port {port} is in use.", f"Stop what uses it, or choose another: make run PORT={port + 1}"
        ) from error


def _train(settings: Settings) -> None:
    corpus = settings.content_dir / "corpus"
    if not any(corpus.glob("texts/*.txt")):
        click.echo(f"  {corpus} has no texts: submissions will wait as unsorted", err=True)
        return
    # In a process of its own: scikit-learn would stay in the server's memory for good.
    command = [sys.executable, "-m", "portal", "router", "train", "--city", settings.city]
    place = {"PORTAL_CITY_DIR": str(settings.city_dir), "PORTAL_DATA": str(settings.data)}
    done = subprocess.run(command, env={**os.environ, **place}, check=False)
    if done.returncode:
        raise Refusal("The router could not be trained.", "The line above says why.")


def _tell(portal: Portal, port: int) -> None:
    from portal.accounts.demo import MORE, NAMES, demo_password

    names = [(role.value, f"{name} ({role.value})") for role, name in NAMES.items()]
    names += [(username, f"{name} ({role.value})") for username, (name, role) in MORE.items()]
    click.echo(
        f"\n{portal.city.brand.title}\n  citizens  http://127.0.0.1:{port}/\n  staff     http://127.0.0.1:{port}/desk\n"
    )
    for username, label in names:
        click.echo(f"  {username:<12} {demo_password(username):<18} {label}")
    click.echo("\nCtrl-C stops it.")
