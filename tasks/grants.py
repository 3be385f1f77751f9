"""Keeping grants alive and revoking them: the chore that notices a token that is about to expire, the task
that refreshes it, and the task that tells a provider that someone has disconnected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from connections.catalogue import label_of, spec_of
from connections.checks import check_now
from connections.refresh import due_connections, live_grant
from connections.revocation import (
    EntryToRemove,
    Revocation,
    entries_to_remove,
    keep_removing,
    keep_renewed,
    living_on,
    note_may_be_lost,
    read_revocation,
    would_end_another,
)
from extensions import db
from models import Lane, Task, TaskState, User
from providers.base import Grant
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    InvalidClientError,
    NotRevocableError,
    ProviderError,
    RetryableError,
)
from providers.protocols import CalendarProvider, OAuthProvider
from scheduling.entries.disconnecting import note_still_there
from services import services
from timezones import utc_now
from wording import owned_by
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
    due = due_connections(now)
    # Read only if something is due, because this runs every few seconds.
    asked_for = _asked_for() if due else set()
    return [number for number in due if REFRESH_CONNECTION.key(number) not in asked_for]


def _asked_for() -> set[str | None]:
    return set(
        db.session.scalars(
            sa.select(Task.dedupe_key).where(
                Task.kind == REFRESH_CONNECTION.name, Task.state.in_((TaskState.READY, TaskState.RUNNING))
            )
        )
    )


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
    """One try at revoking a grant. `revocation` is None when its tokens can no longer be decrypted; then
    nothing of `removing` can be removed either."""

    task_id: int
    user_id: int
    app: str
    failures: int
    revocation: Revocation | None
    removing: tuple[EntryToRemove, ...]
    would_end_another: bool


class _Lost:
    """The provider does not know these tokens, and a response with newer ones may not have arrived: the grant
    may be alive, but no one has its tokens."""


@dataclass
class _Outcome:
    """How a try went. `removed`: the entries that are gone from the calendar. `stuck`: those that can't be
    removed with this grant, by the provider's or our own sentence about why."""

    problem: ProviderError | _Lost | None = None
    removed: list[EntryToRemove] = field(default_factory=list)
    stuck: dict[EntryToRemove, str] = field(default_factory=dict)
    is_revoked: bool = False


def revoke_grant() -> Handler:
    """The handler that revokes a grant at its provider, and wipes the tokens it kept for that. Entries that
    are to leave its calendar are removed before."""

    def load(task: ClaimedTask) -> _RevocationTry:
        user_id, app = int(task.payload["user_id"]), str(task.payload["app"])
        return _RevocationTry(
            task.id,
            user_id,
            app,
            task.failures,
            read_revocation(task.payload),
            entries_to_remove(task.payload),
            would_end_another(app, str(task.payload["account_id"]), user_id),
        )

    def call(attempt: _RevocationTry) -> _Outcome:
        outcome = _Outcome()
        if attempt.revocation is None:
            words = "none of this server's keys opens what was stored"
            outcome.stuck = dict.fromkeys(attempt.removing, words)
        elif attempt.removing or not attempt.would_end_another:
            outcome.problem = _end(attempt, attempt.revocation, outcome)
        return outcome

    def record(attempt: _RevocationTry, outcome: _Outcome) -> Next:
        problem = outcome.problem
        left = [e for e in attempt.removing if e not in outcome.removed and e not in outcome.stuck]
        passing = problem if isinstance(problem, ProviderError) else None
        if isinstance(problem, NotRevocableError):
            passing = None
        if passing is not None and attempt.failures + 1 < _REVOCATIONS_TRIED:
            _tell_of_stuck(attempt.user_id, attempt.app, outcome.stuck)
            keep_removing(attempt.task_id, left)
            return Again(utc_now() + retry.REVOCATION.delay(attempt.failures + 1), passing.words)
        if left:
            why = problem.words if isinstance(problem, ProviderError) else "the connection had ended"
            outcome.stuck |= dict.fromkeys(left, why)
        _tell_of_stuck(attempt.user_id, attempt.app, outcome.stuck)
        if attempt.revocation is None or (problem is not None and not attempt.would_end_another):
            _tell_that_it_failed(attempt.user_id, attempt.app)
        if outcome.is_revoked and attempt.revocation is not None:
            # Whatever was connected during our call may have ended with it.
            for connection_id in living_on(attempt.app, attempt.revocation.account_id):
                check_now(connection_id)
        outbox.forget(attempt.task_id, "sealed")
        return Done()

    def gave_up(task: ClaimedTask, why: str) -> None:
        user_id, app = int(task.payload["user_id"]), str(task.payload["app"])
        _tell_of_stuck(user_id, app, dict.fromkeys(entries_to_remove(task.payload), why))
        _tell_that_it_failed(user_id, app)
        outbox.forget(task.id, "sealed")

    return Handler(load, call, record, gave_up)


def _end(attempt: _RevocationTry, revocation: Revocation, outcome: _Outcome) -> ProviderError | _Lost | None:
    """Remove the entries, then revoke the grant, unless that would end another one."""
    clients = services().connections.clients.get(revocation.app)
    if clients is None:
        # Without the operator's credentials we cannot revoke anything; the grant ends with the app.
        words = f"{label_of(revocation.app)} is no longer set up on this server"
        outcome.stuck = dict.fromkeys(attempt.removing, words)
        return None
    access_token = revocation.access_token
    try:
        if revocation.expires_at <= utc_now():
            # Revoking an expired token says nothing about its refresh token.
            access_token = _renewed(attempt.task_id, revocation, clients.oauth)
        if clients.calendar is not None and attempt.removing:
            try:
                _remove_all(attempt, clients.calendar, Grant(access_token, revocation.api_url), outcome)
            except AccessTokenRejectedError:
                access_token = _renewed(attempt.task_id, revocation, clients.oauth)
                _remove_all(attempt, clients.calendar, Grant(access_token, revocation.api_url), outcome)
        if spec_of(revocation.app).traits.can_be_told and not attempt.would_end_another:
            clients.oauth.revoke(access_token)
            outcome.is_revoked = True
    except (ConnectionRevokedError, AccessTokenRejectedError):
        return _Lost() if revocation.may_be_lost else None
    except ProviderError as problem:
        return problem
    return None


def _remove_all(attempt: _RevocationTry, calendar: CalendarProvider, grant: Grant, outcome: _Outcome) -> None:
    """Remove the entries that are still to be removed, and note how that went. Raises if a later try may do
    better, or if the grant has ended."""
    for entry in attempt.removing:
        if entry in outcome.removed or entry in outcome.stuck:
            continue
        entry_id = entry.provider_id or calendar.entry_id(entry.key)
        try:
            # Where only the provider knows the id and has never told it, there is nothing to name.
            if entry_id is not None:
                calendar.delete_entry(grant, entry_id)
        except (AccessTokenRejectedError, ConnectionRevokedError, InvalidClientError, RetryableError):
            raise
        except ProviderError as problem:
            outcome.stuck[entry] = problem.words
        else:
            outcome.removed.append(entry)


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


def _tell_of_stuck(user_id: int, app: str, stuck: Mapping[EntryToRemove, str]) -> None:
    """Entries that were to leave a calendar are still there."""
    if not stuck:
        return
    user, why = db.session.get(User, user_id), next(iter(stuck.values())).rstrip(".")
    whose = owned_by(user.name) if user is not None else "someone's"
    one = len(stuck) == 1
    audit.record(
        Event.ENTRIES_LEFT_BEHIND,
        f"{'An interview' if one else f'{len(stuck)} interviews'} could not be removed from {whose} "
        f"{label_of(app)}: {why}. {'It has' if one else 'They have'} to be deleted there.",
        None,
    )
    note_still_there([entry.row_id for entry in stuck], f"It could not be removed: {why}.")


def _tell_that_it_failed(user_id: int, app: str) -> None:
    if not spec_of(app).traits.can_be_told:
        # No one expected it to be: people were told so when they disconnected.
        return
    user = db.session.get(User, user_id)
    whose = user.name if user is not None else "someone who is gone"
    audit.record(
        Event.REVOCATION_FAILED,
        f"{label_of(app)} could not be told that {whose} disconnected. This server no longer has access; "
        f"to be sure, remove the app in that account's own settings at {label_of(app)}.",
        None,
    )
