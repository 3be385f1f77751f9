"""The reminder some time before an interview starts: to everyone who takes part and wants one.

It brings no calendar file: the same REQUEST once more makes some programs ask again for an answer that the
reader has already given.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from models import Interview, Mail
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import REMINDER
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off
from wording import duration

# A reminder that leaves later than this before the start only startles people.
_USELESS_BEFORE_START = timedelta(minutes=5)


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    is_late = now > interview.starts_at - _USELESS_BEFORE_START
    return "It would have come too late to be of use." if is_late else None


def _more(copy: InterviewCopy) -> More:
    return {"until_start": duration(Occasion.read(copy.occasion).minutes_before)}


KIND = InterviewKind(
    name=REMINDER, label="Reminder", why_useless=_why_useless, more=_more, is_timed=True, icon="bell"
)
