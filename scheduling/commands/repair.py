"""What a person can do about an interview whose online meeting could not be made.

Each function adds to the current transaction. It raises `NothingToFixError` when the meeting was made in the
meantime, or the interview is cancelled or over.
"""

from __future__ import annotations

from extensions import db
from models import Interview, InterviewStatus, Meeting, MeetingSoftware, MeetingState, RevisionReason, User
from scheduling import venues
from scheduling.entries import wanting as entries
from scheduling.mails import alarms, queue
from scheduling.meetings import wanting
from scheduling.revisions import raise_revision
from scheduling.rules import Rules
from scheduling.software import meeting_of
from scheduling.timeline import note
from scheduling.venues import PastedLink
from timezones import utc_now


class NothingToFixError(Exception):
    """The interview has its meeting, or needs none anymore."""


def can_be_repaired(interview: Interview) -> bool:
    """Whether a meeting is wanted that has not been made, and there is still time."""
    meeting = interview.meeting
    return (
        meeting is not None
        and meeting.state in (MeetingState.WAITING, MeetingState.FAILED)
        and interview.status == InterviewStatus.SCHEDULED
        and utc_now() < interview.ends_at
    )


def offer_account(actor: User, interview: Interview) -> None:
    """Ask for the meeting to be made now, on the account of `actor` if they have connected one."""
    meeting = _missing(interview)
    meeting.offered_by_id, meeting.arranged_by_id = actor.id, None
    # Hosts who were ruled out earlier are asked again after `actor`.
    meeting.walk += 1
    wanting.enqueue_sync(interview.id)
    note(interview.id, f"{actor.name} offered to host the {meeting_of(meeting.software)}", actor=actor)


def use_link(actor: User, interview: Interview, link: PastedLink, rules: Rules) -> None:
    """Use a link that someone made elsewhere, and send it to everyone. Also raises `SchedulingError`, for a
    link that the dialog would not have accepted.
    """
    venues.check(link)
    missing = _missing(interview)
    # A meeting that a lost answer may have left behind is still looked for and removed.
    missing.is_wanted = False
    # At most one may be wanted at any time, even between two statements.
    db.session.flush()
    meeting = wanting.keep_pasted_link(interview, link.url, link.label)
    db.session.flush()
    db.session.refresh(interview, ["meeting"])
    wanting.enqueue_sync(interview.id)
    entries.request_if_any(interview.id)
    note(
        interview.id,
        f"{actor.name} pasted a link ({link.label}) in place of the missing meeting",
        actor=actor,
    )
    raise_revision(interview, RevisionReason.LINK_CAME_LATE, actor)
    queue.send_corrected_invitations(interview, rules)
    alarms.sound_all_clear(meeting, rules)


def say_it_is_arranged(actor: User, interview: Interview) -> None:
    """`actor` has given everyone a link: nothing more is tried, and no one is alarmed anymore."""
    meeting = _missing(interview)
    meeting.arranged_by_id = actor.id
    if meeting.state is MeetingState.WAITING:
        meeting.state, meeting.settled_at = MeetingState.FAILED, utc_now()
        queue.release_invitations(interview)
    note(interview.id, f"{actor.name} has given everyone a link to join", actor=actor)


def _missing(interview: Interview) -> Meeting:
    meeting = wanting.wanted_meeting(interview.id, lock=True)
    if meeting is None or meeting.software is MeetingSoftware.OTHER or not can_be_repaired(interview):
        raise NothingToFixError
    return meeting
