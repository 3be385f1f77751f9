"""The meeting an interview owes: what to try next, and what became of it.

Each start of the background task asks `plan` for the one next step. A step that creates something is
written down before it is taken, so that whoever comes after a crash knows that a meeting may be alive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import (
    MAYBE_ALIVE,
    AttemptState,
    FailureReason,
    Interview,
    InterviewStatus,
    Lane,
    Meeting,
    MeetingAttempt,
    MeetingSoftware,
    MeetingState,
    User,
)
from scheduling.mails import queue
from scheduling.meetings import failures, orphans
from scheduling.meetings.hosts import Host, first_usable, possible_hosts
from scheduling.meetings.wishes import CLOCK_TOLERANCE, Created, Wish
from scheduling.rules import Rules
from scheduling.timeline import note
from timezones import utc_now
from wording import possessive
from work import outbox
from work.kinds import TaskKind

SYNC_MEETING = TaskKind("sync_meeting", Lane.PROVIDER, "Making the online meeting", subject="interview")

# A link that comes later than this helps nobody; people have found another way by then.
_TRY_UNTIL_BEFORE_START = timedelta(minutes=5)


@dataclass(frozen=True)
class Create:
    """Create the meeting; the attempt is written down already."""

    interview_id: int
    attempt_id: int
    connection_id: int
    software: MeetingSoftware
    wish: Wish


@dataclass(frozen=True)
class LookUp:
    """Look for what earlier create calls with a lost answer may have left, before creating again."""

    interview_id: int
    attempt_ids: tuple[int, ...]
    connection_id: int
    software: MeetingSoftware
    wish: Wish
    since: datetime


@dataclass(frozen=True)
class NobodyCanHost:
    """All hosts are ruled out for now; the reason is that of the host who comes first."""

    interview_id: int
    reason: FailureReason
    detail: str | None


Step = Create | LookUp | NobodyCanHost


def want_meeting(interview: Interview, software: MeetingSoftware, rules: Rules) -> Meeting:
    """Write down that the interview wants a meeting, and ask for the work, in the current transaction."""
    meeting = Meeting(
        interview_id=interview.id,
        software=software,
        state=MeetingState.WAITING,
        grace_ends_at=utc_now() + rules.grace,
    )
    db.session.add(meeting)
    outbox.enqueue_first([_sync(interview.id)])
    return meeting


def keep_pasted_link(interview: Interview, url: str, label: str) -> Meeting:
    """Write down a meeting that somebody made elsewhere. It is settled from the first: nothing has to be
    made, and nobody's account hosts it."""
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


def enqueue_sync(interview_id: int) -> None:
    """Ask for the meeting to be brought in line, now."""
    outbox.enqueue_work(_sync(interview_id))


def _sync(interview_id: int) -> outbox.Work:
    return outbox.Work(
        SYNC_MEETING,
        interview_id,
        payload={"interview_id": interview_id},
        run_at=utc_now(),
        dedupe_key=SYNC_MEETING.key(interview_id),
    )


def hosts_of(interview: Interview) -> list[Host]:
    """Who could host this interview's meeting, in order."""
    assert interview.meeting is not None
    return possible_hosts(interview.meeting.software, interview.hiring_manager, interview.scheduler)


def plan(interview_id: int, now: datetime) -> Step | None:
    """The next step towards the wanted meeting, or None when there is nothing to do (any more).

    Writes the attempt of a `Create` into the current transaction; the caller commits before calling.
    """
    meeting = queue.meeting_of(interview_id, lock=True)
    if (
        meeting is None
        or not meeting.is_wanted
        or meeting.state in (MeetingState.READY, MeetingState.REMOVED)
    ):
        return None
    interview = meeting.interview
    if interview.status != InterviewStatus.SCHEDULED or now >= try_until(interview):
        return None

    hosts = possible_hosts(meeting.software, interview.hiring_manager, interview.scheduler)
    attempts = list(meeting.attempts)
    host = first_usable([host for host in hosts if _ruling_out(host, attempts, meeting.walk) is None])
    if host is None or host.connection is None:
        return _nobody(interview, hosts, attempts, meeting.walk)

    connection_id = host.connection.id
    wish = _wish(interview, meeting)
    unclear = [
        attempt
        for attempt in attempts
        if attempt.connection_id == connection_id and attempt.state in MAYBE_ALIVE and attempt.checks == 0
    ]
    if unclear:
        return LookUp(
            interview_id=interview_id,
            attempt_ids=tuple(attempt.id for attempt in unclear),
            connection_id=connection_id,
            software=meeting.software,
            wish=wish,
            since=min(attempt.began_at for attempt in unclear) - CLOCK_TOLERANCE,
        )
    attempt = MeetingAttempt(
        meeting_id=meeting.id,
        connection_id=connection_id,
        account_id=host.connection.account_id,
        host_id=host.user.id,
        walk=meeting.walk,
        state=AttemptState.CALLING,
        began_at=now,
        topic=wish.topic,
        agenda=wish.agenda,
        starts_at=wish.starts_at,
        duration_minutes=wish.duration_minutes,
    )
    db.session.add(attempt)
    db.session.flush()
    return Create(interview_id, attempt.id, connection_id, meeting.software, wish)


def try_until(interview: Interview) -> datetime:
    """The instant after which creating a meeting is of no more use."""
    return interview.starts_at - _TRY_UNTIL_BEFORE_START


def _wish(interview: Interview, meeting: Meeting) -> Wish:
    return Wish(
        topic=interview.title,
        agenda=interview.agenda,
        starts_at=interview.starts_at,
        duration_minutes=interview.duration_minutes,
        timezone=interview.timezone,
        passcode=None if meeting.passcode_was_refused else interview.requested_passcode,
    )


def _ruling_out(host: Host, attempts: list[MeetingAttempt], walk: int) -> MeetingAttempt | None:
    """The attempt that ruled this host's account out in this walk, if one did."""
    if host.connection is None:
        return None
    return next(
        (
            attempt
            for attempt in attempts
            if attempt.walk == walk
            and attempt.connection_id == host.connection.id
            and attempt.state == AttemptState.REFUSED
        ),
        None,
    )


def _nobody(
    interview: Interview, hosts: list[Host], attempts: list[MeetingAttempt], walk: int
) -> NobodyCanHost:
    # A refusal says more than "not connected", whoever comes first.
    for host in hosts:
        refused = _ruling_out(host, attempts, walk)
        if refused is not None and refused.failure is not None:
            return NobodyCanHost(interview.id, refused.failure, refused.failure_words)
    ended = [host for host in hosts if host.unusable is FailureReason.RECONNECT_NEEDED]
    if ended:
        problem = ended[0].connection.problem if ended[0].connection else None
        return NobodyCanHost(interview.id, FailureReason.RECONNECT_NEEDED, problem)
    return NobodyCanHost(interview.id, FailureReason.NOT_CONNECTED, None)


# What became of a step. Each adds to the current transaction.


def record_created(attempt_id: int, created: Created, rules: Rules) -> None:
    """The meeting exists, answered or found again: store it and let the people know."""
    attempt = db.session.get_one(MeetingAttempt, attempt_id)
    meeting = db.session.get_one(Meeting, attempt.meeting_id, with_for_update=True, populate_existing=True)
    interview, host = meeting.interview, db.session.get_one(User, attempt.host_id)
    attempt.state = AttemptState.CREATED
    was_settled = meeting.state == MeetingState.FAILED
    meeting.state, meeting.settled_at = MeetingState.READY, utc_now()
    meeting.host, meeting.connection_id = host, attempt.connection_id
    meeting.account_id = attempt.account_id
    meeting.provider_meeting_id = created.provider_meeting_id
    meeting.join_url, meeting.passcode = created.join_url, created.passcode
    meeting.failure = meeting.failure_words = None
    note(interview.id, f"{meeting.software.label} meeting created on {possessive(host.name)} account")
    if meeting.passcode_was_refused:
        note(
            interview.id,
            f"{meeting.software.label} did not accept the passcode you chose; it made one of its own.",
        )
    if was_settled:
        queue.send_corrected_invitations(interview, rules)
    else:
        queue.release_invitations(interview)
    orphans.settle_later(meeting)


def is_known(software: MeetingSoftware, provider_meeting_id: str) -> bool:
    """Whether one of our interviews holds this meeting already."""
    return (
        db.session.scalar(
            sa.select(Meeting.id).where(
                Meeting.software == software, Meeting.provider_meeting_id == provider_meeting_id
            )
        )
        is not None
    )


def record_refused(attempt_id: int, reason: FailureReason, words: str) -> None:
    """This account cannot host: the next host is asked in the same walk."""
    attempt = db.session.get_one(MeetingAttempt, attempt_id)
    attempt.state, attempt.failure, attempt.failure_words = AttemptState.REFUSED, reason, words[:500]


def record_unknown(attempt_id: int, words: str) -> None:
    """The answer was lost: a meeting may be alive, and is looked for before anything else is created."""
    attempt = db.session.get_one(MeetingAttempt, attempt_id)
    attempt.state, attempt.failure_words = AttemptState.UNKNOWN, words[:500]


def record_not_made(attempt_id: int, words: str) -> None:
    """Certainly nothing was created; the same account may be asked again."""
    attempt = db.session.get_one(MeetingAttempt, attempt_id)
    attempt.state, attempt.failure_words = AttemptState.ABSENT, words[:500]


def record_passcode_refused(attempt_id: int, words: str) -> None:
    """The account's rules refuse the passcode: next time the provider makes its own. Not a failure."""
    record_not_made(attempt_id, words)
    db.session.get_one(MeetingAttempt, attempt_id).meeting.passcode_was_refused = True


def record_not_found(attempt_ids: tuple[int, ...]) -> None:
    """Looked for and not there, for now: creating again is right. The stray is looked for once more later."""
    for attempt_id in attempt_ids:
        attempt = db.session.get_one(MeetingAttempt, attempt_id)
        attempt.state, attempt.checks = AttemptState.UNKNOWN, attempt.checks + 1


def record_look_up_refused(step: LookUp, reason: FailureReason, words: str, now: datetime) -> None:
    """This account cannot be asked what became of earlier attempts: the next host is asked instead.

    The unclear attempts stay as they are, since a meeting may still be alive; it is an attempt of its own,
    with which certainly nothing was made, that rules the account out in this walk.
    """
    unclear = db.session.get_one(MeetingAttempt, step.attempt_ids[0])
    db.session.add(
        MeetingAttempt(
            meeting_id=unclear.meeting_id,
            connection_id=step.connection_id,
            account_id=unclear.account_id,
            host_id=unclear.host_id,
            walk=unclear.meeting.walk,
            state=AttemptState.REFUSED,
            began_at=now,
            topic=step.wish.topic,
            agenda=step.wish.agenda,
            starts_at=step.wish.starts_at,
            duration_minutes=step.wish.duration_minutes,
            failure=reason,
            failure_words=words[:500],
        )
    )


def record_failed(interview_id: int, reason: FailureReason, detail: str | None) -> Meeting | None:
    """No meeting for now: tell the people without a link, once, and begin a new walk at the next try."""
    meeting = queue.meeting_of(interview_id, lock=True)
    if meeting is None or meeting.state not in (MeetingState.WAITING, MeetingState.FAILED):
        return None
    words = failures.words_of(reason, meeting.software, detail)
    is_news = meeting.state == MeetingState.WAITING or meeting.failure != reason
    first_time = meeting.state == MeetingState.WAITING
    meeting.state, meeting.failure, meeting.failure_words = MeetingState.FAILED, reason, words[:500]
    meeting.settled_at = meeting.settled_at or utc_now()
    meeting.walk += 1
    if is_news:
        note(interview_id, f"No {meeting.software.label} meeting: {words}")
    if first_time:
        queue.release_invitations(meeting.interview)
    orphans.settle_later(meeting)
    return meeting


def try_again_for_host(user_id: int) -> int:
    """Somebody connected an account: ask again for the meetings they could host. Returns how many."""
    now = utc_now()
    waiting = db.session.scalars(
        sa.select(Interview.id)
        .join(Meeting, Meeting.interview_id == Interview.id)
        .where(
            Meeting.is_wanted.is_(True),
            Meeting.state.in_((MeetingState.WAITING, MeetingState.FAILED)),
            Interview.status == InterviewStatus.SCHEDULED,
            Interview.starts_at > now,
            sa.or_(Interview.hiring_manager_id == user_id, Interview.scheduler_id == user_id),
        )
    ).all()
    for interview_id in waiting:
        enqueue_sync(interview_id)
    return len(waiting)
