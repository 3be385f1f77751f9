"""The invitation to an interview, and the one that corrects it: to everyone who takes part."""

from __future__ import annotations

from datetime import datetime

from messaging.facts import InterviewFacts
from models import Interview, Mail, ReaderRole, RevisionReason
from scheduling.mails.queue import INVITATION, NEWER_INVITATION
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off, is_older_revision


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    if is_older_revision(mail, interview):
        return NEWER_INVITATION
    return "The interview is over." if now >= interview.ends_at else None


def _more(copy: InterviewCopy) -> More:
    begins, what_changed, is_news = _what_changed(copy)
    return {
        "files": copy.facts.files_for(copy.reader),
        "subject_begins": begins,
        "what_changed": what_changed,
        "invited_to": _invited_to(copy) if is_news else "",
    }


def _what_changed(copy: InterviewCopy) -> tuple[str, str, bool]:
    """How the subject begins, what is different from what this reader was told before, and whether they may
    hear of the interview for the first time."""
    facts, is_candidate = copy.facts, copy.reader.role is ReaderRole.CANDIDATE
    if not facts.revision:
        return "Interview", "", True
    same_time = "The date and time haven't changed."
    match copy.reason:
        case RevisionReason.LINK_CAME_LATE:
            return "Link added: Interview", f"Here's the link for your interview. {same_time}", False
        case RevisionReason.LINK_CHANGED:
            return "New link: Interview", f"Your interview has a new link. {same_time}", False
        case RevisionReason.ADDRESS_CORRECTED:
            use_this = "Please use the links in this email: those in earlier ones have stopped working."
            if is_candidate:
                return "Interview", use_this, True
            corrected = f"We've corrected {facts.candidate.name}'s email address. {same_time} {use_this}"
            return "Updated: Interview", corrected, False
    return "Updated: Interview", "Your interview details have changed. Here's the updated invitation.", True


def _invited_to(copy: InterviewCopy) -> str:
    facts, reader = copy.facts, copy.reader
    if reader.role is ReaderRole.CANDIDATE:
        return (
            f"We'd like to invite you to an interview for the {facts.job_title} role at {facts.organization}."
        )
    if reader.role is ReaderRole.HIRING_MANAGER:
        return f"You're interviewing {facts.candidate.name} for {facts.job_title} as the hiring manager."
    if reader.is_of_the_team:
        return f"You're interviewing {facts.candidate.name} for {facts.job_title}."
    return f"You're joining the interview with {facts.candidate.name} for {facts.job_title} as a guest."


KIND = InterviewKind(
    name=INVITATION,
    label="Invitation",
    label_later="Corrected invitation",
    why_useless=_why_useless,
    more=_more,
    calendar="REQUEST",
    waits_for_meeting=True,
    files=InterviewFacts.files_for,
)
