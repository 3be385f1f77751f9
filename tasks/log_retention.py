"""Removing what is older in the logs than the owner wants: entries of the activity log, and the copies of
sent emails with the notes of finished work."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from database import clear_the_log
from extensions import db
from models import AuditEntry, Interview, Mail, MailState, Organization, Task, TaskState
from work.chores import daily

log = logging.getLogger("retention")

# The number per transaction; between two ticks people's requests get their turn.
AT_ONCE = 500


def _look(now: datetime) -> tuple[datetime | None, datetime | None]:
    """The instants before which entries of the activity log, and copies and notes, are too old; None to keep
    them."""
    row = db.session.execute(sa.select(Organization.log_days, Organization.mail_copy_days)).one_or_none()
    if row is None:
        return None, None
    log_days, copy_days = row
    return (
        now - timedelta(days=log_days) if log_days is not None else None,
        now - timedelta(days=copy_days) if copy_days is not None else None,
    )


def _forget_some(cutoffs: tuple[datetime | None, datetime | None]) -> bool:
    """If two processes do this at the same time, the second one finds less. Returns whether nothing is
    left."""
    log_before, copies_before = cutoffs
    statements: dict[str, Any] = {}
    if log_before is not None:
        statements["entries of the activity log"] = sa.delete(AuditEntry).where(
            AuditEntry.id.in_(
                _first(sa.select(AuditEntry.id).where(AuditEntry.at < log_before), AuditEntry.id)
            )
        )
    if copies_before is not None:
        statements["copies of emails"] = (
            sa.update(Mail)
            .where(Mail.id.in_(_first(_old_copies(copies_before), Mail.id)))
            .values(sealed_copy=None)
        )
        statements["notes of finished work"] = sa.delete(Task).where(
            Task.id.in_(
                _first(
                    sa.select(Task.id).where(Task.state == TaskState.DONE, Task.finished_at < copies_before),
                    Task.id,
                )
            )
        )
    is_done = True
    for what, statement in statements.items():
        result = db.session.execute(statement, execution_options={"synchronize_session": False})
        count = int(result.rowcount)  # type: ignore[attr-defined]  # the stubs give execute() a narrower result
        db.session.commit()
        if count:
            log.info("removed %d old %s", count, what)
        is_done = is_done and count < AT_ONCE
    if is_done and statements:
        clear_the_log(db.engine)
    return is_done


def _old_copies(before: datetime) -> sa.Select[Any]:
    """Emails that have come to an end, about an interview that is over as well: until then people look them
    up."""
    return (
        sa.select(Mail.id)
        .outerjoin(Interview, Interview.id == Mail.interview_id)
        .where(
            Mail.sealed_copy.is_not(None),
            Mail.state != MailState.QUEUED,
            Mail.created_at < before,
            sa.or_(Interview.id.is_(None), Interview.ends_at < before),
        )
    )


def _first(rows: sa.Select[Any], key: InstrumentedAttribute[int]) -> sa.Select[Any]:
    return rows.order_by(key).limit(AT_ONCE)


# Once a day. The rows of emails stay, without their text: they are what keeps anything from being sent twice.
FORGET_OLD_LOGS = daily("log retention", _look, _forget_some)
