"""What people were last told about an interview, as far as emails to them were accepted."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Interview, Mail, MailState
from scheduling.mails.occasions import Occasion
from scheduling.mails.queue import INVITATION
from scheduling.plans import Plan
from scheduling.revisions import plan_at


def last_told(interview: Interview, mail: Mail) -> Plan | None:
    """The plan in the last invitation that reached the reader of `mail` before it; None if none has."""
    occasion = db.session.scalar(
        sa.select(Mail.occasion)
        .where(
            Mail.about == mail.about,
            Mail.kind == INVITATION,
            sa.func.lower(Mail.address) == mail.address.lower(),
            Mail.state == MailState.SENT,
            Mail.id < mail.id,
        )
        .order_by(Mail.id.desc())
        .limit(1)
    )
    return plan_at(interview.id, Occasion.read(occasion).revision) if occasion is not None else None
