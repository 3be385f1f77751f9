"""What is read from people's calendars, against the simulated Google and Microsoft: both have to agree."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from providers.base import CalendarEntry, EventChanges, ListedEvent
from providers.errors import ProviderError, RefusedError
from tests.providers.calendar_reading import DAY, HOUR, LONDON, NOON, PRIYA, SINCE, TODAY, UNTIL, Reading

GOOGLE, OUTLOOK = (
    pytest.mark.parametrize("priya", [app], indirect=True) for app in ("google-calendar", "outlook-calendar")
)


def test_an_event_is_known_by_its_time_and_title(priya: Reading) -> None:
    made = priya.simulator.own_event(PRIYA, "Dentist", NOON, NOON + HOUR)
    priya.read()
    assert priya.in_order == [ListedEvent(made, NOON, NOON + HOUR, True, "Dentist")]
    assert priya.read() == EventChanges((), (), False, priya.position)


def test_an_event_from_a_calendar_file_has_the_uid_of_the_file(priya: Reading) -> None:
    uid = "0123456789abcdef@northlight.example"
    made = priya.simulator.own_event(PRIYA, "Interview", NOON, NOON + HOUR, uid=uid)
    priya.simulator.own_event(PRIYA, "Dentist", NOON + HOUR, NOON + 2 * HOUR)
    priya.read()
    found = {event.id: event.uid for event in priya.in_order}
    assert found.pop(made) == uid
    assert all(other and other != uid for other in found.values())


def test_only_what_touches_the_time_is_read(priya: Reading) -> None:
    for title, start, end in (
        ("Ends as it begins", SINCE - HOUR, SINCE),
        ("Across its beginning", SINCE - HOUR, SINCE + HOUR),
        ("Across its end", UNTIL - HOUR, UNTIL + HOUR),
        ("Begins as it ends", UNTIL, UNTIL + HOUR),
    ):
        priya.simulator.own_event(PRIYA, title, start, end)
    priya.read()
    assert priya.titles == ["Across its beginning", "Across its end"]


def test_whole_days_begin_in_the_calendars_own_zone(priya: Reading) -> None:
    """Priya's calendar is in London, where the clocks may change meanwhile."""
    first, last = TODAY + 10 * DAY, TODAY + 12 * DAY
    made = priya.simulator.own_event(PRIYA, "Away", first, last)
    priya.read()
    assert priya.in_order == [
        ListedEvent(
            made,
            _midnight(first),
            _midnight(last + DAY),
            True,
            "Away",
            first_day=first,
            last_day=last,
        )
    ]
    priya.simulator.change_own(PRIYA, made, time=(NOON, NOON + HOUR))
    priya.read()
    assert priya.in_order == [ListedEvent(made, NOON, NOON + HOUR, True, "Away")]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


def test_what_is_changed_moved_or_deleted_is_reported(priya: Reading) -> None:
    kept, moved, far, deleted = (
        priya.simulator.own_event(PRIYA, title, NOON, NOON + HOUR)
        for title in ("Kept", "Moved", "Far away", "Deleted")
    )
    priya.read()
    priya.simulator.change_own(PRIYA, kept, title="Renamed", busy=False)
    priya.simulator.change_own(PRIYA, moved, time=(NOON + DAY, NOON + DAY + HOUR))
    priya.simulator.change_own(PRIYA, far, time=(UNTIL + DAY, UNTIL + DAY + HOUR))
    priya.simulator.delete_event(PRIYA, deleted)
    found = priya.read()
    assert set(found.gone) == {far, deleted}
    assert priya.in_order == [
        ListedEvent(kept, NOON, NOON + HOUR, False, "Renamed"),
        ListedEvent(moved, NOON + DAY, NOON + DAY + HOUR, True, "Moved"),
    ]
    priya.simulator.restore_event(PRIYA, deleted)
    priya.simulator.change_own(PRIYA, far, time=(NOON, NOON + HOUR))
    priya.read()
    assert priya.titles == ["Deleted", "Far away", "Renamed", "Moved"]


def test_what_is_moved_to_another_calendar_is_gone_until_it_is_back(priya: Reading) -> None:
    made = priya.simulator.own_event(PRIYA, "Piano", NOON, NOON + HOUR)
    priya.read()
    priya.simulator.move_to_other_calendar(PRIYA, made)
    assert priya.read().gone == (made,)
    assert priya.known == {}
    priya.simulator.move_to_other_calendar(PRIYA, made, back=True)
    priya.read()
    assert priya.titles == ["Piano"]


def test_a_series_comes_as_its_events(priya: Reading) -> None:
    series = priya.simulator.own_series(PRIYA, "Stand-up", NOON, NOON + HOUR, times=4)
    priya.read()
    assert set(priya.known) == set(series.events)
    starts = [event.starts_at.astimezone(LONDON) for event in priya.in_order]
    # At the same time on the clock, whenever the clocks change.
    assert {start.time() for start in starts} == {NOON.astimezone(LONDON).time()}
    assert [(start.date() - starts[0].date()).days for start in starts] == [0, 7, 14, 21]
    assert priya.titles == ["Stand-up"] * 4


def test_a_series_has_exceptions(priya: Reading) -> None:
    series = priya.simulator.own_series(PRIYA, "Stand-up", NOON, NOON + HOUR, times=4)
    priya.read()
    second, third, fourth = series.events[1:]
    priya.simulator.change_own(PRIYA, second, title="Retrospective", time=(NOON + DAY, NOON + DAY + HOUR))
    priya.simulator.delete_event(PRIYA, third)
    priya.simulator.change_own(PRIYA, fourth, busy=False)
    found = priya.read()
    assert found.gone == (third,)
    assert priya.titles == ["Stand-up", "Retrospective", "Stand-up"]
    assert [event.is_busy for event in priya.in_order] == [True, True, False]
    # A change to the series changes the events that are unchanged.
    priya.simulator.change_own(PRIYA, series.id, title="Daily")
    priya.read()
    assert priya.known[series.events[0]].title == "Daily"
    assert priya.known[second].title == "Retrospective"
    again = replace(priya, position=None)
    again.read()
    assert again.known == priya.known
    priya.simulator.delete_event(PRIYA, series.id)
    priya.read()
    assert priya.known == {}


def test_a_series_of_whole_days_comes_as_days(priya: Reading) -> None:
    first = TODAY + 5 * DAY
    priya.simulator.own_series(PRIYA, "Home office", first, first, times=2, busy=False)
    priya.read()
    assert [(event.first_day, event.last_day, event.is_busy) for event in priya.in_order] == [
        (first, first, False),
        (first + 7 * DAY, first + 7 * DAY, False),
    ]
    assert [event.starts_at for event in priya.in_order] == [_midnight(first), _midnight(first + 7 * DAY)]


def test_our_own_entries_are_known_by_their_key(priya: Reading) -> None:
    entry = CalendarEntry(
        "interv1e7g1",
        "Interview",
        "Text",
        "Room 4",
        NOON,
        NOON + HOUR,
        "Europe/London",
        "https://x.example/1",
    )
    placed = priya.calendar.create_entry(priya.grant, entry)
    priya.simulator.own_event(PRIYA, "Dentist", NOON, NOON + HOUR)
    priya.read()
    assert {event.title: event.key for event in priya.in_order} == {"Interview": entry.key, "Dentist": ""}
    assert placed.id in priya.known


def test_short_empty_and_repeated_pages_bring_each_event_once(priya: Reading) -> None:
    made = {
        priya.simulator.own_event(PRIYA, f"Own {n}", NOON + n * HOUR, NOON + (n + 1) * HOUR) for n in range(7)
    }
    priya.simulator.switches(list_page_size=2, empty_next_pages=2, repeat_next_pages=2)
    priya.read()
    assert set(priya.known) == made
    for event_id in made:
        priya.simulator.change_own(PRIYA, event_id, title="Renamed")
    priya.simulator.switches(list_page_size=2, empty_next_pages=2, repeat_next_pages=2)
    priya.read()
    assert priya.titles == ["Renamed"] * 7


def test_what_is_deleted_while_a_list_is_read_is_gone_after_the_next(priya: Reading) -> None:
    made = [
        priya.simulator.own_event(PRIYA, f"Own {n}", NOON + n * HOUR, NOON + (n + 1) * HOUR) for n in range(7)
    ]
    priya.simulator.switches(list_page_size=2, delete_while_paging=2)
    priya.read()
    left = {event["id"] for event in priya.simulator.events(PRIYA)}
    assert len(left) == 3
    # No existing event is missed because others went away.
    assert left <= set(priya.known)
    priya.simulator.switches(list_page_size=None)
    priya.read()
    assert set(priya.known) == left
    assert set(made) > left


def test_an_event_that_cannot_be_read_is_left_out_and_stops_no_other(priya: Reading) -> None:
    bad, good = (priya.simulator.own_event(PRIYA, title, NOON, NOON + HOUR) for title in ("Bad", "Good"))
    priya.simulator.switches(malformed_events=[bad])
    assert priya.read().left_out == 1
    assert set(priya.known) == {good}
    priya.simulator.switches(malformed_events=[])
    priya.simulator.change_own(PRIYA, bad, title="Better")
    assert priya.read().left_out == 0
    assert priya.titles == ["Better", "Good"]


def test_a_position_that_is_too_old_is_told_apart(priya: Reading) -> None:
    priya.simulator.own_event(PRIYA, "Dentist", NOON, NOON + HOUR)
    priya.read()
    priya.simulator.switches(forget_next_sync_tokens=1)
    _expired(priya)
    priya.position = None
    priya.read()
    assert priya.titles == ["Dentist"]


@OUTLOOK
def test_microsoft_may_ask_to_start_over(priya: Reading) -> None:
    priya.read()
    priya.simulator.switches(forget_next_sync_tokens=1, forgotten_as="resyncRequired")
    _expired(priya)


def test_a_position_leads_on_in_its_own_time_only(priya: Reading) -> None:
    priya.read()
    priya.until = UNTIL + DAY
    _expired(priya)


@pytest.mark.parametrize("position", ["", "7", "{}", "[" * 9999, '{"mark": "https://elsewhere.example/1"}'])
def test_what_is_not_a_position_counts_as_too_old(position: str, priya: Reading) -> None:
    priya.position = position
    _expired(priya)


def _expired(reading: Reading) -> None:
    with pytest.raises(RefusedError) as caught:
        reading.read()
    assert caught.value.code == "position_expired"


def test_without_a_position_everything_is_read_again(priya: Reading) -> None:
    made = priya.simulator.own_event(PRIYA, "Dentist", NOON, NOON + HOUR)
    priya.simulator.switches(no_next_sync_tokens=1)
    assert priya.read().position is None
    priya.simulator.delete_event(PRIYA, made)
    priya.read()
    assert priya.known == {}
    # And one that is given later is kept if the next one is missing.
    before = priya.position
    priya.simulator.own_event(PRIYA, "Piano", NOON, NOON + HOUR)
    priya.simulator.switches(no_next_sync_tokens=1)
    assert priya.read().position == before
    priya.read()
    assert priya.titles == ["Piano"]


@pytest.mark.parametrize(
    ("status", "how"), [(500, ""), (429, ""), (401, ""), (200, "html"), (200, "wrong_types")]
)
def test_a_list_that_fails_tells_nothing_and_loses_nothing(status: int, how: str, priya: Reading) -> None:
    priya.read()
    priya.simulator.own_event(PRIYA, "Dentist", NOON, NOON + HOUR)
    before = priya.position
    if how:
        priya.simulator.switches(bad_answer=how, bad_answer_calls=1)
    else:
        priya.simulator.switches(fail_next=1, fail_status=status)
    with pytest.raises(ProviderError) as caught:
        priya.read()
    assert caught.value.code != "position_expired"
    assert priya.position == before
    priya.read()
    assert priya.titles == ["Dentist"]


def test_reading_writes_nothing(priya: Reading) -> None:
    priya.simulator.own_series(PRIYA, "Stand-up", NOON, NOON + HOUR)
    priya.read()
    priya.read()
    assert {call["method"] for call in priya.simulator.ledger()["calls"]} == {"GET"}


def test_times_that_are_not_times_are_refused(priya: Reading) -> None:
    for since, until in ((NOON.replace(tzinfo=None), UNTIL), (UNTIL, SINCE), (NOON, NOON)):
        with pytest.raises(ValueError, match=r"since|until"):
            priya.calendar.events(priya.grant, None, since, until)


@GOOGLE
def test_google_knows_what_keeps_no_one_busy(priya: Reading) -> None:
    declined = [{"email": PRIYA, "responseStatus": "declined"}]
    for title, fields in (
        ("At home", {"eventType": "workingLocation"}),
        ("Birthday", {"eventType": "birthday"}),
        ("Declined", {"attendees": declined}),
        ("Focus", {"eventType": "focusTime"}),
        ("Out", {"eventType": "outOfOffice"}),
        ("Perhaps", {"status": "tentative"}),
    ):
        priya.simulator.own_event(PRIYA, title, NOON, NOON + HOUR, **fields)
    priya.read()
    assert [event.title for event in priya.in_order if event.is_busy] == ["Focus", "Out", "Perhaps"]


@OUTLOOK
def test_outlook_knows_what_keeps_no_one_busy(priya: Reading) -> None:
    declined = {"response": "declined", "time": "2026-01-01T00:00:00Z"}
    for title, fields in (
        ("Cancelled", {"isCancelled": True}),
        ("Declined", {"responseStatus": declined}),
        ("Elsewhere", {"showAs": "workingElsewhere"}),
        ("Out", {"showAs": "oof"}),
        ("Private", {"sensitivity": "private"}),
        ("Tentative", {"showAs": "tentative"}),
    ):
        priya.simulator.own_event(PRIYA, title, NOON, NOON + HOUR, **fields)
    priya.read()
    assert [event.title for event in priya.in_order if event.is_busy] == ["Out", "Private", "Tentative"]
