"""The drawing of everyone's week against what clocks show: what takes someone's time is drawn at exactly the
minutes that it takes, also in an hour that happens twice, and where people's days begin at other times."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from blueprints.schedule_interview.panels.first_times import LEAST, MOST, first_times
from blueprints.schedule_interview.panels.free_times import OfferedTimes, days_to_choose, offered_times
from blueprints.schedule_interview.panels.lanes import (
    Lane,
    LaneOfDay,
    Look,
    lane_of_day,
    lanes_of,
    of_lanes,
)
from blueprints.schedule_interview.panels.strip import Bar, Period
from scheduling.availability.hours import Availability, Hours, OnTheirClock, OtherDays
from scheduling.free_times import Asked, FreeTimes, OnTheTeam, free_times_among
from scheduling.occupied import ClashKind, Needs, Occupied, Taken
from tests.scheduling.days_and_clocks import (
    DAY,
    ODD_ZONES,
    asked_around,
    availability_around,
    day_in,
    occupied_around,
    some_zone,
)
from tests.scheduling.test_everyones_times import is_away, minutes_of_a_day, suits
from timezones import in_zone

A_MINUTE = timedelta(minutes=1)


def shown_minutes(instants: Iterable[datetime], zone: str) -> set[int]:
    """What a clock shows at these instants, in minutes after midnight."""
    walls = (instant.astimezone(ZoneInfo(zone)) for instant in instants)
    return {wall.hour * 60 + wall.minute for wall in walls}


@lru_cache(maxsize=16)
def minutes_that_exist(on: date, zone: str) -> frozenset[int]:
    """What a clock shows in the course of that day."""
    return frozenset(shown_minutes(minutes_of_a_day(on, zone), zone))


def drawn(bars: Iterable[Bar], on: date, zone: str) -> set[int]:
    """The minutes that these bars cover, without those that the clocks skip that day."""
    return {minute for bar in bars for minute in range(bar.begins, bar.ends)} & minutes_that_exist(on, zone)


def ben(clock: OnTheirClock) -> Lane:
    return Lane(("team", 1), "Ben", "BF", clock)


def bars_of(lane: LaneOfDay, look: Look) -> list[Bar]:
    return [block.bar for block in lane.blocks if block.look is look]


LOOKS = {
    ClashKind.PERSON: Look.INTERVIEW,
    ClashKind.CALENDAR: Look.OUTSIDE,
    ClashKind.BLOCKED: Look.BLOCKED,
}


@given(zone=st.sampled_from(ODD_ZONES) | some_zone, data=st.data())
def test_time_that_is_taken_is_drawn_where_it_is(zone: str, data: st.DataObject) -> None:
    on = data.draw(day_in(zone))
    for each in data.draw(occupied_around(on, people=1)):
        mine = of_lanes([each], None)["team", 1]
        lane = lane_of_day(ben(OnTheirClock(zone)), mine, on, zone, None)
        taken = (at for at in minutes_of_a_day(on, zone) if each.starts_at <= at < each.ends_at)
        found = bars_of(lane, LOOKS[each.taken[0].kind])
        assert drawn(found, on, zone) == shown_minutes(taken, zone), each
        assert all(0 <= bar.begins < bar.ends <= 24 * 60 for bar in found)


@given(gaps=st.lists(st.integers(0, 60), min_size=12, max_size=40), clash=st.integers(0, 40))
def test_very_full_calendar_is_drawn_together_where_no_half_hour_is_left(gaps: list[int], clash: int) -> None:
    at, events = datetime(2027, 2, 10, 1, tzinfo=UTC), []
    for number, gap in enumerate([0, *gaps]):
        at += gap * A_MINUTE
        taken = (Taken(ClashKind.CALENDAR, 1, "Ben Frei"),)
        events.append(Occupied(f"calendar {number}", at, at + 10 * A_MINUTE, taken, app="an-app"))
        at += 10 * A_MINUTE
    chosen_event = events[clash] if clash < len(events) else None
    chosen = Period(chosen_event.starts_at, chosen_event.ends_at) if chosen_event is not None else None
    drawn_events = [each for _, each in of_lanes(events, chosen)["team", 1]]
    if len(events) - (chosen is not None) <= 12:
        assert drawn_events == events
        return
    assert chosen_event is None or chosen_event in drawn_events
    others = [each for each in drawn_events if each is not chosen_event]
    # Everything that was taken still is, and nothing that is half an hour long and free is taken.
    assert all(
        any(one.starts_at <= each.starts_at and each.ends_at <= one.ends_at for one in others)
        for each in events
        if each is not chosen_event
    )
    assert all(
        later.starts_at - earlier.ends_at >= timedelta(minutes=30) for earlier, later in pairwise(others)
    )
    told = sum(int(each.title.split()[0]) if each.title else 1 for each in others)
    assert told == len(events) - (chosen_event is not None)


@given(zone=st.sampled_from(ODD_ZONES) | some_zone, theirs=some_zone, data=st.data())
def test_days_off_are_those_of_the_persons_own_clock(zone: str, theirs: str, data: st.DataObject) -> None:
    on = data.draw(day_in(zone))
    clock = OnTheirClock(theirs, data.draw(availability_around(on)))
    found = bars_of(lane_of_day(ben(clock), (), on, zone, None), Look.AWAY)
    away = (at for at in minutes_of_a_day(on, zone) if is_away(clock, at))
    assert drawn(found, on, zone) == shown_minutes(away, zone)


def test_day_off_elsewhere_is_shown_with_its_times() -> None:
    clock = OnTheirClock(
        "Pacific/Auckland", Availability(other_days=(OtherDays(date(2027, 2, 10), date(2027, 2, 10)),))
    )
    said = {
        on.day: [block.words for block in lane_of_day(ben(clock), (), on, "Europe/Zurich", None).blocks]
        for on in (date(2027, 2, day) for day in (8, 9, 10, 11))
    }
    assert said == {8: [], 9: ["From 12:00 Away"], 10: ["Until 12:00 Away"], 11: []}
    at_home = lane_of_day(ben(clock), (), date(2027, 2, 10), "Pacific/Auckland", None)
    assert [block.words for block in at_home.blocks] == ["Away"]


@given(zone=st.sampled_from(ODD_ZONES) | some_zone, theirs=some_zone, data=st.data())
def test_hours_are_open_where_a_short_interview_would_suit(
    zone: str, theirs: str, data: st.DataObject
) -> None:
    on = data.draw(day_in(zone))
    clock = OnTheirClock(theirs, data.draw(availability_around(on)))
    lane = lane_of_day(ben(clock), (), on, zone, None)
    # While clocks change, "from 2 to 3" may mean more than one thing.
    clear = [
        at
        for at in minutes_of_a_day(on, zone)
        if not any(_changes_near(there, at) for there in (zone, theirs))
    ]
    inside = [at for at in clear if suits(clock, at, A_MINUTE, chosen=on)]
    assert drawn(lane.open, on, zone) & shown_minutes(clear, zone) == shown_minutes(inside, zone)


def _changes_near(zone: str, at: datetime) -> bool:
    around = (at - timedelta(hours=4), at + timedelta(hours=4))
    return len({each.astimezone(ZoneInfo(zone)).utcoffset() for each in around}) > 1


@given(zone=st.sampled_from(ODD_ZONES) | some_zone, data=st.data())
def test_breaks_are_drawn_where_they_keep_a_time_from_being_offered(zone: str, data: st.DataObject) -> None:
    on = data.draw(day_in(zone))
    asked, occupied = data.draw(asked_around(on, zone)), data.draw(occupied_around(on))
    free = {on: free_times_among(occupied, asked, on, now=datetime(2020, 1, 1, tzinfo=UTC))}
    week = offered(asked, free, on).week
    [day] = week.days
    for member, lane in zip(asked.team, day.lanes, strict=False):
        said = member.clock.availability
        apart = timedelta(minutes=said.minutes_before + said.minutes_after)
        theirs = [
            each
            for each in occupied
            if any(
                taken.kind is ClashKind.PERSON and taken.subject_id == member.user_id for taken in each.taken
            )
        ]
        breaks = [
            at
            for at in minutes_of_a_day(on, zone)
            for each in theirs
            if each.starts_at - apart <= at < each.starts_at or each.ends_at <= at < each.ends_at + apart
        ]
        assert drawn(bars_of(lane, Look.BREAK), on, zone) == shown_minutes(breaks, zone)


def offered(
    asked: Asked, free: dict[date, FreeTimes], on: date, chosen: Period | None = None
) -> OfferedTimes:
    return offered_times(asked, free, on, people=["Dina Roth"], known={}, chosen=chosen, today=min(free))


@given(data=st.data())
def test_each_free_time_can_be_clicked_in_the_drawing_and_everything_is_within_it(
    data: st.DataObject,
) -> None:
    zone = data.draw(some_zone)
    today = data.draw(day_in(zone))
    on = today + data.draw(st.integers(0, 9)) * DAY
    asked, occupied = data.draw(asked_around(on, zone)), data.draw(occupied_around(on))
    now = datetime(today.year, today.month, today.day, tzinfo=UTC)
    days = days_to_choose(on, today, asked)
    free = {day: free_times_among(occupied, asked, day, now=now) for day in days}
    starts_at = now + timedelta(minutes=5 * data.draw(st.integers(0, 3000)))
    chosen = Period(starts_at, starts_at + timedelta(minutes=asked.minutes))
    times = offered(asked, free, on, chosen)
    week = times.week
    assert [day.value for day in week.days if day.is_chosen] == [on.isoformat()]
    assert [day.value for day in week.days] == sorted(day.value for day in week.days)
    first, last = week.hours[0] * 60, week.hours[-1] * 60
    for day in week.days:
        starts = shown_minutes(free[date.fromisoformat(day.value)].starts, zone)
        assert {minute for minute in day.cells if minute is not None} == starts
        assert [minute for minute in day.cells if minute is not None] == sorted(starts)
        assert len(day.cells) == (last - first) // 30
        bars = [block.bar for lane in day.lanes for block in lane.blocks if block.look is not Look.AWAY]
        for bar in [*day.chosen, *(bar for bar in bars if bar.minutes < 12 * 60)]:
            # What comes from the day before, or goes on into the next one, may be cut off there.
            is_night = bar not in day.chosen
            assert first <= bar.begins < last or (is_night and bar.begins == 0)
            assert first < bar.ends <= last or (is_night and (bar.begins == 0 or bar.ends == 24 * 60))
        assert len(day.lanes) == len(week.lanes)
    assert set(times.gaps) == shown_minutes(free[on].starts, zone)
    assert len({chip.key for chip in times.chips}) == len(times.chips) == len(free[on].starts)


def test_week_that_begins_today_holds_the_same_day_of_the_next_if_that_is_chosen() -> None:
    """Seven days are drawn, and days to choose are eight for someone who works at weekends."""
    zone = "Europe/Zurich"
    sunday = Availability(week=(*[()] * 6, (Hours(time(9), time(17)),)))
    team = (OnTheTeam(1, "Ben", OnTheirClock(zone, sunday)),)
    asked = Asked(Needs(frozenset({1}), 9), 15, zone, team, frozenset(), OnTheirClock(zone))
    today = date(2026, 3, 29)
    on, now = today + 7 * DAY, datetime(2026, 3, 29, tzinfo=UTC)
    free = {day: free_times_among((), asked, day, now=now) for day in days_to_choose(on, today, asked)}
    week = offered(asked, free, on).week
    assert [day.name for day in week.days] == [
        *("Mon 30", "Tue 31", "Wed 1", "Thu 2"),
        *("Fri 3", "Sat 4", "Sun 5"),
    ]
    assert [day.name for day in week.days if day.is_chosen] == ["Sun 5"]


@given(data=st.data())
def test_first_times_are_the_earliest_that_suit_everyone_on_more_than_one_day(data: st.DataObject) -> None:
    zone = data.draw(some_zone)
    on = data.draw(day_in(zone))
    asked, occupied = data.draw(asked_around(on, zone)), data.draw(occupied_around(on))
    now = datetime(on.year, on.month, on.day, tzinfo=UTC)
    days = [on + number * DAY for number in range(data.draw(st.integers(1, 7)))]
    free = {day: free_times_among(occupied, asked, day, now=now) for day in days}
    suitable = [start for each in free.values() if each.is_for_everyone for start in each.starts]
    found = first_times(free, zone, chosen=suitable[:1], today=on)
    starts = [datetime.strptime(each.value, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC) for each in found]
    assert starts == sorted(set(starts))
    assert set(starts) <= set(suitable)
    assert starts[:1] == suitable[:1]
    assert [each.is_chosen for each in found] == [start == suitable[0] for start in starts]
    assert min(LEAST, len(suitable)) <= len(found) <= MOST
    assert len({each.key for each in found}) == len(found)
    for each, start in zip(found, starts, strict=True):
        assert each.day == in_zone(start, zone).date().isoformat()
        assert each.time in ("", f"{in_zone(start, zone):%H:%M}")
    # A candidate with several days to choose from sees at least two.
    with_some = {in_zone(start, zone).date() for start in suitable}
    assert len({each.day for each in found}) >= min(2, len(with_some))


@given(zone=some_zone, data=st.data())
def test_each_of_those_whose_time_is_known_has_one_lane(zone: str, data: st.DataObject) -> None:
    on = data.draw(day_in(zone))
    asked, occupied = data.draw(asked_around(on, zone)), data.draw(occupied_around(on))
    lanes = lanes_of(asked, "Dina Roth", occupied)
    subjects = [lane.subject for lane in lanes]
    assert len(set(subjects)) == len(subjects)
    assert [lane.user_id for lane in lanes][: len(asked.team)] == [member.user_id for member in asked.team]
    is_busy = any(taken.kind is ClashKind.CANDIDATE for each in occupied for taken in each.taken)
    assert ("Dina" in [lane.name for lane in lanes]) is bool(asked.others or is_busy)
    for lane, member in zip(lanes, asked.team, strict=False):
        assert bool(lane.place) is (member.clock.zone != zone)
