"""The cancellation for someone who was taken off an interview, which takes place without them.

Like the cancellation of the interview it is never useless.
"""

from __future__ import annotations

from datetime import datetime

from models import Interview, Mail
from scheduling.mails.queue import TAKEN_OFF
from tasks.mails.interviews import InterviewCopy, InterviewKind, More


def _never_useless(mail: Mail, interview: Interview, now: datetime) -> None:
    return None


def _more(copy: InterviewCopy) -> More:
    return {"by": copy.by}


KIND = InterviewKind(
    name=TAKEN_OFF,
    label="Removal notice",
    why_useless=_never_useless,
    more=_more,
    calendar="CANCEL",
    icon="circle-x",
)
