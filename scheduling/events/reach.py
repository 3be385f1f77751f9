"""Who sees and changes which custom event. Only its owner sees blocked time: others just learn that they are
busy. An interview day is for everyone who sees its job, and is kept by those who manage jobs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from accounts.permissions import Action, may_anywhere
from accounts.row_permissions import Asker, Reader, job_is_within
from extensions import db
from models import CustomEvent, CustomEventKind, Job


def plans_interview_days(reader: Reader) -> bool:
    """Whether this person may add interview days, and change anyone's."""
    return may_anywhere(reader.role, Action.MANAGE_JOBS)


def event_is_seen(reader: Reader | Asker) -> ColumnElement[bool]:
    """The condition on `CustomEvent` for events that this person sees with their title."""
    of_jobs = CustomEvent.job_id.in_(sa.select(Job.id).where(job_is_within(reader, Action.SEE)))
    is_interview_day = CustomEvent.kind == CustomEventKind.INTERVIEW_DAY
    return sa.or_(
        sa.and_(CustomEvent.kind == CustomEventKind.BLOCKED, CustomEvent.user_id == reader.id),
        sa.and_(is_interview_day, sa.or_(CustomEvent.job_id.is_(None), of_jobs)),
    )


def seen_event(reader: Reader, event_id: int) -> CustomEvent | None:
    """The event of that id, if this person sees it."""
    return db.session.scalar(sa.select(CustomEvent).where(CustomEvent.id == event_id, event_is_seen(reader)))


def may_change(reader: Reader, event: CustomEvent) -> bool:
    """Whether this person may change and remove an event that they see."""
    if event.kind is CustomEventKind.BLOCKED:
        return event.user_id == reader.id
    return plans_interview_days(reader)
