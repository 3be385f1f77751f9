"""The cancellation of an interview, to everyone who knows of it.

It is never useless: a calendar entry that nothing takes away brings people to a meeting that does not exist.
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
    return {
        "what": f"your interview for the {facts.job_title} role at {facts.organization}"
        if is_candidate
        else f"the interview with {facts.candidate.name} for {facts.job_title}",
        # Candidates hear from the organization; who pressed the button is the team's business.
        "by": "" if is_candidate else copy.by,
        "words": copy.words,
        "words_from": first_name(copy.by) if copy.by else facts.organization,
    }


KIND = InterviewKind(
    name=CANCELLATION,
    label="Cancellation",
    why_useless=_never_useless,
    more=_more,
    calendar="CANCEL",
    icon="circle-x",
)
