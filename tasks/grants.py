"""Keeping grants alive and revoking them: the chore that notices a token that is about to expire, the task
that refreshes it, and the task that tells a provider that someone has disconnected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from connections.catalogue import label_of
from connections.refresh import due_connections, live_grant
from connections.revocation import (
    Revocation,
    keep_renewed,
    note_may_be_lost,
    read_revocation,
    would_end_another,
)
from extensions import db
from models import Lane, Task, TaskState, User
from providers.errors import ConnectionRevokedError, ProviderError, RetryableError
from providers.protocols import OAuthProvider
from services import services
from timezones import utc_now
from work import outbox, retry
from work.chores import frequent
from work.kinds import TaskKind
from work.protocol import Again, ClaimedTask, Done, Handler, Next

REFRESH_CONNECTION = TaskKind(
    "refresh_connection", Lane.PROVIDER, "Renewing a connection", subject="connection"
)

# If the provider still cannot be reached after this, its user is told to revoke the grant there.
_REVOCATIONS_TRIED = 40


def _due_refreshes(now: datetime) -> list[int]:
    """The connections whose token is about to expire and whose refresh has not been requested yet."""
    asked_for = set(
        db.session.scalars(
            sa.select(Task.dedupe_key).where(
                Task.kind == REFRESH_CONNECTION.name, Task.state.in_((TaskState.READY, TaskState.RUNNING))
            )
        )
    )
    return [number for number in due_connections(now) if REFRESH_CONNECTION.key(number) not in asked_for]


def _ask_for_refreshes(due: list[int]) -> None:
    for connection_id in due:
        outbox.enqueue(
            REFRESH_CONNECTION,
            connection_id,
            payload={"connection_id": connection_id},
            dedupe_key=REFRESH_CONNECTION.key(connection_id),
        )


ASK_FOR_REFRESHES = frequent("refreshes", _due_refreshes, _ask_for_refreshes)


def refresh_connection() -> Handler:
    """The handler that refreshes one connection; its row remembers how it went and when to ask again."""

    def load(task: ClaimedTask) -> int:
        return int(task.payload["connection_id"])

    def call(connection_id: int) -> str | None:
        try:
            live_grant(connection_id)
        except ProviderError as error:
            return error.code
        return None

    def record(connection_id: int, problem: str | None) -> Next:
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: the grant is as it was, and the next use of it tries again."""

    return Handler(load, call, record, gave_up)


@dataclass(frozen=True)
class _RevocationTry:
    """One try at revoking a grant. `revocation` is None when its tokens can no longer be decrypted."""

    task_id: int
    user_id: int
    app: str
    failures: int
    revocation: Revocation | None
    would_end_another: bool


class _Lost:
    """The provider does not know these tokens, and a response with newer ones may not have arrived: the grant
    may be alive, but nobody has its tokens."""


def revoke_grant() -> Handler:
    """The handler that revokes a grant at its provider, and wipes the tokens it kept for that."""

    def load(task: ClaimedTask) -> _RevocationTry:
        revocation = read_revocation(task.payload)
        user_id, app = int(task.payload["user_id"]), str(task.payload["app"])
        return _RevocationTry(
            task.id,
            user_id,
            app,
            task.failures,
            revocation,
            would_end_another(app, str(task.payload["account_id"]), user_id),
        )

    def call(attempt: _RevocationTry) -> ProviderError | _Lost | None:
        if attempt.revocation is None or attempt.would_end_another:
            return None
        return _revoke(attempt.task_id, attempt.revocation)

    def record(attempt: _RevocationTry, problem: ProviderError | _Lost | None) -> Next:
        if isinstance(problem, ProviderError) and attempt.failures + 1 < _REVOCATIONS_TRIED:
            return Again(utc_now() + retry.REVOCATION.delay(attempt.failures + 1), problem.words)
        if problem is not None or attempt.revocation is None:
            _tell_that_it_failed(attempt.user_id, attempt.app)
        outbox.forget(attempt.task_id, "sealed")
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        _tell_that_it_failed(int(task.payload["user_id"]), str(task.payload["app"]))
        outbox.forget(task.id, "sealed")

    return Handler(load, call, record, gave_up)


def _revoke(task_id: int, revocation: Revocation) -> ProviderError | _Lost | None:
    clients = services().connections.clients.get(revocation.app)
    if clients is None:
        # Without the operator's credentials we cannot revoke anything; the grant ends with the app.
        return None
    access_token = revocation.access_token
    try:
        if revocation.expires_at <= utc_now():
            # Revoking an expired token says nothing about its refresh token.
            access_token = _renewed(task_id, revocation, clients.oauth)
        clients.oauth.revoke(access_token)
    except ConnectionRevokedError:
        return _Lost() if revocation.may_be_lost else None
    except ProviderError as problem:
        return problem
    return None


def _renewed(task_id: int, revocation: Revocation, oauth: OAuthProvider) -> str:
    """A fresh access token. It is stored with its refresh token before it is used, because the older pair is
    spent and the revocation may have to be retried; before that, we note that the response may be lost."""
    note_may_be_lost(task_id, True)
    try:
        tokens = oauth.refresh(revocation.refresh_token)
    except ProviderError as problem:
        is_lost = isinstance(problem, RetryableError) and problem.maybe_applied
        if not is_lost and not revocation.may_be_lost:
            note_may_be_lost(task_id, False)
        raise
    keep_renewed(task_id, revocation, tokens)
    return tokens.access_token


def report_unrevoked_grant() -> Handler:
    """The handler that reports a grant that has ended here but could not be revoked at its provider."""

    def record(task: ClaimedTask) -> Next:
        _tell_that_it_failed(int(task.payload["user_id"]), str(task.payload["app"]))
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: the person was told when they disconnected."""

    return Handler.deciding(record, gave_up)


def _tell_that_it_failed(user_id: int, app: str) -> None:
    user = db.session.get(User, user_id)
    whose = user.name if user is not None else "somebody"
    audit.record(
        Event.REVOCATION_FAILED,
        f"{label_of(app)} could not be told that {whose} disconnected. This server no longer has access; "
        f"to be sure, remove the app in that account's own settings at {label_of(app)}.",
        None,
    )
