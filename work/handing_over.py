"""Handing an email to a mailbox, which must not be asked twice."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import Mail, MailState
from rows import change_rows
from timezones import utc_now
from work.mail import Through


class BegunElsewhereError(Exception):
    """Another process has begun to hand this email over, and may have done so."""


_HAND_OVER = (
    sa.update(Mail)
    .where(
        Mail.id == sa.bindparam("mail_id"),
        Mail.state == MailState.QUEUED,
        Mail.handing_over_since.is_(None),
    )
    .values(
        handing_over_since=sa.bindparam("now", type_=Mail.handing_over_since.type),
        sent_with=sa.bindparam("app"),
        sent_from=sa.bindparam("from_address"),
    )
)


def begin_handing_over(mail_id: int, through: Through) -> bool:
    """Record, in the current transaction, that a mailbox is about to be asked to send this email: unlike a
    mail server it must not be asked twice, because nothing would recognize the second one as the same
    message.

    Returns False for an email that no longer waits to be sent; raises `BegunElsewhereError`.
    """
    told = {
        "mail_id": mail_id,
        "now": utc_now(),
        "app": through.app,
        "from_address": through.address,
    }
    if change_rows(_HAND_OVER, told):
        return True
    mail = db.session.get(Mail, mail_id, populate_existing=True)
    if mail is not None and mail.state is MailState.QUEUED:
        raise BegunElsewhereError(mail_id)
    return False
