"""Hours that the clocks skip or strike twice are asked about, in every zone, never guessed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extensions import db
from models import Interview
from tests.factories import Team
from tests.machines.clock import Clock
from tests.web.conftest import SignIn
from tests.web.dialog_steps import send, walk_to
from tests.web.page import Visitor
from tests.web.rows import in_rows
from timezones import AmbiguousTimeError, NonexistentTimeError, in_zone, parse_local

ZONES = (
    "Europe/Zurich",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Asia/Tehran",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Kolkata",
    "UTC",
)


def transitions(zone: str) -> list[datetime]:
    """The instants from 2025 to 2030 at which the offset changes, found by looking at every quarter hour."""
    place, found = ZoneInfo(zone), []
    at, step = datetime(2025, 1, 1, tzinfo=UTC), timedelta(minutes=15)
    end = datetime(2031, 1, 1, tzinfo=UTC)
    while at < end:
        day = at + timedelta(days=1)
        if at.astimezone(place).utcoffset() != day.astimezone(place).utcoffset():
            quarter = at
            while quarter < day:
                if quarter.astimezone(place).utcoffset() != (quarter + step).astimezone(place).utcoffset():
                    found.append(quarter + step)
                quarter += step
        at = day
    return found


TRANSITIONS = {zone: transitions(zone) for zone in ZONES}
CHANGES = [(zone, at) for zone, changes in TRANSITIONS.items() for at in changes]


def test_zones_of_the_property_do_change_their_clocks() -> None:
    assert {zone for zone, changes in TRANSITIONS.items() if not changes} == {
        "Asia/Tehran",
        "Asia/Kolkata",
        "UTC",
    }
    assert len(CHANGES) > 80


@given(change=st.sampled_from(CHANGES), minutes=st.integers(-240, 240))
def test_every_wall_time_near_a_change_is_found_again_or_asked_about(
    change: tuple[str, datetime], minutes: int
) -> None:
    zone, at = change
    place = ZoneInfo(zone)
    before, after = ((at + timedelta(minutes=m)).astimezone(place).utcoffset() for m in (-1, 1))
    assert before is not None
    assert after is not None
    # The wall time as an old clock would go on showing it past the change.
    wall = (at.astimezone(UTC).replace(tzinfo=None) + before) + timedelta(minutes=minutes)
    jump = after - before
    passed = timedelta(minutes=minutes)
    is_skipped = jump > timedelta(0) and timedelta(0) <= passed < jump
    is_repeated = jump < timedelta(0) and jump <= passed < timedelta(0)
    if is_skipped:
        with pytest.raises(NonexistentTimeError) as gap:
            parse_local(wall.date(), wall.time(), zone)
        assert gap.value.after - gap.value.before == jump + timedelta(minutes=1)
        assert gap.value.before < wall < gap.value.after
    elif is_repeated:
        with pytest.raises(AmbiguousTimeError) as twice:
            parse_local(wall.date(), wall.time(), zone)
        assert twice.value.later - twice.value.earlier == -jump
        for later, meant in [(False, twice.value.earlier), (True, twice.value.later)]:
            assert parse_local(wall.date(), wall.time(), zone, later=later) == meant
            assert in_zone(meant, zone).replace(tzinfo=None) == wall
    else:
        assert in_zone(parse_local(wall.date(), wall.time(), zone), zone).replace(tzinfo=None) == wall


@given(zone=st.sampled_from(ZONES), day=st.dates(date(2025, 1, 1), date(2030, 12, 31)), at=st.times())
def test_every_other_wall_time_reads_back_as_it_was_typed(zone: str, day: date, at: time) -> None:
    at = at.replace(second=0, microsecond=0, fold=0)
    try:
        instant = parse_local(day, at, zone)
    except (NonexistentTimeError, AmbiguousTimeError):
        return
    assert in_zone(instant, zone).replace(tzinfo=None) == datetime.combine(day, at)


@pytest.mark.usefixtures("clock")
def test_skipped_hour_is_refused_with_the_hours_that_exist(team: Team, ada: Visitor) -> None:
    draft = walk_to(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422, date="2027-03-28", time="02:30")
    assert "after 01:59 comes 03:00" in page.error_at("time")
    assert page.value_of("Continue", "time") == "02:30"
    send(ada, draft, "date-time", date="2027-03-28", time="03:00")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(("answer", "hour"), [("first", 0), ("second", 1)])
def test_repeated_hour_is_asked_about_and_the_answer_is_kept(
    team: Team, ada: Visitor, answer: str, hour: int
) -> None:
    draft = walk_to(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422, date="2027-10-31", time="02:30")
    assert "this time comes twice" in page.error_at("time")
    assert "The first, CEST (00:30 UTC)" in page.text
    assert "The second, CET (01:30 UTC)" in page.text
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees", occurrence=answer)
    page = ada.get(f"{draft}/date-time")
    assert page.value_of("Continue", "occurrence") == answer
    ada.submit(page, "Continue", leads_to=f"{draft}/attendees")
    walk_on_from_attendees(ada, draft)
    with in_rows(ada.app):
        interview = db.session.get_one(Interview, 1)
        assert interview.starts_at == datetime(2027, 10, 31, hour, 30, tzinfo=UTC)
        assert interview.wall_time == "2027-10-31T02:30"


def walk_on_from_attendees(visitor: Visitor, draft: str) -> None:
    for step in ("attendees", "details", "preview", "finalize"):
        send(visitor, draft, step)


@pytest.mark.usefixtures("clock")
def test_answer_for_a_repeated_hour_is_forgotten_when_the_time_is_not_repeated(
    team: Team, ada: Visitor
) -> None:
    draft = walk_to(ada, team.dina.id, "date-time")
    page = send(ada, draft, "date-time", status=422, date="2027-10-31", time="02:30")
    page = ada.submit(page, "Continue", status=303, occurrence="second", time="05:00")
    assert not ada.get(f"{draft}/date-time").tree.all(where=lambda e: e.get("name") == "occurrence")


def test_time_is_past_the_moment_it_begins(clock: Clock, team: Team, sign_in: SignIn) -> None:
    clock.now = datetime(2027, 2, 10, 8, 0, tzinfo=UTC)
    ada = sign_in(team.ada)
    draft = walk_to(ada, team.dina.id, "date-time")
    assert "has passed" in send(ada, draft, "date-time", status=422).error_at("time")
    clock.now -= timedelta(seconds=1)
    send(ada, draft, "date-time")
