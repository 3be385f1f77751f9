"""Emails that tell people about connections, requested in the transaction that makes them true.

This module only requests the mail: `accounts`, which imports this package, decides who receives it, and tasks
connect the two.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from connections.catalogue import spec_of
from models import Connection, Lane
from work import outbox
from work.kinds import TaskKind

TELL_OF_CONNECTION = TaskKind(
    "tell_of_connection", Lane.MAIL, "Telling someone that an app was connected", subject="connection"
)
NUDGE_TO_RECONNECT = TaskKind(
    "nudge_to_reconnect", Lane.MAIL, "Telling someone to reconnect an app", subject="connection"
)
REPORT_REFUSED_CREDENTIALS = TaskKind(
    "report_refused_credentials",
    Lane.MAIL,
    "Telling the owner that a provider does not accept this server",
    subject="provider",
)

# When the user of a connection that has ended is told about it, counted from that moment.
NUDGES = (timedelta(), timedelta(days=1), timedelta(days=3), timedelta(days=7))


def tell_of_connection(row: Connection) -> None:
    """Let the user of a row know that this account was connected in their name."""
    outbox.enqueue(
        TELL_OF_CONNECTION,
        row.id,
        payload={
            "connection_id": row.id,
            "account": row.account_email,
            "connected_at": row.connected_at.isoformat(),
        },
    )


def nudge(row: Connection, number: int) -> None:
    """At its time, let the user know that this row has needed reconnecting since its `problem_since`."""
    assert row.problem_since is not None
    outbox.enqueue(
        NUDGE_TO_RECONNECT,
        row.id,
        payload={"connection_id": row.id, "since": row.problem_since.isoformat(), "number": number},
        run_at=row.problem_since + NUDGES[number],
    )


def next_nudge(since: datetime, now: datetime) -> int | None:
    """The number of the first nudge after `now`. Nudges that a stopped server missed are not sent later."""
    return next((number for number, after in enumerate(NUDGES) if since + after > now), None)


def report_refused_credentials(app: str, because: str) -> None:
    """Let the owner know that the provider of an app does not accept this server, `because` of a fault of
    `AppSpec.faults`, or "" where it does not say why."""
    provider = spec_of(app).provider
    outbox.enqueue(
        REPORT_REFUSED_CREDENTIALS,
        provider,
        payload={"provider": provider, "because": because},
        dedupe_key=REPORT_REFUSED_CREDENTIALS.key(provider),
    )
