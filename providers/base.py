"""What every provider takes and returns, and the Protocols through which the product sees it.

All instants are aware and in UTC; anything else is refused with ValueError where it enters. Secrets (tokens,
join links, passcodes) are left out of every `repr`, because that is how they would reach a log.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

Plan = Literal["basic", "licensed", "unknown"]


def require_utc(instant: datetime, name: str) -> None:
    """Raise ValueError unless `instant` is aware and in UTC; `name` says in the message which value was
    wrong.
    """
    if instant.utcoffset() != timedelta(0):
        raise ValueError(f"{name} must be aware and in UTC")


@dataclass(frozen=True, slots=True)
class Grant:
    """The credential of one call: an access token and, where the provider has regions, its API address."""

    access_token: str = field(repr=False)
    api_url: str | None = None


@dataclass(frozen=True, slots=True)
class TokenSet:
    """The answer of a token endpoint.

    refresh_token: the one to keep from now on; on a refresh that named no new one, the one that was spent.
    expires_at: counted from before the request was sent, so it errs on the early side.
    api_url: the account's regional API address, only if it is one this provider's tokens may be sent to.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]
    api_url: str | None = None

    def __post_init__(self) -> None:
        require_utc(self.expires_at, "expires_at")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose grant it is. `id` is the provider's own and stable; `email` is "" when it did not tell one."""

    id: str
    email: str
    display_name: str
    plan: Plan
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class MeetingRequest:
    """One meeting to be made.

    timezone: an IANA name, for display on the provider's side only; `starts_at` alone says when.
    passcode: None lets the provider choose one.
    """

    topic: str
    agenda: str
    starts_at: datetime
    duration_minutes: int
    timezone: str
    passcode: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        if self.duration_minutes < 1:
            raise ValueError("duration_minutes must be at least 1")


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """What is to change in a meeting that exists. None leaves a value as the provider has it.

    timezone: an IANA name, for display on the provider's side only, as in `MeetingRequest`.
    Raises ValueError if nothing at all is to change.
    """

    topic: str | None = None
    agenda: str | None = None
    starts_at: datetime | None = None
    duration_minutes: int | None = None
    timezone: str | None = None
    passcode: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        values = (
            self.topic,
            self.agenda,
            self.starts_at,
            self.duration_minutes,
            self.timezone,
            self.passcode,
        )
        if all(value is None for value in values):
            raise ValueError("a change must change something")
        if self.starts_at is not None:
            require_utc(self.starts_at, "starts_at")
        if self.duration_minutes is not None and self.duration_minutes < 1:
            raise ValueError("duration_minutes must be at least 1")


@dataclass(frozen=True, slots=True)
class MeetingSettings:
    """How people get into a meeting, as the provider has it after applying its own rules and the account's.

    Accounts lock some settings, and providers overrule others without an error. None: the answer did not
    tell.
    """

    waiting_room: bool | None = None
    join_before_host: bool | None = None
    sign_in_required: bool | None = None
    auto_recording: bool | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting as the provider has it.

    passcode: None if there is none or the answer did not tell.
    duration_minutes, timezone, created_at, host_account_id: None if the answer did not tell.
    timezone: the provider's own name of the zone, which need not be an IANA name.
    """

    id: str
    join_url: str = field(repr=False)
    passcode: str | None = field(repr=False)
    starts_at: datetime
    duration_minutes: int | None
    topic: str
    agenda: str
    created_at: datetime | None
    host_account_id: str | None
    timezone: str | None = None
    settings: MeetingSettings = MeetingSettings()

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        if self.created_at is not None:
            require_utc(self.created_at, "created_at")


class MeetingProvider(Protocol):
    """Makes meetings on the account that a grant belongs to. Every method may raise any `ProviderError`."""

    def account(self, grant: Grant) -> Account:
        """Return the account behind the grant."""
        ...

    def create_meeting(self, grant: Grant, request: MeetingRequest) -> Meeting:
        """Make one meeting and return it as the provider made it, which may differ from what was asked.

        After a `RetryableError` with `maybe_applied`, call `find_meetings` before trying again.
        """
        ...

    def read_meeting(self, grant: Grant, meeting_id: str) -> Meeting:
        """Return one meeting; raise `MeetingGoneError` if there is none of that id."""
        ...

    def update_meeting(self, grant: Grant, meeting_id: str, change: MeetingChange) -> Meeting:
        """Change what `change` names and nothing else; return the meeting as read back afterwards.

        Compare what comes back: providers ignore some values without an error, such as a start in the past.
        A new passcode makes a new join link. Raises `MeetingGoneError` if there is none of that id. After a
        `RetryableError` with `maybe_applied`, call `read_meeting` before trying again: the change may have
        been made, and providers count changes against a daily limit.
        """
        ...

    def delete_meeting(self, grant: Grant, meeting_id: str) -> None:
        """Remove one meeting. One that is already gone counts as removed, so this may be repeated."""
        ...

    def find_meetings(self, grant: Grant, request: MeetingRequest, created_since: datetime) -> list[Meeting]:
        """Return this host's meetings that a lost `create_meeting(grant, request)` may have made, oldest
        first.

        They have the request's topic, agenda, start and duration and were made at `created_since` (aware,
        UTC) or later, give or take a small difference of clocks. The caller leaves out those that it already
        knows as its own.
        """
        ...


class OAuthProvider(Protocol):
    """Gets, renews and gives back grants. What calls the provider may raise any `ProviderError`."""

    def authorize_url(self, *, redirect_uri: str, state: str, code_verifier: str) -> str:
        """Return the address at which the user is asked for consent (PKCE, S256)."""
        ...

    def exchange_code(self, *, code: str, redirect_uri: str, code_verifier: str) -> TokenSet:
        """Spend the code of the callback. A refused code is a `RefusedError` with code "code_refused"."""
        ...

    def refresh(self, refresh_token: str) -> TokenSet:
        """Renew the grant; `ConnectionRevokedError` is the only answer that means the user must reconnect.

        With a `RetryableError` that is `maybe_applied` the provider may have rotated the token already. The
        old one is then worth one more try and may turn out to be dead.
        """
        ...

    def revoke(self, access_token: str) -> None:
        """Give the grant back. One that is dead already counts as given back."""
        ...

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        """Return the required scopes that `granted` does not cover, in the order to list them in."""
        ...


class Provider(MeetingProvider, OAuthProvider, Protocol):
    """A provider of meetings that is connected by OAuth."""
