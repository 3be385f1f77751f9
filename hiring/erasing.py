"""Erasing a candidate: everything personal goes, and a stub stays that keeps the counts right.

What people wrote about the candidate elsewhere (on another candidate's page, say) cannot be found by a
program; the page that asks for confirmation says so.
"""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa

from accounts.audit import Event, record
from extensions import db
from hiring.commands import HiringError
from models import (
    BEING_ARRANGED,
    Application,
    ApplicationNote,
    Candidate,
    CandidateImport,
    Draft,
    Feedback,
    Interview,
    InterviewStatus,
    Mail,
    MailState,
    Meeting,
    MeetingCall,
    MeetingSoftware,
    MeetingState,
    ReaderRole,
    Revision,
    SlotRequest,
    StageMove,
    Task,
    TaskState,
    TimelineEntry,
    User,
)
from scheduling import answers
from scheduling.entries import wanting as entries
from scheduling.files.removing import give_up_all_of
from scheduling.timeline import note
from timezones import utc_now
from work import unsent

_NOT_OVER_YET = (*BEING_ARRANGED, InterviewStatus.SCHEDULED)
# Replaces the place of an interview that never got a time.
_IMPERSONAL = frozenset({"kind", "software", "caller"})
# After these words, the timeline repeats a mail server's response, which may say anything.
_SERVERS_WORDS = re.compile(r"(could not be delivered\.).*", re.DOTALL)


def is_not_over(now: datetime) -> sa.ColumnElement[bool]:
    """The condition that an interview is still to take place, as of `now` (aware UTC)."""
    # The first offered time may have passed while others are still ahead.
    can_be_chosen = sa.exists().where(SlotRequest.interview_id == Interview.id, SlotRequest.expires_at > now)
    return sa.or_(
        sa.and_(Interview.status.in_(_NOT_OVER_YET), Interview.ends_at > now),
        sa.and_(Interview.status == InterviewStatus.REQUESTED, can_be_chosen),
    )


def coming_interviews(candidate: Candidate) -> list[Interview]:
    """The interviews that have to be canceled before the candidate can be erased, soonest first."""
    open_ones = db.session.scalars(
        sa.select(Interview)
        .join(Interview.application)
        .where(
            Application.candidate_id == candidate.id,
            is_not_over(utc_now()),
        )
        .order_by(Interview.starts_at, Interview.id)
    )
    return list(open_ones)


def erase_candidate(actor: User | None, candidate: Candidate, *, why: str = "") -> None:
    """Erase a candidate for good. `actor` is None when no one on the team did it; `why` is then the reason,
    as the end of a sentence.

    The address is free again afterwards. Raises `HiringError` while there is still an upcoming interview, or
    while work for a past one is running.
    """
    # Locked until the commit, so that no one schedules an interview with them in the meantime.
    db.session.refresh(candidate, with_for_update=True)
    if candidate.erased_at is not None:
        return
    if coming_interviews(candidate):
        raise HiringError("Cancel the upcoming interviews first.", "candidate")
    interviews = list(
        db.session.scalars(
            sa.select(Interview)
            .join(Interview.application)
            .where(Application.candidate_id == candidate.id)
            .order_by(Interview.id)
        )
    )
    subjects = [f"interview:{interview.id}" for interview in interviews]
    if db.session.scalar(
        sa.select(Task.id).where(Task.subject.in_(subjects), Task.state == TaskState.RUNNING).limit(1)
    ):
        # Its outcome is about to be recorded, with the name that it started with.
        raise HiringError(
            "An email to this candidate is being sent right now. Try again in a minute.", "candidate"
        )
    stub = f"Erased candidate #{candidate.id}"
    known = _known_as(candidate, [interview.id for interview in interviews])
    give_up_all_of(candidate.id, [interview.id for interview in interviews])
    answers.erase(interview.id for interview in interviews)
    _forget_notes_and_drafts(candidate, known)
    _empty_candidate(candidate, stub)
    for interview in interviews:
        _empty_interview(interview)
        _empty_mails(interview, stub)
        _empty_timeline(interview, known, stub)
        _empty_tasks(interview)
        # Their name is in the entries' titles, so they are removed from calendars, even long afterwards.
        entries.forget(interview)
        words = f"{actor.name} erased the candidate{why}" if actor else f"The candidate was erased{why}"
        note(interview.id, words, actor=actor)
    record(Event.CANDIDATE_ERASED, f"Erased candidate #{candidate.id}{why}.", actor)


def _known_as(candidate: Candidate, interview_ids: list[int]) -> list[str]:
    """Every name and address that the candidate ever had in an email, longest first."""
    rows = db.session.execute(
        sa.select(Mail.name, Mail.address).where(
            Mail.interview_id.in_(interview_ids), Mail.role == ReaderRole.CANDIDATE
        )
    )
    known = {candidate.name, candidate.email}
    for name, address in rows:
        known |= {name, address}
    return sorted((words for words in known if words.strip()), key=len, reverse=True)


def _forget_notes_and_drafts(candidate: Candidate, known: list[str]) -> None:
    applications = sa.select(Application.id).where(Application.candidate_id == candidate.id)
    db.session.execute(sa.delete(ApplicationNote).where(ApplicationNote.application_id.in_(applications)))
    db.session.execute(sa.delete(StageMove).where(StageMove.application_id.in_(applications)))
    db.session.execute(sa.delete(Draft).where(Draft.candidate_id == candidate.id))
    # A list that was uploaded and never confirmed may contain anyone, and can be uploaded again.
    mentions = [
        column.icontains(words, autoescape=True)
        for column in (CandidateImport.text, CandidateImport.answers)
        for words in known
    ]
    db.session.execute(sa.delete(CandidateImport).where(sa.or_(*mentions)))


def _empty_candidate(candidate: Candidate, stub: str) -> None:
    candidate.name = stub
    # `.invalid` is reserved for addresses that never exist (RFC 2606), so no one can be reached there.
    candidate.email = f"erased-candidate-{candidate.id}@erased.invalid"
    candidate.phone, candidate.timezone = "", None
    candidate.links, candidate.source = [], ""
    candidate.erased_at = utc_now()


def _empty_interview(interview: Interview) -> None:
    title = interview.application.job.usual_interview_title
    interview.title, interview.agenda = title, "Erased."
    interview.message_to_candidate = interview.internal_notes = ""
    interview.requested_passcode = None
    # The number may be theirs, and the address may be their home.
    interview.phone_number = interview.address = interview.directions = None
    if interview.slot_request is not None:
        venue = interview.slot_request.venue
        interview.slot_request.venue = {
            name: value if name in _IMPERSONAL or value is None else "" for name, value in venue.items()
        }
    if interview.status.is_being_arranged:
        # Its link expired, or the time that was chosen has passed: there is no one left to ask again.
        interview.status = InterviewStatus.CANCELLED
    db.session.execute(
        sa.update(Revision)
        .where(Revision.interview_id == interview.id)
        .values(before=None, after=None, words="", undo=None)
        .execution_options(synchronize_session="fetch")
    )
    db.session.execute(sa.delete(Feedback).where(Feedback.interview_id == interview.id))
    # The links in the candidate's emails stop working.
    interview.link_generation += 1
    db.session.execute(
        sa.update(Meeting)
        .where(Meeting.interview_id == interview.id)
        .values(failure_words=None, shown_topic=None, shown_agenda=None)
        .execution_options(synchronize_session="fetch")
    )
    # A pasted link and its label may name the person it was made for.
    db.session.execute(
        sa.update(Meeting)
        .where(Meeting.interview_id == interview.id, Meeting.software == MeetingSoftware.OTHER)
        .values(label=None, join_url=None, state=MeetingState.REMOVED)
        .execution_options(synchronize_session="fetch")
    )
    of_its_meetings = sa.select(Meeting.id).where(Meeting.interview_id == interview.id)
    db.session.execute(
        sa.update(MeetingCall)
        .where(MeetingCall.meeting_id.in_(of_its_meetings))
        .values(topic=title, agenda="", failure_words=None)
        .execution_options(synchronize_session="fetch")
    )


def _empty_mails(interview: Interview, stub: str) -> None:
    for mail in db.session.scalars(sa.select(Mail).where(Mail.interview_id == interview.id)):
        # A server's response to anyone's email may name the candidate, whose name was in the subject or text.
        mail.words = mail.sealed_copy = None
        if mail.state == MailState.QUEUED:
            mail.state, mail.words = MailState.DROPPED, "The candidate was erased."
        if mail.role is ReaderRole.CANDIDATE:
            mail.name, mail.address = stub, f"erased-mail-{mail.id}@erased.invalid"


def _empty_timeline(interview: Interview, known: list[str], stub: str) -> None:
    any_of_them = "|".join(re.escape(words) for words in known)
    named = re.compile(rf"(?<!\w)(?:{any_of_them})(?!\w)", re.IGNORECASE)
    for entry in db.session.scalars(
        sa.select(TimelineEntry).where(TimelineEntry.interview_id == interview.id)
    ):
        # A function, because a name may contain text that a replacement string would read as a group.
        entry.words = _SERVERS_WORDS.sub(r"\1", named.sub(lambda _: stub, entry.words))[:500]


def _empty_tasks(interview: Interview) -> None:
    """Errors of finished and waiting work contain a provider's or mail server's words, and work that never
    came to its end what someone wrote."""
    unsent.forget_words(f"interview:{interview.id}")
    db.session.execute(
        sa.update(Task)
        .where(Task.subject == f"interview:{interview.id}", Task.last_error.is_not(None))
        .values(last_error=None)
        .execution_options(synchronize_session="fetch")
    )
