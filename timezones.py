"""The only module that reads clocks and knows time zones.

Instants are aware datetimes in UTC everywhere in the product. What a person typed is a wall time
with the IANA name of its zone; the two are kept beside each other, because the rules of a zone can
change between scheduling and the interview. Nothing else in the product calls `datetime.now` or
`ZoneInfo`. The zones are those of the pinned package (`zone_data`), whatever the machine has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import zone_data
import zone_reading

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's clock as an aware UTC datetime."""
    return datetime.now(UTC)


_clock: Clock = system_clock


def use_clock(clock: Clock) -> Clock:
    """Replace the clock of this process, and return the previous one; only the composition root, the demo and
    the tests call this."""
    global _clock
    before, _clock = _clock, clock
    return before


def utc_now() -> datetime:
    """The current instant, aware, in UTC."""
    return _clock()


class UnknownZoneError(ValueError):
    """The text is not the name of an IANA time zone that the product knows."""


class NonexistentTimeError(ValueError):
    """The wall time is skipped when clocks go forward in its zone.

    `before` and `after` are the last wall time before the gap and the first one after it, so that the
    message can name times that do exist.
    """

    def __init__(self, before: datetime, after: datetime) -> None:
        super().__init__(f"does not exist between {before:%H:%M} and {after:%H:%M}")
        self.before = before
        self.after = after


class AmbiguousTimeError(ValueError):
    """The wall time occurs twice when clocks go back; a person has to say which one is meant.

    `earlier` and `later` are the two instants in UTC.
    """

    def __init__(self, earlier: datetime, later: datetime) -> None:
        super().__init__("happens twice")
        self.earlier = earlier
        self.later = later


def zone_names() -> tuple[str, ...]:
    """All zones offered to people, each once and by its present IANA name, sorted; `UTC` is among them."""
    return zone_data.names()


def zone_spellings() -> dict[str, list[str]]:
    """All those zones, each with the other ways in which people write it, in small letters."""
    return zone_reading.spellings()


def unclear_zone_words() -> dict[str, tuple[str, ...]]:
    """What people write that means several zones, in small letters, such as `ist`: each with the likely ones,
    the likeliest first."""
    return zone_reading.unclear_words(_this_hour())


def zone_data_version() -> str:
    """Which edition of IANA's time zones all times are computed from: `2026f`."""
    return zone_data.version()


def present_zone_name(name: str) -> str:
    """The one name that is used for a zone: `Europe/Kyiv` for `Europe/Kiev`. What is kept and compared goes
    through here. A text that names no zone comes back as it is."""
    return zone_data.present_name(name)


def zone_as_written(text: str) -> str | None:
    """The present IANA name of a zone as people, spreadsheets and Windows write it, or None: for what is no
    zone, and for what two people would read as two."""
    return zone_reading.as_written(text, _this_hour())


def zones_meant(text: str, near: Sequence[str] = ()) -> tuple[str, ...]:
    """The present IANA names of the few zones that a text most likely means, the likeliest first: none if it
    is no zone, one if it is understood, and several if a person has to say which.

    `near` are zones of people around, the nearest first; of what a text may mean, they come first.
    """
    return zone_reading.likely(text, _this_hour(), tuple(near))


def places_of(names: Sequence[str]) -> str:
    """Some zones as a sentence offers them: `Kolkata, Dublin, or Jerusalem`. Three at most."""
    *others, last = [place_name(name) for name in names[:3]]
    return f"{', '.join(others)}{',' if len(others) > 1 else ''} or {last}" if others else last


def zone_country(name: str) -> str:
    """The English name of the country of a zone; an empty text for `UTC` and what is no zone."""
    return zone_data.countries().get(zone_data.country_of().get(present_zone_name(name), ""), "")


def _this_hour() -> datetime:
    """When offsets are read: the same for a whole list, so that what one row said is known for the next."""
    return utc_now().replace(minute=0, second=0, microsecond=0)


def is_zone(name: str) -> bool:
    """True when `name` is one of `zone_names()`, or an older name of one; anything odd, paths included, is
    simply not one."""
    return present_zone_name(name) in _OFFERED


_OFFERED = frozenset(zone_data.names())


def zone(name: str) -> ZoneInfo:
    """The zone of that name; raises `UnknownZoneError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(name) from error


def parse_local(on: date, at: time, zone_name: str, *, later: bool | None = None) -> datetime:
    """The UTC instant of a wall time in a zone.

    `later` resolves a repeated hour: False for the first of the two instants, True for the second, None
    if no one has been asked yet. Raises `NonexistentTimeError` for a skipped wall time, `AmbiguousTimeError`
    for a repeated one if `later` is None, and `UnknownZoneError` for a zone that does not exist. A wall time
    so close to the ends of the calendar that it has no UTC equivalent raises `OverflowError`.
    """
    place = zone(zone_name)
    wall = datetime.combine(on, at.replace(tzinfo=None, fold=0))
    first = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    # A skipped wall time does not survive a round trip to UTC and back; a repeated one has two instants
    # that both do.
    survives = first.astimezone(place).replace(tzinfo=None) == wall
    if not survives:
        raise _gap(wall, zone_name, first, second)
    if first == second:
        return first
    if later is None:
        raise AmbiguousTimeError(first, second)
    return second if later else first


def _gap(wall: datetime, zone_name: str, first: datetime, second: datetime) -> NonexistentTimeError:
    """The error for a skipped wall time. With the offset from before the gap, it falls after the change, and
    with the offset from after the gap, it falls before, so the change itself is between the two."""
    change = clock_change_between(zone_name, second, first)
    assert change is not None
    by_the_old_clock = change + (wall - first.replace(tzinfo=None))
    by_the_new_clock = change + (wall - second.replace(tzinfo=None))
    return NonexistentTimeError(
        by_the_old_clock.replace(tzinfo=None) - timedelta(minutes=1), by_the_new_clock.replace(tzinfo=None)
    )


def in_zone(instant: datetime, zone_name: str) -> datetime:
    """The same instant as an aware datetime in that zone; unknown zones fall back to UTC.

    For display, falling back is right: a stored name that a newer tz database has dropped must never
    prevent a page or an email from being made.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    try:
        return instant.astimezone(zone(zone_name))
    except UnknownZoneError:
        return instant.astimezone(UTC)


def start_of_day(on: date, zone_name: str) -> datetime:
    """The UTC instant at which a day begins in a zone; unknown zones fall back to UTC.

    If the clocks go forward at midnight, the day begins at one o'clock; if they go back at midnight, it
    begins at the first of the two midnights.
    """
    try:
        place = zone(zone_name)
    except UnknownZoneError:
        return datetime.combine(on, time(), UTC)
    # With fold 0, a skipped time uses the offset from before the gap, which gives the instant of the gap.
    return datetime.combine(on, time(), place).astimezone(UTC)


_SEARCHED = timedelta(days=3653)


def clock_change_between(zone_name: str, start: datetime, end: datetime) -> datetime | None:
    """The first instant after `start` and up to `end` at which the clocks in that zone change, or None.

    The search samples once a day, so it misses two changes within one day that cancel each other out; no zone
    has ever done that. It stops ten years after `start`, so that no date a person types can keep the machine
    busy.
    """
    day, minute = timedelta(days=1), timedelta(minutes=1)
    end = start + min(end - start, _SEARCHED)

    def offset(at: datetime) -> timedelta | None:
        return in_zone(at, zone_name).utcoffset()

    before = start
    while before < end:
        after = min(before + day, end)
        if offset(before) != offset(after):
            # Halving the day leads to the minute; clocks only ever change on a full minute.
            before = before.replace(second=0, microsecond=0)
            after = after.replace(second=0, microsecond=0) + minute
            while after - before > minute:
                middle = before + ((after - before) // 2) // minute * minute
                if offset(middle) == offset(before):
                    before = middle
                else:
                    after = middle
            return after
        before = after
    return None


def place_name(zone_name: str) -> str:
    """What people call a zone: the last part of its name, `Buenos Aires` for
    `America/Argentina/Buenos_Aires`."""
    return zone_name.rpartition("/")[2].replace("_", " ")


# The abbreviations that mean one clock wherever they are read. "IST" is used in Ireland, India and Israel,
# "CST" in Chicago, Shanghai and Havana, "BST" in London and in Bangladesh.
# fmt: off
_UNMISTAKABLE = frozenset({
    "UTC", "GMT", "WET", "WEST", "CET", "CEST", "EET", "EEST", "MSK", "EST", "EDT", "AKST", "AKDT", "HST",
    "AEST", "AEDT", "ACST", "ACDT", "AWST", "NZST", "NZDT", "JST", "KST", "SAST", "EAT", "CAT", "WAT",
})
# fmt: on


def zone_abbreviation(instant: datetime, zone_name: str) -> str:
    """The short name of the zone at that instant: `CET`, `IST`, or `UTC+4` where none is in use. Only for
    where the place is said beside it, since several places share some of them."""
    local = in_zone(instant, zone_name)
    name = local.tzname() or "UTC"
    return name if name[:1] not in "+-" else utc_offset(instant, zone_name)


def utc_offset(instant: datetime, zone_name: str) -> str:
    """How far a zone is from UTC at that instant: `UTC+1`, `UTC−3:30`, and `UTC+0` for none."""
    offset = in_zone(instant, zone_name).utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "+" if minutes >= 0 else "−"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def zone_short_name(instant: datetime, zone_name: str) -> str:
    """What follows a time that is shown alone: `CET`, `UTC+4`, or `Kolkata time` where the abbreviation is
    used in several places; `CDT, Chicago time` in an hour that happens twice."""
    short = zone_abbreviation(instant, zone_name)
    if short in _UNMISTAKABLE or short.startswith("UTC"):
        return short
    place = f"{place_name(present_zone_name(zone_name))} time"
    return f"{short}, {place}" if happens_twice(instant, zone_name) else place


def happens_twice(instant: datetime, zone_name: str) -> bool:
    """Whether the wall time of an instant (aware) is in an hour that the clocks of that zone show twice."""
    local = in_zone(instant, zone_name)
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


# The name that the class below gives to something else.
_Date = date


@dataclass(frozen=True)
class LocalMoment:
    """An instant as one reader sees it, in pieces that templates and mails put together. `zone_short` can be
    shown alone; `zone_abbreviation` only where the place is said beside it."""

    instant: datetime
    zone_name: str
    date: str
    short_date: str
    time: str
    zone_short: str
    zone_abbreviation: str

    @property
    def full(self) -> str:
        return f"{self.date}, {self.time} {self.zone_short}"

    @property
    def with_place(self) -> str:
        """The same where the place matters: `…, 09:00 CET, Zurich time`; zones without a place have none."""
        of_a_place = f", {place_name(self.zone_name)} time" if "/" in self.zone_name else ""
        return f"{self.date}, {self.time} {self.zone_abbreviation}{of_a_place}"

    @property
    def short(self) -> str:
        return f"{self.short_date}, {self.time} {self.zone_short}"

    def near(self, today: _Date) -> str:
        """As short as it is clear on that day in the same zone: `Today 15:15 CET`, `Mon 15:15 CET` within the
        next six days, and otherwise like `short`."""
        days = (in_zone(self.instant, self.zone_name).date() - today).days
        if not 0 <= days < 7:
            return self.short
        return f"{self.short_date.split()[0] if days else 'Today'} {self.time} {self.zone_short}"

    def day(self, today: _Date) -> str:
        """The day alone, as said on that day in the same zone: `Today`, `Yesterday`, `Sun 31 Jan`, and with
        its year if that is another one."""
        local = in_zone(self.instant, self.zone_name).date()
        said = {0: "Today", 1: "Yesterday"}.get((today - local).days, self.short_date)
        return said if local.year == today.year or said != self.short_date else f"{said} {local.year}"


@lru_cache(4096)
def local_moment(instant: datetime, zone_name: str) -> LocalMoment:
    """How `instant` reads in `zone_name`: `Tuesday, 24 November 2026`, `09:00`, `CET`."""
    local = in_zone(instant, zone_name)
    return LocalMoment(
        instant=instant,
        zone_name=present_zone_name(zone_name),
        date=f"{local:%A}, {local.day} {local:%B} {local.year}",
        short_date=f"{local:%a} {local.day} {local:%b}",
        time=f"{local:%H:%M}",
        zone_short=zone_short_name(instant, zone_name),
        zone_abbreviation=zone_abbreviation(instant, zone_name),
    )
