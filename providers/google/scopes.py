"""The scopes that each of the product's Google apps needs, and how to tell that a grant covers them.

Each is the narrowest that the calls in question accept, by the discovery documents of the APIs:
freeBusy.query takes no scope for events, so there are two for the calendar. People can leave single boxes
unchecked on Google's page, so what was granted has to be compared with what was asked for.
"""

_PREFIX = "https://www.googleapis.com/auth/"

EVENTS = f"{_PREFIX}calendar.events.owned"
FREE_BUSY = f"{_PREFIX}calendar.freebusy"
SEND = f"{_PREFIX}gmail.send"
# What Google's answers call the scope "email".
EMAIL = f"{_PREFIX}userinfo.email"
OPENID = "openid"

CALENDAR_APP = (EVENTS, FREE_BUSY, EMAIL)
"""What the grant of a calendar has to cover."""

GMAIL_APP = (SEND, EMAIL)
"""What the grant for sending mail has to cover."""

_ALSO_CALLED = {EMAIL: "email"}


def asked_for(required: tuple[str, ...]) -> str:
    """Return the scopes as the consent address names them. "openid" brings the id token."""
    return " ".join([OPENID, *(_ALSO_CALLED.get(scope, scope) for scope in required)])


def missing_scopes(required: tuple[str, ...], granted: frozenset[str]) -> list[str]:
    """Return the required scopes that `granted` does not hold, in the order of `required`.

    A broader scope is not taken for a narrower one: the product never asks for a broader one, and a grant
    holds what was asked for.
    """
    return [scope for scope in required if granted.isdisjoint({scope, _ALSO_CALLED.get(scope, scope)})]
