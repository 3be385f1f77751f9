"""The request to choose a time: to the candidate, with a page that needs no account."""

from __future__ import annotations

from datetime import datetime

from messaging.wording import reader_zone
from models import Interview, InterviewStatus, Mail
from scheduling.mails.slots import SLOT_REQUEST, SlotOccasion, is_too_soon
from tasks.mails.addressing import to_its_reader
from tasks.mails.interviews import InterviewCopy, InterviewKind, More
from timezones import local_moment
from wording import first_name

CHOSEN = "The candidate has chosen a time."
REPLACED = "Other times were offered since."


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    request = interview.slot_request
    if interview.status is InterviewStatus.CANCELLED or request is None:
        return "The request was withdrawn."
    if interview.status is not InterviewStatus.REQUESTED:
        return CHOSEN
    if SlotOccasion.read(mail.occasion).round != request.round:
        return REPLACED
    if now >= request.expires_at:
        return "The link has expired."
    if not SlotOccasion.read(mail.occasion).nudge:
        return None
    if _waits_for_the_team(interview):
        return "The candidate has said that no time suits."
    return "The candidate was only just asked." if is_too_soon(mail, interview, now) else None


def _waits_for_the_team(interview: Interview) -> bool:
    return any(answer.settled_at is None and answer.state is not None for answer in interview.answers)


def _more(copy: InterviewCopy) -> More:
    occasion, zone = SlotOccasion.read(copy.occasion), reader_zone(copy.facts, copy.reader)
    return {
        "is_nudge": occasion.nudge > 0,
        "is_another": occasion.round > 1,
        "slots": [local_moment(slot, zone).full for slot in copy.slots if slot > copy.made_at],
        "scheduler_first_name": first_name(copy.facts.scheduler.name),
    }


KIND = InterviewKind(
    name=SLOT_REQUEST,
    label="Request to choose a time",
    why_useless=_why_useless,
    more=_more,
    addressed_to=to_its_reader,
    is_timed=True,
    icon="calendar-event",
)
