"""The `flask` commands that make, restore, and rehearse backups."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from extensions import db
from own_commands import command_line
from wording import counted

if TYPE_CHECKING:
    import pyrage

    from backups.errors import BackupError
    from backups.manifest import Manifest

MakeApp = Callable[[Mapping[str, object]], Flask]

_MAKE_APP = "make_app"
# Options of `flask` itself that are followed by a value.
_WITH_VALUE = frozenset({"-A", "--app", "-e", "--env-file"})
_REHEARSAL_FAILED = 8
_FILE = click.Path(dir_okay=False, path_type=Path)


def init_app(app: Flask, make_app: MakeApp) -> None:
    """Add the commands. `make_app` makes another application, for a rehearsal."""
    app.extensions[_MAKE_APP] = make_app
    for command in commands():
        app.cli.add_command(command)


def commands() -> tuple[click.Command, ...]:
    """The commands of this module."""
    return backup_key, backup, restore


def is_restoring(arguments: Sequence[str]) -> bool:
    """Whether a process with these arguments (`sys.argv`) is `flask restore`, whose instance folder must not
    get keys."""
    rest = iter(arguments[1:])
    for argument in rest:
        if argument in _WITH_VALUE:
            next(rest, None)
        elif not argument.startswith("-"):
            return argument == "restore"
    return False


@click.command("backup-key")
@with_appcontext
def backup_key() -> None:
    """Make a key for backups, and show both halves. Nothing is stored here."""
    from backups.keys import new_pair

    pair = new_pair()
    click.echo("# The secret half. It is the only thing that opens your backups, and is shown only now.")
    click.echo(
        "# Keep it away from this server: in a password manager, or on paper. If it's lost, so are they."
    )
    click.echo(pair.secret)
    click.echo("")
    click.echo("# The public half only makes backups. Put this line into .env, and restart:")
    click.echo(f"BACKUP_KEY={pair.public}")


@click.command("backup")
@click.argument("file", type=_FILE)
@with_appcontext
def backup(file: Path) -> None:
    """Write everything into one encrypted FILE, while the server runs: rows, keys, uploads."""
    from backups.errors import BackupError
    from backups.here import installation_of
    from backups.making import make_backup

    keys = current_app.config["BACKUP_KEY"]
    if not keys:
        raise click.ClickException(
            f"There is no key to encrypt it with. Make one with {command_line('backup-key')}."
        )
    # What is read is of one moment, and this session has no part in it.
    db.session.rollback()
    try:
        made = make_backup(installation_of(current_app.config, db.engine), file.absolute(), keys)
    except BackupError as error:
        _fail(error)
    except (OSError, SQLAlchemyError) as error:
        raise click.ClickException(
            f"The backup could not be made, and {file} is as it was. {error}"
        ) from None
    if made.lost:
        written = file.with_name(made.path.name)
        raise click.ClickException(
            f"{counted(made.lost, 'attachment')} couldn't be found, so this backup is incomplete: it is in "
            f"{written}, and {file} is as it was. Is the disk of "
            f"{current_app.config['UPLOADS_FOLDER']} mounted?"
        )
    size = f"{made.size / 1_000_000:,.1f} MB"
    click.echo(
        f"{file}: {counted(made.rows, 'row')} and {counted(made.manifest.files, 'attachment')}, {size}. "
        "Keep it on another machine, and the secret half of the key somewhere else again."
    )


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option(
    "--key-file", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="Holds the secret key."
)
@click.option("--rehearse", is_flag=True, help="Restore to a temporary place, check it, and remove it.")
@click.option("--database", metavar="URL", default="", help="With --rehearse: an empty database, not SQLite.")
@with_appcontext
def restore(file: Path, key_file: Path | None, rehearse: bool, database: str) -> None:
    """Restore the backup in FILE into an empty instance folder and an empty database.

    The secret half of the key is read from standard input, or from --key-file. Background work stays paused
    until an owner has decided about what was waiting.
    """
    from backups.errors import BackupError

    if database and not rehearse:
        raise click.UsageError("--database goes with --rehearse; otherwise, DATABASE_URL is restored to.")
    try:
        identity = _secret(key_file)
        if rehearse:
            _rehearse(file, identity, database)
        else:
            _restore(file, identity)
    except BackupError as error:
        _fail(error)
    except (OSError, SQLAlchemyError) as error:
        raise click.ClickException(
            f"The backup could not be restored. {error}\nRun the command again once that is solved: it "
            "starts from the beginning."
        ) from None


def _restore(file: Path, identity: pyrage.x25519.Identity) -> None:
    from backups.restoring import restore as restore_backup

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    done = restore_backup(app, file, identity)
    if done.manifest is None:
        click.echo("An earlier restore had come to its end; only its mark was left, and is gone now.")
    else:
        click.echo(f"Restored {_named(done.manifest)}.")
        _say_settings(done.manifest)
    click.echo(
        "Background work is paused: no emails are sent. Make sure that the original server no longer runs, "
        f"start this one, sign in as an owner, and decide at "
        f"{current_app.config['BASE_URL']}/settings/restored"
    )


def _rehearse(file: Path, identity: pyrage.x25519.Identity, database: str) -> None:
    from backups.rehearsing import rehearse

    folder: Path = current_app.config["INSTANCE_PATH"]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    done = rehearse(current_app.extensions[_MAKE_APP], file, identity, folder, database)
    click.echo(f"Rehearsed with {_named(done.manifest)}:")
    for check in done.checks:
        click.echo(f"  {'ok ' if check.is_good else 'BAD'}  {check.words}")
    if not done.is_good:
        click.echo("Don't rely on this backup.", err=True)
        sys.exit(_REHEARSAL_FAILED)
    click.echo("This backup can be restored. The temporary copy is removed.")


def _secret(key_file: Path | None) -> pyrage.x25519.Identity:
    from backups.keys import read_secret

    if key_file is not None:
        return read_secret(key_file.read_text(encoding="utf-8"))
    if sys.stdin.isatty():
        return read_secret(click.prompt("Secret key (AGE-SECRET-KEY-…)", hide_input=True))
    return read_secret(sys.stdin.read())


def _named(manifest: Manifest) -> str:
    kind = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(manifest.database, manifest.database)
    return (
        f"the backup of {manifest.organization} of {manifest.made_at:%Y-%m-%d %H:%M} UTC "
        f"(version {manifest.version}, made on {kind})"
    )


def _say_settings(manifest: Manifest) -> None:
    lacking = sorted(set(manifest.settings) - current_app.config["EXPLICIT"])
    if lacking:
        click.echo(f"These were set where the backup was made, and aren't here: {', '.join(lacking)}.")


def _fail(error: BackupError) -> NoReturn:
    click.echo(f"Error: {error.words}", err=True)
    sys.exit(error.status)
