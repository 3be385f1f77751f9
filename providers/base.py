"""The values that every provider takes and returns. What it can be asked to do is in `providers.protocols`.

All instants are aware and in UTC; anything else is refused with ValueError where it comes in. Secrets
(tokens, join links, passcodes) are left out of every `repr`, because a `repr` is how they would reach a log.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from providers.errors import ProviderError, RefusedError

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
    account: whose tokens they are, if the answer proved it; a refusal if it should have and did not, or if
    that account may not connect.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    scopes: frozenset[str]
    api_url: str | None = None
    account: "Account | RefusedError | None" = None

    def __post_init__(self) -> None:
        require_utc(self.expires_at, "expires_at")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose grant it is. `id` is the provider's own and stable; `email` is "" when it did not give one.

    id_is_part: the answer does not name the whole id, only the part of it after its last dot.
    """

    id: str
    email: str
    display_name: str
    plan: Plan
    timezone: str | None = None
    id_is_part: bool = False

    def is_known_as(self, account_id: str) -> bool:
        """Tell whether this can be the account of that id, which is a whole one."""
        return self.id == (account_id.rpartition(".")[2] if self.id_is_part else account_id)


@dataclass(frozen=True, slots=True)
class AdminAnswer:
    """The result of asking an administrator to allow an app for their organization. Nothing of it is proved.

    directory: the organization, as its provider calls it; "" if that was not said.
    refusal: why it was not allowed; None if it was.
    """

    directory: str
    refusal: ProviderError | None = None


@dataclass(frozen=True, slots=True)
class MeetingRequest:
    """One meeting to be made.

    timezone: an IANA name, for display on the provider's side only; `starts_at` alone says when.
    passcode: None lets the provider choose one.
    entry_key, creation: only for software whose meetings live on an entry in the host's calendar. The key of
    that entry (`CalendarEntry.key`), which may be there already; and a name of this creation, the same
    however often it is repeated, and a different one for a new meeting. entry_may_exist: as in
    `CalendarEntry.may_exist`.
    """

    topic: str
    agenda: str
    starts_at: datetime
    duration_minutes: int
    timezone: str
    passcode: str | None = field(default=None, repr=False)
    entry_key: str = ""
    creation: str = ""
    entry_may_exist: bool = False

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        if self.duration_minutes < 1:
            raise ValueError("duration_minutes must be at least 1")


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """What to change in an existing meeting. None leaves a value as the provider has it.

    entry: restore our usual rules for getting in, as far as the account allows. timezone: an IANA name, for
    display on the provider's side only, as in `MeetingRequest`. Raises ValueError if there is nothing to
    change.
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
    entry_id: of the calendar entry that it lives on, if it lives on one, by the provider's own id.
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
    entry_id: str | None = None

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        if self.created_at is not None:
            require_utc(self.created_at, "created_at")


@dataclass(frozen=True, slots=True)
class ListedMeeting:
    """One meeting as the list of an account's meetings shows it, which is less than the whole of it.

    entry_key: of the calendar entry that it lives on, if that is one of ours.
    """

    id: str
    join_url: str = field(repr=False)
    topic: str
    starts_at: datetime
    duration_minutes: int | None
    entry_key: str = ""

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An interview as it should appear in someone's calendar.

    key: our own name for the entry, 5 to 64 of the characters a to v and 0 to 9, and never used for another
    entry, so that making it twice makes only one. An entry that was deleted keeps its key. timezone: an IANA
    name, in which the calendar shows the time.
    description: plain text. location: where people go, a link or an address; "" for no particular place.
    page_url: of the interview in this product, which people call `product`.
    shows_busy: its owner takes part, and is not free then.
    may_exist: an earlier call may have made it. Not every calendar remembers a key for long.
    """

    key: str
    title: str
    description: str = field(repr=False)
    location: str = field(repr=False)
    starts_at: datetime
    ends_at: datetime
    timezone: str
    page_url: str
    shows_busy: bool = True
    product: str = ""
    may_exist: bool = False

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        require_utc(self.ends_at, "ends_at")
        if self.ends_at <= self.starts_at:
            raise ValueError("an entry must end after it starts")


@dataclass(frozen=True, slots=True)
class EntryTime:
    """The time of an entry: two instants in UTC, and the IANA name of the zone in which it is shown."""

    starts_at: datetime
    ends_at: datetime
    timezone: str

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        require_utc(self.ends_at, "ends_at")
        if self.ends_at <= self.starts_at:
            raise ValueError("an entry must end after it starts")


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What to change in an existing entry. None leaves a value as the calendar has it. Raises ValueError if
    there is nothing to change."""

    title: str | None = None
    description: str | None = field(default=None, repr=False)
    location: str | None = field(default=None, repr=False)
    time: EntryTime | None = None
    shows_busy: bool | None = None

    def __post_init__(self) -> None:
        values = (self.title, self.description, self.location, self.time, self.shows_busy)
        if all(value is None for value in values):
            raise ValueError("a change must change something")


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """An entry as the calendar has it.

    id: the provider's own. key: ours, by which it was made; "" if it is not one of ours.
    version: changes whenever the entry does, on either side.
    starts_at, ends_at: of an entry for whole days, midnight in the calendar's own zone.
    web_url: where its owner sees it in their calendar; "" if the answer did not say.
    """

    id: str
    key: str
    version: str
    title: str
    description: str = field(repr=False)
    location: str = field(repr=False)
    starts_at: datetime
    ends_at: datetime
    web_url: str = field(default="", repr=False)

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


@dataclass(frozen=True, slots=True)
class ListedEvent:
    """A single event of a calendar, or a single occurrence of a series, with no more than the product keeps.

    starts_at, ends_at: aware, in UTC; of one for whole days, midnight in the calendar's own zone. They are
    the same for an event without length. first_day, last_day: the days it takes as a whole, the last one
    included; None for one with times. is_busy: it makes the calendar's owner busy. key: ours, if it is an
    entry that this product made; "" otherwise. uid: what calendar files call it, the same in everyone's
    calendar, or "" where that is not said; it says nothing of the event, and is not compared.
    """

    id: str
    starts_at: datetime
    ends_at: datetime
    is_busy: bool
    title: str = field(repr=False)
    first_day: date | None = None
    last_day: date | None = None
    key: str = ""
    uid: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        require_utc(self.starts_at, "starts_at")
        require_utc(self.ends_at, "ends_at")
        if self.ends_at < self.starts_at:
            raise ValueError("an event must not end before it starts")
        if (self.first_day is None) is not (self.last_day is None):
            raise ValueError("an event for whole days has a first and a last one")


@dataclass(frozen=True, slots=True)
class EventChanges:
    """What is in a calendar, or has changed there since some position.

    events: as they are now, each once. gone: ids of events that are not there anymore, not in the time that
    is looked at, or that can't be read as they are now. is_everything: these are all events of that time, so
    any others that are known are gone as well. position: where to continue next time; an opaque text from the
    provider, or None where it gave none, so that everything has to be read again next time. left_out: how
    many events could not be read.
    """

    events: tuple[ListedEvent, ...]
    gone: tuple[str, ...]
    is_everything: bool
    position: str | None = field(repr=False)
    left_out: int = 0
