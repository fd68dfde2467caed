"""Commands that fill a file of their own."""

import click

COMMANDS: list[click.Command] = []
