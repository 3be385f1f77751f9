"""What every calendar has to satisfy, as checks that run against its simulator."""

from datetime import timedelta

import pytest

from providers.base import CalendarEntry, EntryChange, EntryTime
from providers.errors import EntryGoneError, RefusedError
from tests.providers.subject import Check, Subject, lost_answer, wanted_meeting


def _entry(key: str = "interv1e7") -> CalendarEntry:
    wanted = wanted_meeting()
    return CalendarEntry(
        key=key,
        title=wanted.topic,
        description=wanted.agenda,
        location="https://meet.example/1",
        starts_at=wanted.starts_at,
        ends_at=wanted.starts_at + timedelta(minutes=45),
        timezone=wanted.timezone,
        page_url="http://localhost:8000/interviews/7",
    )


def entry_lives_from_create_to_delete(subject: Subject) -> None:
    calendar, grant, entry = subject.calendar, subject.grant(), _entry()
    position = calendar.changes(grant, None).position
    placed = calendar.create_entry(grant, entry)
    assert (placed.key, placed.title, placed.location) == (entry.key, entry.title, entry.location)
    assert calendar.create_entry(grant, entry).id == placed.id
    assert calendar.entry_id(entry.key) in (placed.id, None)
    day = timedelta(days=1)
    busy = calendar.busy(grant, entry.starts_at - day, entry.ends_at + day)
    assert [(span.starts_at, span.ends_at) for span in busy] == [(entry.starts_at, entry.ends_at)]
    before = calendar.read_entry(grant, placed.id)
    later = EntryTime(entry.starts_at + day, entry.ends_at + day, entry.timezone)
    moved = calendar.change_entry(grant, placed.id, EntryChange(time=later))
    assert (moved.id, moved.starts_at, moved.title) == (placed.id, later.starts_at, entry.title)
    assert moved.version != before.version
    assert calendar.read_entry(grant, placed.id) == moved
    seen = calendar.changes(grant, position)
    assert [changed.id for changed in seen.changed] == [placed.id]
    calendar.delete_entry(grant, placed.id)
    calendar.delete_entry(grant, placed.id)
    assert calendar.changes(grant, seen.position).gone == (placed.id,)
    assert calendar.busy(grant, entry.starts_at - day, entry.ends_at + 2 * day) == []


def deleted_entry_is_gone_and_keeps_its_key(subject: Subject) -> None:
    calendar, grant, entry = subject.calendar, subject.grant(), _entry()
    placed = calendar.create_entry(grant, entry)
    calendar.delete_entry(grant, placed.id)
    with pytest.raises(EntryGoneError):
        calendar.read_entry(grant, placed.id)
    with pytest.raises(EntryGoneError):
        calendar.change_entry(grant, placed.id, EntryChange(title="Another"))
    with pytest.raises(EntryGoneError):
        calendar.create_entry(grant, entry)
    assert calendar.create_entry(grant, _entry("interv1e7g2")).id != placed.id


def lost_answer_to_a_created_entry_makes_no_second_one(subject: Subject) -> None:
    calendar, grant, entry = subject.calendar, subject.grant(), _entry()
    subject.simulator.lose_next("create")
    with lost_answer(maybe_applied=True):
        calendar.create_entry(grant, entry)
    calendar.create_entry(grant, entry)
    day = timedelta(days=1)
    assert len(calendar.busy(grant, entry.starts_at - day, entry.ends_at + day)) == 1


def events_follow_the_calendar_within_a_time(subject: Subject) -> None:
    calendar, grant, entry = subject.calendar, subject.grant(), _entry()
    since, until = entry.starts_at - timedelta(days=7), entry.ends_at + timedelta(days=7)
    first = calendar.events(grant, None, since, until)
    assert (first.events, first.gone, first.is_everything, first.left_out) == ((), (), True, 0)
    placed = calendar.create_entry(grant, entry)
    second = calendar.events(grant, first.position, since, until)
    [event] = second.events
    assert (event.id, event.key, event.title) == (placed.id, entry.key, entry.title)
    assert (event.starts_at, event.ends_at, event.is_busy) == (entry.starts_at, entry.ends_at, True)
    assert (event.first_day, event.last_day, second.is_everything) == (None, None, False)
    assert calendar.events(grant, None, since, until).events == (event,)
    far = EntryTime(until, until + timedelta(hours=1), entry.timezone)
    calendar.change_entry(grant, placed.id, EntryChange(time=far))
    third = calendar.events(grant, second.position, since, until)
    assert (third.events, third.gone) == ((), (placed.id,))
    assert calendar.events(grant, None, since, until).events == ()
    calendar.delete_entry(grant, placed.id)
    assert calendar.events(grant, third.position, since, until).events == ()


def position_that_is_none_is_told_apart(subject: Subject) -> None:
    grant, day = subject.grant(), timedelta(days=1)
    with pytest.raises(RefusedError) as caught:
        subject.calendar.changes(grant, "not-a-position")
    assert caught.value.code == "position_expired"
    with pytest.raises(RefusedError) as caught:
        subject.calendar.events(grant, "not-a-position", _entry().starts_at, _entry().starts_at + day)
    assert caught.value.code == "position_expired"


CALENDAR_CHECKS: tuple[Check, ...] = (
    entry_lives_from_create_to_delete,
    deleted_entry_is_gone_and_keeps_its_key,
    lost_answer_to_a_created_entry_makes_no_second_one,
    events_follow_the_calendar_within_a_time,
    position_that_is_none_is_told_apart,
)
