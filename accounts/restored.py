"""Installations that were restored from a backup: their background work is held back until someone decides.

A backup holds the emails that had not been sent when it was made. Since then, the original has gone on: it
may have sent them, and the interviews may have been moved or cancelled. So nothing leaves a restored server
before an owner or admin has seen what would, and has chosen to send it or to drop it.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa

from accounts import audit, outgoing_webhook
from accounts.audit import Event
from extensions import db
from models import Organization, User
from rows import rows_of
from timezones import utc_now
from wording import counted
from work import unsent

Decision = Literal["send", "drop"]

_STORED = sa.select(Organization.installation_id, Organization.held_back_since)


def is_paused(installation_id: str) -> bool:
    """Whether nothing may be done in the background, because the installation was restored and no one has
    decided yet, or because it is a copy (`accounts.copies`) with the folder of this id. False before the
    first run. Reads the database.
    """
    return any(
        row.held_back_since is not None or row.installation_id != installation_id for row in rows_of(_STORED)
    )


def is_held_back() -> bool:
    """Whether a restored installation waits for someone's decision. Reads the database."""
    return any(row.held_back_since is not None for row in rows_of(_STORED))


def resume(actor: User | None, decision: Decision) -> int | None:
    """Let background work go on, in the current transaction, with the emails that are due or without them;
    those that are due later stay as they are. Messages to the webhook are dropped with the emails, and no one
    is reminded of feedback on interviews that are over by now. Returns how many emails were dropped, or None
    if nothing is held back. `actor` is None for the command line.
    """
    organization = db.session.get(Organization, 1, with_for_update=True)
    if organization is None or organization.held_back_since is None:
        return None
    now = utc_now()
    organization.held_back_since, organization.resumed_at = None, now
    dropped = 0
    if decision == "drop":
        organization.dropped_at = now
        dropped = unsent.drop_due(now, words=_DROPPED)
        outgoing_webhook.drop_waiting(_DROPPED)
    what = f"{counted(dropped, 'email')} that had been due {'was' if dropped == 1 else 'were'} dropped"
    words = "Background work resumed after a backup was restored"
    audit.record(Event.RESTORE_RESUMED, f"{words}; {what}." if decision == "drop" else f"{words}.", actor)
    return dropped


_DROPPED = "Dropped after a backup was restored: the old server may have sent it already."
