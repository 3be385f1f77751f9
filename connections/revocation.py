"""Ending connections: unusable from the commit on, and revoked at the provider by a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from connections.catalogue import apps_of, label_of, spec_of
from connections.rows import forget_calendar, read_tokens, wipe
from connections.service import connections
from database import SealedText, writing
from extensions import db
from models import Connection, ConnectionState, Lane, Task, TaskState, User
from providers.base import TokenSet
from security import SealBrokenError
from wording import owned_by
from work import outbox
from work.kinds import TaskKind

REVOKE_GRANT = TaskKind(
    "revoke_grant", Lane.PROVIDER, "Telling a provider that someone disconnected", subject="connection"
)
REPORT_UNREVOKED_GRANT = TaskKind(
    "report_unrevoked_grant",
    Lane.PROVIDER,
    "Noting that a provider could not be told that someone disconnected",
    subject="connection",
)


@dataclass(frozen=True)
class EntryToRemove:
    """An entry in a calendar that is removed there before its grant is revoked. Its row may be gone by then:
    `row_id` is only for noting how it went. `key` is our own name for it, `provider_id` the provider's, where
    that is known."""

    row_id: int
    key: str
    provider_id: str | None


def end_connections(
    user: User, *, only: str | None = None, removing: Sequence[EntryToRemove] = ()
) -> list[str]:
    """End all connections of a person, or `only` one app's, in the current transaction; return their apps.

    The tokens are removed from the rows right away. A task tells the provider, and holds them encrypted until
    then. Before that, it removes the entries in `removing` from the calendar of `only` that app.
    """
    rows = db.session.scalars(
        sa.select(Connection)
        .where(
            Connection.user_id == user.id,
            Connection.state != ConnectionState.ENDED,
            Connection.app == only if only is not None else sa.true(),
        )
        .order_by(Connection.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    for row in rows:
        end_connection(row, removing=removing)
    return [row.app for row in rows]


def end_connection(row: Connection, *, removing: Sequence[EntryToRemove] = ()) -> None:
    """End one connection, whose row the current transaction holds, removing these entries of its calendar."""
    give_back(row, removing=removing)
    wipe(row)
    forget_calendar(row)
    row.state = ConnectionState.ENDED
    row.problem = row.problem_since = None


def give_back(row: Connection, *, removing: Sequence[EntryToRemove] = ()) -> None:
    """Have the provider end the grant of a row that is about to lose it, and remove these entries before.

    Where the provider lets no app do that, the entries are removed, and no one is told.
    """
    if not row.ciphertext:
        # It is already dead, or belongs to the colleague who took it over.
        return
    if not removing and not spec_of(row.app).traits.can_be_told:
        return
    opened = read_tokens(row)
    if opened is None:
        outbox.enqueue(
            REPORT_UNREVOKED_GRANT,
            row.id,
            payload={"user_id": row.user_id, "app": row.app},
        )
    else:
        grant, refresh_token = opened
        tokens = TokenSet(grant.access_token, refresh_token, row.expires_at, frozenset(), row.api_url)
        _revoke_later(row.user_id, row.app, tokens, row.account_id, row.id, removing=removing)


def revoke_later(row: Connection, tokens: TokenSet, account_id: str) -> None:
    """In the current transaction, request that a grant on that account, which belonged to this row, be
    revoked, if its provider can be told.
    """
    if spec_of(row.app).traits.can_be_told:
        _revoke_later(row.user_id, row.app, tokens, account_id, row.id)


def revoke_unkept(
    user_id: int, app: str, tokens: TokenSet, account_id: str, *, run_at: datetime | None = None
) -> None:
    """The same for a grant that was issued but never became a connection. `account_id` is empty where it is
    not known.
    """
    if spec_of(app).traits.can_be_told:
        _revoke_later(user_id, app, tokens, account_id, f"unstored-{user_id}-{app}", run_at)


def _revoke_later(
    user_id: int,
    app: str,
    tokens: TokenSet,
    account_id: str,
    about: int | str,
    run_at: datetime | None = None,
    removing: Sequence[EntryToRemove] = (),
) -> None:
    outbox.enqueue(
        REVOKE_GRANT,
        about,
        payload={
            "user_id": user_id,
            "app": app,
            "account_id": account_id,
            "api_url": tokens.api_url,
            "entries": [vars(entry) for entry in removing],
            **_put_away(user_id, app, tokens),
        },
        run_at=run_at,
    )


def _put_away(user_id: int, app: str, tokens: TokenSet) -> dict[str, Any]:
    """A pair of tokens as stored in such a task. `may_be_lost`: it may have been used to get a newer pair
    that never arrived.
    """
    sealed = connections().vault.seal(
        {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token},
        belongs_to=_owner_of_revocation(user_id, app),
    )
    return {"sealed": sealed, "expires_at": tokens.expires_at.isoformat(), "may_be_lost": False}


def _owner_of_revocation(user_id: int, app: str) -> str:
    """What the tokens in such a task are bound to."""
    return f"revocation:{user_id}:{app}"


@dataclass(frozen=True)
class Revocation:
    """A grant that is being revoked. `expires_at` (aware, UTC) is when the access token expires;
    `may_be_lost`: the refresh token may have been used to get a pair that never arrived.
    `api_url`: as with a grant in use.
    """

    user_id: int
    app: str
    account_id: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    may_be_lost: bool
    api_url: str | None = None


def read_revocation(payload: Mapping[str, Any]) -> Revocation | None:
    """What a task should revoke, or None when no key of this server opens it anymore."""
    user_id, app = int(payload["user_id"]), str(payload["app"])
    try:
        tokens = connections().vault.open(
            SealedText(payload["sealed"]), belongs_to=_owner_of_revocation(user_id, app)
        )
    except SealBrokenError:
        return None
    return Revocation(
        user_id=user_id,
        app=app,
        account_id=str(payload["account_id"]),
        access_token=tokens["access_token"] or "",
        refresh_token=tokens["refresh_token"] or "",
        expires_at=datetime.fromisoformat(payload["expires_at"]),
        may_be_lost=bool(payload["may_be_lost"]),
        api_url=payload.get("api_url"),
    )


def entries_to_remove(payload: Mapping[str, Any]) -> tuple[EntryToRemove, ...]:
    """The entries that such a task still has to remove."""
    return tuple(EntryToRemove(**entry) for entry in payload.get("entries", ()))


def note_may_be_lost(task_id: int, may_be_lost: bool) -> None:
    """Write into a revocation's task, and commit, whether its refresh token may have been used without an
    answer.
    """
    _amend(task_id, {"may_be_lost": may_be_lost})


def keep_renewed(task_id: int, revocation: Revocation, tokens: TokenSet) -> None:
    """Replace the older pair, which has been used up, with the newer one, and commit."""
    _amend(task_id, _put_away(revocation.user_id, revocation.app, tokens))


def keep_removing(task_id: int, left: Sequence[EntryToRemove]) -> None:
    """Note in the current transaction which entries a revocation's task still has to remove."""
    row = db.session.get_one(Task, task_id, with_for_update=True, populate_existing=True)
    row.payload = {**row.payload, "entries": [vars(entry) for entry in left]}


def _amend(task_id: int, changes: Mapping[str, Any]) -> None:
    with writing():
        row = db.session.get_one(Task, task_id, with_for_update=True, populate_existing=True)
        row.payload = {**row.payload, **changes}
        db.session.commit()


def is_being_revoked(connection_id: int) -> bool:
    """Whether a grant of this row is still waiting to be revoked at its provider."""
    return (
        db.session.scalar(
            sa.select(Task.id)
            .where(
                Task.kind == REVOKE_GRANT.name,
                Task.subject == REVOKE_GRANT.about(connection_id),
                Task.state.in_((TaskState.READY, TaskState.RUNNING)),
            )
            .limit(1)
        )
        is not None
    )


def entries_being_removed(connection_id: int) -> int:
    """How many entries are still to be removed from the calendar of an ended row."""
    payloads = db.session.scalars(
        sa.select(Task.payload).where(
            Task.kind == REVOKE_GRANT.name,
            Task.subject == REVOKE_GRANT.about(connection_id),
            Task.state.in_((TaskState.READY, TaskState.RUNNING)),
        )
    )
    return sum(len(entries_to_remove(payload)) for payload in payloads)


def is_superseded(app: str, account_id: str, user_id: int) -> bool:
    """Whether a newer grant, no matter who connected it, has ended an older one of this account at the
    provider.

    Only providers that keep one grant per account do that. An unknown account (an empty id) may be any that
    the user has connected.
    """
    return spec_of(app).traits.newest_grant_ends_others and _is_living((app,), account_id, user_id)


def would_end_another(app: str, account_id: str, user_id: int) -> bool:
    """Whether revoking a grant of this account could end another one that is still in use.

    Providers that keep one grant per account may take a late revocation for the newer grant; others end all
    grants of the account together, those of their other apps included.
    """
    apps = _apps_ended_with(app)
    return bool(apps) and _is_living(apps, account_id, user_id)


def _apps_ended_with(app: str) -> Sequence[str]:
    """The apps whose grants on an account may end with a revoked grant of this one."""
    traits, provider = spec_of(app).traits, spec_of(app).provider
    if traits.revoke_ends_whole_account:
        return [spec.key for spec in apps_of(provider)]
    return (app,) if traits.newest_grant_ends_others else ()


def kept_alive_by(row: Connection) -> list[str]:
    """Where else the account of a live or ended row is connected, in words, if its grant is not revoked for
    the sake of that: the person's own other apps, then colleagues' connections."""
    apps = _apps_ended_with(row.app)
    if not apps or not row.account_id:
        return []
    found = db.session.execute(
        sa.select(Connection.app, Connection.user_id, User.name)
        .join(User, User.id == Connection.user_id)
        .where(
            Connection.app.in_(apps),
            Connection.account_id == row.account_id,
            Connection.state == ConnectionState.CONNECTED,
            Connection.id != row.id,
        )
        .order_by(User.name, Connection.app)
    ).all()
    own = [label_of(each.app) for each in found if each.user_id == row.user_id]
    return own + [
        f"{owned_by(each.name)} {label_of(each.app)}" for each in found if each.user_id != row.user_id
    ]


def living_on(app: str, account_id: str) -> list[int]:
    """Ids of the live connections that a grant of this account, revoked just now, may have ended."""
    apps = _apps_ended_with(app)
    if not apps or not account_id:
        return []
    return list(
        db.session.scalars(
            sa.select(Connection.id)
            .where(
                Connection.app.in_(apps),
                Connection.account_id == account_id,
                Connection.state == ConnectionState.CONNECTED,
            )
            .order_by(Connection.id)
        )
    )


def _is_living(apps: Sequence[str], account_id: str, user_id: int) -> bool:
    its = Connection.account_id == account_id if account_id else Connection.user_id == user_id
    living = db.session.scalar(
        sa.select(Connection.id)
        .where(Connection.app.in_(apps), its, Connection.state == ConnectionState.CONNECTED)
        .limit(1)
    )
    return living is not None
