"""The invitation to an interview, and the one that corrects it: to everyone who takes part."""

from __future__ import annotations

from datetime import datetime

from messaging.facts import InterviewFacts
from messaging.wording import invited_to_role
from models import Interview, Mail, ReaderRole, RevisionReason
from scheduling.mails.queue import INVITATION, NEWER_INVITATION
from scheduling.mails.told import last_told
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off, is_older_revision
from tasks.mails.what_changed import WhatChanged, is_for_readers, what_changed
from wording import first_name


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    if is_older_revision(mail, interview):
        return NEWER_INVITATION
    if _knows_all(mail, interview):
        return "It says nothing that they haven't been told already."
    return "The interview is over." if now >= interview.ends_at else None


# The reasons for which the plan itself tells what is new.
_CHANGES = frozenset({RevisionReason.RESCHEDULED, RevisionReason.CHANGED})


def _knows_all(mail: Mail, interview: Interview) -> bool:
    """Whether an earlier email has told the reader all of this: something was changed and changed back."""
    if not interview.revision:
        return False
    told = last_told(interview, mail)
    return told is not None and told.reasons <= _CHANGES and not any(map(is_for_readers, told.changes))


def _more(copy: InterviewCopy) -> More:
    begins, sentences, is_news = _what_changed(copy)
    changed = _changes(copy)
    return {
        "files": copy.facts.files_for(copy.reader),
        "subject_begins": changed.subject_begins if changed is not None else begins,
        "subject_was": changed.subject_was if changed is not None else "",
        "what_changed": " ".join(changed.sentences) if changed is not None else sentences,
        "invited_to": _invited_to(copy) if is_news and changed is None else "",
        # Only of the newest change: what someone wrote about an earlier one went with that.
        "words": copy.words if changed is not None else "",
        "words_from": first_name(copy.by) if copy.by else "",
        "not_in_calendar": _not_in_calendar(copy),
    }


def _not_in_calendar(copy: InterviewCopy) -> str:
    """Why this brings a file to someone whose calendar we keep up to date otherwise; "" for everyone else."""
    trouble = copy.calendar_trouble
    if trouble is None or copy.reader.calendar:
        return ""
    could_not = "bring it up to date in" if trouble.has_older else "add it to"
    return f"We couldn't {could_not} your {trouble.calendar}. {trouble.words}"


def _changes(copy: InterviewCopy) -> WhatChanged | None:
    """What is different from what the reader knows; None if they know nothing, or nothing is different."""
    if copy.told is None or not any(map(is_for_readers, copy.told.changes)):
        return None
    return what_changed(copy.told.changes, copy.facts, copy.reader)


def _what_changed(copy: InterviewCopy) -> tuple[str, str, bool]:
    """How the subject begins, what is different from what this reader was told before, and whether they may
    hear of the interview for the first time."""
    facts, is_candidate = copy.facts, copy.reader.role is ReaderRole.CANDIDATE
    is_a_change = copy.reason in _CHANGES
    if not facts.revision or (is_a_change and copy.told is None):
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
        return invited_to_role(facts)
    if reader.role is ReaderRole.HIRING_MANAGER:
        return f"You're interviewing {facts.candidate.name} for {facts.job_title} as the hiring manager."
    if reader.is_of_the_team:
        return f"You're interviewing {facts.candidate.name} for {facts.job_title}."
    return f"You're joining the interview with {facts.candidate.name} for {facts.job_title} as a guest."


KIND = InterviewKind(
    name=INVITATION,
    label="Invitation",
    label_later="Updated invitation",
    why_useless=_why_useless,
    more=_more,
    calendar="REQUEST",
    waits_for_meeting=True,
    files=InterviewFacts.files_for,
)
