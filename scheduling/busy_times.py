"""What makes people busy besides interviews, as parts of statements: events of their synced calendars, and
time that they have blocked themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from database import written_out
from models import CustomEvent, CustomEventKind, LongerThanADay, OutsideEvent, SyncedCalendar, User

Columns = dict[str, sa.ColumnElement[Any]]


def touches(
    begins: sa.ColumnElement[datetime],
    ends: sa.ColumnElement[datetime],
    day_after: sa.ColumnElement[datetime],
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """The conditions under which outside events take time between two instants, where the third instant is a
    day after the second. Each event meets at most one of them. An index serves each condition, but `or` would
    keep the databases from using it, so a statement needs two parts."""
    of = OutsideEvent
    starts_before = of.starts_at < ends
    return (
        sa.and_(of.ends_at > begins, of.ends_at < day_after, starts_before),
        sa.and_(LongerThanADay(), of.ends_at >= day_after, starts_before),
    )


def busy_events(
    is_then: sa.ColumnElement[bool], users: sa.ColumnElement[Any], asker: sa.ColumnElement[int]
) -> tuple[Columns, sa.Select[Any]]:
    """The columns and rows of the events in these users' calendars that make them busy then. `asker` is the
    id of the user who asks, because only the owner sees titles."""
    of = OutsideEvent
    return _columns(of, SyncedCalendar.app.expression, asker), (
        sa.select()
        .select_from(of)
        .join(SyncedCalendar, SyncedCalendar.id == of.calendar_id)
        .join(User, User.id == of.user_id)
        .where(
            *(of.user_id.in_(users), of.is_busy, is_then),
            # A reminder without length takes no time.
            of.ends_at > of.starts_at,
        )
    )


def blocked_times(
    begins: sa.ColumnElement[datetime],
    ends: sa.ColumnElement[datetime],
    users: sa.ColumnElement[Any],
    asker: sa.ColumnElement[int],
) -> tuple[Columns, sa.Select[Any]]:
    """The same for the times that these users have blocked, where they are between two instants."""
    of = CustomEvent
    return _columns(of, sa.null(), asker), (
        sa.select()
        .select_from(of)
        .join(User, User.id == of.user_id)
        .where(
            *(of.user_id.in_(users), of.kind == written_out(CustomEventKind.BLOCKED)),
            *(of.ends_at > begins, of.starts_at < ends),
        )
    )


def _columns(
    of: type[OutsideEvent] | type[CustomEvent], app: sa.ColumnElement[Any], asker: sa.ColumnElement[int]
) -> Columns:
    return {
        "id": of.id.expression,
        "user_id": of.user_id.expression,
        "name": User.name.expression,
        "starts_at": of.starts_at.expression,
        "ends_at": of.ends_at.expression,
        "first_day": of.first_day.expression,
        "last_day": of.last_day.expression,
        "app": app,
        "title": sa.case((of.user_id == asker, of.title), else_=sa.null()),
    }
