"""What each meeting software is like: whose account it needs, its limits, and the rules of its passcodes.

Everything the product knows about a software beyond its name is here, so that other code asks for a rule and
never for a name. `MeetingSoftware.OTHER` has no entry: its link was made elsewhere and is pasted.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connections.catalogue import apps_of
from connections.catalogue import spec_of as spec_of_app
from models import MeetingSoftware

# If our clock is ahead of the provider's, we must not retry in the last moments of the old day.
_AFTER_RESET = timedelta(minutes=1)


@dataclass(frozen=True)
class PasscodeRule:
    """What the software accepts as a passcode. `words` tells a person who typed something else."""

    pattern: re.Pattern[str]
    words: str


@dataclass(frozen=True)
class DailyLimit:
    """How many calls of certain kinds one account may make in a day, which ends at midnight UTC.

    calls: the most that are accepted in one day.
    nearly: people are warned starting at this many.
    counts: the kinds of calls that are counted together, by their names in the meetings' ledger.
    """

    calls: int
    nearly: int
    counts: frozenset[str]
    resets_in_words: str = "00:00 UTC"

    def last_reset(self, now: datetime) -> datetime:
        """When the current day began, as of `now` (aware UTC)."""
        return now.replace(hour=0, minute=0, second=0, microsecond=0)

    def next_reset(self, now: datetime) -> datetime:
        """When the count starts over, as of `now` (aware UTC)."""
        return self.last_reset(now) + timedelta(days=1)

    def try_again_at(self, now: datetime) -> datetime:
        """When a call that the limit refused may be tried again, as of `now` (aware UTC)."""
        return self.next_reset(now) + _AFTER_RESET


@dataclass(frozen=True)
class SoftwareSpec:
    """One meeting software.

    app: what its host has to have connected, by its key in the catalogue of apps.
    link_form: what its join links look like, with {} where they differ, for previews and examples.
    passcode: None where no one can choose one.
    daily_limit: None where no limit is known.
    free_plan_minutes: after this long the software ends every meeting of a host on its free plan, no matter
    who takes part; None where it does not.
    one_at_a_time: an account can host a single meeting at any time; a second one is refused or ends the
        first.
    makes_none_on: kinds of accounts that can make no such meeting, by the names of `providers.base.Plan`, and
        why not, as the end of a sentence.
    may_keep_waiting: people without an account in the host's organization may have to be let in by someone
        who has one, which is decided there, and which no one tells us.
    lives_on_entry: the meeting is part of an entry in its host's calendar, and is made through the calendar
        app. There is one entry for both, no matter which was made first.
    """

    software: MeetingSoftware
    app: str
    icon: str
    link_form: str
    passcode: PasscodeRule | None = None
    daily_limit: DailyLimit | None = None
    free_plan_minutes: int | None = None
    one_at_a_time: bool = False
    makes_none_on: Mapping[str, str] = field(default_factory=dict)
    may_keep_waiting: bool = False
    lives_on_entry: bool = False

    @property
    def label(self) -> str:
        return self.software.label

    @property
    def app_label(self) -> str:
        """What people connect so that their account can host."""
        return spec_of_app(self.app).label

    @property
    def provider_label(self) -> str:
        """Whose account hosts: "Priya's Google account" has the Meet link."""
        return spec_of_app(self.app).provider_label

    @property
    def settings_in_words(self) -> str:
        """The operator's settings to check when the provider refuses this server."""
        return spec_of_app(self.app).settings_in_words

    def link(self, end: str) -> str:
        """A link that looks like this software's and leads to no meeting."""
        return self.link_form.format(end)


_SPECS = (
    SoftwareSpec(
        software=MeetingSoftware.ZOOM,
        app="zoom",
        icon="brand-zoom",
        link_form="https://zoom.us/j/{}",
        # Zoom's API reference: at most ten characters. For updates it lists no other special characters.
        passcode=PasscodeRule(
            re.compile(r"[A-Za-z0-9@_*-]{1,10}"),
            "Use at most 10 letters, digits and the characters @ _ * - without spaces.",
        ),
        # Zoom's API reference counts what is created and what is changed together, for each user.
        daily_limit=DailyLimit(calls=100, nearly=80, counts=frozenset({"create", "update"})),
        # Since July 2022 also with only two people, and for Basic users of a paid account.
        free_plan_minutes=40,
        one_at_a_time=True,
    ),
    SoftwareSpec(
        software=MeetingSoftware.GOOGLE_MEET,
        app="google-calendar",
        icon="brand-google",
        link_form="https://meet.google.com/{}",
        # Free accounts are said to end meetings of three and more people after an hour. The calendar doesn't
        # tell which plan an account has, so no one is warned.
        may_keep_waiting=True,
        lives_on_entry=True,
    ),
    SoftwareSpec(
        software=MeetingSoftware.TEAMS,
        app="outlook-calendar",
        icon="brand-teams",
        link_form="https://teams.microsoft.com/meet/{}",
        makes_none_on={"basic": "a personal Microsoft account can't make Teams meetings"},
        may_keep_waiting=True,
        lives_on_entry=True,
    ),
)
_BY_SOFTWARE = {spec.software: spec for spec in _SPECS}


def spec_of(software: MeetingSoftware) -> SoftwareSpec:
    """The entry of a software. Raises KeyError for `OTHER`, whose meetings no account hosts."""
    return _BY_SOFTWARE[software]


def lives_on_entry(software: MeetingSoftware) -> bool:
    """Whether its meetings are part of an entry in their host's calendar; no pasted link is."""
    return software is not MeetingSoftware.OTHER and spec_of(software).lives_on_entry


def meeting_of(software: MeetingSoftware, called: str = "") -> str:
    """What people call the meeting that is made with it: "Zoom meeting", "Google Meet link". `called`: the
    label of a pasted link."""
    return f"{called or software.label} {'link' if lives_on_entry(software) else 'meeting'}"


def provider_of(software: MeetingSoftware) -> str:
    """Whose account a meeting with it is on: "Ben's Google account". Raises KeyError for `OTHER`."""
    return spec_of(software).provider_label


def softwares_of(app: str) -> tuple[MeetingSoftware, ...]:
    """The meeting software whose meetings are made through an app; none for an app that only sends mail."""
    return tuple(spec.software for spec in _SPECS if spec.app == app)


def softwares_of_provider(provider: str) -> tuple[MeetingSoftware, ...]:
    """The meeting software of a provider, such as "google"."""
    return tuple(software for app in apps_of(provider) for software in softwares_of(app.key))


# The icon of each software. The link of any other software is pasted.
ICONS = {**{spec.software: spec.icon for spec in _SPECS}, MeetingSoftware.OTHER: "link"}
# The software whose passcodes people can choose.
WITH_PASSCODE = frozenset(spec.software for spec in _SPECS if spec.passcode is not None)
# The order in which the choices are offered.
DEFAULT = MeetingSoftware.ZOOM


def offered() -> tuple[MeetingSoftware, ...]:
    """What people can choose besides a pasted link: all that this version can make meetings with."""
    return tuple(spec.software for spec in _SPECS if spec_of_app(spec.app).is_available)


def usual(set_up: Container[str]) -> MeetingSoftware:
    """The default if nothing is known of the people who could host: the first that this server is set up for.
    `set_up` holds the keys of its apps."""
    return next((software for software in offered() if spec_of(software).app in set_up), DEFAULT)


def in_choices() -> list[tuple[str, str]]:
    """What people can choose from, including a pasted link, as values and labels of a form field."""
    return [(software.value, software.label) for software in (*offered(), MeetingSoftware.OTHER)]
