"""The request to choose a time: to the candidate, with a page that needs no account."""

from __future__ import annotations

from datetime import datetime

from messaging.facts import InterviewFacts
from messaging.wording import call_without_time, invited_to_role, reader_zone
from models import Interview, InterviewStatus, Mail
from scheduling.mails.queue import SLOT_REQUEST
from scheduling.mails.slots import SlotOccasion, is_too_soon
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
    slots = [local_moment(slot, zone).full for slot in copy.slots if slot > copy.made_at]
    by = f" by {local_moment(copy.choose_by, zone).full}" if copy.choose_by is not None else ""
    return {
        "is_nudge": occasion.nudge > 0,
        "is_another": occasion.round > 1,
        "slots": slots,
        "call": call_without_time(copy.facts, copy.reader),
        "asks": _asks(copy.facts, occasion, is_one=len(slots) == 1),
        "how_to_answer": _how_to_answer(by, first_name(copy.facts.scheduler.name), is_one=len(slots) == 1),
    }


def _asks(facts: InterviewFacts, occasion: SlotOccasion, *, is_one: bool) -> str:
    which = "Would this time work for you?" if is_one else "Which of these times works best for you?"
    role = f"the {facts.job_title} role at {facts.organization}"
    if occasion.nudge:
        return f"We'd still like to talk to you about {role}. {which}"
    if occasion.round > 1:
        new = "a new time" if is_one else "new times"
        return f"Here {'is' if is_one else 'are'} {new} for your interview for {role}. {which}"
    return f"{invited_to_role(facts)} {which}"


def _how_to_answer(by: str, scheduler: str, *, is_one: bool) -> str:
    choose, unless = ("choose it", "it doesn't") if is_one else ("choose one", "none of them")
    return (
        f"Please {choose} on the page below{by}; you don't need an account. "
        f"If {unless} work, suggest other times there, or reply to {scheduler}."
    )


KIND = InterviewKind(
    name=SLOT_REQUEST,
    label="Request to choose a time",
    why_useless=_why_useless,
    more=_more,
    addressed_to=to_its_reader,
    is_timed=True,
    icon="calendar-event",
)
