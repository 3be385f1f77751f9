"""What to ask a provider for: what the interview wants, what an earlier call asked for, and the
difference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from models import CallKind, CallState, Meeting, MeetingCall, MeetingSoftware
from providers.base import Meeting as ShownMeeting
from providers.base import MeetingChange, MeetingRequest
from scheduling.meetings.entry import is_stricter_than_made
from scheduling.software import lives_on_entry
from timezones import utc_now

# The provider's clock and ours may differ by this much when "created since" is compared.
_CLOCK_TOLERANCE = timedelta(minutes=2)
# The values that people see in their calendars and plan with.
_TIME = ("starts_at", "duration_minutes")


def wanted_of(meeting: Meeting) -> MeetingRequest:
    """The meeting that the interview wants. The topic is always "[Job Title] Interview". The interview's own
    title is for mails, pages and calendars, because the provider shows a topic to everyone who opens the
    meeting, and in lists that the team does not control.
    """
    interview = meeting.interview
    if lives_on_entry(meeting.software):
        # The entry's text is updated afterwards, and only its owner reads it.
        return MeetingRequest(
            topic=interview.title,
            agenda=interview.agenda,
            starts_at=interview.starts_at,
            duration_minutes=interview.duration_minutes,
            timezone=interview.timezone,
        )
    return MeetingRequest(
        topic=interview.application.job.usual_interview_title,
        agenda=interview.agenda,
        starts_at=interview.starts_at,
        duration_minutes=interview.duration_minutes,
        timezone=interview.timezone,
        passcode=None if meeting.passcode_was_refused else interview.requested_passcode,
    )


def asked_by(call: MeetingCall) -> MeetingRequest:
    """What a call that creates or changes a meeting asked for, without its passcode."""
    assert call.topic is not None
    assert call.agenda is not None
    assert call.starts_at is not None
    assert call.duration_minutes is not None
    assert call.timezone is not None
    return MeetingRequest(
        topic=call.topic,
        agenda=call.agenda,
        starts_at=call.starts_at,
        duration_minutes=call.duration_minutes,
        timezone=call.timezone,
        entry_key=call.entry_key,
        creation=call.creation,
    )


def made_since(calls: Sequence[MeetingCall]) -> datetime:
    """The earliest instant (aware UTC) at which one of these calls can have made a meeting, by the provider's
    clock."""
    return min(call.began_at for call in calls) - _CLOCK_TOLERANCE


def change_towards_wanted(meeting: Meeting) -> MeetingChange | None:
    """What has to be changed at the provider, or None when nothing has.

    A value is sent only if the provider shows a different one and has not already been asked for exactly this
    one. So a host's changes on the provider's own pages stay, and values that the provider shortened or
    ignored are not sent again and again. For a meeting on a calendar entry nothing is sent: the entry has the
    time and the words, and is updated separately.
    """
    if meeting.software is MeetingSoftware.OTHER or lives_on_entry(meeting.software):
        return None
    wanted, asked = wanted_of(meeting), _last_asked(meeting)
    if asked is None:
        # No call of ours made it, so it is not ours to change.
        return None
    shown = {
        "topic": meeting.shown_topic,
        "agenda": meeting.shown_agenda,
        "starts_at": meeting.shown_starts_at,
        "duration_minutes": meeting.shown_duration_minutes,
        # The provider shows a name of its own for many zones.
        "timezone": meeting.shown_timezone,
    }
    changes: dict[str, Any] = {
        name: getattr(wanted, name)
        for name, value in shown.items()
        if getattr(wanted, name) != value
        and (getattr(wanted, name) != getattr(asked, name) or (meeting.overrules_host and name in _TIME))
    }
    # A meeting that shows no passcode has none by the host's or the account's decision.
    if wanted.passcode and meeting.passcode and wanted.passcode != meeting.passcode:
        changes["passcode"] = wanted.passcode
    if meeting.overrules_host and is_stricter_than_made(meeting):
        changes["entry"] = True
    return MeetingChange(**changes) if changes else None


def is_at_another_time(meeting: Meeting) -> bool:
    """Whether the provider shows the meeting at a different time, or with a different length, than the
    interview has and the provider was asked for: its host has changed it there, or the provider did not do
    it. Once the interview has begun, that no longer matters. A calendar entry that was moved is shown as a
    moved entry."""
    if utc_now() >= meeting.interview.starts_at or lives_on_entry(meeting.software):
        return False
    asked, wanted = _last_asked(meeting), wanted_of(meeting)
    if meeting.shown_starts_at is None or asked is None:
        return False
    if any(getattr(asked, name) != getattr(wanted, name) for name in _TIME):
        return False
    return _minute(meeting.shown_starts_at) != _minute(wanted.starts_at) or (
        meeting.shown_duration_minutes not in (None, wanted.duration_minutes)
    )


def shows_what_was_asked(shown: ShownMeeting, call: MeetingCall, before: Meeting) -> bool:
    """Whether a meeting that was read back shows that a change was made whose answer was lost.

    Only a difference that can be seen counts: `before` is what the provider showed until then. The zone
    proves nothing, because providers use their own names for zones, and neither does the passcode, because it
    is not stored with the call. A change to only those counts as not made: making it twice does no harm.
    """
    asked = _visible(call.topic, call.agenda, call.starts_at, call.duration_minutes)
    was_shown = _visible(
        before.shown_topic, before.shown_agenda, before.shown_starts_at, before.shown_duration_minutes
    )
    return asked != was_shown and asked == _visible(
        shown.topic, shown.agenda, shown.starts_at, shown.duration_minutes
    )


def _visible(
    topic: str | None, agenda: str | None, starts_at: datetime | None, duration_minutes: int | None
) -> tuple[list[str], list[str], datetime | None, int | None]:
    # Providers drop surrounding blanks, line breaks and fractions of a second.
    return (
        (topic or "").split(),
        (agenda or "").split(),
        _minute(starts_at) if starts_at else None,
        duration_minutes,
    )


def _minute(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


def _last_asked(meeting: Meeting) -> MeetingRequest | None:
    """What the last call that succeeded asked for."""
    for call in reversed(meeting.calls):
        if call.kind is not CallKind.DELETE and call.state is CallState.DONE:
            return asked_by(call)
    return None
