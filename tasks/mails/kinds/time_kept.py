"""The answer to a candidate who asked for another time and does not get one."""

from __future__ import annotations

from datetime import datetime

from extensions import db
from models import CandidateAnswer, Interview, Mail
from scheduling.mails.candidate_says import answer_of
from scheduling.mails.queue import TIME_KEPT
from tasks.mails.addressing import to_its_reader
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off
from text import many_lines
from wording import first_name


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    return "The interview is over." if now >= interview.ends_at else None


def _more(copy: InterviewCopy) -> More:
    request = db.session.get(CandidateAnswer, answer_of(copy.occasion))
    by = request.settled_by if request is not None else None
    return {
        "words": many_lines(request.reply) if request is not None else "",
        "words_from": first_name(by.name) if by is not None else copy.facts.organization,
    }


KIND = InterviewKind(
    name=TIME_KEPT,
    label="Answer to the candidate",
    why_useless=_why_useless,
    more=_more,
    addressed_to=to_its_reader,
)
