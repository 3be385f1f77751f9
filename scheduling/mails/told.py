"""What people were last told about an interview, judging by the emails that were accepted."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, MailState, Revision, RevisionReason
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import INVITATION, TAKEN_OFF
from scheduling.plans import Difference, Plan, differences
from scheduling.revisions import plan_at


@dataclass(frozen=True)
class Told:
    """What one reader knows: the plan in the last invitation that reached them, and what is different now.

    `reasons` are why everyone was told again since then.
    """

    plan: Plan
    changes: tuple[Difference, ...]
    reasons: frozenset[RevisionReason]


def last_told(interview: Interview, mail: Mail) -> Told | None:
    """What the reader of `mail` knew before it; None if no invitation has reached them, or if they were taken
    off the interview after the last one."""
    last = db.session.execute(
        sa.select(Mail.kind, Mail.occasion)
        .where(
            Mail.about == mail.about,
            Mail.kind.in_((INVITATION, TAKEN_OFF)),
            sa.func.lower(Mail.address) == mail.address.lower(),
            Mail.state == MailState.SENT,
            Mail.id < mail.id,
        )
        .order_by(Mail.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.kind == TAKEN_OFF:
        return None
    number = Occasion.read(last.occasion).revision
    then, now = plan_at(interview.id, number), plan_at(interview.id, interview.revision)
    if then is None or now is None:
        return None
    reasons = db.session.scalars(
        sa.select(Revision.reason).where(Revision.interview_id == interview.id, Revision.number > number)
    )
    return Told(then, differences(then, now), frozenset(reasons))
