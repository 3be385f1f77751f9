"""Looking after connections that nothing else uses: a cheap call a day, and one when somebody says that a
grant is gone. What comes of it is written here; the calling is done by a task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from connections.catalogue import apps_of
from connections.rows import note_success, note_trouble, write_account
from database import read_only
from extensions import db
from models import Connection, ConnectionState, Lane, Task, TaskState
from providers.base import Account
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

CHECK_CONNECTION = TaskKind(
    "check_connection",
    Lane.PROVIDER,
    "Asking a provider whether a connection still works",
    subject="connection",
)

EVERY = timedelta(days=1)
# Those that fall due together (after an update, after a night without power) are spread over this time.
_SPREAD = timedelta(minutes=30)
# What cannot be proved is looked into no more often than this.
_PER_HINT = timedelta(hours=1)
# How far a provider's clock may be behind ours. A look too many does no harm.
_CLOCKS_DIFFER = timedelta(minutes=5)


def due_checks(now: datetime) -> list[int]:
    """Ids of the living connections that nobody has looked at for a day and nobody is about to."""
    due = db.session.scalars(
        sa.select(Connection.id).where(
            Connection.state == ConnectionState.CONNECTED,
            sa.or_(Connection.checked_at.is_(None), Connection.checked_at < now - EVERY),
        )
    ).all()
    # Asked only if something is due: this is looked at every few seconds.
    waiting = _waiting() if due else set()
    return [number for number in due if _key(number) not in waiting]


def check_in_turn(connection_id: int, now: datetime) -> None:
    """Ask in the current transaction for the daily look at one connection."""
    # Any even spread does; this one needs no memory and gives neighbors different minutes.
    share = (connection_id * 0.618) % 1
    _ask(connection_id, now + share * _SPREAD, key=_key(connection_id))


def check_now(connection_id: int) -> None:
    """Ask in the current transaction for a look at once: something may have ended the grant."""
    _ask(connection_id, utc_now(), key=_key(connection_id))


def removed_in_provider(provider: str, account_id: str, at: datetime) -> None:
    """The provider says, provably, that this account's permission was taken back at `at`: look at once.

    Looked at rather than believed, because messages come late and out of order: the account may have been
    connected again since.
    """
    for row in _living(provider, account_id, at):
        _ask(row.id, utc_now(), key=f"{_key(row.id)}:removed", is_removed=True)


def maybe_removed_in_provider(provider: str, account_id: str, at: datetime) -> None:
    """Someone says the same and proves nothing. That causes no more than one call in an hour for each
    connection, and waits for no writer unless there is one to cause.

    Must be called with no transaction open.
    """
    now = utc_now()
    with read_only():
        rows = [row for row in _living(provider, account_id, at) if not _was_just_seen(row, now)]
        waiting = _waiting() if rows else set()
        due = [row.id for row in rows if _key(row.id) not in waiting]
        db.session.rollback()
    for connection_id in due:
        _ask(connection_id, now, key=_key(connection_id))


def _was_just_seen(row: Connection, now: datetime) -> bool:
    return row.checked_at is not None and row.checked_at > now - _PER_HINT


def _living(provider: str, account_id: str, at: datetime) -> Sequence[Connection]:
    """The living connections of an account to any of the provider's apps that were made before `at`."""
    return db.session.scalars(
        sa.select(Connection)
        .where(
            Connection.app.in_([spec.key for spec in apps_of(provider)]),
            Connection.account_id == account_id,
            Connection.state == ConnectionState.CONNECTED,
            Connection.connected_at <= at + _CLOCKS_DIFFER,
        )
        .order_by(Connection.id)
    ).all()


def _ask(connection_id: int, run_at: datetime, *, key: str, is_removed: bool = False) -> None:
    outbox.enqueue(
        CHECK_CONNECTION,
        connection_id,
        payload={"connection_id": connection_id, "is_removed": is_removed},
        run_at=run_at,
        dedupe_key=key,
    )


def _waiting() -> set[str | None]:
    """The keys of the looks that somebody has asked for and that have not come to an end."""
    return set(
        db.session.scalars(
            sa.select(Task.dedupe_key).where(
                Task.kind == CHECK_CONNECTION.name, Task.state.in_((TaskState.READY, TaskState.RUNNING))
            )
        )
    )


def _key(connection_id: int) -> str:
    return CHECK_CONNECTION.key(connection_id)


def record_alive(row: Connection, account: Account) -> None:
    """The provider honors the grant. People change their address and their plan there."""
    write_account(row, account)
    note_success(row)


def record_trouble(row: Connection, words: str, *, is_looked_at: bool) -> None:
    """A look that told nothing about the grant. `is_looked_at`: the next one is tomorrow's."""
    note_trouble(row, words)
    if is_looked_at:
        row.checked_at = utc_now()
