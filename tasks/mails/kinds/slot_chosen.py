"""The time that a candidate has chosen: to those who decide, in the candidate's name."""

from __future__ import annotations

from datetime import datetime

from messaging.facts import Person
from models import Interview, InterviewStatus, Mail
from scheduling.mails.queue import SLOT_CHOSEN
from scheduling.mails.slots import SlotOccasion
from tasks.mails.addressing import person_of, to_its_reader
from tasks.mails.interviews import InterviewCopy, InterviewKind, More
from wording import first_name


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    if mail.user is not None and not mail.user.is_active:
        return f"{mail.name} is no longer on the team."
    request = interview.slot_request
    if interview.status is InterviewStatus.CANCELLED:
        return "The interview was cancelled."
    if request is None or SlotOccasion.read(mail.occasion).round != request.round:
        return "Other times were offered since."
    return "The interview is over." if now >= interview.ends_at else None


def _more(copy: InterviewCopy) -> More:
    return {
        "waits": copy.is_accepted,
        "candidate_first_name": first_name(copy.facts.candidate.name),
    }


def _from_the_candidate(interview: Interview) -> Person:
    return person_of(interview.candidate)


KIND = InterviewKind(
    name=SLOT_CHOSEN,
    label="Time chosen by the candidate",
    why_useless=_why_useless,
    more=_more,
    addressed_to=to_its_reader,
    is_from=_from_the_candidate,
    icon="calendar-event",
)
