"""The keys with which programs read the API: made, used, and revoked."""

from __future__ import annotations

import math
from datetime import timedelta

import sqlalchemy as sa

from accounts import audit
from accounts.audit import Event
from accounts.throttling import Limit
from extensions import db
from models import ApiKey, User
from rows import change_rows
from security import hash_token, new_token
from timezones import utc_now

# So that people who find one in a file, and programs that look for leaked secrets, know what it is.
PREFIX = "smoothhiring_"
MOST_KEYS = 10
# Requests of one key in a minute; more are refused until the minute is over.
PER_MINUTE = 120
_MINUTE = timedelta(minutes=1)
# Guessing is hopeless, and anyone who tries is slowed down; further tries cause no write.
WRONG_KEY = Limit("api-key", free_per_account=20, free_per_address=20)


class TooManyKeysError(Exception):
    """There are already as many keys as allowed."""


class UnknownKeyError(Exception):
    """No such key, or one that was revoked."""


class TooFastError(Exception):
    """The key was used too often within a minute; `seconds` says how long to wait, as a whole number."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


def keys() -> list[ApiKey]:
    """The keys that work, oldest first."""
    return list(db.session.scalars(sa.select(ApiKey).where(ApiKey.revoked_at.is_(None)).order_by(ApiKey.id)))


def make(actor: User, name: str) -> str:
    """Add a key in the current transaction and return it: it is shown once and never stored. Raises
    `TooManyKeysError`."""
    if len(keys()) >= MOST_KEYS:
        raise TooManyKeysError
    key = PREFIX + new_token()
    db.session.add(
        ApiKey(name=name, key_hash=hash_token(key), beginning=_beginning(key), made_by_id=actor.id)
    )
    audit.record(Event.API_KEY_MADE, f"{actor.name} made the API key “{name}”.", actor)
    return key


def revoke(actor: User, key_id: int) -> str | None:
    """Revoke a key in the current transaction; returns its name, or None if it was not there anymore."""
    row = db.session.get(ApiKey, key_id, with_for_update=True)
    if row is None or row.revoked_at is not None:
        return None
    row.revoked_at = utc_now()
    audit.record(Event.API_KEY_REVOKED, f"{actor.name} revoked the API key “{row.name}”.", actor)
    return row.name


def is_known(key: str) -> bool:
    """Whether it is a key that works. It only reads, so that a guess doesn't wait for its turn to write."""
    mine = sa.select(ApiKey.id).where(ApiKey.key_hash == hash_token(key), ApiKey.revoked_at.is_(None))
    return db.session.scalar(mine) is not None


def admit(key: str) -> None:
    """Count one request with this key in the current transaction. Raises `UnknownKeyError` and
    `TooFastError`."""
    now, mine = utc_now(), ApiKey.key_hash == hash_token(key)
    is_over = ApiKey.counted_since <= now - _MINUTE
    is_counted = change_rows(
        sa.update(ApiKey)
        .where(mine, ApiKey.revoked_at.is_(None), sa.or_(is_over, ApiKey.counted < PER_MINUTE))
        .values(
            last_used_at=now,
            counted_since=sa.case((is_over, now), else_=ApiKey.counted_since),
            counted=sa.case((is_over, 1), else_=ApiKey.counted + 1),
        )
        .execution_options(synchronize_session=False)
    )
    if is_counted:
        return
    since = db.session.scalar(sa.select(ApiKey.counted_since).where(mine, ApiKey.revoked_at.is_(None)))
    if since is None:
        raise UnknownKeyError
    raise TooFastError(max(1, math.ceil((since + _MINUTE - now).total_seconds())))


def _beginning(key: str) -> str:
    return key.removeprefix(PREFIX)[:6]
