"""When people take interviews: their own hours, days off and limits, on their own clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.availability.hours import (
    NOTICES,
    UNSAID,
    Availability,
    Hours,
    OnTheirClock,
    OtherDays,
)
from scheduling.availability.keeping import from_json, to_json
from scheduling.availability.limits import Objection, objections
from scheduling.free_times import Asked, FreeTimes, OnTheTeam, free_times_among
from scheduling.occupied import ClashKind, Needs, Occupied, Taken

BEN, ZURICH = 1, "Europe/Zurich"
BEFORE_ALL = datetime(2020, 1, 1, tzinfo=UTC)
WEDNESDAY = date(2027, 2, 10)
MORNINGS = (Hours(time(9), time(12)),)
MORNINGS_TO_THURSDAY = Availability(week=(MORNINGS,) * 4 + ((), (), ()))


def at(wall: str, zone: str = ZURICH) -> datetime:
    return datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def interview(begins: str, minutes: int = 45, user_id: int = BEN) -> Occupied:
    starts_at = at(begins)
    ends_at = starts_at + timedelta(minutes=minutes)
    taken = (Taken(ClashKind.PERSON, user_id, "Ben Frei"),)
    return Occupied("interview 1", starts_at, ends_at, taken, interview_id=1)


def free(
    said: Availability,
    on: date = WEDNESDAY,
    *,
    theirs: tuple[Occupied, ...] = (),
    now: datetime = BEFORE_ALL,
    minutes: int = 60,
    zone: str = ZURICH,
) -> FreeTimes:
    member = OnTheTeam(BEN, "Ben Frei", OnTheirClock(zone, said))
    asked = Asked(Needs(frozenset({BEN}), 9), minutes, ZURICH, (member,), frozenset(), OnTheirClock(ZURICH))
    return free_times_among(theirs, asked, on, now=now)


def shown(found: FreeTimes) -> list[str]:
    return [f"{start.astimezone(ZoneInfo(ZURICH)):%H:%M}" for start in found.starts]


def test_only_ones_own_hours_are_offered() -> None:
    found = free(MORNINGS_TO_THURSDAY)
    assert shown(found) == ["09:00", "09:30", "10:00", "10:30", "11:00"]
    assert found.is_for_everyone


def test_two_spans_leave_the_time_between_them_free() -> None:
    day = (Hours(time(9), time(11)), Hours(time(14), time()))
    found = shown(free(Availability(week=(day,) * 7)))
    assert found[:4] == ["09:00", "09:30", "10:00", "14:00"]
    assert found[-1] == "23:00", "an end at midnight is the end of the day"


def test_own_hours_at_a_weekend_are_offered() -> None:
    saturday = Availability(week=((),) * 5 + (MORNINGS, ()))
    assert shown(free(saturday, date(2027, 2, 13))) == ["09:00", "09:30", "10:00", "10:30", "11:00"]


def test_hours_are_those_of_the_persons_own_clock() -> None:
    assert shown(free(MORNINGS_TO_THURSDAY, zone="America/New_York")) == [
        "15:00",
        "15:30",
        "16:00",
        "16:30",
        "17:00",
    ]


def test_no_time_is_offered_on_a_day_off_no_matter_who_else_is_free() -> None:
    away = Availability(other_days=(OtherDays(date(2027, 2, 8), date(2027, 2, 12)),))
    assert not free(away).starts
    assert free(away, date(2027, 2, 15)).starts


def test_other_hours_replace_those_of_the_week() -> None:
    that_day = OtherDays(WEDNESDAY, WEDNESDAY, (Hours(time(20), time(22)),))
    assert shown(free(Availability(other_days=(that_day,)))) == ["20:00", "20:30", "21:00"]


def test_nothing_earlier_than_the_notice_is_offered() -> None:
    said = Availability(notice_minutes=1440)
    found = free(said, now=at("2027-02-09T14:10"))
    assert shown(found) == ["14:30", "15:00", "15:30", "16:00", "16:30", "17:00"]


def test_time_around_interviews_is_kept_free() -> None:
    theirs = (interview("2027-02-10T12:00", 60),)
    found = shown(free(Availability(minutes_before=15, minutes_after=15), theirs=theirs))
    # Fifteen minutes after the one, and fifteen before the other.
    assert [time for time in found if "10:00" <= time <= "14:30"] == [
        "10:00",
        "10:30",
        "13:30",
        "14:00",
        "14:30",
    ]


@pytest.mark.parametrize(
    ("said", "is_full"),
    [
        (Availability(most_a_day=2), True),
        (Availability(most_a_day=3), False),
        (Availability(most_a_week=3), True),
        (Availability(most_a_week=4), False),
    ],
)
def test_no_more_interviews_than_someone_takes(said: Availability, is_full: bool) -> None:
    theirs = tuple(
        interview(begins) for begins in ("2027-02-10T09:00", "2027-02-10T15:00", "2027-02-12T09:00")
    )
    assert bool(free(said, theirs=theirs).starts) is not is_full
    # Interviews in the week before and after do not count, and neither do other people's.
    elsewhere = (interview("2027-02-07T09:00"), interview("2027-02-15T09:00"))
    of_others = tuple(interview("2027-02-10T10:00", user_id=7) for _ in range(9))
    assert free(said, theirs=elsewhere + of_others).starts


def test_a_day_is_counted_on_the_persons_own_clock() -> None:
    late = (interview("2027-02-11T00:30"),)
    in_new_york = OnTheirClock("America/New_York", Availability(most_a_day=1))
    starts_at = at("2027-02-10T16:00")
    assert objections(in_new_york, late, starts_at, starts_at + timedelta(hours=1), now=BEFORE_ALL) == (
        Objection.FULL_DAY,
    )


def test_everything_that_speaks_against_a_time_is_shown() -> None:
    said = Availability(
        week=MORNINGS_TO_THURSDAY.week,
        notice_minutes=2880,
        minutes_after=10,
        most_a_day=1,
        most_a_week=1,
    )
    theirs = (interview("2027-02-10T13:00", 60),)
    starts_at = at("2027-02-10T14:00")
    found = objections(
        OnTheirClock(ZURICH, said),
        theirs,
        starts_at,
        starts_at + timedelta(minutes=45),
        now=at("2027-02-09T09:00"),
    )
    assert found == (
        Objection.OUTSIDE_HOURS,
        Objection.SHORT_NOTICE,
        Objection.NO_BREAK,
        Objection.FULL_DAY,
        Objection.FULL_WEEK,
    )


def test_only_what_is_probably_a_mistake_is_questioned_for_those_who_have_said_nothing() -> None:
    person = OnTheirClock(ZURICH)
    for wall, is_questioned in (("06:30", True), ("07:30", False), ("19:30", False), ("21:00", True)):
        starts_at = at(f"2027-02-13T{wall}")
        assert person.is_outside(starts_at, starts_at + timedelta(hours=1)) is is_questioned


def test_day_off_is_named_instead_of_the_hours() -> None:
    person = OnTheirClock(ZURICH, Availability(other_days=(OtherDays(WEDNESDAY, WEDNESDAY),)))
    starts_at = at("2027-02-10T22:00")
    assert objections(person, (), starts_at, starts_at + timedelta(hours=1), now=BEFORE_ALL) == (
        Objection.AWAY,
    )


_TIMES = st.times().map(lambda each: each.replace(second=0, microsecond=0))


@st.composite
def _hours(draw: st.DrawFn) -> tuple[Hours, ...]:
    times = sorted(set(draw(st.lists(_TIMES, min_size=0, max_size=4))))
    return tuple(Hours(begin, end) for begin, end in zip(times[::2], times[1::2], strict=False))


_DATES = st.dates(date(2026, 1, 1), date(2030, 12, 31))
_AVAILABILITIES = st.builds(
    Availability,
    week=st.none() | st.tuples(*[_hours()] * 7),
    other_days=st.lists(
        st.builds(
            lambda first, length, hours, note: OtherDays(first, first + timedelta(length), hours, note),
            _DATES,
            st.integers(0, 20),
            _hours(),
            st.text(max_size=20),
        ),
        max_size=3,
    ).map(tuple),
    notice_minutes=st.sampled_from(list(NOTICES)),
    minutes_before=st.integers(0, 60),
    minutes_after=st.integers(0, 60),
    most_a_day=st.none() | st.integers(1, 4),
    most_a_week=st.none() | st.integers(1, 9),
)


@given(said=_AVAILABILITIES)
def test_what_is_kept_is_what_was_said(said: Availability) -> None:
    assert from_json(to_json(said)) == said


@given(
    said=_AVAILABILITIES,
    on=_DATES,
    zone=st.sampled_from(
        [ZURICH, "Asia/Kathmandu", "America/New_York", "Pacific/Auckland", "Australia/Lord_Howe"]
    ),
    begins=st.lists(st.integers(0, 47), max_size=4),
    minutes=st.sampled_from([15, 45, 90]),
)
def test_nothing_speaks_against_what_is_offered(
    said: Availability, on: date, zone: str, begins: list[int], minutes: int
) -> None:
    theirs = tuple(interview(f"{on}T{number // 2:02}:{number % 2 * 30:02}") for number in begins)
    now = at(f"{on - timedelta(days=1)}T12:00")
    found = free(said, on, theirs=theirs, now=now, minutes=minutes, zone=zone)
    person = OnTheirClock(zone, said)
    for start in found.starts:
        end = start + timedelta(minutes=minutes)
        assert not any(each.overlaps(start, end) for each in theirs)
        against = set(objections(person, theirs, start, end, now=now))
        # If nothing is within their hours, the times of the person who asks are shown, and the page says so.
        assert against <= (set() if found.is_for_everyone else {Objection.OUTSIDE_HOURS})


def test_person_who_has_said_nothing_has_the_usual_hours() -> None:
    assert shown(free(UNSAID))[0] == "08:00"
    assert shown(free(UNSAID))[-1] == "17:00"
