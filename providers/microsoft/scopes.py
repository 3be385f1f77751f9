"""The scopes that each of the product's Microsoft apps needs, and how to tell that a grant covers them.

Consent adds up at Microsoft: once a person has connected both apps, each of their tokens is good for both.
Each app is still asked for on its own, because calendars usually need an administrator's consent now and
sending mail does not.
"""

CALENDARS = "Calendars.ReadWrite"
SEND = "Mail.Send"
PROFILE = "User.Read"

CALENDAR_APP = (CALENDARS, PROFILE)
"""What the grant of a calendar has to cover. A Teams meeting on an entry needs nothing beyond it."""

MAIL_APP = (SEND, PROFILE)
"""What the grant for sending mail has to cover."""

# The first three bring the id token with who it is for, the last one a refresh token. Answers name the first
# three among the scopes, and not the last.
_SIGN_IN = ("openid", "profile", "email", "offline_access")


def asked_for(required: tuple[str, ...]) -> str:
    """Return the scopes as the consent address and the token endpoint take them. Without the address of a
    service in front, they are those of Microsoft Graph."""
    return " ".join([*_SIGN_IN, *required])


def stated(text: str) -> frozenset[str]:
    """Return the scopes that an answer names, without the address that may precede each."""
    return frozenset(scope.rpartition("/")[2] for scope in text.split())


def missing_scopes(required: tuple[str, ...], granted: frozenset[str]) -> list[str]:
    """Return the required scopes that `granted` does not hold, in the order of `required`. Microsoft does not
    always keep the case of what it was asked for."""
    held = {scope.rpartition("/")[2].lower() for scope in granted}
    return [scope for scope in required if scope.lower() not in held]
