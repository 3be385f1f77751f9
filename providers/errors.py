"""What can go wrong with a provider, as one tree whose branches say what a caller does next.

`RetryableError` means the same call may work later; `PermanentError` means that it will not until someone
has done something. Every error carries one sentence for a person (`words`) and one stable word for code
(`code`). Nothing here keeps a request, an answer or a credential, so an error may be logged and stored as it
is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about the answer behind an error, for logs and support.

    code: a stable machine word; None for the default of the error's class.
    status: the HTTP status, if an answer came at all.
    provider_code: the provider's own error code as text, if it sent one.
    tracking_id: the provider's name for this call, which its support asks for.
    """

    code: str | None = None
    status: int | None = None
    provider_code: str | None = None
    tracking_id: str | None = None


NO_FACTS = Facts()

# What a `RefusedError` about a message may be about.
ADDRESS_CODE, SIZE_CODE = "address_refused", "too_large"


class ProviderError(Exception):
    """A call to a provider that did not do what it was asked to do.

    words: one plain English sentence that a recruiter understands.
    facts: what is known about the answer.
    """

    default_code: ClassVar[str] = "provider"

    def __init__(self, words: str, facts: Facts = NO_FACTS) -> None:
        super().__init__(words)
        self.words = words
        self.facts = facts

    @property
    def code(self) -> str:
        """The stable machine word of this error."""
        return self.facts.code or self.default_code


class RetryableError(ProviderError):
    """The same call may work later.

    maybe_applied: the answer was lost, so what was asked for may still have happened. Set only for calls that
    must not simply be repeated: creating or changing something, using a one-time code, rotating a token.
    retry_at: the earliest sensible time for the next try (aware, UTC), when the provider named one.
    """

    default_code = "unavailable"

    def __init__(
        self,
        words: str,
        facts: Facts = NO_FACTS,
        *,
        maybe_applied: bool = False,
        retry_at: datetime | None = None,
    ) -> None:
        super().__init__(words, facts)
        self.maybe_applied = maybe_applied
        self.retry_at = retry_at


class RateLimitedError(RetryableError):
    """Too many calls in a short time; nothing was done. Waiting for seconds or minutes helps."""

    default_code = "rate_limit"


class DailyLimitError(RetryableError):
    """The day's allowance is used up; nothing was done. `retry_at` is always set, to the start of the next
    one.
    """

    default_code = "daily_limit"


class NotReadyError(RetryableError):
    """The request was accepted and takes longer than one call: look it up until the result is there.
    `maybe_applied` is always set."""

    default_code = "not_ready"

    def __init__(self, words: str, facts: Facts = NO_FACTS) -> None:
        super().__init__(words, facts, maybe_applied=True)


class PermanentError(ProviderError):
    """Repeating the call will not help until someone has done something."""

    default_code = "permanent"


class ConnectionRevokedError(PermanentError):
    """The grant is dead: its owner has to connect the account again."""

    default_code = "revoked"


class NotRevocableError(PermanentError):
    """The provider lets no app end a grant. Only the account's owner can, and `words` say where."""

    default_code = "not_revocable"


class AccessTokenRejectedError(PermanentError):
    """The access token was refused. The caller refreshes once and repeats the call once.

    It is permanent for this token only. When a fresh token is refused too, the caller treats the grant as
    revoked.
    """

    default_code = "token_rejected"


class ScopeMissingError(PermanentError):
    """The grant does not cover the call. `scopes` names what is missing, as far as the provider said."""

    default_code = "scope_missing"

    def __init__(self, words: str, facts: Facts = NO_FACTS, *, scopes: Iterable[str] = ()) -> None:
        super().__init__(words, facts)
        self.scopes = tuple(scopes)


class HostNotAllowedError(PermanentError):
    """This account may not host the meeting (its plan, its license, or the user is not usable).

    entry_id: the entry in the host's calendar on which the meeting was to live, if there is one now. It stays
        there without the meeting.
    is_spoiled: that entry has got a meeting of another kind instead, which can't be used or taken off.
    """

    default_code = "host_not_allowed"

    def __init__(
        self, words: str, facts: Facts = NO_FACTS, *, entry_id: str | None = None, is_spoiled: bool = False
    ) -> None:
        super().__init__(words, facts)
        self.entry_id = entry_id
        self.is_spoiled = is_spoiled


class MeetingGoneError(PermanentError):
    """The provider says that the meeting does not exist (anymore)."""

    default_code = "meeting_gone"


class EntryGoneError(PermanentError):
    """The calendar says that the entry does not exist (anymore): its owner has deleted it."""

    default_code = "entry_gone"


class InvalidClientError(PermanentError):
    """The client id and secret do not match: the administrator has to fix it, and the user's grant is not at
    fault.
    """

    default_code = "invalid_client"


class PasscodeRefusedError(PermanentError):
    """The account's policy refuses the passcode that was asked for; the provider's own would be accepted."""

    default_code = "passcode_refused"


class RefusedError(PermanentError):
    """Anything else the provider refused. `words` carries the provider's own explanation, cut and cleaned."""

    default_code = "refused"
