"""What is on between two instants: interviews, events of connected calendars, and what people have added.
The first argument is always who is asking."""

from __future__ import annotations

from collections.abc import Collection
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
    Of,
    Whose,
    events_of,
    interviews_of,
)
from scheduling.reading.interview_rows import COLUMNS, InterviewRow

__all__ = ["MOST", "OURS", "OWN", "Item", "ItemKind", "Of", "Whose", "calendar_between", "may_see_busy_times"]

# The source of what is kept here; those of outside events are the keys of their apps.
OURS = "ours"
# No one reads more than this at once, of interviews or of events.
MOST = 1000
_A_DAY = timedelta(hours=26)


def may_see_busy_times(reader: Reader, user_id: int) -> bool:
    """Whether `reader` learns when this user is busy: one's own calendar, and for those who schedule
    interviews, everyone's."""
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
) -> tuple[Item, ...]:
    """What touches the time between two instants (aware UTC), by its start, as far as `reader` may see it.

    `sources`: `OURS` for interviews and what was added here, and the keys of apps for outside events. These
    and blocked times are one's own, or those of the person whose calendar it is: a job and everyone have too
    many. What takes whole days is found if it takes one of `days`, the first and the last; without them, also
    a day around that time, because its days count and not its instants. At most `most` interviews and as many
    events, the first ones. Two statements at most.
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
    if apps or OURS in sources:
        first_on, last_on = days or (date.min, date.max)
        around = {
            "day_before": begins - _A_DAY,
            "day_after": ends + _A_DAY,
            "first_on": first_on,
            "last_on": last_on,
        }
        # Nobody has the id 0, and so nothing is found of someone whose time the reader may not see.
        of_user = user_id if may_see_busy_times(reader, user_id) else 0
        statement = events_of(reader.role, whose.of, with_own_kept=OURS in sources, with_apps=bool(apps))
        of_events = {**told, **around, "events_of": of_user, "apps": apps}
        found += map(_event, rows_of(statement, of_events))
        found.sort(key=lambda item: (item.starts_at, item.kind, item.id))
    return tuple(found)


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
