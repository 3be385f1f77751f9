"""Finding out that a grant is dead before an interview needs it: the chore that requests a check of every
connection once a day, and the task that checks."""

from __future__ import annotations

from dataclasses import dataclass

from connections import wording
from connections.checks import check_in_turn, due_checks, record_alive, record_trouble
from connections.grants import with_grant
from connections.rows import held, lose_permissions
from extensions import db
from models import Connection, ConnectionState
from providers.base import Account
from providers.errors import (
    ConnectionRevokedError,
    InvalidClientError,
    ProviderError,
    RetryableError,
    ScopeMissingError,
)
from services import services
from timezones import utc_now
from work import retry
from work.chores import frequent
from work.protocol import Again, ClaimedTask, Done, Handler, Next


def _ask_for_checks(due: list[int]) -> None:
    now = utc_now()
    for connection_id in due:
        check_in_turn(connection_id, now)


# Requests a check of every connection whose last one is a day old.
ASK_FOR_CHECKS = frequent("connection checks", due_checks, _ask_for_checks)


@dataclass(frozen=True)
class _Look:
    """`removed` is the reason in words, if the grant turns out to be dead and we were already told why."""

    connection_id: int
    app: str
    removed: str | None
    failures: int


class _NotSetUp:
    """The operator has removed the provider's credentials."""


def check_connection() -> Handler:
    """The handler that asks a provider whether it still honors a grant."""

    def load(task: ClaimedTask) -> _Look | None:
        row = db.session.get(Connection, int(task.payload["connection_id"]))
        if row is None or row.state != ConnectionState.CONNECTED:
            return None
        is_removed = task.payload["is_removed"]
        removed = wording.removed_by_user(row.app, services().connections.name) if is_removed else None
        return _Look(row.id, row.app, removed, task.failures)

    def call(look: _Look) -> Account | ProviderError | _NotSetUp:
        clients = services().connections.clients.get(look.app)
        if clients is None:
            return _NotSetUp()
        try:
            return with_grant(look.connection_id, clients.look_at, removed=look.removed)
        except ProviderError as problem:
            return problem

    def record(look: _Look, outcome: Account | ProviderError | _NotSetUp) -> Next:
        row = held(look.connection_id)
        if row is None or row.state != ConnectionState.CONNECTED:
            return Done()
        return _record(look, row, outcome)

    def gave_up(task: ClaimedTask, why: str) -> None:
        """Nothing to show: the grant is as it was, and tomorrow's check is another task."""

    return Handler(load, call, record, gave_up)


def _record(look: _Look, row: Connection, outcome: Account | ProviderError | _NotSetUp) -> Next:
    again = retry.CHECK.delay(look.failures + 1)
    match outcome:
        case Account() as account if not account.is_known_as(row.account_id):
            # No matter who answered, it was not about this grant.
            record_trouble(row, wording.another_account_answered(row.app), is_looked_at=True)
        case Account() as account:
            record_alive(row, account)
        case ConnectionRevokedError():
            # The row is alive after all: someone reconnected during the call.
            pass
        case InvalidClientError() as problem:
            # The refresh already showed this on the card and told the owner.
            return Again(utc_now() + again, problem.words)
        case RetryableError() as problem:
            at = max(utc_now() + again, problem.retry_at or utc_now())
            words = wording.passing(problem.words, again_within="the hour")
            record_trouble(row, words, is_looked_at=False)
            return Again(at, problem.words)
        case ScopeMissingError() as problem:
            # Nothing that needs this permission works until its user, and no one else, grants it again.
            lose_permissions(row, problem.scopes, problem.words)
        case ProviderError() as problem:
            record_trouble(row, problem.words, is_looked_at=True)
        case _NotSetUp():
            record_trouble(row, wording.not_set_up(row.app), is_looked_at=True)
    return Done()
