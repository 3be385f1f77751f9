"""The hours in which interviews are held: the hours that people have set, and the usual ones for everyone
else, each on the person's own clock.

Two usual spans differ on purpose. The times that the product proposes have to suit nearly everyone; a time
that a person chose is questioned only if it is probably a mistake. An interview at 07:30 or 19:00 is never
proposed, but people who type it have a reason, and people stop reading a warning that comes too often.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from scheduling.working_days import is_weekend
from timezones import in_zone, start_of_day

_MIDNIGHT = time()


@dataclass(frozen=True, order=True)
class Hours:
    """From one wall time until another of the same day. An end at midnight is the end of the day."""

    begin: time
    end: time

    def __post_init__(self) -> None:
        if self.end != _MIDNIGHT and self.end <= self.begin:
            raise ValueError("hours must end after they begin")

    def __str__(self) -> str:
        return f"{self.begin:%H:%M} to {self.end:%H:%M}"

    def hold(self, begins: datetime, ends: datetime) -> bool:
        """Whether something is within them, on the wall clock of the day on which it begins."""
        day_after = begins.date() + timedelta(days=1)
        is_over = ends.date() == begins.date() and (self.end == _MIDNIGHT or ends.time() <= self.end)
        is_over_at_midnight = self.end == _MIDNIGHT and ends.date() == day_after and ends.time() == _MIDNIGHT
        return begins.time() >= self.begin and (is_over or is_over_at_midnight)


# Free times are offered within these, from beginning to end.
OFFERED = Hours(time(8), time(18))
# A start outside these is called "Outside working hours".
USUAL = Hours(time(7), time(21))

# How much notice, in minutes, people may want before an interview.
NOTICES = {
    0: "None",
    240: "4 hours",
    720: "12 hours",
    1440: "1 day",
    2880: "2 days",
    4320: "3 days",
    10080: "1 week",
}

# From Monday to Sunday, the hours of each day.
Week = tuple[tuple[Hours, ...], ...]
USUAL_WEEK: Week = ((OFFERED,),) * 5 + ((), ())


@dataclass(frozen=True, order=True)
class OtherDays:
    """Days on which someone's hours differ from their usual week: none while they are away. `note` says why,
    and only they see it."""

    first: date
    last: date
    hours: tuple[Hours, ...] = ()
    note: str = ""

    def hold(self, on: date) -> bool:
        """Whether that day is one of these."""
        return self.first <= on <= self.last


@dataclass(frozen=True)
class Availability:
    """When someone takes interviews, on their own clock.

    week: their hours, or None for the usual ones.
    notice_minutes: how much notice they want before an interview.
    minutes_before, minutes_after: what they keep free around each.
    most_a_day, most_a_week: how many they take, from Monday to Sunday; None for no limit.
    """

    week: Week | None = None
    other_days: tuple[OtherDays, ...] = ()
    notice_minutes: int = 0
    minutes_before: int = 0
    minutes_after: int = 0
    most_a_day: int | None = None
    most_a_week: int | None = None

    def hours_on(self, on: date, *, also_weekends: bool = False) -> tuple[Hours, ...]:
        """Their hours of a day. `also_weekends`: the usual hours count on weekends too, for people who have
        chosen a weekend day."""
        for days in self.other_days:
            if days.hold(on):
                return days.hours
        if self.week is not None:
            return self.week[on.weekday()]
        return () if is_weekend(on) and not also_weekends else (OFFERED,)

    def is_away(self, on: date) -> bool:
        """Whether they have said that they take no interviews on that day."""
        return any(days.hold(on) and not days.hours for days in self.other_days)

    @property
    def earliest(self) -> timedelta:
        return timedelta(minutes=self.notice_minutes)


UNSAID = Availability()


@dataclass(frozen=True)
class OnTheirClock:
    """When someone takes interviews, and the zone of those hours (an IANA name)."""

    zone: str
    availability: Availability = UNSAID

    @property
    def has_limits(self) -> bool:
        """Whether their other interviews, or too little notice, may rule out a time within their hours."""
        said = self.availability
        limits = (said.notice_minutes, said.minutes_before, said.minutes_after)
        return any(limits) or said.most_a_day is not None or said.most_a_week is not None

    def suits(self, starts_at: datetime, ends_at: datetime, *, chosen: date) -> bool:
        """Whether something between two instants (aware UTC) is within their hours, for those who look for a
        time on the day `chosen`. A Friday evening in Los Angeles is a Saturday in Sydney, which is offered
        only to people who have chosen a weekend day."""
        begins, ends = in_zone(starts_at, self.zone), in_zone(ends_at, self.zone)
        hours = self.availability.hours_on(begins.date(), also_weekends=is_weekend(chosen))
        return any(each.hold(begins, ends) for each in hours)

    def is_away_at(self, instant: datetime) -> bool:
        """Whether they have said that they take none on the day of this instant (aware)."""
        return self.availability.is_away(in_zone(instant, self.zone).date())

    def is_away_all(self, on: date, zone: str) -> bool:
        """Whether they have said that they take none at any time of a day on the clocks of a zone."""
        begins, ends = start_of_day(on, zone), start_of_day(on + timedelta(days=1), zone)
        return self.is_away_at(begins) and self.is_away_at(ends - timedelta(minutes=1))

    def is_outside(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether to question a time. People who have set their hours mean them. For everyone else, only a
        start before 7 a.m., or at 9 p.m. or later, is questioned."""
        begins, ends = in_zone(starts_at, self.zone), in_zone(ends_at, self.zone)
        on = begins.date()
        if self.availability.week is None and not any(day.hold(on) for day in self.availability.other_days):
            return is_outside_usual(starts_at, self.zone)
        return not any(each.hold(begins, ends) for each in self.availability.hours_on(on, also_weekends=True))


def zones_of(clocks: Collection[OnTheirClock]) -> frozenset[str]:
    """The zones of these people, each once."""
    return frozenset(clock.zone for clock in clocks)


def is_outside_usual(starts_at: datetime, zone_name: str) -> bool:
    """Whether it begins before 7 a.m., or at 9 p.m. or later, in that zone."""
    return not USUAL.begin <= in_zone(starts_at, zone_name).time() < USUAL.end
