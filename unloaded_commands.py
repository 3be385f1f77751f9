"""The commands while a wrong setting or folder keeps the application from loading: they say what they are
for, and refuse to run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup, FlaskGroup


def is_looking_for_commands() -> bool:
    """Whether the application is loaded to list the commands or to find one, and not yet to run it.

    Flask's own commands, such as `run`, are found without the application and load it when they run."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)


def application_for_help(commands: Iterable[click.Command], refusal: click.ClickException) -> Flask:
    """An application that has nothing but these commands. Their help works, with `refusal` as a warning;
    running one raises it, so the exit status is the same as if the application had been loaded."""
    app = Flask(__name__, static_folder=None)
    # Flask would print the traceback of whatever is raised while it lists the commands, and find no command
    # at all where its own exception for that is raised.
    app.cli = _List(refusal, {str(each.name): _for_help(each, refusal) for each in commands})
    return app


class _List(AppGroup):
    """What `flask --help` shows of the application."""

    def __init__(self, refusal: click.ClickException, commands: dict[str, click.Command]) -> None:
        super().__init__(commands=commands)
        self._refusal = refusal

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        found = super().get_command(ctx, cmd_name)
        if found is None:
            # Extensions bring more commands, once the application has been loaded.
            raise self._refusal
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        _warn(self._refusal)
        return super().list_commands(ctx)


class _Command(click.Command):
    def __init__(self, command: click.Command, refusal: click.ClickException) -> None:
        super().__init__(command.name, help=command.help, params=command.params)
        self._refusal = refusal

    def get_help(self, ctx: click.Context) -> str:
        _warn(self._refusal)
        return super().get_help(ctx)

    def invoke(self, ctx: click.Context) -> Any:
        raise self._refusal


class _Group(click.Group):
    def __init__(self, group: click.Group, refusal: click.ClickException) -> None:
        below = {name: _for_help(each, refusal) for name, each in group.commands.items()}
        super().__init__(group.name, help=group.help, commands=below)
        self._refusal = refusal

    def get_help(self, ctx: click.Context) -> str:
        _warn(self._refusal)
        return super().get_help(ctx)


def _for_help(command: click.Command, refusal: click.ClickException) -> click.Command:
    return _Group(command, refusal) if isinstance(command, click.Group) else _Command(command, refusal)


def _warn(refusal: click.ClickException) -> None:
    click.secho(f"Warning: {refusal.format_message()}\n", err=True, fg="yellow")
