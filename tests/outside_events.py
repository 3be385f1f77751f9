"""Rows of synced calendars, of their events, and of custom events, for tests of what the product does with
them.

Like `tests.factories`: everything here needs an application context, commits, and returns ids.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from extensions import db
from models import (
    Connection,
    ConnectionState,
    CustomEvent,
    CustomEventKind,
    OutsideEvent,
    SyncedCalendar,
    User,
)
from tests.factories import GOOGLE_CALENDAR, TIMEZONE, Member, connect_on_paper
from timezones import start_of_day, utc_now

# How much of a calendar is read: this far back, and this far ahead.
BACK, AHEAD = timedelta(weeks=4), timedelta(days=184)


def create_synced_calendar(
    member: Member, *, app: str = GOOGLE_CALENDAR, read_at: datetime | None = None, **values: Any
) -> int:
    """The calendar of someone's account as it was read at `read_at` (aware, UTC; just now if not said), and
    its id. Connects the account on paper unless the person has connected that app. `values` win; with
    `position`, `since`, `until`, `read_fully_at` and `read_at` None it is one that was never read.
    """
    connection_id = db.session.scalar(
        sa.select(Connection.id).where(
            Connection.user_id == member.id,
            Connection.app == app,
            Connection.state != ConnectionState.ENDED,
        )
    ) or connect_on_paper(member, app=app)
    as_of = read_at or utc_now()
    usual = {
        "position": "somewhere",
        "since": as_of - BACK,
        "until": as_of + AHEAD,
        "read_fully_at": as_of,
        "read_at": as_of,
    }
    told = {**usual, **values}
    row = db.session.scalar(sa.select(SyncedCalendar).where(SyncedCalendar.connection_id == connection_id))
    if row is None:
        row = SyncedCalendar(connection_id=connection_id, user_id=member.id, app=app, **told)
        db.session.add(row)
    else:
        for name, value in told.items():
            setattr(row, name, value)
    db.session.commit()
    return row.id


def create_outside_event(
    calendar_id: int,
    starts_at: datetime | None = None,
    minutes: int = 30,
    *,
    title: str = "Dentist",
    is_busy: bool = True,
    days: tuple[date, date] | None = None,
    timezone: str = TIMEZONE,
) -> int:
    """An event of a synced calendar, and its id: from `starts_at` (aware, UTC), or of the whole `days`, the
    last one included, in the calendar's `timezone`."""
    begins, ends = _time(starts_at, minutes, days, timezone)
    calendar = db.session.get_one(SyncedCalendar, calendar_id)
    calendar.begin_edition()
    row = OutsideEvent(
        calendar_id=calendar_id,
        user_id=calendar.user_id,
        provider_event_id=uuid4().hex,
        starts_at=begins,
        ends_at=ends,
        first_day=days[0] if days else None,
        last_day=days[1] if days else None,
        is_busy=is_busy,
        title=title,
    )
    db.session.add(row)
    db.session.commit()
    return row.id


def create_custom_event(
    member: Member,
    starts_at: datetime | None = None,
    minutes: int = 60,
    *,
    kind: CustomEventKind = CustomEventKind.BLOCKED,
    title: str = "Focus time",
    days: tuple[date, date] | None = None,
    timezone: str | None = None,
    job_id: int | None = None,
) -> int:
    """A custom event of this person, and its id; when, as in `create_outside_event`, in the person's own
    zone unless said otherwise."""
    zone = timezone or db.session.get_one(User, member.id).timezone
    begins, ends = _time(starts_at, minutes, days, zone)
    row = CustomEvent(
        user_id=member.id,
        kind=kind,
        title=title,
        starts_at=begins,
        ends_at=ends,
        first_day=days[0] if days else None,
        last_day=days[1] if days else None,
        timezone=zone,
        job_id=job_id,
        form_id=uuid4().hex,
    )
    db.session.add(row)
    db.session.commit()
    return row.id


def many_events(
    calendar_id: int, count: int = 10_000, *, back: timedelta = BACK, ahead: timedelta = AHEAD
) -> None:
    """Fill a calendar with half-hour events, spread evenly over the time for which it is read. Every fifth
    doesn't make its owner busy."""
    calendar = db.session.get_one(SyncedCalendar, calendar_id)
    calendar.begin_edition()
    user_id = calendar.user_id
    since = (utc_now() - back).replace(second=0, microsecond=0)
    step = (back + ahead) / count
    rows = [
        {
            "calendar_id": calendar_id,
            "user_id": user_id,
            "provider_event_id": f"event-{number}",
            "starts_at": since + number * step,
            "ends_at": since + number * step + timedelta(minutes=30),
            "is_busy": number % 5 != 0,
            "title": f"Event {number}",
        }
        for number in range(count)
    ]
    db.session.execute(sa.insert(OutsideEvent), rows)
    db.session.commit()


def _time(
    starts_at: datetime | None, minutes: int, days: tuple[date, date] | None, timezone: str
) -> tuple[datetime, datetime]:
    if days is not None:
        first, last = days
        return start_of_day(first, timezone), start_of_day(last + timedelta(days=1), timezone)
    if starts_at is None:
        raise ValueError("an event has a time or days")
    return starts_at, starts_at + timedelta(minutes=minutes)
