"""What an email says about its revision: who did it, why, and what the reader knew before."""

from __future__ import annotations

from typing import TypedDict

from models import Interview, Mail, Revision, RevisionReason
from scheduling.mails.told import Told, last_told
from scheduling.revisions import revision_of


class History(TypedDict, total=False):
    """The part of a copy that comes from the revisions; empty for the first."""

    reason: RevisionReason | None
    by: str
    words: str
    is_by_candidate: bool
    told: Told | None


def history_of(mail: Mail, interview: Interview) -> History:
    """What the reader of an email is told about the newest revision."""
    if not interview.revision:
        return {}
    revision = revision_of(interview)
    if revision is None:
        return {}
    return {
        "reason": revision.reason,
        "by": _who_did_it(revision, interview),
        "words": revision.words,
        "is_by_candidate": revision.is_by_candidate,
        "told": last_told(interview, mail),
    }


def _who_did_it(revision: Revision, interview: Interview) -> str:
    if revision.is_by_candidate:
        return interview.candidate.name
    return revision.actor.name if revision.actor is not None else ""
