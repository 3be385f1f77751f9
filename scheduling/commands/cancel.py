"""Cancelling an interview. Adds to the current transaction; the route commits once."""

from __future__ import annotations

from dataclasses import dataclass

from models import BEING_ARRANGED, Interview, InterviewStatus, RevisionReason, User
from scheduling import answers
from scheduling.commands.locking import locked
from scheduling.entries import wanting as entries
from scheduling.mails import queue, slots
from scheduling.meetings import wanting
from scheduling.plans import plan_of
from scheduling.revisions import raise_revision
from scheduling.rules import Rules
from scheduling.timeline import note
from scheduling.undoing import UNDO_FOR, PutBack, takes_effect_at
from timezones import utc_now
from work import mail as mails
from work import unsent

CANCELLED = "The interview was cancelled."
_OPEN = (*BEING_ARRANGED, InterviewStatus.SCHEDULED)


class NothingToCancelError(Exception):
    """The interview is cancelled already, or has taken place."""


@dataclass(frozen=True)
class Cancellation:
    """`words` go to everyone who is told. Without `tells_candidate` the candidate gets no email, because
    someone tells them in person. `why` ends the timeline's sentence ("because the job was closed"). The
    words can be the candidate's own, on whose page it was cancelled."""

    words: str = ""
    tells_candidate: bool = True
    can_be_undone: bool = True
    why: str = ""
    is_by_candidate: bool = False


def can_be_cancelled(interview: Interview) -> bool:
    """Whether it is still expected to take place."""
    return interview.status in _OPEN


def cancel_interview(
    actor: User | None, interview: Interview, cancellation: Cancellation, rules: Rules
) -> None:
    """Cancel an interview, and request everything that follows: its meeting is deleted, reminders and other
    unsent emails are dropped, and everyone who knows of it is told. `actor` is None if no one on the team
    did it.

    Until it can no longer be undone, none of that begins. Raises `NothingToCancelError`.
    """
    interview, meeting = locked(interview)
    if not can_be_cancelled(interview):
        raise NothingToCancelError
    if interview.status is not InterviewStatus.SCHEDULED:
        _withdraw(actor, interview, cancellation, rules)
        return
    now = utc_now()
    undo_until = now + UNDO_FOR if cancellation.can_be_undone else None
    due_at = takes_effect_at(undo_until, now)
    plan, status = plan_of(interview), interview.status
    about = mails.about_interview(interview.id)
    knowing = unsent.may_have_arrived(about)
    dropped = unsent.drop_waiting(about, words=CANCELLED, but_kinds=(queue.TAKEN_OFF,))

    interview.status = InterviewStatus.CANCELLED
    if meeting is not None:
        meeting.is_wanted = False
    raise_revision(
        interview,
        RevisionReason.CANCELLED,
        actor,
        before=plan,
        after=plan,
        words=cancellation.words,
        tells_candidate=cancellation.tells_candidate,
        is_by_candidate=cancellation.is_by_candidate,
        undo=PutBack(
            status,
            meeting.id if meeting is not None else None,
            interview.times_moved,
            tuple(mail.id for mail in dropped),
        ),
    )
    interview.undo_until = undo_until
    queue.queue_cancellations(
        interview, rules, to=knowing, tells_candidate=cancellation.tells_candidate, due_at=due_at
    )
    wanting.enqueue_sync(interview.id, at=due_at)
    entries.arrange(interview, at=due_at)
    by = actor.name if actor is not None else ""
    if cancellation.is_by_candidate:
        by = interview.candidate.name
    who = f"{by} cancelled the interview" if by else "The interview was cancelled"
    note(interview.id, who + (f" {cancellation.why}" if cancellation.why else ""), actor=actor)


def _withdraw(actor: User | None, interview: Interview, cancellation: Cancellation, rules: Rules) -> None:
    """No one was invited yet, so there is no calendar entry to cancel and nothing to undo: only the
    candidate, who was asked to choose a time, knows of it."""
    about = mails.about_interview(interview.id)
    is_known = bool(unsent.may_have_arrived(about))
    unsent.drop_waiting(about, words=CANCELLED)
    interview.status = InterviewStatus.CANCELLED
    answers.withdraw_request(interview.id)
    if is_known and cancellation.tells_candidate and not cancellation.is_by_candidate:
        slots.tell_withdrawn(interview, cancellation.words, rules)
    who = f"{actor.name} withdrew the request" if actor is not None else "The request was withdrawn"
    if cancellation.is_by_candidate:
        who = f"{interview.candidate.name} is no longer interested"
    note(interview.id, who + (f" {cancellation.why}" if cancellation.why else ""), actor=actor)
