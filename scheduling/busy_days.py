"""What people's calendars have on single days, kept by this process for as long as these calendars stay as
they are.

Ten people with full calendars are busy thousands of times in a week, and everyone looking for a time looks at
the same week again and again. So a look reads the editions of the calendars first, and then the events of
those that have changed. In this order, so that what is kept of an edition is never older than it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from scheduling.in_order import InOrder, Spans
from scheduling.occupied import ClashKind, Occupied
from scheduling.remembered import Editions, Remembered

# When a day begins, and until when events have to be known because an interview on that day may overlap them.
Bounds = tuple[datetime, datetime]
# How many events are kept for single people, and for groups that were asked for together: about 4 MB, mostly
# the same objects.
_MOST = 10_000


class DayKey(NamedTuple):
    """Which calendars, whether the reader learns their titles, and which period."""

    editions: Editions
    with_titles: bool
    bounds: Bounds


class PersonDay(NamedTuple):
    """What someone's calendars have on a day, soonest first; the last event is over at `ends`, which may be
    days later. `key` is unique to this day, and changes when anything on it changes."""

    key: DayKey
    events: tuple[Occupied, ...]
    ends: datetime | None

    def reaches(self, begins: datetime, ends: datetime) -> bool:
        """Whether any of it may take time between two instants."""
        return self.ends is not None and self.events[0].starts_at < ends and self.ends > begins


class BusyDay:
    """What the calendars of several people have on a day: of all of them in order, the time that they take
    together, and `of_user`."""

    def __init__(self, people: Iterable[PersonDay]) -> None:
        self.of_user = {each.key.editions.user_id: each for each in people if each.events}
        self.events = InOrder(event for each in self.of_user.values() for event in each.events)
        self.taken = Spans(self.events.all)

    def __len__(self) -> int:
        return len(self.events.all)


NOTHING = BusyDay(())

_of_person: Remembered[PersonDay] = Remembered(_MOST, lambda day: 1 + len(day.events))
_of_people: Remembered[BusyDay] = Remembered(_MOST, lambda day: 1 + len(day))


class BusyDays:
    """One look at the days of several people. `unread` are those whose events have to be read for it; what
    was read of them is taken by `keep_from`. Then each `day` is known.

    `editions` are those of people's calendars, as they were read in the same transaction; people without one
    are read each time. Titles are kept apart for their owner, so `asker_id` says who is looking.
    """

    def __init__(
        self,
        user_ids: Collection[int],
        editions: Mapping[int, Editions],
        asker_id: int,
        days: Collection[Bounds],
    ) -> None:
        known = [editions[user_id] for user_id in sorted(user_ids) if user_id in editions]
        self._people = tuple(each for each in known if each.calendars)
        self._asker_id = asker_id
        self._titled = asker_id if any(each.user_id == asker_id for each in self._people) else None
        self._days: dict[Bounds, BusyDay] = {}
        self._of_person: dict[DayKey, PersonDay] = {}
        unread = {user_id for user_id in user_ids if user_id not in editions}
        for bounds in days:
            day = _of_people.get(self._key(bounds))
            if day is not None:
                self._days[bounds] = day
                continue
            for key in self._keys(bounds):
                of_person = _of_person.get(key)
                if of_person is None:
                    unread.add(key.editions.user_id)
                else:
                    self._of_person[key] = of_person
        self._bounds = [bounds for bounds in days if bounds not in self._days]
        self.unread = frozenset(unread)

    @property
    def key(self) -> tuple[object, ...]:
        """Which calendars these days are from, and who learns their titles."""
        return self._people, self._titled

    def _key(self, bounds: Bounds) -> tuple[object, ...]:
        return self._people, self._titled, bounds

    def _keys(self, bounds: Bounds) -> list[DayKey]:
        return [DayKey(each, each.user_id == self._titled, bounds) for each in self._people]

    def keep_from(self, occupied: Iterable[Occupied]) -> tuple[Occupied, ...]:
        """Keep what was read of the calendars of those who were `unread`, which is all of it on these days,
        and return the rest: what is no event, and events of people whose editions are not known."""
        wanted: dict[int, list[Occupied]] = {each.user_id: [] for each in self._people}
        rest = []
        for each in occupied:
            kind, user_id, _ = each.taken[0] if each.taken else (None, 0, "")
            if kind is ClashKind.CALENDAR and user_id in wanted:
                wanted[user_id].append(each)
            else:
                rest.append(each)
        in_order = {user_id: InOrder(events) for user_id, events in wanted.items() if user_id in self.unread}
        for bounds in self._bounds:
            for key in self._keys(bounds):
                read = in_order.get(key.editions.user_id)
                if key not in self._of_person and read is not None:
                    events = tuple(read.between(*bounds))
                    day = PersonDay(key, events, max((each.ends_at for each in events), default=None))
                    self._of_person[key] = _of_person.keep(key, day)
            people = [self._of_person[key] for key in self._keys(bounds)]
            self._days[bounds] = _of_people.keep(self._key(bounds), BusyDay(people))
        return tuple(rest)

    def day(self, bounds: Bounds) -> BusyDay:
        """What these people's calendars have on one of the days."""
        return self._days[bounds]

    def of_user(self, user_id: int) -> list[Occupied]:
        """What someone's calendars have on all of the days, each event once."""
        days = [day.of_user[user_id].events for day in self._days.values() if user_id in day.of_user]
        return list({each.key: each for events in days for each in events}.values())
