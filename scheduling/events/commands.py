"""Adding, changing and removing custom events. Each command adds to the current transaction."""

from __future__ import annotations

import sqlalchemy as sa

from extensions import db
from models import CustomEvent, CustomEventKind, User
from scheduling.errors import SchedulingError
from scheduling.events.reach import may_change, plans_interview_days
from scheduling.events.wanted import EventTime, WantedEvent
from timezones import utc_now


def add(user: User, wanted: WantedEvent, form_id: str) -> CustomEvent:
    """Add an event of this person, and return it. The same `form_id` (at most 40 characters) of the same
    person again, which is a second click on the same form, returns what the first one added. Raises
    SchedulingError for a time that no one means, and for an interview day from someone who may not add any.
    """
    # Both clicks of a double click may be here at once; the second one waits for the first.
    db.session.execute(sa.select(User.id).where(User.id == user.id).with_for_update())
    name = f"{user.id}-{form_id}"
    added = db.session.scalar(sa.select(CustomEvent).where(CustomEvent.form_id == name))
    if added is not None:
        return added
    _check_kind(user, wanted)
    wanted.time.check(utc_now())
    event = CustomEvent(user_id=user.id, form_id=name)
    _write(event, wanted)
    db.session.add(event)
    db.session.flush()
    return event


def change(user: User, event: CustomEvent, wanted: WantedEvent) -> bool:
    """Change an event to what is wanted; its kind stays. Returns whether anything changed. Raises
    SchedulingError as `add` does, but accepts a past time that stays the same, and for someone who may not
    change it."""
    if not may_change(user, event):
        raise SchedulingError("You can't change this event.", field="title")
    if wanted.kind is not event.kind:
        raise SchedulingError("An event stays what it is. Add another one.", field="kind")
    if wanted.time != EventTime.of(event):
        wanted.time.check(utc_now())
    _write(event, wanted)
    if not db.session.is_modified(event):
        return False
    db.session.flush()
    return True


def remove(user: User, event: CustomEvent) -> None:
    """Remove an event for good. Raises SchedulingError for someone who may not."""
    if not may_change(user, event):
        raise SchedulingError("You can't remove this event.", field="title")
    db.session.delete(event)
    db.session.flush()


def _check_kind(user: User, wanted: WantedEvent) -> None:
    if wanted.kind is CustomEventKind.INTERVIEW_DAY and not plans_interview_days(user):
        raise SchedulingError("Recruiters and admins add interview days.", field="kind")


def _write(event: CustomEvent, wanted: WantedEvent) -> None:
    event.kind, event.title = wanted.kind, wanted.shown_title
    event.job_id = wanted.job_id if wanted.kind is CustomEventKind.INTERVIEW_DAY else None
    time = wanted.time
    event.starts_at, event.ends_at, event.timezone = time.starts_at, time.ends_at, time.timezone
    event.first_day, event.last_day = time.first_day, time.last_day
