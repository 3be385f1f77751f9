"""The first few events of each day of a month, and their number, counted by the database: someone's calendar
may have thousands in a month, and a page shows a hundred."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from accounts.row_permissions import Reader
from models import OutsideEvent, SyncedCalendar, User
from rows import rows_of
from scheduling.busy_times import touches
from scheduling.reading.calendar import OURS, may_see_busy_times
from scheduling.reading.calendar_rows import Item, ItemKind, Of, Whose
from scheduling.reading.interview_rows import instant
from scheduling.remembered import Editions, Remembered
from timezones import start_of_day

_DAY, _BETWEEN_ZONES = timedelta(days=1), timedelta(hours=26)


class OutsideDays(NamedTuple):
    """`items`: all events that take whole days or are on several of them, and the first few of each day of
    the others; by their start. `left_out`: how many more of those a day has, if any, by the key of the app
    whose calendar they are from."""

    items: tuple[Item, ...]
    left_out: Mapping[date, Mapping[str, int]]


def outside_by_day(
    reader: Reader,
    whose: Whose,
    days: Sequence[date],
    zone: str,
    sources: Collection[str],
    *,
    most: int,
    editions: Editions | None = None,
) -> OutsideDays:
    """Events of connected calendars on these days (ascending, without a gap) in a zone, as
    `calendar_between` would find them, but of those that are on one day alone at most the first `most` of
    each. One statement, and none without a calendar among the `sources`, nor where they were read before and
    the `editions` of these calendars are still the same."""
    user_id = whose.id if whose.of is Of.PERSON and whose.id is not None else reader.id
    apps = sorted(set(sources) - {OURS})
    if not apps or not may_see_busy_times(reader, user_id):
        return OutsideDays((), {})
    if editions is None or editions.user_id != user_id:
        return _read(reader.id, user_id, apps, days, zone, most)
    key = (editions, reader.id == user_id, tuple(apps), days[0], len(days), zone, most)
    return _remembered.get_or(key, lambda: _read(reader.id, user_id, apps, days, zone, most))


def _read(
    asker_id: int, user_id: int, apps: Sequence[str], days: Sequence[date], zone: str, most: int
) -> OutsideDays:
    borders = [start_of_day(on, zone) for on in (*days, days[-1] + _DAY)]
    told: dict[str, Any] = {
        **{_border(number): border for number, border in enumerate(borders)},
        "asker_id": asker_id,
        "user_id": user_id,
        "apps": list(apps),
        **{_app(number): app for number, app in enumerate(apps)},
        "day_before": borders[0] - _BETWEEN_ZONES,
        "day_after": borders[-1] + _BETWEEN_ZONES,
        "day_later": borders[-1] + _BETWEEN_ZONES + _DAY,
        "most": most,
    }
    items = []
    left_out: dict[date, Counter[str]] = {}
    for row in rows_of(_by_day(len(days), len(apps)), told):
        items.append(_item(row))
        if row.is_single:
            on = days[row.number]
            if on not in left_out:
                left_out[on] = Counter(dict(zip(apps, row[-len(apps) :], strict=True)))
            left_out[on][row.app] -= 1
    # Leave out days and apps with nothing more to show.
    return OutsideDays(tuple(items), {on: +rest for on, rest in left_out.items() if +rest})


# Of these months and people.
_remembered: Remembered[OutsideDays] = Remembered(48)


def _item(row: Any) -> Item:
    return Item(
        *(ItemKind.OUTSIDE, row.id, row.starts_at, row.ends_at, row.first_day, row.last_day),
        *(row.title, row.app, bool(row.is_busy), None, row.owner),
    )


def _border(number: int) -> str:
    return f"border_{number}"


def _app(number: int) -> str:
    return f"app_{number}"


@cache
def _by_day(days: int, apps: int) -> sa.Select[*tuple[Any, ...]]:
    of, asker = OutsideEvent, sa.bindparam("asker_id", type_=sa.Integer())
    first = _number(lambda border: of.starts_at < border, 0, days)
    last = _number(lambda border: of.ends_at <= border, 0, days)
    is_own = of.user_id == asker
    near = sa.union_all(
        *(
            sa.select(
                *(of.id, of.starts_at, of.ends_at, of.first_day, of.last_day, of.is_busy, SyncedCalendar.app),
                sa.case((is_own, of.title), else_=sa.literal_column("'Busy'", sa.String)).label("title"),
                sa.case((is_own, sa.literal_column("''", sa.String)), else_=User.name).label("owner"),
                first.label("number"),
                sa.and_(of.first_day.is_(None), last <= first).label("is_single"),
            )
            .join(SyncedCalendar, SyncedCalendar.id == of.calendar_id)
            .join(User, User.id == of.user_id)
            .where(
                of.user_id == sa.bindparam("user_id", type_=sa.Integer()),
                # Events that take none of someone's time concern no one else.
                sa.or_(of.is_busy, is_own),
                SyncedCalendar.app.in_(sa.bindparam("apps", expanding=True)),
                is_near,
                sa.or_(
                    of.first_day.is_not(None),
                    sa.and_(
                        # Events without length are shown too.
                        sa.or_(of.ends_at > instant(_border(0)), of.starts_at >= instant(_border(0))),
                        of.starts_at < instant(_border(days)),
                    ),
                ),
            )
            for is_near in touches(instant("day_before"), instant("day_after"), instant("day_later"))
        )
    ).subquery()
    of_day = (near.c.is_single, near.c.number)
    ranked = sa.select(
        near,
        sa.func.row_number().over(partition_by=of_day, order_by=(near.c.starts_at, near.c.id)).label("place"),
        # How many each of the apps has on that day; the last columns.
        *(
            sa.func.count()
            .filter(near.c.app == sa.bindparam(_app(number), type_=sa.String()))
            .over(partition_by=of_day)
            .label(f"of_{_app(number)}")
            for number in range(apps)
        ),
    ).subquery()
    return (
        sa.select(ranked)
        .where(sa.or_(~ranked.c.is_single, ranked.c.place <= sa.bindparam("most", type_=sa.Integer())))
        .order_by(ranked.c.starts_at, ranked.c.id)
    )


def _number(
    is_before: Callable[[sa.BindParameter[datetime]], sa.ColumnElement[bool]], low: int, high: int
) -> sa.ColumnElement[int]:
    """Which of the days from `low` until before `high` it is, by binary search: comparing with each border
    would take seven times as long."""
    if high - low == 1:
        return sa.literal_column(str(low), sa.Integer)
    middle = (low + high) // 2
    return sa.case(
        (is_before(instant(_border(middle))), _number(is_before, low, middle)),
        else_=_number(is_before, middle, high),
    )
