"""The `flask` commands for the person who runs the server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo, with_appcontext

import instance_folder
from accounts import audit, copies, first_run, outgoing_webhook, restored, two_step
from accounts.audit import Event
from accounts.passwords import store_password
from accounts.team_rules import TeamError
from config import SettingError
from connections.keys import reseal_everything
from database import LARGEST_ROW_ID
from doctor.command import doctor
from extensions import db
from hiring.first_plan import add_first_plan
from messaging.copies import reseal_copies
from models import Task, TaskState, User
from own_commands import command_line
from scheduling.software import usual
from schema import (
    USELESS_TO_REPEAT,
    NewerDatabaseError,
    NoTablesError,
    UnusableDatabaseError,
    migrate_database,
    require_tables,
)
from security import PASSWORD_MIN_LENGTH, TokenVault, hash_password, is_well_known
from services import services
from tasks.attention import WaitingWork, WorkState, described, try_again_now, work_needing_attention
from timezones import utc_now, zone_as_written, zones_meant
from web.addresses import normal_address
from wording import counted


class _UselessToRepeat(click.ClickException):
    """A refusal that starting the same command again would only repeat."""

    exit_code = USELESS_TO_REPEAT


def refusal_of(error: SettingError | OSError) -> click.ClickException:
    """One sentence about what keeps the application from loading, with the exit status that belongs to it.
    `error` is about a setting or about the instance folder."""
    if isinstance(error, SettingError):
        return _UselessToRepeat(f"A setting is wrong. {error}")
    return click.ClickException(instance_folder.in_words(error))


class _Command(click.Command):
    """Reads and changes what is stored, and so has to know all of it. Its help needs nothing."""

    def invoke(self, ctx: click.Context) -> Any:
        with _refusal_in_words():
            require_tables(ctx.ensure_object(ScriptInfo).load_app())
        return super().invoke(ctx)


class _Commands(AppGroup):
    command_class = _Command


@contextmanager
def _refusal_in_words() -> Iterator[None]:
    try:
        yield
    except NewerDatabaseError as error:
        raise _UselessToRepeat(str(error)) from None
    except UnusableDatabaseError as error:
        raise click.ClickException(str(error)) from None


tasks = _Commands("tasks", help="Background work: see what waits, try again, work by hand.")
users = _Commands("users", help="People on the team.")
keys = _Commands("keys", help="Keys that encrypt the providers' tokens and the authenticator apps' secrets.")


def init_app(app: Flask) -> None:
    for command in commands():
        app.cli.add_command(command)


def commands() -> tuple[click.Command, ...]:
    """The commands of this module, and `doctor`."""
    return setup, setup_code, tasks, users, keys, doctor


def _app() -> Flask:
    """The application itself, not the proxy for it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    assert isinstance(app, Flask)
    return app


@click.command("setup-code")
@with_appcontext
def setup_code() -> None:
    """Show the one-time code that /setup asks for."""
    # Before the first start, there are no tables and no one who has used the code.
    with _refusal_in_words(), suppress(NoTablesError):
        require_tables(_app())
        if first_run.organization() is not None:
            raise click.ClickException("This server is set up already; the code is gone.")
    click.echo(instance_folder.setup_code(current_app.config["INSTANCE_PATH"]))


@click.command("setup")
@click.option("--organization", required=True, help="Name of the organization.")
@click.option("--timezone", required=True, help="IANA name, for example Europe/Zurich.")
@click.option("--name", required=True, help="The owner's name.")
@click.option("--email", required=True, help="The owner's email address.")
@click.option("--open-connecting", is_flag=True, help="Everyone who schedules or hosts may connect apps.")
@with_appcontext
def setup(organization: str, timezone: str, name: str, email: str, open_connecting: bool) -> None:
    """Set the server up without a browser. The owner's password is read from standard input."""
    zone = zone_as_written(timezone)
    if zone is None:
        meant = zones_meant(timezone)
        words = f"could be any of these: {', '.join(meant)}." if meant else "is not a time zone."
        raise click.BadParameter(f"{timezone} {words}", param_hint="--timezone")
    try:
        email = normal_address(email)
    except ValueError:
        raise click.BadParameter(f"{email} isn't an email address.", param_hint="--email") from None
    password = _password()
    # This may be the very first thing that happens on a server, before it was ever started.
    with _refusal_in_words():
        migrate_database(_app())
    try:
        first_run.set_up(
            first_run.FirstRun(organization, zone, name, email, password, open_connecting),
            installation_id=current_app.config["INSTALLATION_ID"],
        )
    except first_run.AlreadySetUpError:
        raise click.ClickException("This server is set up already.") from None
    add_first_plan(usual(services().connections.clients))
    db.session.commit()
    instance_folder.forget_setup_code(current_app.config["INSTANCE_PATH"])
    click.echo(f"{organization} is ready. Sign in as {email} at {current_app.config['BASE_URL']}/login")


@users.command("reset-password")
@click.argument("email")
@with_appcontext
def reset_password(email: str) -> None:
    """Give someone a new password, read from standard input, and end all their sessions."""
    user = _user_at(email)
    store_password(user, hash_password(_password()), services().mail_domain)
    audit.record(Event.PASSWORD_RESET, f"{user.name} got a new password from the command line.", None)
    db.session.commit()
    click.echo(f"{user.name} has a new password; all their sessions are ended.")


@users.command("reset-two-step")
@click.argument("email")
@with_appcontext
def reset_two_step(email: str) -> None:
    """Remove the two-step verification of someone who has lost their phone and their recovery codes."""
    user = _user_at(email)
    try:
        two_step.reset(None, user, services().mail_domain)
    except TeamError as error:
        raise click.ClickException(error.words) from None
    db.session.commit()
    click.echo(f"{user.name} signs in with the password alone; all their sessions are ended.")


def _user_at(email: str) -> User:
    user = db.session.scalar(sa.select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise click.ClickException(f"No one here has the address {email}.")
    return user


def _password() -> str:
    """One line of standard input: an argument would be kept in the shell's history and in `ps`."""
    if sys.stdin.isatty():
        password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < PASSWORD_MIN_LENGTH:
        raise click.ClickException(f"A password has at least {PASSWORD_MIN_LENGTH} characters.")
    if is_well_known(password):
        raise click.ClickException("This password is too easy to guess. Choose another one.")
    return password


_STATES: dict[WorkState, str] = {
    "given_up": "given up",
    "failing": "failing",
    "overdue": "not started",
    "waiting": "waiting",
    "running": "running",
    "done": "done",
}
# Names are looked up for this many at a time, however many tasks there are.
_AT_ONCE = 500


@tasks.command("list")
@click.option("--all", "everything", is_flag=True, help="Finished ones too.")
@click.option("--attention", is_flag=True, help="Only what needs attention; exits with 1 if anything does.")
@with_appcontext
def list_tasks(everything: bool, attention: bool) -> None:
    """Show background work that is not finished: its number, its state, when it is due, what it is, and what
    went wrong last."""
    if everything and attention:
        raise click.UsageError("Choose --all or --attention.")
    if attention:
        found = work_needing_attention()
        _show(found, "Nothing needs attention.")
        if found:
            sys.exit(1)
        return
    query = sa.select(Task).order_by(Task.state, Task.run_at, Task.id)
    if not everything:
        query = query.where(Task.state != TaskState.DONE)
    rows, now = db.session.scalars(query).all(), utc_now()
    batches = (rows[begin : begin + _AT_ONCE] for begin in range(0, len(rows), _AT_ONCE))
    _show([piece for batch in batches for piece in described(batch, now)], "Nothing is waiting.")


def _show(work: list[WaitingWork], if_none: str) -> None:
    if not work:
        click.echo(if_none)
        return
    click.echo(f"{'NUMBER':>6}  {'STATE':<11}  {'DUE (UTC)':<19}  WHAT")
    for piece in work:
        due = f"{piece.next_try_at:%Y-%m-%d %H:%M:%S}" if piece.next_try_at is not None else ""
        what = f"{piece.words} ({piece.kind} {piece.subject})"
        click.echo(f"{piece.task_id:>6}  {_STATES[piece.state]:<11}  {due:<19}  {what}")
        if piece.problem:
            click.echo(f"{'':>42}{piece.problem}")


@tasks.command("retry")
@click.argument("task_ids", metavar="[NUMBER]...", type=click.IntRange(1, LARGEST_ROW_ID), nargs=-1)
@click.option("--attention", is_flag=True, help="Everything that needs attention.")
@with_appcontext
def retry_tasks(task_ids: tuple[int, ...], attention: bool) -> None:
    """Retry background work now, even what was given up. A running server begins within seconds.

    Exits with 1 if any of the numbers could not be retried; the others are.
    """
    if attention == bool(task_ids):
        raise click.UsageError(f"Name the numbers that `{command_line('tasks list')}` shows, or --attention.")
    wanted = [piece.task_id for piece in work_needing_attention()] if attention else task_ids
    if not wanted:
        click.echo("Nothing needs attention.")
    missed = False
    for task_id in wanted:
        words = try_again_now(task_id)
        if words is None:
            missed = True
            click.echo(f"Task {task_id}: nothing to retry. It is done, running, or unknown.", err=True)
            continue
        audit.record(Event.WORK_RETRIED, f"Tried again from the command line: {words}.", None)
        click.echo(f"Task {task_id} will be tried now: {words}.")
    db.session.commit()
    if missed:
        sys.exit(1)


@tasks.command("work")
@with_appcontext
def work() -> None:
    """Do all due work in this process, then exit. For servers with SCHEDULER_ENABLED=false."""
    from background import work_once

    is_held_back = restored.is_held_back()
    is_copy = copies.is_paused(current_app.config["INSTALLATION_ID"])
    # The work below has transactions of its own, which would wait for this one.
    db.session.rollback()
    if is_held_back:
        raise click.ClickException(
            "This server was restored from a backup, so its background work is paused. See what is waiting "
            f"under {current_app.config['BASE_URL']}/settings/restored, or decide with "
            f"{command_line('tasks resume')}."
        )
    if is_copy:
        raise click.ClickException(
            "This database is a copy of another installation's, so its background work is paused. "
            f"If the original no longer runs, let this one work: {command_line('tasks resume')}"
        )
    click.echo(f"Started {work_once(_app())} tasks.")


@tasks.command("resume")
@click.option("--drop-due", is_flag=True, help="After a restore: drop the emails that are due by now.")
@with_appcontext
def resume_work(drop_due: bool) -> None:
    """Let a server that was restored, or a copy that takes the original's place, do its background work."""
    dropped = restored.resume(None, "drop" if drop_due else "send")
    was_copy = copies.resume(None, current_app.config["INSTALLATION_ID"])
    if dropped is None and not was_copy:
        raise click.ClickException("Background work is not paused.")
    if dropped is None and drop_due:
        raise click.UsageError("--drop-due is for a server that was restored from a backup.")
    db.session.commit()
    click.echo("Background work has resumed. Make sure that the original no longer runs.")
    if dropped:
        click.echo(
            f"{counted(dropped, 'email')} that had been due {'was' if dropped == 1 else 'were'} dropped."
        )


@keys.command("rotate")
@with_appcontext
def rotate_keys() -> None:
    """Make a new key, encrypt every stored secret with it, and drop the old ones.

    Only for keys in the instance folder; keys of TOKEN_ENCRYPTION_KEYS are changed there: put
    the new one first, restart, run this, remove the old one, and restart again.
    """
    from cryptography.fernet import Fernet

    folder = current_app.config["INSTANCE_PATH"]
    from_settings = current_app.config["TOKEN_ENCRYPTION_KEYS"]
    old = instance_folder.prepare(folder, token_keys=from_settings).token_keys
    wanted = old if from_settings else (Fernet.generate_key().decode(), *old)
    if not from_settings:
        # Both keys are on disk before the first row is written with the new one.
        instance_folder.write_token_keys(folder, wanted)
    vault = TokenVault(wanted)
    done = reseal_everything(vault)
    secrets, unreadable = two_step.reseal_secrets(vault)
    copies, unreadable_copies = reseal_copies(vault)
    _, unreadable_webhook = outgoing_webhook.reseal_secret(vault)
    audit.record(
        Event.KEYS_ROTATED,
        f"{counted(done.connections, 'connection')}, {counted(secrets, 'authenticator secret')}, and "
        f"{counted(copies, 'sent email')} were re-encrypted from the command line.",
        None,
    )
    db.session.commit()
    click.echo(f"{done.connections} connections are encrypted with the newest key.")
    click.echo(f"{counted(secrets, 'authenticator secret')} too.")
    click.echo(f"{counted(copies, 'copy', 'copies')} of sent emails too.")
    broken = done.broken + unreadable + unreadable_copies + unreadable_webhook
    if broken:
        click.echo(f"{broken} could not be opened with any key and stay as they are.")
    elif not from_settings:
        # Keeping one older key is enough: a running server looks for newer keys before it encrypts anything.
        instance_folder.write_token_keys(folder, wanted[:2])
        click.echo(
            "A running server finds the new key on its own; the last one stays until the next rotation."
        )
