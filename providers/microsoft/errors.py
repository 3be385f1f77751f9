"""From Microsoft Graph's answers to our errors. The tables are data; what they do not list has an explicit
fallback.

Sources: "Microsoft Graph error responses and resource types", "Microsoft Graph throttling guidance", and the
error type in Graph's metadata. Exchange's codes begin with "Error" and are in the same place as Graph's;
their case is not reliable. Microsoft asks not to branch on messages, and none of this does.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import requests

from providers.answers import UnusableAnswerError, json_object, optional_text, retry_after
from providers.errors import (
    NO_FACTS,
    SIZE_CODE,
    AccessTokenRejectedError,
    DailyLimitError,
    EntryGoneError,
    Facts,
    HostNotAllowedError,
    ProviderError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from providers.http import Operation, Peer, tracking_id_of
from providers.quoting import readable
from providers.troubles import ANY_CALL, Meaning, Troubles

TRACKING_HEADER = "request-id"

TROUBLES = Troubles("Microsoft")
nonsense = TROUBLES.nonsense

TOKEN_WORDS = "Microsoft didn't accept the sign-in stored for this account."
CHALLENGE_WORDS = "The organization of this Microsoft account wants its owner to sign in again."
SCOPE_WORDS = (
    "Microsoft refused access: the connection is missing a permission, or the account's organization doesn't "
    "allow it. If reconnecting doesn't help, ask the organization's Microsoft 365 administrator."
)
NO_MAILBOX_WORDS = (
    "This Microsoft account has no mailbox in Microsoft 365 that other apps can use. It may be without a "
    "license, or on the organization's own mail server."
)
FULL_WORDS = "The mailbox of this Microsoft account is full. Its owner has to make room in it."
NOT_FOUND_WORDS = "Microsoft didn't find what we asked for in this account's mailbox."
NO_TEAMS_WORDS = "This Microsoft account can't make Teams meetings."
GONE_WORDS = "This entry no longer exists in the Outlook calendar."
QUOTA_WORDS = "Microsoft's limit of emails for this account is used up for now. It is lifted within a day."

# Microsoft does not say when a limit of a day ends.
QUOTA_WAIT = timedelta(hours=3)
# How long to wait if Microsoft doesn't say, as when too many calls ran at the same time.
PLAIN_WAIT = timedelta(seconds=10)

_BUSY = {"toomanyrequests", "activitylimitreached", "applicationthrottled", "mailboxconcurrency"}
_NO_MAILBOX = {
    "mailboxnotenabledforrestapi",
    "mailboxnotsupportedforrestapi",
    "mailboxnothostedinexchangeonline",
    "errornonexistentmailbox",
    # A user who is no longer there, or who never had a mailbox, such as a guest.
    "errorinvaliduser",
}
_FULL = {"errorquotaexceeded", "errormailboxstorequotaexceeded"}
_NOT_FOUND = {"erroritemnotfound", "itemnotfound", "notfound", "resourcenotfound"}
_CHALLENGE = {"insufficient_claims", "insufficientclaims"}
_POSITION = {"syncstatenotfound", "resyncrequired", "syncstateinvalid", "errorinvalidsyncstatedata"}
_DUPLICATE = {"errorduplicatetransactionid"}
_QUOTA = {"errorexceededmessagelimit", "errormessagesubmissionquotaexceeded", "errorsubmissionquotaexceeded"}
_BLOCKED = {"errormessagesubmissionblocked", "errorsendasdenied", "erroraccountsuspend"}
_RECIPIENT = {"errorinvalidrecipients", "errorinvalidrecipient"}
_LARGE = {"errormessagesizeexceeded", "errorrequestsizeexceeded", "requestbodytoolarge"}


class DuplicateError(RefusedError):
    """There was an event of this transaction already, which may have been deleted since."""

    default_code = "duplicate"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """The body of an error answer: every code in it, in lower case and the outermost first, the outermost as
    it is written, and what it says."""

    codes: tuple[str, ...]
    code: str | None
    message: str

    def has(self, codes: Iterable[str]) -> bool:
        return not set(codes).isdisjoint(self.codes)


def api_error(
    peer: Peer,
    operation: Operation,
    response: requests.Response,
    *,
    now: datetime,
    meaning: Meaning = ANY_CALL,
    secrets: Iterable[str] = (),
) -> ProviderError:
    """Return the error for an answer of Graph that is not the expected one.

    now: the current instant (UTC), from which waiting times count.
    secrets: what must not be repeated from the answer.
    """
    status = response.status_code
    refusal = _read_refusal(response)
    facts = Facts(status=status, tracking_id=tracking_id_of(peer, response))
    if refusal is not None:
        facts = replace(facts, provider_code=refusal.code)
    said = refusal or _Refusal((), None, "")
    if said.has(_QUOTA):
        return DailyLimitError(QUOTA_WORDS, facts, retry_at=now + QUOTA_WAIT)
    # Too many simultaneous calls have been seen as 503, too.
    if status == 429 or said.has(_BUSY):
        at = retry_after(response.headers.get("Retry-After"), now) or now + PLAIN_WAIT
        return TROUBLES.limited(facts, retry_at=at)
    # Comes as 507, which is no outage: nothing was stored, and nothing will be.
    if said.has(_FULL) or (status == 507 and refusal is not None):
        return HostNotAllowedError(FULL_WORDS, facts)
    if status >= 500 or status == 408:
        return TROUBLES.unavailable(operation, response, now=now, facts=facts)
    if meaning.message and status == 413:
        return too_large(facts)
    # A gateway's page, whatever its status, is not an answer of the API: its 404 says nothing about an entry,
    # and its 401 says nothing about a grant. A 401 of Graph itself may be without a body, and names its
    # reason in a header.
    is_challenge = said.has(_CHALLENGE) or "claims=" in response.headers.get("WWW-Authenticate", "")
    if status in (401, 403) and is_challenge:
        # A freshly issued token may satisfy what is asked. If not, its owner has to sign in again.
        return AccessTokenRejectedError(CHALLENGE_WORDS, replace(facts, code="sign_in_again"))
    if status == 401 and (refusal is not None or "bearer" in _scheme(response)):
        return AccessTokenRejectedError(TOKEN_WORDS, facts)
    if refusal is None or status < 400:
        return TROUBLES.nonsense(operation, facts)
    if said.has(_NO_MAILBOX):
        return HostNotAllowedError(NO_MAILBOX_WORDS, facts)
    special = _of_meaning(said, facts, meaning)
    if special is not None:
        return special
    if status == 403:
        return ScopeMissingError(SCOPE_WORDS, facts)
    if status == 404 and said.has(_NOT_FOUND):
        return RefusedError(NOT_FOUND_WORDS, facts)
    words = readable(said.message, secrets)
    return RefusedError(
        f"Microsoft refused: {words}" if words else "Microsoft refused without a reason.", facts
    )


def _of_meaning(said: _Refusal, facts: Facts, meaning: Meaning) -> ProviderError | None:
    """Return the error of an answer that depends on the call, or None if it means nothing in particular."""
    status = facts.status
    if meaning.position and (status in (400, 404, 410) or said.has(_POSITION)):
        words = "Microsoft no longer knows how far the changes were read."
        return RefusedError(words, replace(facts, code="position_expired"))
    if meaning.entry and (status == 410 or (status == 404 and said.has(_NOT_FOUND))):
        return EntryGoneError(GONE_WORDS, facts)
    # Its status is 400 in some reports, and 409 in others.
    if said.has(_DUPLICATE):
        return DuplicateError("Outlook has an entry of this name already.", facts)
    if status in (409, 412):
        # Two changes at the same time. Nothing was done, and the next try finds the other one finished.
        return RetryableError("Microsoft was busy with another change.", replace(facts, code="conflict"))
    if meaning.message:
        return _of_message(said, facts)
    return None


def _of_message(said: _Refusal, facts: Facts) -> ProviderError | None:
    if said.has(_LARGE):
        return too_large(facts)
    if said.has(_RECIPIENT):
        return RefusedError("Outlook doesn't accept this address.", replace(facts, code="address_refused"))
    if said.has(_BLOCKED):
        return HostNotAllowedError("Microsoft doesn't let this account send email.", facts)
    return None


def too_large(facts: Facts = NO_FACTS) -> RefusedError:
    """Return the error for a message that is larger than Outlook takes from apps."""
    return RefusedError("The message is too large for Outlook.", replace(facts, code=SIZE_CODE))


def _scheme(response: requests.Response) -> str:
    return response.headers.get("WWW-Authenticate", "").partition(" ")[0].lower()


def _read_refusal(response: requests.Response) -> _Refusal | None:
    """Return the error in the body; None if the body is not one of Graph's. Inner errors are nested to any
    depth, under two spellings."""
    try:
        body = json_object(response.content)
    except UnusableAnswerError:
        return None
    error = body.get("error")
    if not isinstance(error, dict):
        return None
    codes: list[str] = []
    inner: Any = error
    while isinstance(inner, dict) and len(codes) < 10:
        codes.append(optional_text(inner, "code"))
        inner = inner.get("innerError", inner.get("innererror"))
    # Anything but the shape of a code may be an echo of what was sent.
    shaped = [code for code in codes if re.fullmatch(r"[A-Za-z][A-Za-z0-9_.]{0,59}", code)]
    return _Refusal(
        codes=tuple(code.lower() for code in shaped),
        code=shaped[0] if shaped else None,
        message=optional_text(error, "message"),
    )
