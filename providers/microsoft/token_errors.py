"""From the answers of Microsoft's sign-in service to our errors.

Sources: "Microsoft Entra authentication and authorization error codes", "OAuth 2.0 authorization code flow".
The word in `error` says what to do next. Microsoft asks not to rely on the numbers of its error codes
(AADSTS…), which change: here they only make the words better, and tell an administrator's consent that is
missing from other reasons where the word alone does not.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import requests

from providers.answers import optional_text, retry_after
from providers.errors import (
    ConnectionRevokedError,
    Facts,
    InvalidClientError,
    ProviderError,
    RefusedError,
    RetryableError,
)
from providers.http import Operation, Peer
from providers.microsoft.errors import TROUBLES
from providers.quoting import readable

CONSENT_NEEDED = "admin_consent_needed"
"""The code of errors that only an administrator of the account's organization can put right."""
DECLINED = "declined"
"""The code of the error for someone who said no on Microsoft's page."""
SECRET_EXPIRED, WRONG_SECRET = "secret_expired", "wrong_secret"
UNKNOWN_APP, WRONG_TENANT = "unknown_app", "wrong_tenant"
"""The codes of what is wrong with this server's app, where that is known."""
UNUSED, SIGNED_OUT, SIGN_IN_AGAIN = "unused", "signed_out", "sign_in_again"
"""The codes of why a grant has ended, where that is known."""
ACCOUNT_NOT_ALLOWED = "account_not_allowed"
"""The code of the error for an account that can't be connected here, whatever its owner allows."""

_RECONNECT = "Reconnect it in Settings → Connected Apps."
REVOKED_WORDS = f"Microsoft no longer accepts this connection. {_RECONNECT}"
SIGN_IN_WORDS = f"The organization of this Microsoft account wants its owner to sign in again. {_RECONNECT}"
UNUSED_WORDS = f"Microsoft ended this connection because it wasn't used for too long. {_RECONNECT}"
PASSWORD_WORDS = (
    "Microsoft ended this connection because the password was changed, or someone signed the account out "
    f"everywhere. {_RECONNECT}"
)
CONSENT_ENDED_WORDS = (
    "The permission was taken back at Microsoft. An administrator of the account's organization may have to "
    f"give it again. {_RECONNECT}"
)
CONSENT_WORDS = (
    "An administrator of your organization has to allow this first. Microsoft doesn't let people allow it "
    "for themselves there."
)
DECLINED_WORDS = "You declined on Microsoft's page."
NOT_ASSIGNED_WORDS = (
    "Your organization has not given you access to this app. Ask its Microsoft 365 administrator to add you."
)
CODE_REFUSED_WORDS = (
    "Microsoft didn't accept the sign-in, usually because it took too long. Please connect again."
)
CLIENT_WORDS = (
    "Microsoft doesn't accept this server's app. The administrator of this server has to check the Microsoft "
    "client ID and client secret."
)
SECRET_WORDS = (
    "The client secret of this server's Microsoft app has expired. The administrator of this server has to "
    "make a new one in Microsoft Entra."
)
UNKNOWN_WORDS = (
    "Microsoft doesn't know this server's app. The administrator of this server has to check the Microsoft "
    "client ID and MICROSOFT_TENANT."
)
TENANT_WORDS = (
    "This server's Microsoft app doesn't allow accounts of this kind. The administrator of this server has "
    "to make MICROSOFT_TENANT fit the account types of the app in Microsoft Entra."
)

ACCOUNT_WORDS = (
    "Microsoft doesn't let this account use this server's app. It's of another organization, or its "
    "organization doesn't have what the app needs."
)

_CLIENT = {"invalid_client", "unauthorized_client"}
_INTERACTIVE = {"interaction_required", "login_required", "consent_required"}

_CONSENT_NUMBERS = {65001, 90094, 90095, 90008, 90093}
_DECLINED_NUMBERS = {65004}
_NOT_ASSIGNED_NUMBERS = {50105}
_EXPIRED_NUMBERS = {7000222}
_SECRET_NUMBERS = {7000215}
_UNKNOWN_NUMBERS = {700016}
_TENANT_NUMBERS = {50194, 9002331, 9002332, 90002}
# What is wrong with the account or its organization, and not with this server.
_ACCOUNT_NUMBERS = {50020, 500011, 650052}
_SERVER_FAULTS = (
    (_EXPIRED_NUMBERS, SECRET_WORDS, SECRET_EXPIRED),
    (_SECRET_NUMBERS, CLIENT_WORDS, WRONG_SECRET),
    (_UNKNOWN_NUMBERS, UNKNOWN_WORDS, UNKNOWN_APP),
    (_TENANT_NUMBERS, TENANT_WORDS, WRONG_TENANT),
)
_UNUSED_NUMBERS = {70008, 700082, 700084}
_PASSWORD_NUMBERS = {50173, 50132, 50133}
_SIGN_IN_NUMBERS = {50076, 50079, 50158, 70043, 53000, 53001, 53002, 53003, 53004, 530035}
_PASSING_NUMBERS = {90024, 90033, 90006, 90012}
_TOO_MANY_NUMBERS = {50196, 90055}


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What an error answer says: the word, the numbers, and the sentence for people."""

    error: str
    numbers: frozenset[int]
    text: str

    def has(self, numbers: Iterable[int]) -> bool:
        return not self.numbers.isdisjoint(numbers)


def token_error(
    peer: Peer,
    operation: Operation,
    response: requests.Response,
    *,
    now: datetime,
    secrets: Iterable[str] = (),
) -> ProviderError:
    """Return the error for an answer of the token endpoint that is not the expected one.

    ConnectionRevokedError can only come from a refresh. Nothing else is a reason to give up a stored grant: a
    client secret that has expired or an outage is not the user's fault.
    """

    def refused(body: dict[str, Any], facts: Facts) -> ProviderError:
        waits_until = retry_after(response.headers.get("Retry-After"), now)
        return _refused(operation, _read(body), facts, waits_until, secrets)

    return TROUBLES.of_tokens(peer, operation, response, now=now, refused=refused)


def _refused(
    operation: Operation,
    said: _Refusal,
    facts: Facts,
    waits_until: datetime | None,
    secrets: Iterable[str],
) -> ProviderError:
    facts = replace(facts, provider_code=_provider_code(said))
    if said.has(_TOO_MANY_NUMBERS):
        return TROUBLES.limited(facts, retry_at=waits_until)
    if said.error in ("temporarily_unavailable", "server_error") or said.has(_PASSING_NUMBERS):
        # The request was refused as a whole, so that nothing has been used up.
        return RetryableError("Microsoft is having problems right now.", facts, retry_at=waits_until)
    of_server = _of_server(said, facts)
    if of_server is not None:
        return of_server
    is_refresh = operation.name == "refresh"
    if is_refresh and (said.error == "invalid_grant" or said.error in _INTERACTIVE):
        return _ended(said, facts)
    if said.error == "consent_required" or said.has(_CONSENT_NUMBERS):
        return RefusedError(CONSENT_WORDS, replace(facts, code=CONSENT_NEEDED))
    if said.has(_NOT_ASSIGNED_NUMBERS):
        return RefusedError(NOT_ASSIGNED_WORDS, facts)
    if said.has(_ACCOUNT_NUMBERS):
        return RefusedError(ACCOUNT_WORDS, replace(facts, code=ACCOUNT_NOT_ALLOWED))
    if said.error in _INTERACTIVE:
        return RefusedError(SIGN_IN_WORDS, facts)
    if said.error == "invalid_grant":
        return RefusedError(CODE_REFUSED_WORDS, replace(facts, code="code_refused"))
    words = _sentence(said.text or said.error, secrets)
    return RefusedError(
        f"Microsoft refused the sign-in: {words}" if words else "Microsoft refused the sign-in.", facts
    )


def redirect_error(error: str, description: str = "", subcode: str = "") -> ProviderError:
    """Return the error that Microsoft sent someone back with from its consent page.

    Someone who may not consent is shown that an administrator is needed. What they are sent back with if they
    leave that page is not documented: `consent_required` or the number of a missing consent if we are lucky,
    and otherwise the same as for someone who declined.
    """
    said = _Refusal(error, _numbers_in(description), description)
    facts = Facts(provider_code=_provider_code(said))
    if said.error == "consent_required" or said.has(_CONSENT_NUMBERS):
        return RefusedError(CONSENT_WORDS, replace(facts, code=CONSENT_NEEDED))
    of_server = _of_server(said, facts)
    if of_server is not None:
        return of_server
    if said.has(_NOT_ASSIGNED_NUMBERS):
        return RefusedError(NOT_ASSIGNED_WORDS, facts)
    if said.has(_ACCOUNT_NUMBERS):
        return RefusedError(ACCOUNT_WORDS, replace(facts, code=ACCOUNT_NOT_ALLOWED))
    if error == "access_denied" or subcode == "cancel" or said.has(_DECLINED_NUMBERS):
        return RefusedError(DECLINED_WORDS, replace(facts, code=DECLINED))
    if error in ("temporarily_unavailable", "server_error"):
        return RetryableError("Microsoft is having problems right now.", facts)
    words = _sentence(description, ())
    return RefusedError(
        f"Microsoft sent you back without permission: {words}"
        if words
        else "Microsoft sent you back without permission.",
        facts,
    )


def admin_refusal(error: str, description: str = "", subcode: str = "") -> ProviderError:
    """Return the error that Microsoft sent an administrator back with who was asked to allow an app for
    everyone. Here `consent_required` may mean that they declined, and the numbers of a missing consent mean
    that they are no administrator of that organization."""
    said = _Refusal(error, _numbers_in(description), description)
    says_no = error in ("access_denied", "permission_denied") or subcode == "cancel"
    if said.has(_DECLINED_NUMBERS) or (says_no and not said.has(_CONSENT_NUMBERS)):
        return RefusedError(DECLINED_WORDS, Facts(code=DECLINED, provider_code=_provider_code(said)))
    return redirect_error(error, description, subcode)


def _of_server(said: _Refusal, facts: Facts) -> InvalidClientError | None:
    """Return the error of what only the operator of this server can put right."""
    for numbers, words, code in _SERVER_FAULTS:
        if said.has(numbers):
            return InvalidClientError(words, replace(facts, code=code))
    return InvalidClientError(CLIENT_WORDS, facts) if said.error in _CLIENT else None


def _ended(said: _Refusal, facts: Facts) -> ConnectionRevokedError:
    """Return the error of a refresh token that its owner has to replace, in words as good as Microsoft
    allows."""
    if said.error == "consent_required" or said.has(_CONSENT_NUMBERS):
        return ConnectionRevokedError(CONSENT_ENDED_WORDS, replace(facts, code=CONSENT_NEEDED))
    if said.has(_UNUSED_NUMBERS):
        return ConnectionRevokedError(UNUSED_WORDS, replace(facts, code=UNUSED))
    if said.has(_PASSWORD_NUMBERS):
        return ConnectionRevokedError(PASSWORD_WORDS, replace(facts, code=SIGNED_OUT))
    if said.error in _INTERACTIVE or said.has(_SIGN_IN_NUMBERS):
        return ConnectionRevokedError(SIGN_IN_WORDS, replace(facts, code=SIGN_IN_AGAIN))
    return ConnectionRevokedError(REVOKED_WORDS, facts)


def _read(body: dict[str, Any]) -> _Refusal:
    listed = body.get("error_codes")
    numbers = {
        number
        for number in (listed if isinstance(listed, list) else [])
        if isinstance(number, int) and not isinstance(number, bool)
    }
    text = optional_text(body, "error_description")
    return _Refusal(optional_text(body, "error"), frozenset(numbers) | _numbers_in(text), text)


def _numbers_in(text: str) -> frozenset[int]:
    return frozenset(int(number) for number in re.findall(r"AADSTS(\d{4,8})\b", text))


def _provider_code(said: _Refusal) -> str | None:
    """Return the word and the numbers, for logs and support. Anything that isn't shaped like an OAuth error
    word may echo what was sent."""
    word = said.error if re.fullmatch(r"[a-z_]{1,40}", said.error) else ""
    return " ".join([word, *(f"AADSTS{number}" for number in sorted(said.numbers))]).strip()[:100] or None


def _sentence(text: str, secrets: Iterable[str]) -> str:
    """Return what Microsoft says, without the ids that follow it."""
    return readable(re.split(r"\s*\b(?:Trace|Correlation) ID:|\s*Timestamp:", text)[0], secrets)
