"""How people on the team learn of an interview: from an entry in their calendar, or from a calendar file by
email. Never from both, or they would have it in their calendar twice. If an entry cannot be made in time, the
file is emailed after all; once the entry is there, another email cancels the one from the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from extensions import db
from models import CalendarEntry, EntryState, Interview, Mail, MailState, ReaderRole
from scheduling.calendars.failures import cure_of, is_lasting, words_of
from scheduling.entries.apps import label_of
from scheduling.mails.queue import CALENDAR_ENTRY, CALENDAR_FILE, INVITATION, current_occasion, recipients_of
from scheduling.rules import Rules
from timezones import utc_now
from work import mail as mails


@dataclass(frozen=True)
class CalendarTrouble:
    """Why someone's calendar is not up to date, and what helps, in sentences. `has_older`: it has an older
    version of the interview. `calendar`: its name."""

    words: str
    has_older: bool
    calendar: str = ""


# After this many attempts in a row, an entry counts as late: about a quarter of an hour. So does one whose
# next attempt is that far away, because its calendar asks us to wait that long.
_LATE_AFTER, _LONG_WAIT = 5, timedelta(minutes=15)


_ENTRY = (
    sa.select(CalendarEntry)
    .where(
        CalendarEntry.interview_id == sa.bindparam("interview_id"),
        CalendarEntry.user_id == sa.bindparam("user_id"),
    )
    .order_by(CalendarEntry.id.desc())
    .limit(1)
)


def entry_of(interview_id: int, user_id: int | None) -> CalendarEntry | None:
    """The newest entry of an interview in a person's calendar, wanted or not; None if there never was one,
    and for who is not on the team."""
    if user_id is None:
        return None
    return db.session.scalars(_ENTRY, {"interview_id": interview_id, "user_id": user_id}).one_or_none()


def calendar_of(entry: CalendarEntry | None, *, even_if_late: bool = False) -> str:
    """The name of the calendar that has or gets the interview for the person whose newest entry this is, so
    that an email about it brings no file; "" if it has to bring one. `even_if_late`: only where they have it
    counts."""
    if entry is None or entry.state is EntryState.LEFT:
        return ""
    if not even_if_late and (entry.state is EntryState.REMOVED or is_late(entry)):
        return ""
    return label_of(entry.app)


def calendar_trouble(entry: CalendarEntry | None) -> CalendarTrouble | None:
    """Why the calendar of the person whose newest entry this is is not up to date; None if it is, or if they
    have no entry."""
    if entry is None or entry.failure is None:
        return None
    words = entry.failure_words or words_of(entry.failure, entry.app)
    return CalendarTrouble(
        " ".join(filter(None, (words, cure_of(entry.failure)))),
        has_older=entry.state is EntryState.PLACED,
        calendar=label_of(entry.app),
    )


def needs_file_to_cancel(entry: CalendarEntry | None) -> bool:
    """Whether the person whose newest entry this is has the interview in their calendar from a file, so that
    a cancellation has to bring one."""
    return entry is None or entry.is_by_email or entry.state is EntryState.LEFT


def note_file_sent(interview_id: int, user_id: int, *, is_cancelled: bool, rules: Rules) -> None:
    """An email with a calendar file was sent to this person: an invitation or, with `is_cancelled`, one that
    takes it back."""
    entry = entry_of(interview_id, user_id)
    if entry is None:
        return
    db.session.refresh(entry, with_for_update=True)
    entry.is_by_email = not is_cancelled
    if entry.state is EntryState.PLACED and entry.is_wanted and not is_late(entry):
        take_back_calendar_file(entry, rules)


def take_back_calendar_file(entry: CalendarEntry, rules: Rules) -> None:
    """The entry is in the calendar: if a file was sent to its owner before, send the email that takes it
    back. Until that has left, they still have it from the file."""
    if entry.is_by_email:
        _queue(CALENDAR_ENTRY, entry, rules)


def send_calendar_file_instead(entry: CalendarEntry, rules: Rules) -> None:
    """The entry cannot be brought in line for now: if its owner was already told without a file, send it,
    once for each revision. An invitation that has not left yet will bring it."""
    if not is_late(entry) or entry.is_by_email:
        return
    interview = db.session.get_one(Interview, entry.interview_id)
    is_told = db.session.scalar(
        sa.select(Mail.id)
        .where(
            Mail.interview_id == entry.interview_id,
            Mail.user_id == entry.user_id,
            Mail.kind == INVITATION,
            Mail.occasion == current_occasion(interview),
            Mail.state.in_((MailState.SENT, MailState.DROPPED)),
        )
        .limit(1)
    )
    if is_told is not None:
        _queue(CALENDAR_FILE, entry, rules)


def is_wanted_and_late(entry: CalendarEntry | None) -> bool:
    """Whether the person whose newest entry this is should have it and will not have a correct one soon."""
    return entry is not None and entry.is_wanted and is_late(entry)


def has_good_entry(interview_id: int, user_id: int | None) -> bool:
    """Whether the interview is in this person's calendar, and nothing keeps us from updating it there."""
    entry = entry_of(interview_id, user_id)
    if entry is None or not entry.is_wanted or entry.state is not EntryState.PLACED:
        return False
    return not is_late(entry)


def is_late(entry: CalendarEntry) -> bool:
    """Whether the calendar does not have what it should, and will not have it soon."""
    if entry.failure is None:
        return False
    waits_long = entry.retry_at is not None and entry.retry_at > utc_now() + _LONG_WAIT
    return is_lasting(entry.failure) or entry.failures >= _LATE_AFTER or waits_long


def _queue(kind: str, entry: CalendarEntry, rules: Rules) -> None:
    interview = db.session.get_one(Interview, entry.interview_id)
    about = mails.about_interview(interview.id)
    to = [who for who in recipients_of(interview) if who.user_id == entry.user_id]
    # Each may be sent again for the same revision, when a calendar comes and goes.
    number = db.session.scalar(
        sa.select(sa.func.count(Mail.id)).where(
            Mail.about == about, Mail.kind == kind, Mail.user_id == entry.user_id
        )
    )
    waiting = [mail for mail in mails.waiting(about, kind) if mail.user_id == entry.user_id]
    if not to or waiting or to[0].role is ReaderRole.CANDIDATE:
        return
    mails.queue(
        mails.copies(
            kind, about, to, occasion=f"{current_occasion(interview)}-{(number or 0) + 1}", due_at=utc_now()
        ),
        domain=rules.message_id_domain,
    )
