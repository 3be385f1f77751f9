"""There is nothing left to choose from: to a candidate who was asked for a time, when the team withdraws."""

from __future__ import annotations

from datetime import datetime

from models import Interview, Mail
from scheduling.mails.queue import SLOTS_WITHDRAWN
from tasks.mails.addressing import to_its_reader
from tasks.mails.interviews import InterviewCopy, InterviewKind, More
from text import many_lines
from wording import first_name


def _never_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    return None


def _more(copy: InterviewCopy) -> More:
    return {
        "words": many_lines(copy.said.get("words", "")),
        "words_from": first_name(copy.facts.scheduler.name),
    }


KIND = InterviewKind(
    name=SLOTS_WITHDRAWN,
    label="Request withdrawn",
    why_useless=_never_useless,
    more=_more,
    addressed_to=to_its_reader,
    icon="circle-x",
)
