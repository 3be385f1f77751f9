"""What happens to the events in a calendar's answer: each is stored once, as it is now, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from extensions import db
from models import CalendarEntry, Connection, OutsideEvent
from providers.base import EventChanges, ListedEvent
from scheduling.outside import recording, sync
from scheduling.outside.reading import Reading
from tests.factories import LENA
from tests.tasks.calendar_office import CalendarInstallation, in_calendars, taking_part
from tests.tasks.reading_calendars import Stored, calendar_of, connect, stored, titles

pytestmark = in_calendars("google")


class BensCalendar:
    """A calendar of Ben's that answers what the test says."""

    def __init__(self, office: CalendarInstallation) -> None:
        self.office, self.ben = office, office.team.ben
        self.connection_id = connect(office, self.ben, reads=False)
        self.begins = office.clock.now + timedelta(days=3)

    def event(self, event_id: str, title: str = "", *, hours: float = 0, **more: object) -> ListedEvent:
        """Half an hour of his, this many hours after the beginning."""
        begins = self.begins + timedelta(hours=hours)
        made = ListedEvent(event_id, begins, begins + timedelta(minutes=30), True, title or event_id)
        return replace(made, **more)  # type: ignore[arg-type]

    def reading(self) -> Reading:
        with self.office.writing():
            planned = sync.plan(self.connection_id, self.office.clock.now)
            db.session.commit()
        assert isinstance(planned, Reading)
        return planned

    def answers(
        self,
        *events: ListedEvent,
        gone: tuple[str, ...] = (),
        position: str | None = "here",
        left_out: int = 0,
        reading: Reading | None = None,
    ) -> None:
        """Read his calendar, whose answer is this: everything, or what has changed."""
        looked = reading or self.reading()
        changes = EventChanges(events, gone, looked.position is None, position, left_out)
        with self.office.writing():
            recording.record_read(looked, changes)
            db.session.commit()

    def ids(self) -> dict[str, int]:
        """The ids of the rows, by the provider's ids."""
        with self.office.reading():
            rows = db.session.execute(db.select(OutsideEvent.provider_event_id, OutsideEvent.id))
            return {row[0]: row[1] for row in rows}

    @property
    def titles(self) -> list[str]:
        return titles(self.office, self.ben)


@pytest.fixture
def calendar(calendar_installation: CalendarInstallation) -> BensCalendar:
    return BensCalendar(calendar_installation)


def test_changes_leave_alone_what_did_not_change(calendar: BensCalendar) -> None:
    calendar.answers(calendar.event("a"), calendar.event("b", hours=1), calendar.event("c", hours=2))
    before = calendar.ids()
    calendar.answers(calendar.event("b", "B", hours=4), calendar.event("d", hours=3), gone=("a", "unknown"))
    assert calendar.titles == ["c", "d", "B"]
    assert {key: calendar.ids()[key] for key in ("b", "c")} == {key: before[key] for key in ("b", "c")}


def test_everything_replaces_what_was_known(calendar: BensCalendar) -> None:
    calendar.answers(calendar.event("a"), calendar.event("b", hours=1))
    before = calendar.ids()
    calendar.office.clock.forward(timedelta(days=1, hours=1))
    calendar.answers(calendar.event("b", hours=1), calendar.event("c", hours=2), position="later")
    assert calendar.titles == ["b", "c"]
    assert calendar.ids()["b"] == before["b"]


def test_calendar_without_a_position_is_read_from_its_beginning_each_time(calendar: BensCalendar) -> None:
    calendar.answers(calendar.event("a"), position=None)
    assert calendar.reading().position is None
    calendar.answers(calendar.event("b"), position=None)
    assert calendar.titles == ["b"]


def test_last_of_two_events_with_the_same_id_counts(calendar: BensCalendar) -> None:
    calendar.answers(calendar.event("a", "First"), calendar.event("a", "Second", hours=1))
    assert calendar.titles == ["Second"]
    calendar.answers(calendar.event("a", "Third"), gone=("a",))
    assert calendar.titles == []


def test_events_outside_the_time_that_is_looked_at_are_gone(calendar: BensCalendar) -> None:
    calendar.answers(calendar.event("a"), calendar.event("b", hours=1))
    calendar.answers(calendar.event("a", hours=24 * 200), calendar.event("b", hours=-24 * 60))
    assert calendar.titles == []


def test_event_without_length_and_one_for_whole_days_are_kept(calendar: BensCalendar) -> None:
    day = calendar.begins.date() + timedelta(days=1)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    calendar.answers(
        calendar.event("a", ends_at=calendar.begins),
        calendar.event(
            "b", starts_at=midnight, ends_at=midnight + timedelta(days=2), first_day=day, last_day=_next(day)
        ),
    )
    assert stored(calendar.office, calendar.ben) == [
        Stored("a", calendar.begins, calendar.begins),
        Stored("b", midnight, midnight + timedelta(days=2), True, day, _next(day)),
    ]


def _next(day: date) -> date:
    return day + timedelta(days=1)


@pytest.mark.parametrize("bad", ["", "x" * 1025, "nul\x00", "half\ud800"])
def test_event_with_an_impossible_id_is_left_out_and_counted(calendar: BensCalendar, bad: str) -> None:
    calendar.answers(
        calendar.event("a"), calendar.event(bad, "Bad"), calendar.event("b", hours=1), left_out=2
    )
    assert calendar.titles == ["a", "b"]
    assert calendar_of(calendar.office, calendar.ben).left_out == 3
    calendar.answers(left_out=1)
    assert calendar_of(calendar.office, calendar.ben).left_out == 4
    calendar.office.clock.forward(timedelta(days=1, hours=1))
    calendar.answers(calendar.event("a"))
    assert calendar_of(calendar.office, calendar.ben).left_out == 0


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Nul\x00 and\ud800 half", "Nul and\ufffd half"),
        ("Two\nlines\u202e reversed", "Two lines reversed"),
        ("é" * 300, "é" * 254 + "…"),
        ("", ""),
    ],
)
def test_titles_are_made_safe_and_short(calendar: BensCalendar, title: str, kept: str) -> None:
    calendar.answers(replace(calendar.event("a"), title=title))
    assert calendar.titles == [kept]


def test_our_own_entry_is_left_out_and_a_copy_of_its_key_by_someone_else_is_not(
    calendar: BensCalendar,
) -> None:
    calendar.office.schedule(attendees=taking_part(calendar.ben))
    with calendar.office.reading():
        key = db.session.scalars(db.select(CalendarEntry.key)).first()
    assert key is not None
    calendar.answers(calendar.event("a", "Interview"), calendar.event("b", "Other", hours=1, key="unknown"))
    assert calendar.titles == ["Interview", "Other"]
    # Recognized now, as after an update.
    calendar.answers(calendar.event("a", "Interview", key=key))
    assert calendar.titles == ["Other"]


def test_answer_for_a_calendar_that_was_connected_again_is_dropped(calendar: BensCalendar) -> None:
    late = calendar.reading()
    calendar.answers(calendar.event("a"))
    with calendar.office.writing():
        row = db.session.get_one(Connection, calendar.connection_id)
        row.account_id = "another"
        db.session.commit()
    calendar.answers(calendar.event("b"), reading=late)
    assert calendar.titles == ["a"]


def test_thousands_of_events_are_stored_and_compared_in_a_moment(calendar: BensCalendar) -> None:
    many = [calendar.event(f"event-{number}", hours=number / 4) for number in range(3000)]
    calendar.answers(*many)
    assert len(calendar.titles) == 3000
    before = calendar.ids()
    calendar.office.clock.forward(timedelta(days=1, hours=1))
    changed = calendar.event("event-7", "Changed", hours=2)
    calendar.answers(changed, *(each for each in many[1:] if each.id != changed.id), position="later")
    after = calendar.ids()
    assert before.items() - after.items() == {("event-0", before["event-0"])}
    assert "Changed" in calendar.titles


def test_account_is_named_in_no_log(calendar: BensCalendar) -> None:
    reading = replace(calendar.reading(), position="secret-position")
    assert "secret-position" not in repr(reading)
    assert "Dentist" not in repr(EventChanges((calendar.event("a", "Dentist"),), (), True, "p"))
    assert LENA not in repr(reading)
