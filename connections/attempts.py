"""One-time attempts to connect an app, as rows: beginning one, using it up, and receiving the same answer
twice.

Browsers bring the same answer twice after a double click on the provider's page, and when someone reloads.
The second one must not be exchanged again, and must not be told that the first was wrong either.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

import sqlalchemy as sa

from connections.service import Connections
from database import SealedText, read_only, writing
from extensions import db
from models import OAuthAttempt, User, UserSession
from security import hash_token, new_token
from timezones import utc_now

Result = Literal["connected", "denied", "approval", "error"]

LIFETIME = timedelta(minutes=10)
# Kept longer than they are valid, so that someone who comes back late is told that it was too late.
_REMEMBERED = timedelta(days=1)
# For this long the same answer leads to what the first one led to; the message about that lasts as long.
_REPEATABLE = timedelta(minutes=10)
# Asking a provider never takes longer. If the first answer has come to nothing by then, its process died.
_LONGEST_ROUND_TRIP = timedelta(minutes=1)
# How long a second answer waits for the first, in seconds, and how often it looks.
_PATIENCE = 20.0
_LOOK_EVERY = 0.1


@dataclass(frozen=True)
class SpentAttempt:
    """An attempt that was used up just now, as it was before. `used_before` is when the same person in the
    same session brought the same answer for the first time (aware, UTC); None if this is the first time."""

    state_hash: str
    session_id: int
    user_id: int
    app: str
    verifier_ciphertext: SealedText
    created_at: datetime
    superseded_at: datetime | None
    used_before: datetime | None

    @property
    def is_late(self) -> bool:
        return utc_now() - self.created_at > LIFETIME


def begin_attempt(user: User, session: UserSession, app: str, connections: Connections) -> tuple[str, str]:
    """Write an attempt into the current transaction, and return its `state` and its verifier (PKCE)."""
    db.session.execute(sa.delete(OAuthAttempt).where(OAuthAttempt.created_at < utc_now() - _REMEMBERED))
    state, verifier = new_token(), new_token()
    state_hash = hash_token(state)
    db.session.add(
        OAuthAttempt(
            state_hash=state_hash,
            session_id=session.id,
            user_id=user.id,
            app=app,
            verifier_ciphertext=connections.vault.seal({"verifier": verifier}, belongs_to=state_hash),
        )
    )
    return state, verifier


def spend(state: str | None, is_theirs: Callable[[SpentAttempt], bool]) -> SpentAttempt | None:
    """Use up the attempt of this `state`, before anything of it is believed, so that it works at most once;
    None if there is none. An attempt that `is_theirs` is kept without its verifier, to recognize the same
    answer when it comes again; any other is deleted. Must be called with no transaction open; commits.
    """
    if not state:
        return None
    with writing():
        row = db.session.get(OAuthAttempt, hash_token(state), with_for_update=True, populate_existing=True)
        if row is None:
            db.session.commit()
            return None
        spent = SpentAttempt(
            state_hash=row.state_hash,
            session_id=row.session_id,
            user_id=row.user_id,
            app=row.app,
            verifier_ciphertext=row.verifier_ciphertext,
            created_at=row.created_at,
            superseded_at=row.superseded_at,
            used_before=row.spent_at,
        )
        if not is_theirs(spent):
            db.session.delete(row)
        elif row.spent_at is None:
            row.spent_at, row.verifier_ciphertext = utc_now(), SealedText("")
        db.session.commit()
    return spent


def keep_result(attempt: SpentAttempt, result: Result) -> None:
    """Note in the current transaction how the first answer ended."""
    db.session.execute(
        sa.update(OAuthAttempt).where(OAuthAttempt.state_hash == attempt.state_hash).values(result=result)
    )


class TooOldError(Exception):
    """The first answer is long over, or came to nothing because its process died."""


def result_of_first(attempt: SpentAttempt) -> Result | None:
    """How the first of two same answers ended. Waits for that as long as a person would; None if it is not
    known even then. Must be called with no transaction open. Raises `TooOldError`."""
    assert attempt.used_before is not None, "this is the first answer"
    deadline = time.monotonic() + _PATIENCE
    while True:
        with read_only():
            result = db.session.scalar(
                sa.select(OAuthAttempt.result).where(OAuthAttempt.state_hash == attempt.state_hash)
            )
            db.session.rollback()
        if utc_now() - attempt.used_before > (_LONGEST_ROUND_TRIP if result is None else _REPEATABLE):
            raise TooOldError
        if result is not None or time.monotonic() > deadline:
            return cast("Result | None", result)
        # Polled, because the first answer may be with another process.
        time.sleep(_LOOK_EVERY)
