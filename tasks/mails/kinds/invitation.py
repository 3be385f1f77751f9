"""The invitation to an interview, and the one that corrects it: to everyone who takes part."""

from __future__ import annotations

from datetime import datetime

from models import Interview, Mail
from scheduling.mails.queue import INVITATION, NEWER_INVITATION
from tasks.mails.interviews import InterviewCopy, InterviewKind, More, is_off, is_older_revision


def _why_useless(mail: Mail, interview: Interview, now: datetime) -> str | None:
    off = is_off(mail, interview)
    if off is not None:
        return off
    if is_older_revision(mail, interview):
        return NEWER_INVITATION
    return "The interview is over." if now >= interview.ends_at else None


def _more(copy: InterviewCopy) -> More:
    return {"files": copy.facts.files_for(copy.reader)}


KIND = InterviewKind(
    name=INVITATION,
    label="Invitation",
    label_later="Corrected invitation",
    why_useless=_why_useless,
    more=_more,
    calendar="REQUEST",
    waits_for_meeting=True,
    brings_files=True,
)
