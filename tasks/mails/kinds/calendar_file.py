"""The calendar file for someone in whose calendar we can't keep the interview for now.

They were told of the interview without a file, because it was to be an entry in their calendar.
"""

from __future__ import annotations

from datetime import datetime

from models import Interview, Mail
from scheduling.calendars import telling
from scheduling.mails.queue import CALENDAR_FILE
from tasks.mails.addressing import to_its_reader
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off, is_older_revision


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    if is_older_revision(mail, interview):
        return "The interview has changed since. The updated invitation says how."
    if now >= interview.ends_at:
        return "The interview is over."
    if not telling.is_wanted_and_late(telling.entry_of(interview.id, mail.user_id)):
        return "The interview is in the calendar itself by now."
    return None


def _more(copy: InterviewCopy) -> More:
    trouble = copy.calendar_trouble
    return {
        "calendar": copy.reader.calendar or "calendar",
        "has_older": trouble is not None and trouble.has_older,
        "why": trouble.words if trouble is not None else "",
    }


KIND = InterviewKind(
    name=CALENDAR_FILE,
    label="Calendar file",
    why_useless=_why_useless,
    more=_more,
    calendar="REQUEST",
    addressed_to=to_its_reader,
    always_brings_file=True,
    icon="calendar-event",
)
