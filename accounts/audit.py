"""Who did what to access, to settings, and to data as a whole. Rows are only ever added, and removed once
they are older than the owner wants (`tasks/log_retention.py`)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from database import read_only, writing
from extensions import db
from models import AuditEntry, User

log = logging.getLogger("accounts")

PAGE_SIZE = 50
_PORTION = 500


class Event(StrEnum):
    """What happened, as a word that stays the same even if the sentence about it changes."""

    SET_UP = "set_up"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LINKS_GUESSED = "links_guessed"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    PASSWORD_CHANGED = "password_changed"
    PASSWORD_RESET = "password_reset"
    TWO_STEP_TURNED_ON = "two_step_turned_on"
    TWO_STEP_TURNED_OFF = "two_step_turned_off"
    TWO_STEP_RESET = "two_step_reset"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    RECOVERY_CODE_USED = "recovery_code_used"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    INVITED = "invited"
    INVITATION_RESENT = "invitation_resent"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    INVITATION_ACCEPTED = "invitation_accepted"
    ROLE_CHANGED = "role_changed"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    APPROVAL_GIVEN = "approval_given"
    CONNECTION_ENDED = "connection_ended"
    REVOCATION_FAILED = "revocation_failed"
    ENTRIES_LEFT_BEHIND = "entries_left_behind"
    CALENDAR_FEED = "calendar_feed"
    SETTINGS_CHANGED = "settings_changed"
    LOG_EXPORTED = "log_exported"
    KEYS_ROTATED = "keys_rotated"
    API_KEY_MADE = "api_key_made"
    API_KEY_REVOKED = "api_key_revoked"
    WEBHOOK_CHANGED = "webhook_changed"
    CANDIDATES_IMPORTED = "candidates_imported"
    CANDIDATES_EXPORTED = "candidates_exported"
    CANDIDATE_EXPORTED = "candidate_exported"
    CANDIDATE_ERASED = "candidate_erased"
    WORK_RETRIED = "work_retried"
    ORPHAN_REMOVED = "orphan_removed"
    COPY_RESUMED = "copy_resumed"
    COPY_PAUSED = "copy_paused"
    RESTORE_RESUMED = "restore_resumed"

    @property
    def label(self) -> str:
        words = self.value.replace("_", " ").capitalize()
        return (
            words.replace("Sign in", "Sign-in")
            .replace("Two step", "Two-step verification")
            .replace("Api", "API")
        )


# Set by the web for each request; the command line and background work have no address.
_address: ContextVar[str] = ContextVar("acting_from", default="")


def acting_from(address: str) -> None:
    """Set the network address for everything that this context records from now on."""
    _address.set(address)


def record(event: Event, words: str, actor: User | None) -> None:
    """Add one entry to the current transaction, so that it is stored if and only if the change is.

    `words` is one sentence for people, without secrets and without addresses of people who are not on the
    team. `actor` is None for the command line, for background work, and for someone who is not signed in.
    """
    db.session.add(
        AuditEntry(
            event=event.value,
            words=words[:500],
            actor_id=actor.id if actor is not None else None,
            address=_address.get()[:64],
        )
    )


def record_apart(event: Event, words: str, address: str) -> None:
    """Add an entry in a short transaction of its own, for a request that only reads. Call it when that one's
    transaction has ended. The entry is left out while the database cannot be written to: the response matters
    more."""
    entry = {"event": event.value, "words": words[:500], "address": address[:64]}
    try:
        with writing(), db.engine.begin() as connection:
            connection.execute(sa.insert(AuditEntry).values(**entry))
    except OperationalError as error:
        log.warning("could not record %s: %s", event.value, error.orig)


@dataclass(frozen=True)
class AuditPage:
    entries: list[AuditEntry]
    number: int
    has_next: bool


def entries(event: Event | None, page: int, *, without: Collection[Event] = ()) -> AuditPage:
    """One page of entries, newest first; if `event` is set, only of that event, and none of the events
    in `without`. Pages count from 1.

    Whether more follow is found by reading one extra row: counting a table that only grows would get slower
    forever.
    """
    number = max(1, min(page, 10_000))
    query = (
        sa.select(AuditEntry)
        .options(joinedload(AuditEntry.actor))
        .order_by(AuditEntry.id.desc())
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE + 1)
    )
    if event is not None:
        query = query.where(AuditEntry.event == event.value)
    if without:
        query = query.where(AuditEntry.event.not_in([each.value for each in without]))
    rows = list(db.session.scalars(query))
    return AuditPage(rows[:PAGE_SIZE], number, len(rows) > PAGE_SIZE)


@dataclass(frozen=True)
class Line:
    """An entry as a file holds it. `at` is aware, in UTC; `actor` and `email` are empty where there is no
    one."""

    id: int
    at: datetime
    event: str
    actor: str
    email: str
    words: str
    address: str


def lines(begin: datetime | None, end: datetime | None) -> Iterator[list[Line]]:
    """All entries from `begin` to before `end` (aware; None: without a limit), oldest first, in portions.

    Each portion is a read-only transaction of its own, so that a slow reader keeps no old state alive. What
    is added meanwhile comes at the end, unless it is later than `end`.
    """
    last = 0
    while True:
        with read_only():
            found = [Line(*row) for row in db.session.execute(_portion(begin, end, last))]
            db.session.rollback()
        if not found:
            return
        yield found
        last = found[-1].id


def _portion(
    begin: datetime | None, end: datetime | None, last: int
) -> sa.Select[int, datetime, str, str, str, str, str]:
    query = (
        sa.select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.event,
            sa.func.coalesce(User.name, ""),
            sa.func.coalesce(User.email, ""),
            AuditEntry.words,
            AuditEntry.address,
        )
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.id > last)
        .order_by(AuditEntry.id)
        .limit(_PORTION)
    )
    query = query if begin is None else query.where(AuditEntry.at >= begin)
    return query if end is None else query.where(AuditEntry.at < end)
