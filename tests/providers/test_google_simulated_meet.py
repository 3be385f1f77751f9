"""Google Meet against the simulated Google: one event, one link, and nothing left over."""

from datetime import UTC, datetime, timedelta

import pytest

from providers.base import (
    CalendarEntry,
    EntryChange,
    MeetingChange,
    MeetingRequest,
)
from providers.errors import (
    HostNotAllowedError,
    MeetingGoneError,
    NotReadyError,
    RetryableError,
)
from tests.providers.google_apps import PRIYA, VERA, Google

KEY = "interv1e7g1"
DAY = timedelta(days=1)
STARTS_AT = (datetime.now(UTC) + 7 * DAY).replace(hour=9, minute=30, second=0, microsecond=0)
ENTRY = CalendarEntry(
    KEY,
    "Data Engineer Interview",
    "Ask <why>,\nthen R&D.",
    "https://meet.example/1",
    STARTS_AT,
    STARTS_AT + timedelta(minutes=45),
    "Europe/Zurich",
    "https://hiring.example/interviews/7",
)
REQUEST = MeetingRequest(
    "Data Engineer Interview", "Agenda", STARTS_AT, 45, "Europe/Zurich", entry_key=KEY, creation="c-1"
)


def test_the_meeting_is_on_the_hosts_own_entry_and_there_is_one_event(google: Google) -> None:
    grant = google.grant()
    google.calendar.create_entry(grant, ENTRY)
    made = google.meetings.create_meeting(grant, REQUEST)
    [event] = google.simulator.events(PRIYA)
    assert event["meet_link"] == made.join_url
    assert event["source"]["url"] == ENTRY.page_url
    # Changing the entry keeps the link, even where Google would forget it.
    google.simulator.switches(forgetful_meet=True)
    google.calendar.change_entry(grant, KEY, EntryChange(title="Another", location=made.join_url))
    google.calendar.create_entry(grant, ENTRY)
    assert google.meetings.read_meeting(grant, made.id).join_url == made.join_url
    assert google.meetings.create_meeting(grant, REQUEST).id == made.id
    google.meetings.delete_meeting(grant, made.id, keeps_entry=True)
    [event] = google.simulator.events(PRIYA)
    assert event["meet"] is None
    with pytest.raises(MeetingGoneError):
        google.meetings.read_meeting(grant, made.id)
    again = google.meetings.create_meeting(
        grant, MeetingRequest("T", "A", STARTS_AT, 45, "UTC", entry_key=KEY, creation="c-2")
    )
    assert again.id != made.id
    google.meetings.delete_meeting(grant, made.id)
    assert len(google.simulator.events(PRIYA)) == 1


def test_an_entry_after_its_meeting_takes_the_same_event(google: Google) -> None:
    grant = google.grant()
    made = google.meetings.create_meeting(grant, REQUEST)
    placed = google.calendar.create_entry(grant, ENTRY)
    assert placed.description == ENTRY.description
    assert google.meetings.read_meeting(grant, made.id).join_url == made.join_url
    assert len(google.simulator.events(PRIYA)) == 1


def test_a_lost_answer_makes_no_second_meeting(google: Google) -> None:
    grant = google.grant()
    for how in ("lose_next_creates", "drop_next_creates"):
        google.simulator.switches(**{how: 1})
        with pytest.raises(RetryableError) as caught:
            google.meetings.create_meeting(grant, REQUEST)
        assert caught.value.maybe_applied
        [event, *_] = google.simulator.events(PRIYA) or [{}]
        found = google.meetings.find_meetings(grant, REQUEST, datetime.now(UTC))
        assert [each.join_url for each in found] == ([event["meet_link"]] if event else [])
        google.meetings.create_meeting(grant, REQUEST)
        google.meetings.create_meeting(grant, REQUEST)
        assert len(google.simulator.events(PRIYA)) == 1


@pytest.mark.parametrize("reads", [1, 2])
def test_a_link_that_comes_late_comes(reads: int, google: Google) -> None:
    google.simulator.switches(meet_creation="pending", meet_pending_reads=reads)
    made = google.patient_meetings.create_meeting(google.grant(), REQUEST)
    assert made.join_url == google.simulator.events(PRIYA)[0]["meet_link"]


@pytest.mark.parametrize("end", ["success", "failure"])
def test_a_link_that_is_pending_for_long_is_found_once_it_is_there(end: str, google: Google) -> None:
    grant, meetings = google.grant(), google.patient_meetings
    google.simulator.switches(meet_creation="pending")
    with pytest.raises(NotReadyError):
        meetings.create_meeting(grant, REQUEST)
    with pytest.raises(NotReadyError):
        meetings.find_meetings(grant, REQUEST, datetime.now(UTC))
    with pytest.raises(NotReadyError):
        meetings.create_meeting(grant, REQUEST)
    google.simulator.settle_meet(PRIYA, KEY, end)
    found = meetings.find_meetings(grant, REQUEST, datetime.now(UTC))
    assert len(found) == (1 if end == "success" else 0)
    if end == "failure":
        with pytest.raises(HostNotAllowedError):
            meetings.create_meeting(grant, REQUEST)
    assert len(google.simulator.events(PRIYA)) == 1


@pytest.mark.parametrize("how", ["failure", "refused"])
@pytest.mark.parametrize("has_entry", [False, True])
def test_where_no_link_can_be_made_the_entry_that_is_left_is_named(
    how: str, has_entry: bool, google: Google
) -> None:
    grant = google.grant()
    if has_entry:
        google.calendar.create_entry(grant, ENTRY)
    google.simulator.switches(meet_creation=how)
    with pytest.raises(HostNotAllowedError) as caught:
        google.meetings.create_meeting(grant, REQUEST)
    left = [event["id"] for event in google.simulator.events(PRIYA)]
    assert left == ([KEY] if caught.value.entry_id == KEY else [])
    assert bool(left) == (has_entry or how == "failure")


def test_an_account_without_meet_can_keep_entries(google: Google) -> None:
    grant = google.grant(VERA)
    with pytest.raises(HostNotAllowedError):
        google.meetings.create_meeting(grant, REQUEST)
    assert google.calendar.create_entry(grant, ENTRY).id == KEY
    with pytest.raises(HostNotAllowedError):
        google.meetings.create_meeting(grant, REQUEST)
    assert google.calendar.read_entry(grant, KEY).title == ENTRY.title


def test_a_meeting_that_its_host_removed_is_gone_and_its_entry_stays(google: Google) -> None:
    grant = google.grant()
    made = google.meetings.create_meeting(grant, REQUEST)
    google.simulator.change_event(PRIYA, KEY, remove_meet=True)
    with pytest.raises(MeetingGoneError):
        google.meetings.update_meeting(grant, made.id, MeetingChange(topic="Another"))
    google.meetings.delete_meeting(grant, made.id)
    assert google.calendar.read_entry(grant, KEY).key == KEY
