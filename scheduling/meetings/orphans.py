"""Strays: what a lost answer may have left alive beside the meeting that is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from extensions import db
from models import MAYBE_ALIVE, AttemptState, Lane, Meeting, MeetingAttempt, MeetingSoftware
from scheduling.meetings.wishes import CLOCK_TOLERANCE, Wish
from scheduling.timeline import note
from timezones import utc_now
from work import outbox
from work.kinds import TaskKind

SETTLE_ATTEMPTS = TaskKind(
    "settle_attempts",
    Lane.PROVIDER,
    "Looking for a second meeting that may have been left behind",
    subject="interview",
)

# When a stray of a lost create is looked for: after the call has surely ended at both ends, and once more
# much later, because a provider under stress may finish late.
SETTLE_CHECKS = (timedelta(minutes=1), timedelta(minutes=15))


@dataclass(frozen=True)
class StrayHunt:
    """One unclear attempt to clear up: everything that fits it and is not ours goes."""

    attempt_id: int
    connection_id: int
    software: MeetingSoftware
    wish: Wish
    since: datetime


def settle_later(meeting: Meeting) -> None:
    for attempt in meeting.attempts:
        if attempt.state in MAYBE_ALIVE and attempt.connection_id is not None:
            outbox.enqueue(
                SETTLE_ATTEMPTS,
                meeting.interview_id,
                payload={"attempt_id": attempt.id},
                run_at=attempt.began_at + SETTLE_CHECKS[0],
                dedupe_key=SETTLE_ATTEMPTS.key(attempt.id),
            )


def plan_stray_hunt(attempt_id: int) -> StrayHunt | None:
    """What to look for, or None when this attempt is clear or its account is gone."""
    attempt = db.session.get(MeetingAttempt, attempt_id)
    if attempt is None or attempt.state not in MAYBE_ALIVE or attempt.connection_id is None:
        return None
    return StrayHunt(
        attempt_id=attempt.id,
        connection_id=attempt.connection_id,
        software=attempt.meeting.software,
        wish=Wish(
            topic=attempt.topic,
            agenda=attempt.agenda,
            starts_at=attempt.starts_at,
            duration_minutes=attempt.duration_minutes,
            timezone=attempt.meeting.interview.timezone,
            passcode=None,
        ),
        since=attempt.began_at - CLOCK_TOLERANCE,
    )


def may_be_anothers(attempt_id: int) -> bool:
    """Whether another unclear attempt looks the same, so that a stray could be what it is waiting for."""
    attempt = db.session.get_one(MeetingAttempt, attempt_id)
    return (
        db.session.scalar(
            sa.select(MeetingAttempt.id).where(
                MeetingAttempt.id != attempt.id,
                MeetingAttempt.meeting_id != attempt.meeting_id,
                MeetingAttempt.connection_id == attempt.connection_id,
                MeetingAttempt.state.in_(MAYBE_ALIVE),
                MeetingAttempt.checks == 0,
                MeetingAttempt.topic == attempt.topic,
                MeetingAttempt.starts_at == attempt.starts_at,
            )
        )
        is not None
    )


def record_stray_hunt(attempt_id: int, removed: int) -> datetime | None:
    """Note the result; returns when to look once more, or None when the attempt is settled."""
    attempt = db.session.get_one(MeetingAttempt, attempt_id)
    attempt.checks += 1
    if removed:
        attempt.state = AttemptState.REMOVED
        note(
            attempt.meeting.interview_id,
            f"Removed a second {attempt.meeting.software.label} meeting that a lost answer had left behind",
        )
        return None
    age = utc_now() - attempt.began_at
    if age >= SETTLE_CHECKS[-1]:
        attempt.state = AttemptState.ABSENT
        return None
    return attempt.began_at + SETTLE_CHECKS[-1]
