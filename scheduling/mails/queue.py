"""Who gets which email about an interview, and when. Each kind of email decides what it says."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime

from models import Attendee, Interview, MailState, ReaderRole
from scheduling.mails.occasions import Occasion
from scheduling.rules import Rules
from timezones import utc_now
from work import mail
from work.mail import NewMail, Recipient

INVITATION = "invitation"
CANCELLATION = "cancellation"
TAKEN_OFF = "taken_off"
REMINDER = "reminder"
MEETING_MISSING = "meeting_missing"
ADDRESS_REFUSED = "address_refused"
MEETING_FAILED = "meeting_failed"
MEETING_SOLVED = "meeting_solved"
ACCOUNT_RULES = "account_rules"
PREFLIGHT_PROBLEMS = "preflight_problems"
FEEDBACK_NUDGE = "feedback_nudge"
CANDIDATE_ANSWER = "candidate_answer"
TIME_KEPT = "time_kept"
SLOT_REQUEST = "slot_request"
SLOT_CHOSEN = "slot_chosen"
SLOTS_WITHDRAWN = "slots_withdrawn"
CALENDAR_FILE = "calendar_file"
CALENDAR_ENTRY = "calendar_entry"

NEWER_INVITATION = "A newer invitation takes its place."


def recipients_of(interview: Interview) -> list[Recipient]:
    """Everyone who takes part, the candidate first, each address once."""
    candidate, manager = interview.candidate, interview.hiring_manager
    everyone = [
        Recipient(ReaderRole.CANDIDATE, None, candidate.name, candidate.email, "candidate"),
        Recipient(ReaderRole.HIRING_MANAGER, manager.id, manager.name, manager.email, "manager"),
        *(
            Recipient(
                ReaderRole.ATTENDEE, attendee.user_id, attendee.name, attendee.email, attendee_key(attendee)
            )
            for attendee in interview.attendees
        ),
    ]
    by_address: dict[str, Recipient] = {}
    for recipient in everyone:
        by_address.setdefault(recipient.address.lower(), recipient)
    return list(by_address.values())


def current_occasion(interview: Interview) -> str:
    """The occasion of emails about the whole current revision."""
    return str(Occasion(interview.revision))


def attendee_key(attendee: Attendee) -> str:
    """How a join link names one attendee. Needs the row's id."""
    return f"attendee-{attendee.id}"


def invitations(interview: Interview, *, due_at: datetime) -> list[NewMail]:
    """One of the current revision per recipient, to be queued; `due_at` is aware UTC."""
    return mail.copies(
        INVITATION,
        mail.about_interview(interview.id),
        recipients_of(interview),
        occasion=current_occasion(interview),
        due_at=due_at,
    )


def release_invitations(interview: Interview) -> None:
    """Send the waiting invitations of the current revision now: the meeting is settled."""
    current = current_occasion(interview)
    waiting = mail.waiting(mail.about_interview(interview.id), INVITATION)
    mail.let_leave_now([invitation for invitation in waiting if invitation.occasion == current])


def queue_cancellations(
    interview: Interview, rules: Rules, *, to: Container[str], tells_candidate: bool, due_at: datetime
) -> None:
    """Queue a cancellation of the current revision for each of those who take part and have one of the
    addresses in `to` (lower case); for the candidate only with `tells_candidate`."""
    mail.queue(
        mail.copies(
            CANCELLATION,
            mail.about_interview(interview.id),
            [
                who
                for who in recipients_of(interview)
                if who.address.lower() in to and (tells_candidate or who.role is not ReaderRole.CANDIDATE)
            ],
            occasion=current_occasion(interview),
            due_at=due_at,
        ),
        domain=rules.message_id_domain,
    )


def send_corrected_invitations(interview: Interview, rules: Rules) -> None:
    """Invite everyone again after the revision went up; older unsent invitations are dropped."""
    for waiting in mail.waiting(mail.about_interview(interview.id), INVITATION):
        waiting.state, waiting.words = MailState.DROPPED, NEWER_INVITATION
    mail.queue(invitations(interview, due_at=utc_now()), domain=rules.message_id_domain)
