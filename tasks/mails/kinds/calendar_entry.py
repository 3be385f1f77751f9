"""The email that takes back a calendar file: the interview is an entry in its reader's calendar by now."""

from __future__ import annotations

from datetime import datetime

from models import Interview, Mail
from scheduling.calendars import telling
from scheduling.mails.queue import CALENDAR_ENTRY
from tasks.mails.addressing import to_its_reader
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    if now >= interview.ends_at:
        return "The interview is over."
    if not telling.has_good_entry(interview.id, mail.user_id):
        return "The calendar isn't up to date again, so the file stays."
    return None


def _more(copy: InterviewCopy) -> More:
    return {"calendar": copy.reader.calendar or "calendar"}


KIND = InterviewKind(
    name=CALENDAR_ENTRY,
    label="Notice that the calendar is up to date",
    why_useless=_why_useless,
    more=_more,
    calendar="CANCEL",
    addressed_to=to_its_reader,
    always_brings_file=True,
    still_on=True,
    icon="calendar-event",
)
