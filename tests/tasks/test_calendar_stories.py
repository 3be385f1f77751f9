"""People change their calendars in any order while providers fail and processes die: in the end, what is
stored is what is there."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connections.revocation import end_connections
from extensions import db
from models import User
from scheduling.outside.sync import SYNC_CALENDAR
from tests.factories import LENA
from tests.machines.counts import Counts
from tests.tasks.calendar_office import CalendarInstallation, in_calendars
from tests.tasks.reading_calendars import ask, calendar_of, connect, own, read_due, stored
from work.runner import Phase

FAULTS: tuple[dict[str, object], ...] = (
    {"forget_next_sync_tokens": 1},
    {"no_next_sync_tokens": 1},
    {"repeat_next_pages": 2, "list_page_size": 2},
    {"empty_next_pages": 1},
    {"fail_next": 1, "fail_status": 503},
    {"fail_next": 2, "fail_status": 429, "retry_after": 90},
    {"reject_next_tokens": 1},
)
CALM: dict[str, object] = {
    **dict.fromkeys(("forget_next_sync_tokens", "no_next_sync_tokens", "repeat_next_pages"), 0),
    "empty_next_pages": 0,
    "list_page_size": None,
}
PHASES: tuple[Phase, ...] = ("claimed", "loaded", "called", "recorded")


@in_calendars("google", "outlook")
def test_calendar_that_is_changed_in_any_order_is_stored_as_it_is(
    calendar_installation: CalendarInstallation, counts: Counts
) -> None:
    seed = random.randrange(10**6)
    for number in counts.repeat("changed calendars", ordinary=1, full=4):
        story = _Story(calendar_installation, random.Random(seed + number))
        try:
            story.live(steps=18)
        except AssertionError as error:
            raise AssertionError(f"seed {seed + number}: {', '.join(story.told)}") from error


@dataclass(frozen=True)
class _Event:
    """What its owner knows about an event."""

    title: str
    starts_at: datetime
    ends_at: datetime
    is_busy: bool = True


class _Story:
    """Lena's calendar, which Ben has connected. `told` says what happened, for a failure's message."""

    def __init__(self, office: CalendarInstallation, chance: random.Random) -> None:
        self.office, self.chance = office, chance
        self.side = office.side_of(LENA)
        self.told: list[str] = []
        self.there: dict[str, _Event] = {}
        self.series: dict[str, tuple[str, ...]] = {}
        self.made = 0
        for old in self.side.all_events(LENA):
            self.side.delete(LENA, old.id)
        connect(office, office.team.ben)

    def live(self, steps: int) -> None:
        acts: list[tuple[Callable[[], None], int]] = [
            (self.add, 4),
            (self.add_series, 1),
            (self.rename, 3),
            (self.move, 3),
            (self.move_far, 1),
            (self.free, 1),
            (self.delete, 2),
            (self.delete_series, 1),
            (self.fail, 4),
            (self.die, 2),
            (self.ask, 2),
            (self.wait, 4),
            (self.connect_again, 1),
            (self.settle, 2),
        ]
        for _ in range(steps):
            [act] = self.chance.choices([each for each, _ in acts], [weight for _, weight in acts])
            self.told.append(act.__name__)
            act()
        self.settle()

    def add(self) -> None:
        self.made += 1
        title, begins = f"Event {self.made}", self._some_time()
        minutes = self.chance.choice((15, 30, 90, 600))
        made = own(self.office, title, begins, minutes)
        self.there[made] = _Event(title, begins, begins + timedelta(minutes=minutes))

    def add_series(self) -> None:
        self.made += 1
        title, begins = f"Series {self.made}", self._some_time()
        ends = begins + timedelta(minutes=30)
        made = self.side.remote.own_series(LENA, title, begins, ends, times=3, every_days=1)
        self.series[made.id] = made.events
        for number, each in enumerate(made.events):
            later = timedelta(days=number)
            self.there[each] = _Event(title, begins + later, ends + later)

    def rename(self) -> None:
        if each := self._one():
            self.made += 1
            title = f"Renamed {self.made}"
            self.side.remote.change_own(LENA, each, title=title)
            self.there[each] = replace(self.there[each], title=title)

    def move(self) -> None:
        if each := self._one(within_series=False):
            self._move(each, timedelta(minutes=self.chance.choice((-90, 45, 600, 1440))))

    def move_far(self) -> None:
        if each := self._one(within_series=False):
            is_far = self.there[each].starts_at > self.office.clock.now + timedelta(days=300)
            self._move(each, timedelta(days=-400 if is_far else 400))

    def free(self) -> None:
        if each := self._one():
            is_busy = not self.there[each].is_busy
            self.side.remote.change_own(LENA, each, busy=is_busy)
            self.there[each] = replace(self.there[each], is_busy=is_busy)

    def delete(self) -> None:
        if each := self._one():
            self.side.delete(LENA, each)
            del self.there[each]

    def delete_series(self) -> None:
        if self.series:
            which = self.chance.choice(sorted(self.series))
            self.side.delete(LENA, which)
            for each in self.series.pop(which):
                self.there.pop(each, None)

    def fail(self) -> None:
        fault = self.chance.choice(FAULTS)
        self.told.append(str(fault))
        self.side.switches(**fault)

    def die(self) -> None:
        ask(self.office, self.office.team.ben)
        self.office.die_after(self.chance.choice(PHASES), SYNC_CALENDAR.name)

    def ask(self) -> None:
        ask(self.office, self.office.team.ben)
        read_due(self.office)

    def wait(self) -> None:
        self.office.clock.forward(timedelta(minutes=self.chance.choice((1, 6, 6, 70, 1500))))
        read_due(self.office)

    def connect_again(self) -> None:
        self.calm()
        with self.office.writing():
            end_connections(db.session.get_one(User, self.office.team.ben.id))
            db.session.commit()
        assert stored(self.office, self.office.team.ben) == []
        connect(self.office, self.office.team.ben, reads=self.chance.random() < 0.5)

    def calm(self) -> None:
        self.side.calm()
        self.side.switches(**CALM)

    def settle(self) -> None:
        """Let nothing go wrong anymore: an hour and a reading later, everything is stored as it is there."""
        self.calm()
        self.office.clock.forward(timedelta(minutes=61))
        read_due(self.office)
        self.office.clock.forward(timedelta(minutes=6))
        read_due(self.office)
        seen = calendar_of(self.office, self.office.team.ben)
        assert (seen.failure, seen.read_at) == (None, self.office.clock.now)
        assert seen.since
        assert seen.until
        expected = sorted(
            (each.title, each.starts_at, each.ends_at, each.is_busy)
            for each in self.there.values()
            if each.ends_at > seen.since and each.starts_at < seen.until
        )
        found = stored(self.office, self.office.team.ben)
        assert sorted((each.title, each.starts_at, each.ends_at, each.is_busy) for each in found) == expected
        assert len(self.office.tasks(SYNC_CALENDAR.name)) < 60

    def _some_time(self) -> datetime:
        minutes = 15 * self.chance.randrange(4 * 24 * 30)
        return self.office.clock.now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)

    def _one(self, *, within_series: bool = True) -> str | None:
        single = set(self.there) - {each for events in self.series.values() for each in events}
        choices = sorted(self.there if within_series else single)
        return self.chance.choice(choices) if choices else None

    def _move(self, each: str, by: timedelta) -> None:
        event = self.there[each]
        moved = replace(event, starts_at=event.starts_at + by, ends_at=event.ends_at + by)
        self.side.remote.change_own(LENA, each, time=(moved.starts_at, moved.ends_at))
        self.there[each] = moved
