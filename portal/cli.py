"""The command `portal`: everything that is done from a terminal. Exit 0 done, 1 refused in one line, 2 wrong usage."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import click

from portal.commands.shared import read_environment, refusing


class Commands(click.Group):
    """Commands of their own files, imported when called: `portal route` must not wait for the web application."""

    elsewhere = {
        "staff": "portal.commands.staff:staff",
        "route": "portal.commands.routing:route",
        "router": "portal.commands.routing:router",
        "import": "portal.commands.exchange:import_",
        "export": "portal.commands.exchange:export",
        "backup": "portal.commands.upkeep:backup",
        "restore": "portal.commands.upkeep:restore",
        "doctor": "portal.commands.upkeep:doctor",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.elsewhere:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.elsewhere[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """民声 Minsheng: the citizen portal of a city's civilisation campaign."""


@contextmanager
def _loading() -> Iterator[None]:
    """For imports that stay for good: garbage is not looked for among them, neither now nor later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--i-know", is_flag=True, help="Serve demo accounts on an address other than loopback all the same.")
@refusing
def serve(host: str, port: int, workers: int, i_know: bool) -> None:
    """Serve the portal; jobs run inside unless PORTAL_JOBS=worker."""
    with _loading():
        from portal.serving import run_server
    run_server(read_environment(), host, port, workers, i_know)


@main.command()
@refusing
def worker() -> None:
    """Run background jobs in a process of their own."""
    from portal.app import JOBS, make_portal
    from portal.core.middleware import configure_logging
    from portal.worker import make_consumer

    settings = read_environment()
    configure_logging(settings.log)
    make_consumer(make_portal(settings), JOBS, is_embedded=False).run()


@main.command()
@refusing
def migrate() -> None:
    """Bring the database to the newest schema."""
    from portal.core.db import Database
    from portal.migrations import current, upgrade

    settings = read_environment()
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    upgrade(database)
    click.echo(f"database at revision {current(database)}")


@main.command()
@refusing
def demo() -> None:
    """Load the demo content of the city; running it twice changes nothing."""
    from portal.app import make_portal
    from portal.demo import load_demo

    click.echo(
        "demo content loaded" if load_demo(make_portal(read_environment())) else "demo content was there already"
    )


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@refusing
def up(port: int) -> None:
    """Everything for a newcomer: migrate, train, load the demo, serve on this machine."""
    with _loading():
        from portal.serving import come_up
    come_up(read_environment(PORTAL_BASE_URL=os.environ.get("PORTAL_BASE_URL", f"http://127.0.0.1:{port}")), port)


@main.group()
def city() -> None:
    """City profiles."""


@city.command("check")
@click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path))
@refusing
def city_check(directory: Path | None) -> None:
    """Check one profile folder, or every profile of a folder; names file, key and reason of each fault."""
    from portal.groups import check_city, list_cities

    place = (directory or Path(os.environ.get("PORTAL_CITY_DIR", "content/cities"))).resolve()
    is_one = (place / "city.toml").is_file() or not list_cities(place)
    parent = place.parent if is_one else place
    keys = [place.name] if is_one else list_cities(place)
    faults = [(key, fault) for key in keys for fault in check_city(parent, key)]
    for key, fault in faults:
        click.echo(f"{key}: {fault}", err=True)
    if faults:
        sys.exit(1)
    click.echo(f"{len(keys)} profile(s) without a fault: {', '.join(keys)}")


@city.command("list")
@refusing
def city_list() -> None:
    """List the profiles there are."""
    from portal.groups import list_cities

    for key in list_cities(Path(os.environ.get("PORTAL_CITY_DIR", "content/cities"))):
        click.echo(key)


if __name__ == "__main__":
    main()
