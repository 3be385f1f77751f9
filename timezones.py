"""The only door to clocks and time zones.

Instants are aware datetimes in UTC everywhere in the product. What a person typed is a wall time
with the IANA name of its zone; the two are kept beside each other, because the rules of a zone can
change between scheduling and the interview. Nothing else in the product calls `datetime.now` or
`ZoneInfo`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's clock as an aware UTC datetime."""
    return datetime.now(UTC)


_clock: Clock = system_clock


def use_clock(clock: Clock) -> None:
    """Replace the clock of this process; the composition root and the tests are its only callers."""
    global _clock
    _clock = clock


def utc_now() -> datetime:
    """The current instant, aware, in UTC."""
    return _clock()


class UnknownZoneError(ValueError):
    """The text is not the name of an IANA time zone that this machine knows."""


class NonexistentTimeError(ValueError):
    """The wall time is skipped when clocks go forward in its zone.

    `before` and `after` are the last wall time before and the first one after the gap, so that the
    message can name what does exist.
    """

    def __init__(self, before: datetime, after: datetime) -> None:
        super().__init__(f"does not exist between {before:%H:%M} and {after:%H:%M}")
        self.before = before
        self.after = after


class AmbiguousTimeError(ValueError):
    """The wall time happens twice when clocks go back; a person has to say which one is meant.

    `earlier` and `later` are the two instants in UTC.
    """

    def __init__(self, earlier: datetime, later: datetime) -> None:
        super().__init__("happens twice")
        self.earlier = earlier
        self.later = later


# Names that ZoneInfo can load but that no person would pick: POSIX rule strings, machine-local
# links and the "right/" variants that count leap seconds.
_NOT_FOR_PEOPLE = ("posix/", "right/", "SystemV/", "Etc/")
_NOT_FOR_PEOPLE_EXACT = frozenset({"localtime", "Factory", "posixrules"})


@cache
def zone_names() -> tuple[str, ...]:
    """All IANA names offered to people, sorted; `UTC` is among them."""
    offered = {
        name
        for name in available_timezones()
        if ("/" in name or name == "UTC")
        and not name.startswith(_NOT_FOR_PEOPLE)
        and name not in _NOT_FOR_PEOPLE_EXACT
    }
    return tuple(sorted(offered))


def is_zone(name: str) -> bool:
    """True when `name` is one of `zone_names()`; anything odd, paths included, is simply not one."""
    return name in _zone_set()


@cache
def _zone_set() -> frozenset[str]:
    return frozenset(zone_names())


def zone(name: str) -> ZoneInfo:
    """The zone of that name; raises `UnknownZoneError`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(name) from error


def parse_local(on: date, at: time, zone_name: str, *, later: bool | None = None) -> datetime:
    """The UTC instant of a wall time in a zone.

    `later` answers the question that a repeated hour raises: False for the first of the two
    instants, True for the second, None when nobody has been asked yet. Raises
    `NonexistentTimeError` for a skipped wall time, `AmbiguousTimeError` for a repeated one without an
    answer, `UnknownZoneError` for a zone that does not exist. A wall time so close to the ends of
    the calendar that it has no UTC equivalent raises `OverflowError`.
    """
    place = zone(zone_name)
    wall = datetime.combine(on, at.replace(tzinfo=None, fold=0))
    first = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    # A skipped wall time does not survive the way to UTC and back; a repeated one has two instants
    # that both survive it.
    survives = first.astimezone(place).replace(tzinfo=None) == wall
    if not survives:
        gap = first.astimezone(place).utcoffset(), second.astimezone(place).utcoffset()
        raise _gap(wall, place, gap)
    if first == second:
        return first
    if later is None:
        raise AmbiguousTimeError(first, second)
    return second if later else first


def _gap(
    wall: datetime, place: ZoneInfo, offsets: tuple[timedelta | None, timedelta | None]
) -> NonexistentTimeError:
    """The error for a skipped wall time, with the gap's edges found by walking minutes outwards."""
    minute = timedelta(minutes=1)

    def exists(candidate: datetime) -> bool:
        there_and_back = candidate.replace(tzinfo=place).astimezone(UTC).astimezone(place)
        return there_and_back.replace(tzinfo=None) == candidate

    edge = wall.replace(second=0, microsecond=0)
    before, after = edge, edge
    # A gap is an hour almost everywhere and a whole day where a country changed the date line's side.
    for _ in range(2 * 24 * 60):
        if not exists(before):
            before -= minute
        if not exists(after):
            after += minute
    return NonexistentTimeError(before, after)


def in_zone(instant: datetime, zone_name: str) -> datetime:
    """The same instant as an aware datetime in that zone; unknown zones fall back to UTC.

    Falling back is right for showing: a stored name that a newer tz database dropped must never
    keep a page or a mail from being made.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant must be aware")
    try:
        return instant.astimezone(zone(zone_name))
    except UnknownZoneError:
        return instant.astimezone(UTC)


def start_of_day(on: date, zone_name: str) -> datetime:
    """The UTC instant at which a day begins there; unknown zones fall back to UTC.

    Where the clocks go forward at midnight the day begins at one, and where they go back at midnight it
    begins at the first of the two.
    """
    try:
        place = zone(zone_name)
    except UnknownZoneError:
        return datetime.combine(on, time(), UTC)
    # With fold 0 a skipped time is read with the offset before the gap, which is the instant of the gap.
    return datetime.combine(on, time(), place).astimezone(UTC)


def zone_short_name(instant: datetime, zone_name: str) -> str:
    """The short name of the zone at that instant: `CET`, `EDT`, or `UTC+4` where none is in use."""
    local = in_zone(instant, zone_name)
    name = local.tzname() or "UTC"
    if name[:1] not in "+-":
        return name
    offset = local.utcoffset() or timedelta()
    minutes = int(offset.total_seconds() // 60)
    sign = "+" if minutes >= 0 else "−"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


@dataclass(frozen=True)
class LocalMoment:
    """An instant as one reader sees it, in pieces that templates and mails put together."""

    instant: datetime
    zone_name: str
    date: str
    short_date: str
    time: str
    zone_short: str

    @property
    def full(self) -> str:
        return f"{self.date}, {self.time} {self.zone_short}"

    @property
    def short(self) -> str:
        return f"{self.short_date}, {self.time} {self.zone_short}"


def local_moment(instant: datetime, zone_name: str) -> LocalMoment:
    """How `instant` reads in `zone_name`: `Tuesday, 24 November 2026`, `09:00`, `CET`."""
    local = in_zone(instant, zone_name)
    return LocalMoment(
        instant=instant,
        zone_name=zone_name,
        date=f"{local:%A}, {local.day} {local:%B} {local.year}",
        short_date=f"{local:%a} {local.day} {local:%b}",
        time=f"{local:%H:%M}",
        zone_short=zone_short_name(instant, zone_name),
    )
