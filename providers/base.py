"""The values that every provider takes and returns. What it can be asked to do is in `providers.protocols`.

All instants are aware and in UTC; anything else is refused with ValueError where it enters. Secrets (tokens,
join links, passcodes) are left out of every `repr`, because that is how they would reach a log.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

Plan = Literal["basic", "licensed", "unknown"]


def require_utc(instant: datetime, name: str) -> None:
    """Raise ValueError unless `instant` is aware and in UTC; `name` says in the message which value was
    wrong.
    """
    if instant.utcoffset() != timedelta(0):
        raise ValueError(f"{name} must be aware and in UTC")


@dataclass(frozen=True, slots=True)
class Grant:
    """What one call needs: an access token and, where the provider has regions, the API address."""

    access_token: str = field(repr=False)
    api_url: str | None = None


@dataclass(frozen=True, slots=True)
class TokenSet:
    """The answer of a token endpoint.

    refresh_token: the one to keep from now on; if a refresh named no new one, the one that was sent.
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
    """Whose grant it is. `id` is the provider's own and stable; `email` is "" when it did not give one."""

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
    """What to change in an existing meeting. None leaves a value as the provider has it.

    entry: people get in as into a new meeting of ours again, as far as the account allows.
    timezone: an IANA name, for display on the provider's side only, as in `MeetingRequest`.
    Raises ValueError if there is nothing to change.
    """

    topic: str | None = None
    agenda: str | None = None
    starts_at: datetime | None = None
    duration_minutes: int | None = None
    timezone: str | None = None
    passcode: str | None = field(default=None, repr=False)
    entry: bool = False

    def __post_init__(self) -> None:
        values = (
            self.entry or None,
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

    Accounts lock some settings, and providers overrule others without an error. None: the answer did not say.
    """

    waiting_room: bool | None = None
    join_before_host: bool | None = None
    sign_in_required: bool | None = None
    auto_recording: bool | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting as the provider has it.

    passcode: None if there is none or the answer did not say. duration_minutes, timezone, created_at,
    host_account_id: None if the answer did not say.
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


@dataclass(frozen=True, slots=True)
class ListedMeeting:
    """One meeting as the list of an account's meetings shows it, which is less than the whole of it."""

    id: str
    join_url: str = field(repr=False)
    topic: str
    starts_at: datetime
    duration_minutes: int | None

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An interview as it should appear in someone's calendar.

    key: our own name for the entry, the same for every version of it, so that putting it twice makes one.
    timezone: an IANA name, in which the calendar shows the time.
    wants_meeting: the calendar's provider also makes an online meeting for it.
    """

    key: str
    title: str
    description: str
    location: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    wants_meeting: bool = False

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        require_utc(self.ends_at, "ends_at")
        if self.ends_at <= self.starts_at:
            raise ValueError("an entry must end after it starts")


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry as the calendar has it.

    id: the provider's own.
    version: changes whenever the entry does, on either side.
    join_url: of the online meeting, if one was wanted and is ready.
    """

    id: str
    version: str
    starts_at: datetime
    ends_at: datetime
    join_url: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        require_utc(self.ends_at, "ends_at")


@dataclass(frozen=True, slots=True)
class BusySpan:
    """A time at which the calendar's owner is not free. Both instants are aware, in UTC."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        require_utc(self.ends_at, "ends_at")


@dataclass(frozen=True, slots=True)
class EntryChanges:
    """What has changed in a calendar since some position.

    changed: entries as they are now. gone: ids of entries that were deleted.
    position: where to continue next time; an opaque text from the provider.
    """

    changed: tuple[PlacedEntry, ...]
    gone: tuple[str, ...]
    position: str = field(repr=False)
