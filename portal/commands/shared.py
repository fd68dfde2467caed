"""How every command refuses: one line on standard error and exit 1, no trace for what a user can cause."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from portal.core.settings import SettingError, Settings, read_settings


class Refused(click.ClickException):
    """Something the command will not do."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        click.echo(" ".join(self.format_message().split()), err=True)


def read_environment(**overrides: str) -> Settings:
    """The settings of this environment; Refused, naming the variable, when one is wrong."""
    try:
        return read_settings({**os.environ, **overrides})
    except SettingError as error:
        raise Refused(str(error)) from error


def refusing(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what a user can cause into one line instead of a trace."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from sqlalchemy.exc import DBAPIError

        from portal.core.errors import Refusal
        from portal.groups.check import ProfileFaults

        try:
            return command(*args, **kwargs)
        except Refusal as error:
            raise Refused(" ".join(filter(None, (error.message, error.advice)))) from error
        except ProfileFaults as error:
            raise Refused(f"The city profile has faults: {error}") from error
        except DBAPIError as error:
            reason = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
            raise Refused(f"The database refused: {reason}. Is it migrated? Try `portal migrate`.") from error
        except OSError as error:
            raise Refused(f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")) from error

    return run
