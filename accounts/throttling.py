"""Growing delays after failed tries, for each account and each network address, shared by all processes.

A try is counted before it is made and uncounted if it succeeds: if it were counted afterwards, a hundred
simultaneous tries would all get through.
"""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from extensions import db
from models import Throttle
from security import KeyedHash
from timezones import utc_now

# After this long without a try, the count starts over.
_FORGOTTEN_AFTER = timedelta(hours=12)
# Doubles from here on. A delay, not a lock: other people's tries must not lock the account's owner out for
# good.
_FIRST_DELAY = timedelta(seconds=5)
_LONGEST_DELAY = timedelta(minutes=15)


@dataclass(frozen=True)
class Limit:
    """How often in a row something may be tried before the delays begin."""

    name: str
    free_per_account: int
    # A whole office may share one address.
    free_per_address: int


SIGN_IN = Limit("sign-in", free_per_account=5, free_per_address=20)
# Counted separately from the password, which someone who gets this far knows.
SECOND_STEP = Limit("second-step", free_per_account=5, free_per_address=20)
ASK_FOR_RESET = Limit("password-reset", free_per_account=3, free_per_address=10)
# Counted for one session alone: strangers who try the account's sign-in have nothing to do with it.
CHANGE_PASSWORD = Limit("change-password", free_per_account=5, free_per_address=5)
# Beyond guessing in any case; someone who tries anyway is slowed down and seen in the log.
SETUP_CODE = Limit("setup-code", free_per_account=20, free_per_address=20)


# Only the issuer's answer says whose account it is, so these tries count just for the network address. Each
# one costs a call to the issuer, and each refusal a line in the log.
SINGLE_SIGN_ON = Limit("single-sign-on", free_per_account=20, free_per_address=20)


class TooManyTriesError(Exception):
    """Tried too often; `seconds` says how long to wait, as a whole number."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} seconds")
        self.seconds = seconds


class Throttling:
    """Counts tries under keyed hashes: the database never holds an address that someone merely typed."""

    def __init__(self, keyed_hash: KeyedHash) -> None:
        self._hash = keyed_hash

    def take(self, limit: Limit, account: str, address: str, browser: str | None = None) -> None:
        """Count one try in the current transaction, which the caller commits before making it.

        `account` is the email address that was typed, of someone here or not; `address` is where the
        request came from. `browser` names a browser that has signed in to the account before, or a session:
        then only its own tries count. Raises `TooManyTriesError` without counting the try.
        """
        now = utc_now()
        if browser is not None:
            counters = {self._browser_key(limit, account, browser): limit.free_per_account}
        else:
            counters = self._counters(limit, account, address)
        rows = {key: _locked(key, now) for key in sorted(counters)}
        waits = [row.blocked_until - now for row in rows.values() if row.blocked_until]
        longest = max(waits, default=timedelta())
        if longest > timedelta():
            raise TooManyTriesError(math.ceil(longest.total_seconds()))
        for key, row in rows.items():
            row.failures += 1
            row.last_failure_at = now
            delay = _delay(row.failures - counters[key])
            row.blocked_until = now + delay if delay else None

    def seconds_to_wait(self, limit: Limit, account: str, address: str) -> int:
        """How long until `take` counts a try again, as a whole number; 0 if it does now. It only reads, so
        that refusing those who go on trying costs no write."""
        keys, now = self._keys(limit, account, address), utc_now()
        latest = sa.select(sa.func.max(Throttle.blocked_until)).where(Throttle.key.in_(keys))
        until = db.session.scalar(latest)
        return 0 if until is None else max(0, math.ceil((until - now).total_seconds()))

    def forgive(self, limit: Limit, account: str, address: str, browser: str | None = None) -> None:
        """Uncount the last try in the current transaction, because it succeeded.

        The account starts over from zero. The address only gets this one try back; otherwise, an attacker
        with their own account could erase their tries at other accounts by signing in between.
        """
        if browser is not None:
            db.session.execute(
                sa.delete(Throttle).where(Throttle.key == self._browser_key(limit, account, browser))
            )
            return
        account_key, address_key = self._keys(limit, account, address)
        # Locked in the order of `take`, so that simultaneous sign-ins never wait for each other.
        for key in sorted((account_key, address_key)):
            _locked(key, utc_now())
        db.session.execute(sa.delete(Throttle).where(Throttle.key == account_key))
        db.session.execute(
            sa.update(Throttle)
            .where(Throttle.key == address_key, Throttle.failures > 0)
            .values(failures=Throttle.failures - 1, blocked_until=None)
        )

    def forget(self, limit: Limit, account: str) -> None:
        """Let an account start over from zero, because its owner proved who they are in another way."""
        db.session.execute(
            sa.delete(Throttle).where(Throttle.key == self._hash(f"{limit.name}|account|{account}"))
        )

    def _keys(self, limit: Limit, account: str, address: str) -> tuple[str, str]:
        return (
            self._hash(f"{limit.name}|account|{account}"),
            self._hash(f"{limit.name}|address|{network_of(address)}"),
        )

    def _browser_key(self, limit: Limit, account: str, browser: str) -> str:
        return self._hash(f"{limit.name}|browser|{account}|{browser}")

    def _counters(self, limit: Limit, account: str, address: str) -> dict[str, int]:
        """The keys of one try, and how many free tries each has."""
        account_key, address_key = self._keys(limit, account, address)
        return {account_key: limit.free_per_account, address_key: limit.free_per_address}


def _locked(key: str, now: datetime) -> Throttle:
    row = db.session.get(Throttle, key, with_for_update=True)
    while row is None:
        db.session.execute(sa.delete(Throttle).where(Throttle.last_failure_at < now - _FORGOTTEN_AFTER))
        try:
            with db.session.begin_nested():
                row = Throttle(key=key, failures=0, last_failure_at=now)
                db.session.add(row)
        except IntegrityError:
            # PostgreSQL only: another process counted the first try of this key a moment earlier. If that try
            # has succeeded since, its row is gone again.
            row = db.session.get(Throttle, key, with_for_update=True)
    if now - row.last_failure_at > _FORGOTTEN_AFTER:
        row.failures, row.blocked_until, row.last_failure_at = 0, None, now
    return row


def _delay(beyond: int) -> timedelta:
    """How long to wait before the next try, after this many tries beyond the free ones."""
    if beyond < 0:
        return timedelta()
    doublings: int = 2 ** min(beyond, 20)
    return min(_LONGEST_DELAY, _FIRST_DELAY * doublings)


def network_of(address: str) -> str:
    """What counts as one network address. Anyone with one IPv6 address has all 2^64 of its network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
