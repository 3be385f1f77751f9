"""Recording which meeting an interview wants, and requesting the work to make it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import (
    Connection,
    Interview,
    InterviewStatus,
    Lane,
    Meeting,
    MeetingSoftware,
    MeetingState,
    Task,
    TaskState,
)
from scheduling.entries import wanting as entries
from scheduling.meetings import orphans
from scheduling.rules import Rules
from scheduling.software import lives_on_entry
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

SYNC_MEETING = TaskKind("sync_meeting", Lane.PROVIDER, "Making the online meeting", subject="interview")

# When an interview begins soon, its invitation waits for a link for a tenth of the time left at most, but
# long enough for a first attempt.
_SHARE_OF_TIME_LEFT = 10
_SHORTEST_GRACE = timedelta(seconds=10)


def want_meeting(
    interview: Interview, software: MeetingSoftware, rules: Rules, *, at: datetime | None = None
) -> Meeting:
    """Record that the interview wants a meeting, and request the work, now or `at` an instant (aware UTC), in
    the current transaction.

    The interview must have no other wanted meeting; the database refuses a second one.
    """
    meeting = Meeting(
        interview_id=interview.id,
        software=software,
        state=MeetingState.WAITING,
        grace_ends_at=_grace_ends_at(interview, rules, at or utc_now()),
    )
    _ask_for_work_on_new(meeting, at)
    return meeting


def _grace_ends_at(interview: Interview, rules: Rules, now: datetime) -> datetime:
    share = max((interview.starts_at - now) / _SHARE_OF_TIME_LEFT, _SHORTEST_GRACE)
    return now + min(rules.grace, share)


def want_another(meeting: Meeting) -> Meeting:
    """Request a new meeting of the same kind in place of one that is lost.

    People were invited to the lost one, so the new one counts as settled without a link: once it is made, its
    link follows in a corrected invitation. The caller has already recorded what happened to the lost one.
    """
    now = utc_now()
    another = Meeting(
        interview_id=meeting.interview_id,
        software=meeting.software,
        state=MeetingState.FAILED,
        failure=meeting.failure,
        failure_words=meeting.failure_words,
        grace_ends_at=now,
        settled_at=now,
    )
    meeting.is_wanted = False
    # At most one may be wanted at any time, even between two statements.
    db.session.flush()
    _ask_for_work_on_new(another)
    return another


def keep_pasted_link(interview: Interview, url: str, label: str) -> Meeting:
    """Record a meeting that someone made elsewhere. It is settled from the start: nothing has to be made, and
    no one's account hosts it.
    """
    now = utc_now()
    meeting = Meeting(
        interview_id=interview.id,
        software=MeetingSoftware.OTHER,
        label=label,
        state=MeetingState.READY,
        join_url=url,
        grace_ends_at=now,
        settled_at=now,
    )
    db.session.add(meeting)
    return meeting


def wanted_meeting(interview_id: int, *, lock: bool) -> Meeting | None:
    """The meeting that an interview wants, if any; `lock` holds its row for the rest of the transaction."""
    query = sa.select(Meeting).where(Meeting.interview_id == interview_id, Meeting.is_wanted)
    return db.session.scalar(query.with_for_update() if lock else query)


def useful_until(meeting: Meeting) -> datetime:
    """The instant (aware UTC) after which work on a meeting helps no one.

    A wanted meeting is tried until the start, however soon that is; and until the end, if someone has offered
    to host it or if it replaces a lost one, because people may be waiting to get into that one. An unwanted
    meeting is in its host's way until it would have ended.
    """
    interview = meeting.interview
    if meeting.is_wanted:
        is_waited_for = meeting.offered_by_id is not None or _takes_a_place(meeting)
        return interview.ends_at if is_waited_for else interview.starts_at
    if lives_on_entry(meeting.software):
        # What we last saw of it may be from before the entry was moved.
        return interview.ends_at
    if meeting.shown_starts_at is None or meeting.shown_duration_minutes is None:
        return interview.ends_at
    return meeting.shown_starts_at + timedelta(minutes=meeting.shown_duration_minutes)


def _takes_a_place(meeting: Meeting) -> bool:
    """Whether people were invited to another meeting of the interview before this one was wanted."""
    return any(
        other.id < meeting.id and other.provider_meeting_id is not None
        for other in meeting.interview.meetings
    )


def next_try_at(meeting: Meeting) -> datetime | None:
    """When the next step towards what is wanted of a meeting is due (aware UTC); in the past if it is in
    progress. None when nothing more will be tried."""
    if meeting.arranged_by_id is not None or utc_now() >= useful_until(meeting):
        return None
    return db.session.scalar(
        sa.select(sa.func.min(Task.run_at)).where(
            Task.dedupe_key == SYNC_MEETING.key(meeting.id),
            Task.state.in_((TaskState.READY, TaskState.RUNNING)),
        )
    )


def enqueue_sync(interview_id: int, *, at: datetime | None = None) -> None:
    """Request work on an interview's meetings, now or `at` an instant (aware UTC): the wanted one, and those
    still to be removed.
    """
    for meeting in _not_removed(interview_id):
        outbox.enqueue_work(_sync(meeting, at))


def _not_removed(interview_id: int) -> Sequence[Meeting]:
    return db.session.scalars(
        sa.select(Meeting).where(Meeting.interview_id == interview_id, Meeting.state != MeetingState.REMOVED)
    ).all()


def try_again_now(interview_id: int) -> bool:
    """The same, leaving out work that is in progress or already due, so that no work piles up no matter how
    often someone clicks; returns whether there was anything to request."""
    by_key = {SYNC_MEETING.key(meeting.id): meeting for meeting in _not_removed(interview_id)}
    is_going_on = sa.or_(
        Task.state == TaskState.RUNNING, sa.and_(Task.state == TaskState.READY, Task.run_at <= utc_now())
    )
    going_on = set(
        db.session.scalars(sa.select(Task.dedupe_key).where(Task.dedupe_key.in_(by_key), is_going_on))
    )
    wanted = [meeting for key, meeting in by_key.items() if key not in going_on]
    for meeting in wanted:
        outbox.enqueue_work(_sync(meeting))
    return bool(wanted)


def try_again_for_host(user_id: int) -> int:
    """A user connected an account: ask again for what they could host, and for what could not be changed or
    removed on their account meanwhile. Returns how many meetings these are. What a lost answer may have left
    there is looked for now, and their calendar is brought up to date."""
    now = utc_now()
    is_asked_to_host = sa.and_(
        Meeting.is_wanted,
        Meeting.state.in_((MeetingState.WAITING, MeetingState.FAILED)),
        Interview.status == InterviewStatus.SCHEDULED,
        Interview.starts_at > now,
        sa.or_(
            Interview.hiring_manager_id == user_id,
            Interview.scheduler_id == user_id,
            Meeting.offered_by_id == user_id,
        ),
    )
    is_out_of_line = sa.and_(
        Meeting.state == MeetingState.READY,
        sa.or_(Meeting.failure.is_not(None), sa.not_(Meeting.is_wanted)),
        Meeting.connection_id.in_(sa.select(Connection.id).where(Connection.user_id == user_id)),
    )
    meetings = db.session.scalars(
        sa.select(Meeting)
        .join(Interview, Interview.id == Meeting.interview_id)
        .where(sa.or_(is_asked_to_host, is_out_of_line))
    ).all()
    for meeting in meetings:
        outbox.enqueue_work(_sync(meeting))
    theirs = sa.select(Connection.id).where(Connection.user_id == user_id)
    orphans.search_on_account(theirs)
    entries.request_for(theirs)
    return len(meetings)


def _ask_for_work_on_new(meeting: Meeting, at: datetime | None = None) -> None:
    db.session.add(meeting)
    db.session.flush()
    outbox.enqueue_work(_sync(meeting, at))


def _sync(meeting: Meeting, at: datetime | None = None) -> outbox.Work:
    # The meetings of one interview are handled one at a time, each with its own waiting times: removing an
    # old meeting from an account that is out of reach must not keep people waiting for the new one.
    return outbox.Work(
        SYNC_MEETING,
        meeting.interview_id,
        payload={"meeting_id": meeting.id},
        run_at=at or utc_now(),
        dedupe_key=SYNC_MEETING.key(meeting.id),
    )
