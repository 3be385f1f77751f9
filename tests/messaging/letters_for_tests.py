"""Invitations and reminders about the interview of `facts_for_tests`, made as the real ones are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from messaging.facts import InterviewFacts, Person, Reader
from messaging.letters import Letter
from models import MeetingSoftware, ReaderRole, RevisionReason
from scheduling.calendars.telling import CalendarTrouble
from scheduling.mails.queue import INVITATION, REMINDER
from scheduling.mails.told import Told
from scheduling.plans import NewText, NewTime, Plan, Reminders, Text, When
from scheduling.venues import OnlineMeeting
from tasks.mails.interviews import InterviewCopy, InterviewKind
from tasks.mails.kinds import cancellation as cancellation_kind
from tasks.mails.kinds import invitation as invitation_kind
from tasks.mails.kinds import taken_off as taken_off_kind
from tasks.mails.previews import preview
from tests.messaging.facts_for_tests import ANNA, BEN, FACTS, MADE_AT, SENDER, reader

PLAN = Plan(
    application_id=1,
    venue=OnlineMeeting(MeetingSoftware.ZOOM),
    agenda=FACTS.agenda,
    when=When(FACTS.starts_at, "2026-11-24T09:00", FACTS.zone, FACTS.duration_minutes),
    hiring_manager_id=1,
    attendees=(),
    title=FACTS.title,
    message=FACTS.message_to_candidate,
    notes="",
    reminders=Reminders(),
)


def invitation(about: InterviewFacts = FACTS, to: Reader | None = None) -> Letter:
    return preview(INVITATION, about, to or reader(), sender=SENDER, made_at=MADE_AT)


def rescheduled(to: Reader | None = None) -> Letter:
    """The reader was told about the day before, and about another agenda."""
    then = FACTS.starts_at - timedelta(days=1)
    old, new = (
        When(at, f"{at:%Y-%m-%dT%H:%M}", FACTS.zone, FACTS.duration_minutes) for at in (then, FACTS.starts_at)
    )
    changes = (NewTime(old, new), NewText(Text.AGENDA, "1. Introductions", FACTS.agenda))
    told = Told(PLAN, changes, frozenset({RevisionReason.RESCHEDULED}))
    return preview(
        INVITATION,
        replace(FACTS, revision=1),
        to or reader(),
        sender=SENDER,
        made_at=MADE_AT,
        told=told,
        by=ANNA.name,
    )


def reminder(about: InterviewFacts, to: Reader, minutes: int) -> Letter:
    return preview(REMINDER, about, to, sender=SENDER, made_at=MADE_AT, minutes_before=minutes)


def cancellation(
    to: Reader | None = None, *, by: str = "Anna Berg", words: str = "", told: Told | None = None
) -> Letter:
    off = replace(FACTS, revision=2, link_state="none", join_url=None, passcode=None, software_label=None)
    copy = InterviewCopy(
        off, to or reader(), "r2", MADE_AT, RevisionReason.CANCELLED, by=by, words=words, told=told
    )
    return cancellation_kind.KIND.letter(copy, sender=SENDER, made_at=MADE_AT)


def taken_off(to: Reader) -> Letter:
    copy = InterviewCopy(replace(FACTS, revision=1, attendees=()), to, "r1", MADE_AT, by=ANNA.name)
    return taken_off_kind.KIND.letter(copy, sender=SENDER, made_at=MADE_AT)


def about_calendar(kind: InterviewKind, trouble: CalendarTrouble | None = None) -> Letter:
    """A mail to a hiring manager in whose calendar the product keeps the interview."""
    to = replace(of_the_team(BEN, ReaderRole.HIRING_MANAGER), calendar="Google Calendar")
    copy = InterviewCopy(FACTS, to, "r0-1", MADE_AT, calendar_trouble=trouble)
    return kind.letter(copy, sender=SENDER, made_at=MADE_AT)


def corrected(to: Reader, reason: RevisionReason) -> Letter:
    copy = InterviewCopy(replace(FACTS, revision=1), to, "r1", MADE_AT, reason)
    return invitation_kind.KIND.letter(copy, sender=SENDER, made_at=MADE_AT)


def of_the_team(person: Person, role: ReaderRole = ReaderRole.ATTENDEE) -> Reader:
    page = "https://hiring.northwind.example/interviews/7"
    return replace(reader(person, role), is_of_the_team=True, interview_url=page, sees_notes=True)


def both_bodies(letter: Letter) -> tuple[str, str]:
    return letter.text, letter.html


def about_slots(
    kind: InterviewKind,
    occasion: str = "slots-1",
    about: InterviewFacts = FACTS,
    to: Reader | None = None,
    **more: Any,
) -> Letter:
    """No one is invited yet; the candidate is or was asked to choose from three times, two on one day."""
    asked = replace(about, link_state="none", join_url=None, passcode=None)
    slots = tuple(FACTS.starts_at + timedelta(hours=hours) for hours in (0, 3, 27))
    copy = InterviewCopy(asked, to or reader(), occasion, MADE_AT, slots=slots, choose_by=slots[-1], **more)
    return kind.letter(copy, sender=SENDER, made_at=MADE_AT)
