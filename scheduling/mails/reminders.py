"""Who is reminded of an interview, and when. What a reminder says is up to its kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from models import Interview, ReaderRole
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import REMINDER, recipients_of
from timezones import utc_now
from wording import duration
from work import mail
from work.mail import NewMail, Recipient


def people_to_remind(interview: Interview) -> list[Recipient]:
    """Everyone who takes part, the candidate first, and the scheduler, who gets a copy of the candidate's
    reminder unless they take part themselves. Each address once."""
    everyone, scheduler = recipients_of(interview), interview.scheduler
    if all(who.address.lower() != scheduler.email.lower() for who in everyone):
        everyone.append(Recipient(ReaderRole.TEAM, scheduler.id, scheduler.name, scheduler.email))
    return everyone


def reminders(interview: Interview, minutes: Iterable[int], *, except_for: frozenset[str]) -> list[NewMail]:
    """One reminder per person and time, to be queued; `minutes` count back from the start.

    `except_for` holds the addresses, in lower case, of those who get none; the scheduler gets no copy of a
    reminder that the candidate does not get. Those whose time has passed are stored as dropped, with the
    reason.
    """
    now = utc_now()
    copied = interview.candidate.email.lower() not in except_for
    people = [
        who
        for who in people_to_remind(interview)
        if who.address.lower() not in except_for and (copied or who.role is not ReaderRole.TEAM)
    ]
    wanted = []
    for before in minutes:
        due_at = interview.starts_at - timedelta(minutes=before)
        words = f"It was scheduled less than {duration(before)} before the start."
        too_late = words if due_at <= now else None
        wanted += [
            NewMail(
                REMINDER,
                mail.about_interview(interview.id),
                str(Occasion(interview.revision, before)),
                who,
                due_at,
                dropped_because=too_late,
            )
            for who in people
        ]
    return wanted
