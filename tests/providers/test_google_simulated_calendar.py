"""Entries in Google Calendar against the simulated Google, faults and people included."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from providers.base import (
    CalendarEntry,
    EntryChange,
    EntryTime,
    MeetingRequest,
)
from providers.errors import (
    AccessTokenRejectedError,
    DailyLimitError,
    EntryGoneError,
    HostNotAllowedError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from tests.providers.google_apps import PRIYA, Google

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
    product="Northlight Hiring",
)
REQUEST = MeetingRequest(
    "Data Engineer Interview", "Agenda", STARTS_AT, 45, "Europe/Zurich", entry_key=KEY, creation="c-1"
)


def test_an_entry_is_in_the_calendar_as_promised(google: Google) -> None:
    placed = google.calendar.create_entry(google.grant(), ENTRY)
    [event] = google.simulator.events(PRIYA)
    assert event["id"] == placed.id == KEY
    assert event["summary"] == ENTRY.title
    assert event["description"] == "Ask &lt;why&gt;,\nthen R&amp;D."
    assert event["location"] == ENTRY.location
    assert event["source"] == {"title": "Northlight Hiring", "url": ENTRY.page_url}
    assert "attendees" not in event
    assert "conferenceData" not in event
    assert (placed.description, placed.starts_at) == (ENTRY.description, ENTRY.starts_at)
    assert placed.web_url


@pytest.mark.parametrize("forever", [False, True])
def test_an_entry_that_its_owner_deleted_is_gone_for_every_call(forever: bool, google: Google) -> None:
    grant = google.grant()
    google.calendar.create_entry(grant, ENTRY)
    position = google.calendar.changes(grant, None).position
    google.simulator.delete_event(PRIYA, KEY, forever=forever)
    calls: tuple[Callable[[], object], ...] = (
        lambda: google.calendar.read_entry(grant, KEY),
        lambda: google.calendar.change_entry(grant, KEY, EntryChange(title="Another")),
        lambda: google.calendar.create_entry(grant, ENTRY),
        lambda: google.meetings.create_meeting(grant, REQUEST),
    )
    for call in calls:
        with pytest.raises(EntryGoneError):
            call()
    google.calendar.delete_entry(grant, KEY)
    if not forever:
        assert google.calendar.changes(grant, position).gone == (KEY,)
    assert google.simulator.events(PRIYA) == []


def test_what_its_owner_changes_shows_and_can_be_changed_back(google: Google) -> None:
    grant = google.grant()
    placed = google.calendar.create_entry(grant, ENTRY)
    position = google.calendar.changes(grant, None).position
    google.simulator.change_event(PRIYA, KEY, summary="Mine", move_minutes=60)
    [seen] = google.calendar.changes(grant, position).changed
    assert (seen.key, seen.title) == (KEY, "Mine")
    assert seen.starts_at == ENTRY.starts_at + timedelta(hours=1)
    assert seen.version != placed.version
    google.simulator.change_event(
        PRIYA,
        KEY,
        start={"date": "2031-03-10", "dateTime": None},
        end={"date": "2031-03-11", "dateTime": None},
    )
    whole_day = google.calendar.read_entry(grant, KEY)
    # Priya's calendar is in London.
    assert whole_day.starts_at == datetime(2031, 3, 10, tzinfo=UTC)
    back = EntryChange(title=ENTRY.title, time=EntryTime(ENTRY.starts_at, ENTRY.ends_at, ENTRY.timezone))
    assert google.calendar.change_entry(grant, KEY, back).starts_at == ENTRY.starts_at
    assert google.calendar.create_entry(grant, ENTRY).title == ENTRY.title


def test_changes_come_whole_in_short_and_empty_pages_and_old_positions_expire(google: Google) -> None:
    grant = google.grant()
    position = google.calendar.changes(grant, None).position
    for number in range(5):
        google.simulator.add_event(PRIYA, _at(number), _at(number + 1), summary=f"Own {number}")
    google.calendar.create_entry(grant, ENTRY)
    google.simulator.switches(list_page_size=2, empty_next_pages=1)
    seen = google.calendar.changes(grant, position)
    assert len(seen.changed) == 6
    assert [entry.key for entry in seen.changed if entry.key] == [KEY]
    assert google.calendar.changes(grant, seen.position).changed == ()
    google.simulator.switches(forget_next_sync_tokens=1)
    with pytest.raises(RefusedError) as caught:
        google.calendar.changes(grant, seen.position)
    assert caught.value.code == "position_expired"
    assert google.calendar.changes(grant, None).position


def _at(hours: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("how", "expected"), [("notFound", HostNotAllowedError), ("internalError", RetryableError)]
)
def test_a_calendar_that_cannot_be_read_is_never_free(
    how: str, expected: type[ProviderError], google: Google
) -> None:
    grant = google.grant()
    google.simulator.switches(freebusy_error=how)
    with pytest.raises(expected):
        google.calendar.busy(grant, STARTS_AT, STARTS_AT + DAY)


@pytest.mark.parametrize(
    ("status", "reason", "expected", "code"),
    [
        (401, "", AccessTokenRejectedError, "token_rejected"),
        (403, "insufficientPermissions", ScopeMissingError, "scope_missing"),
        (403, "rateLimitExceeded", RateLimitedError, "rate_limit"),
        (403, "userRateLimitExceeded", RateLimitedError, "rate_limit"),
        (403, "quotaExceeded", DailyLimitError, "daily_limit"),
        (403, "forbidden", RefusedError, "refused"),
        (403, "accessNotConfigured", RefusedError, "api_disabled"),
        (412, "", RetryableError, "conflict"),
        (429, "", RateLimitedError, "rate_limit"),
        (500, "", RetryableError, "unavailable"),
        (503, "", RetryableError, "unavailable"),
    ],
)
def test_each_fault_is_told_apart_and_leaves_nothing_behind(
    status: int, reason: str, expected: type[ProviderError], code: str, google: Google
) -> None:
    grant = google.grant()
    google.simulator.switches(fail_next=1, fail_status=status, fail_reason=reason)
    with pytest.raises(expected) as caught:
        google.calendar.create_entry(grant, ENTRY)
    assert (type(caught.value), caught.value.code) == (expected, code)
    assert google.simulator.events(PRIYA) == []
    assert google.calendar.create_entry(grant, ENTRY).id == KEY


@pytest.mark.parametrize("how", ["html", "empty", "truncated", "wrong_types", "redirect"])
def test_a_spoiled_answer_is_looked_up_and_makes_no_second_entry(how: str, google: Google) -> None:
    grant = google.grant()
    google.simulator.switches(bad_answer=how, bad_answer_calls=1)
    with pytest.raises(RetryableError) as caught:
        google.calendar.create_entry(grant, ENTRY)
    assert (caught.value.code, caught.value.maybe_applied) == ("nonsense", True)
    google.calendar.create_entry(grant, ENTRY)
    assert len(google.simulator.events(PRIYA)) == 1


def test_an_answer_about_another_event_is_not_believed(google: Google) -> None:
    grant = google.grant()
    google.simulator.add_event(PRIYA, _at(1), _at(2), summary="A private appointment")
    google.calendar.create_entry(grant, ENTRY)
    google.simulator.switches(bad_answer="another", bad_answer_calls=1)
    with pytest.raises(RetryableError) as caught:
        google.calendar.read_entry(grant, KEY)
    assert caught.value.code == "nonsense"
    google.simulator.switches(bad_answer="")
