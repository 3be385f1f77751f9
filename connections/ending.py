"""Ending connections: unusable from the commit on, and given back to the provider by a task."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from connections.rows import read_tokens, wipe
from connections.setup import connections
from extensions import db
from models import App, Connection, ConnectionState, Lane, Task, TaskState, User
from providers.base import TokenSet
from security import SealBrokenError
from tasks import outbox

REVOKE_GRANT = "revoke_grant"


def end_connections(user: User, *, only: App | None = None) -> list[App]:
    """End all connections of a person, or `only` one app's, in the current transaction; return their apps.

    The tokens leave the rows at once. The provider is told by a task, which holds them encrypted until then.
    """
    rows = db.session.scalars(
        sa.select(Connection)
        .where(
            Connection.user_id == user.id,
            Connection.state != ConnectionState.ENDED,
            Connection.app == only if only is not None else sa.true(),
        )
        .order_by(Connection.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        end_connection(row)
    return [row.app for row in rows]


def end_connection(row: Connection) -> None:
    """End one connection, whose row the current transaction holds."""
    give_back(row)
    wipe(row)
    row.state = ConnectionState.ENDED
    row.problem = row.problem_since = None


def give_back(row: Connection) -> None:
    """Let the provider end the grant of a row that is about to lose it."""
    tokens = read_tokens(row) if row.state == ConnectionState.CONNECTED else None
    if tokens is not None:
        # A connection that needs reconnecting is dead already, or belongs to the colleague who took it over.
        grant, refresh_token = tokens
        revoke_later(
            row,
            TokenSet(grant.access_token, refresh_token, row.expires_at, frozenset(), row.api_url),
        )


def revoke_later(row: Connection, tokens: TokenSet) -> None:
    """Ask in the current transaction for a grant to be given back to its provider."""
    sealed = connections().vault.seal(
        {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token},
        belongs_to=_owner_of_revocation(row.id),
    )
    outbox.enqueue(
        REVOKE_GRANT,
        lane=Lane.PROVIDER,
        subject=_subject(row.id),
        payload={
            "connection_id": row.id,
            "app": row.app.value,
            "account_id": row.account_id,
            "sealed": sealed,
            "expires_at": tokens.expires_at.isoformat(),
        },
    )


def _owner_of_revocation(connection_id: int) -> str:
    """What the tokens in such a task are bound to."""
    return f"revocation:{connection_id}"


@dataclass(frozen=True)
class Revocation:
    """A grant on its way back to its provider. `expires_at` (aware, UTC) is the access token's end."""

    connection_id: int
    app: App
    account_id: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime


def read_revocation(payload: Mapping[str, Any]) -> Revocation | None:
    """What a task is to give back, or None when no key of this server opens it any more."""
    connection_id = int(payload["connection_id"])
    try:
        tokens = connections().vault.open(
            str(payload["sealed"]), belongs_to=_owner_of_revocation(connection_id)
        )
    except SealBrokenError:
        return None
    return Revocation(
        connection_id=connection_id,
        app=App(payload["app"]),
        account_id=str(payload["account_id"]),
        access_token=tokens["access_token"] or "",
        refresh_token=tokens["refresh_token"] or "",
        expires_at=datetime.fromisoformat(payload["expires_at"]),
    )


def is_being_revoked(connection_id: int) -> bool:
    """Whether a grant of this row is still on its way back to its provider."""
    return (
        db.session.scalar(
            sa.select(Task.id)
            .where(
                Task.kind == REVOKE_GRANT,
                Task.subject == _subject(connection_id),
                Task.state.in_((TaskState.READY, TaskState.RUNNING)),
            )
            .limit(1)
        )
        is not None
    )


def _subject(connection_id: int) -> str:
    return f"connection:{connection_id}"


def is_connected_again(app: App, account_id: str) -> bool:
    """Whether the account has a living grant, of whomever. Providers that keep one grant per account have
    ended the older one by themselves, and some would take a revocation of it for the newer one's."""
    living = db.session.scalar(
        sa.select(Connection.id)
        .where(
            Connection.app == app,
            Connection.account_id == account_id,
            Connection.state == ConnectionState.CONNECTED,
        )
        .limit(1)
    )
    return living is not None
