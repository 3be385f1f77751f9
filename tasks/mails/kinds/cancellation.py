"""The cancellation of an interview, to everyone who knows of it.

It is never useless: a calendar entry that nothing removes brings people to a meeting that does not exist.
"""

from __future__ import annotations

from datetime import datetime

from models import Interview, Mail, ReaderRole
from scheduling.mails.queue import CANCELLATION
from tasks.mails.interviews import InterviewCopy, InterviewKind, More
from wording import first_name


def _never_useless(mail: Mail, interview: Interview, now: datetime) -> None:
    return None


def _more(copy: InterviewCopy) -> More:
    facts, is_candidate = copy.facts, copy.reader.role is ReaderRole.CANDIDATE
    # The sentence has named the candidate already if it was they who cancelled.
    with_whom = "" if copy.is_by_candidate else f" with {facts.candidate.name}"
    return {
        "what": f"your interview for the {facts.job_title} role at {facts.organization}"
        if is_candidate
        else f"the interview{with_whom} for {facts.job_title}",
        "cancelled_by": _cancelled_by(copy, is_candidate=is_candidate),
        "words": "" if is_candidate and copy.is_by_candidate else copy.words,
        "words_from": first_name(copy.by) if copy.by else facts.organization,
    }


def _cancelled_by(copy: InterviewCopy, *, is_candidate: bool) -> str:
    """The beginning of the sentence. Candidates hear from the organization, because who pressed the button is
    the team's business. A candidate who cancelled on their own page gets what removes it from their calendar.
    """
    if is_candidate:
        return "You cancelled" if copy.is_by_candidate else "We've cancelled"
    return f"{copy.by} has cancelled" if copy.by else "We've cancelled"


KIND = InterviewKind(
    name=CANCELLATION,
    label="Cancellation",
    why_useless=_never_useless,
    more=_more,
    calendar="CANCEL",
    icon="circle-x",
)
