"""What one person has in their calendars besides interviews: events of connected calendars, time that they
have blocked, and the interview days that concern them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from accounts.permissions import Action
from accounts.row_permissions import Asker, Reader, job_is_within
from database import written_out
from models import CustomEvent, CustomEventKind, Job, OutsideEvent, Role, SyncedCalendar
from rows import rows_of
from scheduling.busy_times import touches
from timezones import start_of_day

# A whole day in one zone begins and ends at other instants in another zone, at most this far apart.
_BETWEEN_ZONES = timedelta(hours=26)


class OwnEvent(NamedTuple):
    """`app` is the key of the app whose calendar it is from; None for one that was added here, of the kind
    `custom`: each has ids of its own. `first_day` and `last_day` are set if it takes whole days, and then
    count, whatever the reader's zone. Times are aware UTC."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    first_day: date | None
    last_day: date | None
    app: str | None
    custom: CustomEventKind | None


class OwnEvents(NamedTuple):
    """The first few events, whole days before the others, and how many there are in all."""

    events: tuple[OwnEvent, ...]
    total: int


def own_events(reader: Reader, day: date, zone: str, after: datetime, *, limit: int) -> OwnEvents:
    """What `reader` has on a day in this zone that is not over `after` an instant (aware UTC) of that day.
    One statement."""
    begins, ends = start_of_day(day, zone), start_of_day(day + timedelta(days=1), zone)
    told = {
        "asker_id": reader.id,
        "day": day,
        "after": max(after, begins),
        "ends": ends,
        "long_before": begins - _BETWEEN_ZONES,
        "long_after": ends + _BETWEEN_ZONES,
        "later": ends + _BETWEEN_ZONES + timedelta(days=1),
        "most": limit,
    }
    rows = rows_of(_own(reader.role), told)
    return OwnEvents(tuple(_event(row) for row in rows), rows[0].total if rows else 0)


def _event(row: Any) -> OwnEvent:
    custom = CustomEventKind(row.kind) if row.kind else None
    days = row.first_day, row.last_day
    return OwnEvent(row.id, row.title, row.starts_at, row.ends_at, *days, row.app, custom)


def _instant(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=OutsideEvent.starts_at.type)


@cache
def _own(role: Role) -> sa.Select[*tuple[Any, ...]]:
    asker = sa.bindparam("asker_id", type_=sa.Integer())
    outside = [
        sa.select(
            OutsideEvent.id,
            sa.literal_column("''", sa.String).label("kind"),
            SyncedCalendar.app,
            *_columns(OutsideEvent),
        )
        .join(SyncedCalendar, SyncedCalendar.id == OutsideEvent.calendar_id)
        .where(OutsideEvent.user_id == asker, is_near, _on_the_day(OutsideEvent))
        for is_near in touches(_instant("long_before"), _instant("long_after"), _instant("later"))
    ]
    seen = sa.select(Job.id).where(job_is_within(Asker(role), Action.SEE))
    concerns = sa.and_(
        CustomEvent.kind == written_out(CustomEventKind.INTERVIEW_DAY),
        sa.or_(CustomEvent.job_id.is_(None), CustomEvent.job_id.in_(seen)),
    )
    custom = sa.select(
        CustomEvent.id,
        sa.cast(CustomEvent.kind, sa.String).label("kind"),
        sa.type_coerce(sa.null(), SyncedCalendar.app.type).label("app"),
        *_columns(CustomEvent),
    ).where(
        sa.or_(CustomEvent.user_id == asker, concerns),
        # These are implied, and let the index on the end be used.
        CustomEvent.ends_at > _instant("long_before"),
        CustomEvent.starts_at < _instant("long_after"),
        _on_the_day(CustomEvent),
    )
    some = sa.union_all(*outside, custom).subquery()
    of = some.c
    return (
        sa.select(some, sa.func.count().over().label("total"))
        .order_by(of.first_day.is_(None), of.starts_at, of.kind, of.id)
        .limit(sa.bindparam("most", type_=sa.Integer()))
    )


def _columns(of: type[OutsideEvent] | type[CustomEvent]) -> tuple[Any, ...]:
    return of.title, of.starts_at, of.ends_at, of.first_day, of.last_day


def _on_the_day(of: type[OutsideEvent] | type[CustomEvent]) -> sa.ColumnElement[bool]:
    day = sa.bindparam("day", type_=sa.Date())
    with_times = sa.and_(
        of.first_day.is_(None), of.ends_at > _instant("after"), of.starts_at < _instant("ends")
    )
    whole_days = sa.and_(of.first_day <= day, of.last_day >= day)
    return sa.or_(with_times, whole_days)
