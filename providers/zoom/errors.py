"""From Zoom's answers to our errors. The tables are data; what they do not list has an explicit fallback.

Sources: Zoom API reference, "Error definitions" and the codes listed beside each call; "OAuth error
messages"; "Rate limits". Codes that only old editions list are marked.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

import requests

from providers.answers import (
    UnusableAnswerError,
    json_object,
    optional_text,
    optional_whole_number,
    retry_after,
)
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    DailyLimitError,
    Facts,
    HostNotAllowedError,
    InvalidClientError,
    MeetingGoneError,
    PasscodeRefusedError,
    PermanentError,
    ProviderError,
    RefusedError,
    ScopeMissingError,
)
from providers.http import Operation, Peer, tracking_id_of
from providers.quoting import readable
from providers.troubles import Troubles

TRACKING_HEADER = "x-zm-trackingid"

TROUBLES = Troubles("Zoom")
nonsense = TROUBLES.nonsense

# Code → error and its sentence. A status is not part of the key because Zoom's services disagree about it
# (124 comes with 401 and with 400).
API_CODES: dict[int, tuple[type[PermanentError], str]] = {
    124: (AccessTokenRejectedError, "Zoom didn't accept the sign-in stored for this account."),
    104: (ScopeMissingError, "The Zoom connection is missing a permission. Reconnect Zoom to grant it."),
    # The older of the two scope errors.
    4700: (ScopeMissingError, "The Zoom connection is missing a permission. Reconnect Zoom to grant it."),
    4711: (ScopeMissingError, "The Zoom connection is missing a permission. Reconnect Zoom to grant it."),
    200: (
        HostNotAllowedError,
        "This Zoom account's plan does not include scheduling meetings from other apps.",
    ),
    3161: (HostNotAllowedError, "This Zoom user can't host meetings, because they have no Zoom license."),
    1001: (HostNotAllowedError, "This Zoom user no longer exists."),
    1010: (HostNotAllowedError, "This Zoom user no longer belongs to the account."),
    1120: (HostNotAllowedError, "This Zoom user has not accepted Zoom's invitation to the account."),
    3001: (MeetingGoneError, "This meeting no longer exists in Zoom."),
}

# What the token endpoint's errors mean for the person who is waiting.
REVOKED_WORDS = (
    "Zoom no longer accepts this connection: disconnect and reconnect it in Settings → Connected Apps."
)
CODE_REFUSED_WORDS = "Zoom didn't accept the sign-in, usually because it took too long. Please connect again."
INVALID_CLIENT_WORDS = (
    "Zoom doesn't know this app. The administrator has to check the Zoom client id and client secret."
)

_DAILY = re.compile(r"\bdaily\b|single user in one day", re.IGNORECASE)
_PASSCODE = re.compile(r"pass(?:code|word)", re.IGNORECASE)
# 300 is validation, and 3000 covers many refusals; it is not documented which of them a passcode that
# violates the policy gets.
_PASSCODE_CODES = (300, 3000)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """The body of an error answer: Zoom's code, what it says, and what it says about single fields."""

    code: int | None
    message: str
    fields: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join((self.message, *self.fields)).strip()


def api_error(
    peer: Peer,
    operation: Operation,
    response: requests.Response,
    *,
    now: datetime,
    passcode: str | None = None,
    secrets: Iterable[str] = (),
) -> ProviderError:
    """Return the error for an API answer that is not the expected one.

    now: the current instant (UTC), from which waiting times count.
    passcode: the one that was asked for, if any.
    secrets: what must not be repeated from the answer.
    """
    status = response.status_code
    facts = Facts(status=status, tracking_id=tracking_id_of(peer, response))
    refusal = _read_refusal(response)
    if refusal is not None and refusal.code is not None:
        facts = replace(facts, provider_code=str(refusal.code))
    said = refusal.text if refusal is not None else ""

    # An old edition of the reference gave the daily limit with status 300, so this is not only for 429.
    limited = status == 429 or (status < 500 and "single user in one day" in said)
    if limited and (
        _DAILY.search(said) or response.headers.get("X-RateLimit-Type", "").lower().startswith("daily")
    ):
        return _daily_limit(now, facts)
    if limited:
        return TROUBLES.limited(facts, retry_at=retry_after(response.headers.get("Retry-After"), now))
    if status >= 500 or status == 408:
        return TROUBLES.unavailable(operation, response, now=now, facts=facts)
    # A gateway's page, whatever its status, is not Zoom's answer: its 404 says nothing about a meeting, and
    # its 401 says nothing about a grant.
    if refusal is None or status < 400:
        return TROUBLES.nonsense(operation, facts)
    return _refused(refusal, facts, passcode=passcode, secrets=secrets)


def _refused(
    refusal: _Refusal, facts: Facts, *, passcode: str | None, secrets: Iterable[str]
) -> ProviderError:
    error, words = API_CODES.get(refusal.code or 0, (RefusedError, ""))
    if error is ScopeMissingError:
        return ScopeMissingError(words, facts, scopes=_scopes_named(refusal.message))
    if facts.status == 401:
        return AccessTokenRejectedError(API_CODES[124][1], facts)
    # Only both together mean that the meeting is gone; everything else under 404 may be a wrong address.
    if error is not RefusedError and not (error is MeetingGoneError and facts.status != 404):
        return error(words, facts)
    hidden = (*secrets, *([passcode] if passcode else []))
    if passcode and refusal.code in _PASSCODE_CODES and _PASSCODE.search(refusal.text):
        return PasscodeRefusedError("The Zoom account's rules don't allow this password.", facts)
    said = readable(refusal.text, hidden)
    return RefusedError(f"Zoom refused: {said}" if said else "Zoom refused without giving a reason.", facts)


def _daily_limit(now: datetime, facts: Facts) -> DailyLimitError:
    # Creates and updates together are limited to 100 a day for each host and counted from 00:00 UTC (Zoom API
    # reference, meetings). These answers come without Retry-After and with the headers of another limit.
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=now.tzinfo)
    return DailyLimitError(
        "Zoom's daily limit of meetings for one host is reached. It starts over at 00:00 UTC.",
        facts,
        retry_at=midnight,
    )


def token_error(
    peer: Peer,
    operation: Operation,
    response: requests.Response,
    *,
    now: datetime,
    secrets: Iterable[str] = (),
) -> ProviderError:
    """Return the error for an answer of the token or revocation endpoint that is not the expected one.

    ConnectionRevokedError can only come from a refresh. Nothing else is a reason to give up a stored grant: a
    wrong client secret or an outage is not the user's fault.
    """

    def refused(body: dict[str, Any], facts: Facts) -> ProviderError:
        return _tokens_refused(operation, body, facts, secrets)

    return TROUBLES.of_tokens(peer, operation, response, now=now, refused=refused)


def _tokens_refused(
    operation: Operation, body: dict[str, Any], facts: Facts, secrets: Iterable[str]
) -> ProviderError:
    # Branch on "error" alone: the same errors came with 401 in older years and come with 400 today.
    error = optional_text(body, "error")
    reason = optional_text(body, "reason") or optional_text(body, "error_description")
    # Anything that isn't shaped like an OAuth error word may echo what was sent.
    facts = replace(facts, provider_code=error if re.fullmatch(r"[a-z_]{1,40}", error) else None)
    if error == "invalid_client":
        return InvalidClientError(INVALID_CLIENT_WORDS, facts)
    # Until about 2022 a dead token or code was "invalid_request" with one of these reasons.
    grant_is_dead = error == "invalid_grant" or (
        error == "invalid_request" and reason.startswith(("Invalid Token", "Invalid authorization code"))
    )
    if grant_is_dead and operation.name == "exchange_code":
        return RefusedError(CODE_REFUSED_WORDS, replace(facts, code="code_refused"))
    if grant_is_dead:
        return ConnectionRevokedError(REVOKED_WORDS, facts)
    said = readable(reason or optional_text(body, "errorMessage") or error, secrets)
    return RefusedError(f"Zoom refused the sign-in: {said}" if said else "Zoom refused the sign-in.", facts)


def _read_refusal(response: requests.Response) -> _Refusal | None:
    """Return the error in the body; None if the body is not a JSON object."""
    try:
        body = json_object(response.content)
    except UnusableAnswerError:
        return None
    listed = body.get("errors")
    fields = [
        f"{optional_text(entry, 'field')}: {optional_text(entry, 'message')}"
        for entry in (listed if isinstance(listed, list) else [])
        if isinstance(entry, dict)
    ]
    return _Refusal(optional_whole_number(body, "code"), optional_text(body, "message"), tuple(fields))


def _scopes_named(message: str) -> list[str]:
    """Return the scopes in "does not contain scopes:[…]", without the ":admin" forms that a user cannot
    grant.
    """
    found = re.search(r"scopes?:?\s*\[([^\]]*)\]", message)
    names = re.findall(r"[a-z_]+(?::[a-z_]+)+", found[1]) if found else []
    return [name for name in dict.fromkeys(names) if not name.endswith(":admin")]
