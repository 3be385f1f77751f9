"""Looking at meetings that exist, because hosts delete and change them on the provider's own pages.

Each upcoming meeting has one task for its next look: more often the closer its start is, and shortly before
each reminder, so that a reminder does not contain a dead link. A provider's message or an opened page brings
the look forward; so does the join page, from a quarter of an hour before the start until the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import (
    UNCLEAR,
    CallKind,
    Connection,
    ConnectionState,
    Interview,
    InterviewStatus,
    Lane,
    Mail,
    MailState,
    Meeting,
    MeetingSoftware,
    MeetingState,
    Task,
    TaskState,
)
from providers.base import Grant
from providers.base import Meeting as ShownMeeting
from providers.protocols import MeetingProvider
from rows import rows_of
from scheduling.join_links import leads_straight_in
from scheduling.mails.queue import REMINDER
from scheduling.software import softwares_of_provider
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

LOOK_AT_MEETING = TaskKind(
    "look_at_meeting", Lane.PROVIDER, "Checking that an online meeting is still there", subject="interview"
)

# The next look comes after this share of the time left until the start, within these limits.
_SHARE_OF_TIME_LEFT = 10
_SOONEST, _LATEST = timedelta(minutes=10), timedelta(days=1)
# Long enough to look twice and make a new meeting before the reminder goes out.
_BEFORE_REMINDER = timedelta(minutes=5)
# What was checked this recently is not checked again because someone opens the page.
_FRESH_FOR = timedelta(minutes=2)
# … or because someone is about to join.
_FRESH_AT_THE_HOUR = timedelta(minutes=1)


@dataclass(frozen=True)
class Look:
    """One look at a meeting. `connection_id` is None while its account cannot be used."""

    meeting_id: int
    software: MeetingSoftware
    connection_id: int | None
    provider_meeting_id: str

    def call(self, provider: MeetingProvider, grant: Grant) -> ShownMeeting:
        """Read it. May raise any `ProviderError`."""
        return provider.read_meeting(grant, self.provider_meeting_id)


def look_in_turn(meeting: Meeting) -> None:
    """Request the next look at a meeting in the current transaction, if there is to be one."""
    at = next_look(meeting, utc_now())
    if at is not None:
        _request(meeting, at)


def look_now(meeting: Meeting) -> bool:
    """Request an immediate look, in the current transaction; False when that would be of no use."""
    if not _is_worth_it(meeting, utc_now()):
        return False
    _request(meeting, utc_now())
    return True


def look_because_opened(meeting: Meeting) -> bool:
    """Someone opened the interview's page: the same, unless the provider was asked a moment ago."""
    return wants_look(meeting) and look_now(meeting)


def wants_look(meeting: Meeting) -> bool:
    """Whether someone who opens the interview's page should have the provider asked."""
    now = utc_now()
    is_fresh = meeting.shown_at is not None and now - meeting.shown_at < _FRESH_FOR
    return not is_fresh and _is_worth_it(meeting, now)


def wants_look_at_the_hour(meeting: Meeting) -> bool:
    """Whether someone who is about to join should have the provider asked whether there is something to join:
    within the last quarter of an hour and until the end, once a minute at most, if its account can be used.
    """
    now = utc_now()
    is_fresh = meeting.looked_at is not None and now - meeting.looked_at < _FRESH_AT_THE_HOUR
    if is_fresh or not leads_straight_in(meeting.interview, now) or not _is_worth_it(meeting, now):
        return False
    connection = (
        db.session.get(Connection, meeting.connection_id) if meeting.connection_id is not None else None
    )
    return connection is not None and connection.state is ConnectionState.CONNECTED


def look_because_someone_joins(meeting: Meeting) -> None:
    """The same, in the current transaction: request the look, unless one is in progress. A look that is only
    due is requested as well, because the commit wakes the worker that takes it."""
    if wants_look_at_the_hour(meeting) and not _is_being_taken(meeting):
        _request(meeting, utc_now())


def look_because_told(provider: str, provider_meeting_id: str) -> bool:
    """A provider says that a meeting was changed or deleted: look at it now. False if it is none of ours.

    Looked at rather than believed, because messages come late and out of order, our own changes among them.
    """
    meeting = db.session.scalar(
        sa.select(Meeting).where(
            Meeting.software.in_(softwares_of_provider(provider)),
            Meeting.provider_meeting_id == provider_meeting_id,
        )
    )
    return meeting is not None and look_now(meeting)


def is_under_way(meeting: Meeting) -> bool:
    """Whether a look is due or being taken at this moment."""
    due = db.session.scalar(
        sa.select(Task.id)
        .where(
            Task.dedupe_key == LOOK_AT_MEETING.key(meeting.id),
            Task.state.in_((TaskState.READY, TaskState.RUNNING)),
            Task.run_at <= utc_now(),
        )
        .limit(1)
    )
    return due is not None


def _is_being_taken(meeting: Meeting) -> bool:
    running = sa.exists().where(
        Task.dedupe_key == LOOK_AT_MEETING.key(meeting.id), Task.state == TaskState.RUNNING
    )
    return bool(db.session.scalar(sa.select(running)))


_NEXT_REMINDER = sa.select(sa.func.min(Mail.due_at)).where(
    Mail.interview_id == sa.bindparam("interview_id"),
    Mail.kind == REMINDER,
    Mail.state == MailState.QUEUED,
    Mail.due_at > sa.bindparam("after"),
)


def next_look(meeting: Meeting, now: datetime) -> datetime | None:
    """When to look at a meeting next (aware UTC), as of `now`; None when its interview starts before that:
    from then on, only people who join have it looked at."""
    starts_at = meeting.interview.starts_at
    at = now + min(max((starts_at - now) / _SHARE_OF_TIME_LEFT, _SOONEST), _LATEST)
    told = {"interview_id": meeting.interview_id, "after": now + _BEFORE_REMINDER}
    [(reminder,)] = rows_of(_NEXT_REMINDER, told)
    if reminder is not None:
        at = min(at, reminder - _BEFORE_REMINDER)
    return at if at < starts_at else None


def plan_look(meeting_id: int, now: datetime) -> Look | None:
    """The look to take at `now` (aware UTC), or None when there is nothing left to look at."""
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None or not _is_worth_it(meeting, now) or meeting.provider_meeting_id is None:
        return None
    connection = (
        db.session.get(Connection, meeting.connection_id) if meeting.connection_id is not None else None
    )
    is_usable = connection is not None and connection.state is ConnectionState.CONNECTED
    # Whether a change with a lost answer was made is decided elsewhere, from what the provider shows.
    is_clear = not any(call.kind is CallKind.UPDATE and call.state in UNCLEAR for call in meeting.calls)
    return Look(
        meeting.id,
        meeting.software,
        connection.id if connection is not None and is_usable and is_clear else None,
        meeting.provider_meeting_id,
    )


def _is_worth_it(meeting: Meeting, now: datetime) -> bool:
    interview: Interview = meeting.interview
    return (
        meeting.is_wanted
        and meeting.state is MeetingState.READY
        and meeting.provider_meeting_id is not None
        and interview.status is InterviewStatus.SCHEDULED
        and now < interview.ends_at
    )


def _request(meeting: Meeting, at: datetime) -> None:
    outbox.enqueue(
        LOOK_AT_MEETING,
        meeting.interview_id,
        payload={"meeting_id": meeting.id},
        run_at=at,
        dedupe_key=LOOK_AT_MEETING.key(meeting.id),
    )
