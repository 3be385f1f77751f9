"""What providers do while a calendar is read, and what its owner does meanwhile: what is stored is what is
there, soon if not at once, and one thing that goes wrong stops nothing else."""

from datetime import timedelta

import pytest

from models import FailureReason
from tests.factories import LENA
from tests.tasks.calendar_office import CalendarInstallation, in_calendars
from tests.tasks.reading_calendars import calendar_of, connect, own, read_due, stored, titles

pytestmark = in_calendars("google")

FIVE_MINUTES = timedelta(minutes=5, seconds=31)


@pytest.fixture
def office(calendar_installation: CalendarInstallation) -> CalendarInstallation:
    return calendar_installation


def some_events(office: CalendarInstallation, count: int = 6) -> list[str]:
    """Give Lena these events, one a day; returns their ids."""
    begins = office.clock.now + timedelta(days=2)
    return [own(office, f"Event {number}", begins + timedelta(days=number)) for number in range(count)]


def named(*numbers: int) -> list[str]:
    return [f"Event {number}" for number in numbers]


def test_position_that_is_no_longer_known_has_everything_read_again(office: CalendarInstallation) -> None:
    ids = some_events(office)
    connect(office, office.team.ben)
    office.side_of(LENA).delete(LENA, ids[0])
    office.clock.forward(FIVE_MINUTES)
    office.side_of(LENA).switches(forget_next_sync_tokens=1)
    read_due(office)
    assert titles(office, office.team.ben) == named(1, 2, 3, 4, 5)
    seen = calendar_of(office, office.team.ben)
    assert (seen.failure, seen.read_fully_at, seen.has_position) == (None, office.clock.now, True)


def test_calendar_whose_positions_are_never_known_is_still_read(office: CalendarInstallation) -> None:
    some_events(office, 2)
    connect(office, office.team.ben)
    office.side_of(LENA).switches(forget_next_sync_tokens=99)
    for _ in range(3):
        office.clock.forward(FIVE_MINUTES)
        assert read_due(office) == 2
        assert calendar_of(office, office.team.ben).read_at == office.clock.now
    assert titles(office, office.team.ben) == named(0, 1)


def test_provider_that_gives_no_position_is_asked_for_everything_each_time(
    office: CalendarInstallation,
) -> None:
    ids = some_events(office, 3)
    office.side_of(LENA).switches(no_next_sync_tokens=2)
    connect(office, office.team.ben)
    assert titles(office, office.team.ben) == named(0, 1, 2)
    assert not calendar_of(office, office.team.ben).has_position
    office.side_of(LENA).delete(LENA, ids[1])
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert titles(office, office.team.ben) == named(0, 2)


def test_pages_that_come_twice_store_nothing_twice(office: CalendarInstallation) -> None:
    some_events(office)
    office.side_of(LENA).switches(list_page_size=2, repeat_next_pages=2)
    connect(office, office.team.ben)
    assert titles(office, office.team.ben) == named(*range(6))
    some_events(office, 3)
    office.side_of(LENA).switches(list_page_size=1, repeat_next_pages=3, empty_next_pages=1)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert len(titles(office, office.team.ben)) == 9


def test_events_that_are_deleted_while_their_pages_are_read_are_gone(office: CalendarInstallation) -> None:
    some_events(office)
    office.side_of(LENA).switches(list_page_size=2, delete_while_paging=1)
    connect(office, office.team.ben)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    there = sorted(each.title for each in office.side_of(LENA).all_events(LENA))
    assert len(there) == 4
    assert titles(office, office.team.ben) == there


def test_event_that_cannot_be_read_is_left_out_and_stops_no_other(office: CalendarInstallation) -> None:
    ids = some_events(office, 3)
    office.side_of(LENA).switches(malformed_events=[ids[1]])
    connect(office, office.team.ben)
    seen = calendar_of(office, office.team.ben)
    assert titles(office, office.team.ben) == named(0, 2)
    assert (seen.left_out, seen.failure) == (1, None)


def test_event_that_is_moved_to_another_calendar_leaves_and_comes_back(office: CalendarInstallation) -> None:
    ids = some_events(office, 3)
    connect(office, office.team.ben)
    remote = office.side_of(LENA).remote
    remote.move_to_other_calendar(LENA, ids[1])
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert titles(office, office.team.ben) == named(0, 2)
    remote.move_to_other_calendar(LENA, ids[1], back=True)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert titles(office, office.team.ben) == named(0, 1, 2)


def test_event_that_is_moved_out_of_the_time_leaves_and_comes_back(office: CalendarInstallation) -> None:
    begins = office.clock.now + timedelta(days=2)
    event = own(office, "Event 0", begins)
    connect(office, office.team.ben)
    side = office.side_of(LENA)
    side.move(LENA, event, minutes=400 * 24 * 60)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert titles(office, office.team.ben) == []
    side.move(LENA, event, minutes=-399 * 24 * 60)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert [each.starts_at for each in stored(office, office.team.ben)] == [begins + timedelta(days=1)]


def test_series_comes_as_its_events_with_their_exceptions(office: CalendarInstallation) -> None:
    ben, remote = office.team.ben, office.side_of(LENA).remote
    begins = office.clock.now + timedelta(days=2)
    series = remote.own_series(LENA, "Standup", begins, begins + timedelta(minutes=15), times=4, every_days=7)
    connect(office, ben)
    assert titles(office, ben) == ["Standup"] * 4
    moved = begins + timedelta(days=7, hours=3)
    remote.change_own(LENA, series.events[1], time=(moved, moved + timedelta(minutes=15)))
    remote.change_own(LENA, series.events[2], title="Retrospective")
    remote.delete_event(LENA, series.events[3])
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    found = stored(office, ben)
    assert [each.title for each in found] == ["Standup", "Standup", "Retrospective"]
    assert found[1].starts_at == moved
    remote.change_own(LENA, series.id, title="Daily")
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert titles(office, ben).count("Daily") >= 1
    remote.delete_event(LENA, series.id)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert titles(office, ben) == []


def test_event_that_leaves_its_owner_free_is_stored_as_free(office: CalendarInstallation) -> None:
    ben, remote = office.team.ben, office.side_of(LENA).remote
    begins = office.clock.now + timedelta(days=2)
    event = remote.own_event(LENA, "Birthday", begins, begins + timedelta(hours=1), busy=False)
    connect(office, ben)
    assert [(each.title, each.is_busy) for each in stored(office, ben)] == [("Birthday", False)]
    remote.change_own(LENA, event, busy=True)
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    assert [(each.title, each.is_busy) for each in stored(office, ben)] == [("Birthday", True)]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"fail_next": 1, "fail_status": 500}, FailureReason.UNREACHABLE),
        ({"fail_next": 1, "fail_status": 503}, FailureReason.UNREACHABLE),
        ({"fail_next": 1, "fail_status": 429}, FailureReason.RATE_LIMITED),
    ],
)
def test_failures_are_shown_and_over_with_the_next_success(
    office: CalendarInstallation, fault: dict[str, object], reason: FailureReason
) -> None:
    some_events(office, 2)
    connect(office, office.team.ben, reads=False)
    office.side_of(LENA).switches(**fault)
    read_due(office)
    seen = calendar_of(office, office.team.ben)
    assert (seen.failure, seen.read_at) == (reason, None)
    assert seen.failure_words
    office.clock.forward(timedelta(hours=1))
    read_due(office)
    assert titles(office, office.team.ben) == named(0, 1)
    assert calendar_of(office, office.team.ben).failure is None


def test_token_that_is_refused_once_is_renewed_in_passing(office: CalendarInstallation) -> None:
    some_events(office, 2)
    connect(office, office.team.ben, reads=False)
    office.side_of(LENA).switches(reject_next_tokens=1)
    read_due(office)
    assert titles(office, office.team.ben) == named(0, 1)


def test_permission_that_was_taken_back_is_asked_for_and_hides_nothing(office: CalendarInstallation) -> None:
    some_events(office, 2)
    connect(office, office.team.ben)
    side = office.side_of(LENA)
    scopes = {
        "google-calendar": "https://www.googleapis.com/auth/calendar.events.owned",
        "outlook-calendar": "Calendars.ReadWrite",
    }
    side.switches(withheld_scopes=[scopes[side.app]])
    office.clock.forward(FIVE_MINUTES)
    read_due(office)
    seen = calendar_of(office, office.team.ben)
    assert seen.failure is FailureReason.RECONNECT_NEEDED
    assert seen.failure_words
    assert titles(office, office.team.ben) == named(0, 1)
    side.switches(withheld_scopes=[])
    connect(office, office.team.ben)
    assert calendar_of(office, office.team.ben).failure is None
