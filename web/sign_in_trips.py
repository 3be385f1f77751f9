"""What a browser keeps while someone signs in elsewhere: which answers it waits for.

It is part of the browser's signed session, so an answer counts only in the browser that asked for it, and
once. A few at a time, because people open the page in several tabs.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from security import new_token, safe_next
from timezones import utc_now

_KEY = "sign-in-trips"
_AT_ONCE = 3
# Long enough to find a phone there, too.
_LASTS_SECONDS = 15 * 60


@dataclass(frozen=True)
class Trip:
    """One way to the issuer and back. `code_verifier` is the secret of PKCE, and the nonce follows from it.

    It may be read by who has the browser, as the session can be: it is worth something only together with
    the code, which passes through the same browser.
    """

    state: str
    code_verifier: str
    next_address: str


def begin(next_address: str | None) -> Trip:
    """Remember that this browser sets out, and that it wants to go to `next_address` afterwards."""
    trip = Trip(new_token(), new_token(), safe_next(next_address) or "")
    at = int(utc_now().timestamp())
    session[_KEY] = [*_kept(), (at, trip.state, trip.code_verifier, trip.next_address)][-_AT_ONCE:]
    return trip


def take(state: str | None) -> Trip | None:
    """The trip that an answer belongs to, which is forgotten by this; None if this browser waits for no such
    answer, or no longer."""
    kept, now = _kept(), utc_now().timestamp()
    if state not in {each[1] for each in kept}:
        return None
    session[_KEY] = [each for each in kept if each[1] != state]
    at, *trip = next(each for each in kept if each[1] == state)
    return Trip(*trip) if now - at <= _LASTS_SECONDS else None


def _kept() -> list[tuple[int, str, str, str]]:
    return [(at, state, verifier, address) for at, state, verifier, address in session.get(_KEY, ())]
