"""The alarm that an interview still has no meeting: to the hiring manager, who has to fix it.

A reminder becomes this one when it is made and the meeting is missing; whatever finds out earlier can also
queue it as an email of its own.
"""

from __future__ import annotations

from datetime import datetime

from messaging.wording import day_and_time, reader_zone, what_is_missing
from models import Interview, Mail, MeetingState
from scheduling.mails.queue import MEETING_MISSING
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    if interview.meeting is None or interview.meeting.state == MeetingState.READY:
        return "The interview has its link."
    return "The interview is over." if now >= interview.ends_at else None


def _more(copy: InterviewCopy) -> More:
    facts, reader = copy.facts, copy.reader
    return {
        "day_and_time": day_and_time(facts.starts_at, reader_zone(facts, reader), now=copy.made_at),
        "software": facts.software_label or "",
        "what": what_is_missing(facts.software_label or ""),
        "trouble": copy.trouble or "We're still trying to create it.",
        # The letter's own button leads there.
        "interview_link": None,
        "files": facts.files,
        "no_link": "Once there's a meeting, its link is here:" if reader.join_page_url else "",
    }


KIND = InterviewKind(
    name=MEETING_MISSING,
    label="Alarm about a missing meeting",
    why_useless=_why_useless,
    more=_more,
    is_alarm=True,
    icon="alert-triangle",
)
