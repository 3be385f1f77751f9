"""From Google's answers to our errors. The tables are data; what they do not list has an explicit fallback.

Sources: "Handle API errors" of the Calendar API and of the Gmail API, and the discovery documents. Google
names the reason in three places, depending on the service and on its age: `errors[].reason`,
`details[].reason` and `status`. All three are read.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import requests

from providers.answers import UnusableAnswerError, json_object, optional_instant, optional_text, retry_after
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    DailyLimitError,
    EntryGoneError,
    Facts,
    HostNotAllowedError,
    InvalidClientError,
    ProviderError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from providers.http import Operation, Peer, tracking_id_of
from providers.quoting import readable
from providers.troubles import ANY_CALL, Meaning, Troubles

# Google documents no header that names a call. Where a front end adds one, it is usually this.
TRACKING_HEADER = "x-request-id"

TROUBLES = Troubles("Google")
nonsense = TROUBLES.nonsense

REVOKED_WORDS = (
    "Google no longer accepts this connection: disconnect and reconnect it in Settings → Connected Apps."
)
REAUTHENTICATE_WORDS = (
    "Google wants you to sign in again, because your organization limits how long a sign-in lasts: reconnect "
    "it in Settings → Connected Apps."
)
CODE_REFUSED_WORDS = (
    "Google didn't accept the sign-in, usually because it took too long. Please connect again."
)
INVALID_CLIENT_WORDS = (
    "Google doesn't know this app. The administrator has to check the Google client ID and client secret."
)
SCOPE_WORDS = (
    "The Google connection is missing a permission. Reconnect it and check every box on Google's page."
)
TOKEN_WORDS = "Google didn't accept the sign-in stored for this account."
NO_MEET_WORDS = "This Google account can't make Meet links."
GONE_WORDS = "This entry no longer exists in Google Calendar."

# Too many new entries or mails in a short time, or the project's day: Google says neither when that ends nor
# which of them it is, and quick retries make it longer.
QUOTA_WAIT = timedelta(hours=3)
LONGEST_WAIT = timedelta(days=1)

_RATE = {"rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED"}
_QUOTA = {"quotaExceeded", "dailyLimitExceeded", "calendarUsageLimitsExceeded"}
_DISABLED = {"accessNotConfigured", "SERVICE_DISABLED", "dailyLimitExceededUnreg"}
_SCOPE = {"insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}

# Reason → sentence about an account that cannot do this at all.
_ACCOUNT: dict[str, str] = {
    "notACalendarUser": "This Google account has no Google Calendar.",
    "domainPolicy": "The administrator of this Google account doesn't allow other apps to use it.",
    "serviceNotAvailable": "This Google account can't use this service of Google's.",
}
_CLIENT = {"invalid_client", "unauthorized_client", "deleted_client", "disabled_client"}

_MEET = re.compile(r"invalid conference type", re.IGNORECASE)
_NO_MAIL = re.compile(r"mail service not enabled", re.IGNORECASE)
_RECIPIENT = re.compile(r"recipient|invalid (?:to|cc|bcc) header", re.IGNORECASE)
_LARGE = re.compile(r"too large|size (?:limit|exceed)|exceeds? the (?:size|maximum|limit)", re.IGNORECASE)
_ZONE = re.compile(r"time ?zone", re.IGNORECASE)
_SENDING = re.compile(r"mail sending|sending limit", re.IGNORECASE)
_AFTER = re.compile(r"retry after (\S+?)[.,]?(?:\s|$)", re.IGNORECASE)


class DuplicateError(RefusedError):
    """This id is already taken, perhaps by something that was deleted."""

    default_code = "duplicate"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """The body of an error answer: every reason in it, and what it says."""

    reasons: tuple[str, ...]
    message: str

    def has(self, reasons: Iterable[str]) -> bool:
        return not set(reasons).isdisjoint(self.reasons)


def api_error(
    peer: Peer,
    operation: Operation,
    response: requests.Response,
    *,
    now: datetime,
    meaning: Meaning = ANY_CALL,
    secrets: Iterable[str] = (),
) -> ProviderError:
    """Return the error for an API answer that is not the expected one.

    now: the current instant (UTC), from which waiting times count.
    secrets: what must not be repeated from the answer.
    """
    status = response.status_code
    refusal = _read_refusal(response)
    facts = Facts(status=status, tracking_id=tracking_id_of(peer, response))
    if refusal is not None and refusal.reasons:
        facts = replace(facts, provider_code=refusal.reasons[0])
    said = refusal or _Refusal((), "")
    if status == 429 or (status == 403 and said.has(_RATE | _QUOTA)):
        return _limited(said, response, now, facts)
    if status >= 500 or status == 408:
        trouble = TROUBLES.unavailable(operation, response, now=now, facts=facts)
        if meaning.message and refusal is not None and status in (500, 503):
            # Gmail itself answered that it did not send the message, and its guide to errors says to try
            # again. A gateway's page, or no answer in time, leaves that open.
            trouble.maybe_applied = False
        return trouble
    if meaning.message and status == 413:
        return _too_large(facts)
    # A gateway's page, whatever its status, is not an answer of the API: its 404 says nothing about an entry,
    # and its 401 says nothing about a grant.
    if refusal is None or status < 400:
        return TROUBLES.nonsense(operation, facts)
    if status == 401:
        return AccessTokenRejectedError(TOKEN_WORDS, facts)
    if status == 403 and said.has(_DISABLED):
        return RefusedError(_disabled_words(said), replace(facts, code="api_disabled"))
    if status == 403 and said.has(_SCOPE):
        return ScopeMissingError(SCOPE_WORDS, facts, scopes=_scopes_named(response))
    if said.has(_ACCOUNT):
        return HostNotAllowedError(next(_ACCOUNT[each] for each in said.reasons if each in _ACCOUNT), facts)
    special = _of_meaning(said, facts, meaning)
    if special is not None:
        return special
    words = readable(said.message, secrets)
    return RefusedError(f"Google refused: {words}" if words else "Google refused without a reason.", facts)


def _of_meaning(said: _Refusal, facts: Facts, meaning: Meaning) -> ProviderError | None:
    """Return the error of an answer that depends on the call, or None if it means nothing in particular."""
    status = facts.status
    if meaning.position and status in (400, 410):
        words = "Google no longer knows how far the changes were read."
        return RefusedError(words, replace(facts, code="position_expired"))
    if meaning.entry and (
        status == 410 or (status == 404 and said.has({"notFound", "NOT_FOUND", "deleted"}))
    ):
        return EntryGoneError(GONE_WORDS, facts)
    if status == 409 and said.has({"duplicate", "ALREADY_EXISTS"}):
        return DuplicateError("Google Calendar already has an entry of this id.", facts)
    if status in (409, 412):
        # Two changes at the same time. Nothing was done, and the next try finds the other one finished.
        return RetryableError("Google was busy with another change.", replace(facts, code="conflict"))
    if status == 400 and _MEET.search(said.message):
        return HostNotAllowedError(NO_MEET_WORDS, facts)
    if status == 400 and not meaning.message and _ZONE.search(said.message):
        return RefusedError("Google doesn't know this time zone.", replace(facts, code="timezone_refused"))
    if meaning.message and status is not None:
        return _of_message(said, facts, status)
    return None


def _of_message(said: _Refusal, facts: Facts, status: int) -> ProviderError | None:
    if status == 400 and _NO_MAIL.search(said.message):
        return HostNotAllowedError("Gmail is not switched on for this Google account.", facts)
    if status in (400, 403) and _LARGE.search(said.message):
        return _too_large(facts)
    if status == 400 and _RECIPIENT.search(said.message):
        return RefusedError("Gmail doesn't accept this address.", replace(facts, code="address_refused"))
    return None


def _too_large(facts: Facts) -> RefusedError:
    return RefusedError("The message is too large for Gmail.", replace(facts, code="too_large"))


def _disabled_words(said: _Refusal) -> str:
    # "Google Calendar API has not been used in project 1234 before or it is disabled. Enable it by …"
    found = re.match(r"(Google Calendar|Gmail) API\b", said.message)
    api = f"the {found[1]} API" if found else "this API"
    return f"The administrator has to enable {api} in the Google Cloud project of this server's Google app."


def _limited(said: _Refusal, response: requests.Response, now: datetime, facts: Facts) -> RetryableError:
    """Return the error for too many calls: for minutes, or for hours."""
    stated = _retry_at(said, response, now)
    if said.has(_QUOTA) or _SENDING.search(said.message):
        words = "Google's limit for this account is used up for now. Google lifts the limit within a day."
        return DailyLimitError(words, facts, retry_at=max(stated or now, now + QUOTA_WAIT))
    if stated is not None and stated > now + timedelta(hours=1):
        words = "Google's limit for this account is used up for now."
        return DailyLimitError(words, facts, retry_at=stated)
    return TROUBLES.limited(facts, retry_at=stated)


def _retry_at(said: _Refusal, response: requests.Response, now: datetime) -> datetime | None:
    """Return when to try again. Gmail says so in its message, and may name an instant hours away."""
    found = _AFTER.search(said.message)
    named = optional_instant({"at": found[1]}, "at") if found else None
    if named is not None and named > now:
        return min(named, now + LONGEST_WAIT)
    return retry_after(response.headers.get("Retry-After"), now)


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
    error = optional_text(body, "error")
    # Anything that isn't shaped like an OAuth error word may echo what was sent.
    facts = replace(facts, provider_code=error if re.fullmatch(r"[a-z_]{1,40}", error) else None)
    if error in _CLIENT:
        return InvalidClientError(INVALID_CLIENT_WORDS, facts)
    # Its description is "Token has been expired or revoked." or only "Bad Request", and tells nothing more.
    if error == "invalid_grant" and operation.name == "exchange_code":
        return RefusedError(CODE_REFUSED_WORDS, replace(facts, code="code_refused"))
    if error == "invalid_grant":
        wants_sign_in = "invalid_rapt" in (
            optional_text(body, "error_subtype"),
            *re.findall(r"\w+", optional_text(body, "error_description")),
        )
        return ConnectionRevokedError(REAUTHENTICATE_WORDS if wants_sign_in else REVOKED_WORDS, facts)
    said = readable(optional_text(body, "error_description") or error, secrets)
    return RefusedError(
        f"Google refused the sign-in: {said}" if said else "Google refused the sign-in.", facts
    )


def _read_refusal(response: requests.Response) -> _Refusal | None:
    """Return the error in the body; None if the body is not one of Google's.

    The APIs send an object under "error"; the account data comes from a service that sends one word there,
    as OAuth does.
    """
    try:
        body = json_object(response.content)
    except UnusableAnswerError:
        return None
    error = body.get("error")
    if isinstance(error, str):
        return _Refusal(tuple(_words_only([error])), optional_text(body, "error_description"))
    if not isinstance(error, dict):
        return None
    reasons = [
        optional_text(entry, "reason") for entry in (*_objects(error, "errors"), *_objects(error, "details"))
    ]
    messages = [
        optional_text(error, "message"),
        *(optional_text(each, "message") for each in _objects(error, "errors")),
    ]
    return _Refusal(
        tuple(_words_only([*reasons, optional_text(error, "status")])),
        next((message for message in messages if message), ""),
    )


def _objects(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = holder.get(name)
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []


def _words_only(reasons: Iterable[str]) -> list[str]:
    # Anything else may be an echo of what was sent.
    return [reason for reason in reasons if re.fullmatch(r"[A-Za-z_]{1,60}", reason)]


def _scopes_named(response: requests.Response) -> list[str]:
    """Return the scopes that would be enough, as the header of RFC 6750 names them."""
    found = re.search(r'scope="([^"]*)"', response.headers.get("WWW-Authenticate", ""))
    shape = re.compile(r"https://(?:www\.googleapis\.com/auth/[a-z._]+|mail\.google\.com/)")
    return [scope for scope in (found[1].split() if found else []) if shape.fullmatch(scope)][:10]
