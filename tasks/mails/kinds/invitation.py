"""The invitation to an interview, and the one that corrects it: to everyone who takes part."""

from __future__ import annotations

from datetime import datetime

from models import Interview, Mail, RevisionReason
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
    is_about_link = copy.reason is RevisionReason.LINK_CAME_LATE
    changed = "What follows replaces what we sent before."
    if is_about_link:
        changed = "It now has the link to join. The date and time haven't changed."
    return {
        "files": copy.facts.files_for(copy.reader),
        "is_about_link": is_about_link,
        "what_changed": f"We've updated your invitation. {changed}",
    }


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
