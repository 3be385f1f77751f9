"""A slot around a clock change, as the team types it and as the candidate reads it: one unmistakable
instant."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database import writing
from extensions import db
from messaging.facts import Reader
from models import Interview, ReaderRole, Slot, User
from scheduling.commands import candidate as says
from scheduling.commands import time_slots
from scheduling.commands.requested_times import when_in_plan
from scheduling.plans import When
from scheduling.slots import in_plan, offered, without_doubles
from services import services
from tasks.mails.interviews import InterviewCopy
from tasks.mails.kinds import slot_request
from tests.factories import CreatedCandidate, create_candidate, create_team, request_slots
from tests.machines.clock import Clock
from tests.messaging.facts_for_tests import DINA, FACTS
from tests.scheduling.test_wall_times import MINUTE, changes
from timezones import AmbiguousTimeError, NonexistentTimeError, parse_local

# Offsets of half an hour and of three quarters, with and without summer time, and a zone that changes by half
# an hour.
SET = ("Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham", "Europe/Zurich", "America/New_York")
NEVER_SET = ("Asia/Kolkata", "Asia/Kathmandu", "Australia/Eucla", "Africa/Johannesburg", "UTC")

teams = st.sampled_from(SET)
candidates = st.sampled_from(SET + NEVER_SET)
which = st.integers(0, 1000)
around = st.integers(-150, 150)
lengths = st.sampled_from((5, 30, 45, 90, 300, 1440))


def a_change(zone: str, number: int) -> datetime:
    found = changes(zone)
    return found[number % len(found)][0]


def wall_in(instant: datetime, zone: str) -> datetime:
    """What a wall clock there shows, without using the product."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def typed(instant: datetime, zone: str, minutes: int) -> When:
    """The slot that someone in that zone offers when they type what their clock will show at that instant,
    and say which of two they mean."""
    wall = wall_in(instant, zone)
    try:
        starts_at = parse_local(wall.date(), wall.time(), zone)
    except AmbiguousTimeError as twice:
        starts_at = twice.later if instant.astimezone(ZoneInfo(zone)).fold else twice.earlier
    return When(starts_at, f"{wall:%Y-%m-%dT%H:%M}", zone, minutes)


def words_in(zone: str, *slots: datetime) -> list[str]:
    """The times as the request names them to a candidate in that zone."""
    dina = Reader(replace(DINA, zone=zone), ReaderRole.CANDIDATE, None)
    copy = InterviewCopy(FACTS, dina, "slots-1", min(slots) - MINUTE, slots=slots)
    named = slot_request.KIND.more(copy)["slots"]
    assert isinstance(named, list)
    return named


@given(team=teams, candidate=candidates, number=which, minutes=around, length=lengths)
def test_slot_is_the_same_instant_for_the_team_and_for_the_candidate(
    team: str, candidate: str, number: int, minutes: int, length: int
) -> None:
    instant = a_change(team, number) + timedelta(minutes=minutes)
    when = typed(instant, team, length)
    assert when.starts_at == instant
    assert when.ends_at == instant + timedelta(minutes=length)
    slot = Slot(interview_id=1, round=1, **vars(when))
    assert in_plan(slot) == when
    assert slot.ends_at == when.ends_at
    for zone in (team, candidate):
        wall = wall_in(instant, zone)
        [words] = words_in(zone, slot.starts_at)
        said = f"{wall:%A}, {wall.day} {wall:%B} {wall.year}, {wall:%H:%M} "
        assert words.startswith(said)
        assert len(words) > len(said), "the zone is always named"
    assert when.wall_time == f"{wall_in(slot.starts_at, team):%Y-%m-%dT%H:%M}"


@given(zone=teams, other=candidates, number=which, minutes=around, length=lengths)
def test_both_of_a_repeated_time_are_two_slots_with_words_of_their_own(
    zone: str, other: str, number: int, minutes: int, length: int
) -> None:
    at, before, after = changes(zone)[number % len(changes(zone))]
    back = before - after
    if back <= timedelta(0):
        return
    first = at - back + minutes % (back / MINUTE) * MINUTE
    both = typed(first, zone, length), typed(first + back, zone, length)
    assert [each.starts_at for each in both] == [first, first + back]
    assert both[0].wall_time == both[1].wall_time
    assert without_doubles(both[::-1]) == both
    for reader in (zone, other):
        words = words_in(reader, *(each.starts_at for each in both))
        assert len(set(words)) == 2, words


@given(zone=teams, number=which, minutes=around)
def test_skipped_time_cannot_be_offered(zone: str, number: int, minutes: int) -> None:
    at, before, after = changes(zone)[number % len(changes(zone))]
    forward = after - before
    if forward <= timedelta(0):
        return
    wall = at.replace(tzinfo=None) + before + minutes % (forward / MINUTE) * MINUTE
    with pytest.raises(NonexistentTimeError):
        parse_local(wall.date(), wall.time(), zone)


@given(zone=teams, candidate=candidates, number=which, minutes=around, length=lengths)
def test_time_that_a_candidate_names_keeps_its_instant_in_the_teams_zone(
    zone: str, candidate: str, number: int, minutes: int, length: int
) -> None:
    named = a_change(candidate if candidate in SET else zone, number) + timedelta(minutes=minutes)
    asked = typed(a_change(zone, 0) - timedelta(days=2), zone, length)
    when = when_in_plan(asked, named.astimezone(ZoneInfo(candidate)))
    assert when == typed(named, zone, length)
    assert when.starts_at.tzinfo is UTC


@pytest.mark.both_databases
def test_interview_is_at_the_very_slot_that_was_chosen(app: Flask, clock: Clock) -> None:
    with app.app_context(), writing():
        team = create_team()

        @settings(max_examples=settings().max_examples // 10, suppress_health_check=[HealthCheck.too_slow])
        @given(
            zone=teams,
            candidate=candidates,
            number=which,
            minutes=around,
            length=lengths,
            names=st.booleans(),
        )
        def check(zone: str, candidate: str, number: int, minutes: int, length: int, names: bool) -> None:
            instant = a_change(zone, number) + timedelta(minutes=minutes)
            clock.now = instant - timedelta(days=1)
            dina = someone(team.job_id, candidate)
            try:
                others = [instant + timedelta(days=days) for days in (1, 2)]
                starts = others if names else [*others, instant]
                interview_id = request_slots(
                    team.ada, dina, *starts, timezone=zone, duration_minutes=length, software=None
                )
                interview = db.session.get_one(Interview, interview_id)
                rules, ada = services().rules, db.session.get_one(User, team.ada.id)
                if names:
                    says.say_none_fit(interview, [instant], "", rules)
                    time_slots.take_named_time(ada, interview, instant, rules)
                else:
                    time_slots.choose(interview, offered(interview)[0].id, rules)
                db.session.commit()
                db.session.expire_all()
                assert interview.starts_at == instant
                assert interview.ends_at == instant + timedelta(minutes=length)
                assert interview.wall_time == f"{wall_in(instant, zone):%Y-%m-%dT%H:%M}"
                assert interview.timezone == zone
            finally:
                # Cancelled, so that no interview is in the way of the next one.
                db.session.rollback()
                db.session.execute(db.update(Interview).values(status="cancelled"))
                db.session.commit()

        check()


def someone(job_id: int, zone: str) -> CreatedCandidate:
    number = db.session.scalar(db.select(db.func.count(Interview.id)))
    return create_candidate("Dina Kaur", f"dina.{number}@mail.example", job_id, timezone=zone)
