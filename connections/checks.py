"""Checking connections that nothing else uses: one cheap call a day, and one whenever we are told that a
grant is gone. The results are written here; a task makes the calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from connections.catalogue import apps_of
from connections.rows import note_success, note_trouble, write_account
from database import read_only, written_out
from extensions import db
from models import Connection, ConnectionState, Lane, Task, TaskState
from providers.base import Account
from rows import rows_of
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
# Checks that come due together (after an update, after a power outage) are spread over this time.
_SPREAD = timedelta(minutes=30)
# Unproven claims are checked no more often than this.
_PER_HINT = timedelta(hours=1)
# How far a provider's clock may be behind ours. One check too many does no harm.
_CLOCKS_DIFFER = timedelta(minutes=5)


# Looked at every few seconds in every process, so it is built once.
_DUE = sa.select(Connection.id).where(
    Connection.state == written_out(ConnectionState.CONNECTED),
    sa.or_(
        Connection.checked_at.is_(None),
        Connection.checked_at < sa.bindparam("before", type_=Connection.checked_at.type),
    ),
)


def due_checks(now: datetime) -> list[int]:
    """Ids of the live connections that have not been checked for a day and are not about to be."""
    due = [row.id for row in rows_of(_DUE, {"before": now - EVERY})]
    # Read only if something is due, because this runs every few seconds.
    waiting = _waiting() if due else set()
    return [number for number in due if _key(number) not in waiting]


def check_in_turn(connection_id: int, now: datetime) -> None:
    """Request the daily check of one connection, in the current transaction."""
    # Any even spread will do; this one needs no state and gives neighboring ids different minutes.
    share = (connection_id * 0.618) % 1
    _ask(connection_id, now + share * _SPREAD, key=_key(connection_id))


def check_now(connection_id: int) -> None:
    """Request an immediate check, in the current transaction: something may have ended the grant."""
    _ask(connection_id, utc_now(), key=_key(connection_id))


def removed_in_provider(provider: str, account_id: str, at: datetime) -> None:
    """The provider has proved that this account's permission was revoked at `at`: check now.

    It is checked rather than believed, because messages come late and out of order, and the account may have
    been connected again since.
    """
    for row in _living(provider, account_id, at):
        _ask(row.id, utc_now(), key=f"{_key(row.id)}:removed", is_removed=True)


def maybe_removed_in_provider(provider: str, account_id: str, at: datetime) -> None:
    """Someone says the same without proof. This causes at most one call an hour for each connection, and it
    waits for other writers only if there is a call to request.

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
    """The live connections of an account to any of the provider's apps that were made before `at`."""
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
    """The keys of the checks that have been requested and are not finished."""
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
    """The provider honors the grant. People change their address and plan there, so store both again."""
    write_account(row, account)
    note_success(row)


def record_trouble(row: Connection, words: str, *, is_looked_at: bool) -> None:
    """A check that revealed nothing about the grant. `is_looked_at`: the next one is tomorrow."""
    note_trouble(row, words)
    if is_looked_at:
        row.checked_at = utc_now()
