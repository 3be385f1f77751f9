"""Random days, zones and people for property tests of free times: days with a clock change come up often, and
so do people whose hours are on other clocks."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from hypothesis import strategies as st

from scheduling.availability.hours import NOTICES, Availability, Hours, OnTheirClock, OtherDays
from scheduling.free_times import Asked, OnTheTeam
from scheduling.occupied import ClashKind, Needs, Occupied, Taken
from tests.factories import GOOGLE_CALENDAR
from timezones import start_of_day, zone_names

DAY = timedelta(days=1)
# Clocks that change by half an hour, by two hours, at midnight, on the evening before, and never.
ODD_ZONES = (
    *("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Cairo"),
    *("America/Santiago", "Pacific/Chatham", "Africa/Casablanca", "Pacific/Apia", "Pacific/Kiritimati"),
    *("Asia/Kathmandu", "Pacific/Pago_Pago"),
)
CANDIDATE = 9
_FIRST, _LAST = date(2026, 1, 2), date(2028, 12, 30)

some_zone = st.sampled_from(ODD_ZONES) | st.sampled_from(zone_names())
_A_TIME = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))


@cache
def clock_changes(zone: str) -> tuple[date, ...]:
    """The days of three years that are longer or shorter than usual in a zone."""
    days = (_FIRST + number * DAY for number in range((_LAST - _FIRST).days))
    return tuple(on for on in days if start_of_day(on + DAY, zone) - start_of_day(on, zone) != DAY)


@st.composite
def day_in(draw: st.DrawFn, zone: str) -> date:
    """A day, often one of a clock change in that zone, or the one before or after it."""
    changes = clock_changes(zone)
    if not changes or draw(st.booleans()):
        return draw(st.dates(_FIRST, _LAST))
    return draw(st.sampled_from(changes)) + draw(st.integers(-1, 1)) * DAY


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> tuple[Hours, ...]:
    """Up to two spans of one day, from the first to the last minute of it."""
    times = sorted(set(draw(st.lists(_A_TIME, min_size=2, max_size=4))))
    spans = [Hours(begin, end) for begin, end in zip(times[::2], times[1::2], strict=False)]
    if spans and draw(st.integers(0, 3)) == 0:
        spans[-1] = Hours(spans[-1].begin, time())
    return tuple(spans)


@st.composite
def availability_around(draw: st.DrawFn, on: date) -> Availability:
    """What someone may have said about the days around one."""
    first = on + draw(st.integers(-3, 2)) * DAY
    other = OtherDays(first, first + draw(st.integers(0, 2)) * DAY, draw(st.just(()) | hours_of_a_day()))
    return Availability(
        week=draw(st.none() | st.tuples(*[hours_of_a_day()] * 7)),
        other_days=draw(st.sampled_from([(), (other,)])),
        notice_minutes=draw(st.sampled_from(list(NOTICES))),
        minutes_before=draw(st.sampled_from((0, 0, 15, 60))),
        minutes_after=draw(st.sampled_from((0, 0, 10, 45))),
        most_a_day=draw(st.none() | st.integers(1, 2)),
        most_a_week=draw(st.none() | st.integers(1, 4)),
    )


@st.composite
def asked_around(draw: st.DrawFn, on: date, zone: str) -> Asked:
    """Up to three people on a team, perhaps a candidate, and someone who looks for a time for them."""
    team = tuple(
        OnTheTeam(number, f"Person {number}", OnTheirClock(draw(some_zone), draw(availability_around(on=on))))
        for number in range(1, draw(st.integers(1, 3)) + 1)
    )
    others = frozenset(OnTheirClock(there) for there in draw(st.lists(some_zone, max_size=1)))
    minutes = draw(st.sampled_from((15, 45, 60, 240, 700)))
    needs = Needs(frozenset(member.user_id for member in team), CANDIDATE)
    return Asked(needs, minutes, zone, team, others, OnTheirClock(draw(some_zone)))


@st.composite
def occupied_around(draw: st.DrawFn, on: date, people: int = 3) -> tuple[Occupied, ...]:
    """What these people have in the week around a day: interviews, some of them together, some of the
    candidate's; events of calendars; and time that they have blocked."""
    midnight = datetime(on.year, on.month, on.day, tzinfo=UTC)
    found = []
    for number in range(draw(st.integers(0, 8))):
        begins = midnight + timedelta(minutes=5 * draw(st.integers(-300, 600) | st.integers(-2000, 2300)))
        lasts = draw(st.sampled_from((5, 30, 45, 90, 600, 1440)))
        kind = draw(st.sampled_from((ClashKind.PERSON, ClashKind.CALENDAR, ClashKind.BLOCKED)))
        whose = {draw(st.integers(1, people))}
        if kind is ClashKind.PERSON:
            whose.add(draw(st.integers(1, people)))
        taken = tuple(Taken(kind, user_id, f"Person {user_id}") for user_id in sorted(whose))
        if kind is ClashKind.PERSON and draw(st.booleans()):
            taken = (*taken, Taken(ClashKind.CANDIDATE, CANDIDATE, "Dina"))
        found.append(
            Occupied(
                f"{kind} {number}",
                begins,
                begins + timedelta(minutes=lasts),
                taken,
                interview_id=number if kind is ClashKind.PERSON else None,
                app=GOOGLE_CALENDAR if kind is ClashKind.CALENDAR else None,
            )
        )
    return tuple(found)
