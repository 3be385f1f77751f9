"""The app's own join address: one for each reader of an interview's mails, leading to the current meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from extensions import db
from models import (
    Attendee,
    Candidate,
    Interview,
    InterviewStatus,
    InterviewType,
    MeetingState,
    ReaderRole,
    User,
)
from scheduling.mails.queue import attendee_key
from security import LinkSigner

# Between these times, the address leads straight into the meeting, without a click in between.
OPENS_BEFORE_START = timedelta(minutes=15)
CLOSES_AFTER_END = timedelta(minutes=30)

# How the addresses name their readers.
CANDIDATE, _MANAGER = "candidate", "manager"

JoinState = Literal["ready", "in_doubt", "waiting", "failed", "cancelled", "past", "phone", "in_person"]


@dataclass(frozen=True)
class JoinLinks:
    """Signs and checks the addresses of this installation."""

    signer: LinkSigner
    base_url: str

    def join_page(self, interview: Interview, reader: str) -> str:
        """The address for one reader: `candidate`, `manager` or `attendee-<id>`, as `mails.queue` names them.
        Nothing is looked up, so a reader who has been taken off the interview can be named too."""
        token = self.signer.token("join", interview, reader, interview.link_generation)
        return f"{self.base_url}/j/{token}"

    def opened_by(self, token: str) -> tuple[Interview, str] | None:
        """The interview and the reader that a token proves, or None for any other text, and for a reader who
        has left the team or no longer takes part."""
        opened = self.signer.opened("join", token, lambda number: db.session.get(Interview, number))
        if opened is None:
            return None
        interview, (reader, generation) = opened
        if int(generation) != interview.link_generation or not _still_takes_part(interview, reader):
            return None
        return interview, reader


def role_of(reader: str) -> ReaderRole:
    """The role in which the owner of the address takes part."""
    return {CANDIDATE: ReaderRole.CANDIDATE, _MANAGER: ReaderRole.HIRING_MANAGER}.get(
        reader, ReaderRole.ATTENDEE
    )


def member_who_reads(interview: Interview, reader: str) -> User | None:
    """The member of the team whose address it is; None for the candidate and for a guest."""
    if reader == _MANAGER:
        return interview.hiring_manager
    return next((each.user for each in interview.attendees if attendee_key(each) == reader), None)


def whose(interview: Interview, reader: str) -> Candidate | User | Attendee:
    """Whose address it is. `reader` is one that `JoinLinks.opened_by` has let in."""
    if reader == CANDIDATE:
        return interview.candidate
    if reader == _MANAGER:
        return interview.hiring_manager
    return next(each for each in interview.attendees if attendee_key(each) == reader)


def _still_takes_part(interview: Interview, reader: str) -> bool:
    if reader == CANDIDATE:
        return True
    if reader == _MANAGER:
        return interview.hiring_manager.is_active
    attendee = next((each for each in interview.attendees if attendee_key(each) == reader), None)
    return attendee is not None and (attendee.user is None or attendee.user.is_active)


def join_state(interview: Interview, now: datetime) -> JoinState:
    """What anyone who opens the address at `now` should see."""
    if interview.status == InterviewStatus.CANCELLED:
        return "cancelled"
    if now > interview.ends_at + CLOSES_AFTER_END:
        return "past"
    if interview.interview_type is InterviewType.PHONE:
        return "phone"
    if interview.interview_type is InterviewType.IN_PERSON:
        return "in_person"
    meeting = interview.meeting
    if meeting is None or meeting.state == MeetingState.WAITING:
        return "waiting"
    if meeting.state != MeetingState.READY:
        return "failed"
    # Its provider has said once that it does not exist. That may be temporary, or true.
    return "in_doubt" if meeting.denied_at is not None and leads_straight_in(interview, now) else "ready"


def leads_straight_in(interview: Interview, now: datetime) -> bool:
    """Whether the address should lead straight into the meeting: from shortly before until after the end."""
    return interview.starts_at - OPENS_BEFORE_START <= now <= interview.ends_at + CLOSES_AFTER_END
