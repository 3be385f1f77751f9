"""What is on between two instants: interviews, events of connected calendars, and what people have added.
The first argument is always who is asking."""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from accounts.permissions import Action, may_anywhere
from accounts.row_permissions import Reader
from rows import rows_of
from scheduling.occupied import LONGEST
from scheduling.reading.calendar_rows import (
    OWN,
    Item,
    ItemKind,
    Items,
    Of,
    Whose,
    events_of,
    interviews_of,
)
from scheduling.reading.interview_rows import COLUMNS, InterviewRow
from scheduling.remembered import Editions, Remembered

__all__ = ["MOST", "OURS", "OWN", "Item", "ItemKind", "Of", "Whose", "calendar_between", "may_see_busy_times"]

# The source of what is kept here; those of outside events are the keys of their apps.
OURS = "ours"
# No one reads more interviews or events than this at a time.
MOST = 1000
_A_DAY = timedelta(hours=26)
# Of these days and people, by their start; a week of a full calendar takes about 200 kB.
_outside: Remembered[tuple[Item, ...]] = Remembered(48)


def may_see_busy_times(reader: Reader, user_id: int) -> bool:
    """Whether `reader` may know when this user is busy: everyone sees their own calendar, and people who
    schedule interviews see everyone's."""
    return user_id == reader.id or may_anywhere(reader.role, Action.SCHEDULE)


def calendar_between(
    reader: Reader,
    whose: Whose,
    begins: datetime,
    ends: datetime,
    sources: Collection[str],
    *,
    most: int = MOST,
    days: tuple[date, date] | None = None,
    editions: Editions | None = None,
) -> Items:
    """What overlaps the time between two instants (aware UTC), by its start, as far as `reader` may see it.

    `sources`: `OURS` for interviews and what was added here, and the keys of apps for outside events. These
    and blocked times are one's own, or those of the person whose calendar it is: a job and everyone have too
    many. What takes whole days is found if it takes one of `days`, the first and the last; without them, also
    a day around that time, because its days count and not its instants. At most `most` interviews and as many
    events, the first ones. Two statements at most. With the `editions` of the calendars of the person whose
    events are looked for, what was read of them before is used again.
    """
    told: dict[str, Any] = {
        "asker_id": reader.id,
        "whose_id": whose.id if whose.of in (Of.JOB, Of.PERSON) else reader.id,
        "begins": begins,
        "ends": ends,
        "most": most,
    }
    found: list[Item] = []
    if OURS in sources:
        long_before = {"long_before": begins - LONGEST}
        sees_links = may_anywhere(reader.role, Action.SEE_JOIN_LINK)
        found += [
            _interview(row, sees_links)
            for row in rows_of(interviews_of(reader.role, whose.of), told | long_before)
        ]
    user_id = whose.id if whose.of is Of.PERSON and whose.id is not None else reader.id
    apps = sorted(set(sources) - {OURS}) if may_see_busy_times(reader, user_id) else []
    outside, key = None, None
    if apps and editions is not None and editions.user_id == user_id:
        key = (editions, reader.id == user_id, tuple(apps), begins, ends, days, most)
        outside = _outside.get(key)
    events = list(outside or ())
    read: list[Item] = []
    with_apps = bool(apps) and outside is None
    if with_apps or OURS in sources:
        first_on, last_on = days or (date.min, date.max)
        around = {
            "day_before": begins - _A_DAY,
            "day_after": ends + _A_DAY,
            "day_later": ends + _A_DAY + timedelta(days=1),
            "first_on": first_on,
            "last_on": last_on,
        }
        # No one has the id 0, so nothing is found of a person whose time the reader may not see.
        of_user = user_id if may_see_busy_times(reader, user_id) else 0
        statement = events_of(reader.role, whose.of, with_own_kept=OURS in sources, with_apps=with_apps)
        of_events = {**told, **around, "events_of": of_user, "apps": apps}
        read = sorted((_event(row) for row in rows_of(statement, of_events)), key=_order)
        if with_apps and key is not None:
            _outside.keep(key, tuple(item for item in read if item.kind is ItemKind.OUTSIDE))
    _add(events, read)
    del events[most:]
    _add(events, found)
    return Items(events)


def _add(items: list[Item], others: Sequence[Item]) -> None:
    """Insert others into `items`, which are sorted. A few are inserted one by one, because sorting would look
    at hundreds."""
    if len(others) * 8 < len(items):
        for item in others:
            insort(items, item, key=_order)
    else:
        items.extend(others)
        items.sort(key=_order)


def _order(item: Item) -> tuple[datetime, str, int]:
    return item.starts_at, item.kind, item.id


def _interview(columns: Any, sees_links: bool) -> Item:
    row = InterviewRow._make(columns[:COLUMNS])
    return Item(
        *(ItemKind.INTERVIEW, row.id, row.starts_at, row.ends_at, None, None, row.title, None, True),
        *(row, "", columns[COLUMNS] if sees_links else None),
    )


def _event(row: Any) -> Item:
    return Item(
        *(ItemKind(row.kind), row.id, row.starts_at, row.ends_at, row.first_day, row.last_day),
        *(row.title, row.app, bool(row.is_busy), None, row.owner),
    )
