"""What people add to the simulated calendars themselves, series too, and lists that go wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import requests

from tests.simulators.asking import PRIYA, text_of
from tests.simulators.google_client import GoogleCaller
from tests.simulators.microsoft_client import MicrosoftCaller

HOUR = timedelta(hours=1)
SOON = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + 2 * HOUR
SINGLE = {"singleEvents": "true"}


def test_google_lists_a_series_as_its_rule_or_as_its_events(google: GoogleCaller) -> None:
    priya = google.connect()
    series = google.simulator.own_series(PRIYA, "Stand-up", SOON, SOON + HOUR, times=3, every_days=1)
    single = priya.listed(**SINGLE)["items"]
    assert [event["id"] for event in single] == list(series.events)
    assert {event["recurringEventId"] for event in single} == {series.id}
    assert all(event["id"].startswith(f"{series.id}_") for event in single)
    [rule] = priya.listed()["items"]
    assert (rule["id"], rule["recurrence"]) == (series.id, ["RRULE:FREQ=DAILY;COUNT=3"])
    # An event that was changed alone is listed beside the rule.
    google.simulator.change_own(PRIYA, series.events[1], title="Retro")
    assert {event["summary"] for event in priya.listed()["items"]} == {"Stand-up", "Retro"}
    google.simulator.change_own(PRIYA, series.id, title="Daily")
    titles = [event["summary"] for event in priya.listed(**SINGLE)["items"]]
    assert titles == ["Daily", "Retro", "Daily"]
    google.simulator.delete_event(PRIYA, series.id)
    assert priya.listed(**SINGLE)["items"] == []
    google.simulator.assert_no_violation()


def test_google_wants_the_words_of_the_first_list_again(google: GoogleCaller) -> None:
    priya = google.connect()
    token = priya.listed(**SINGLE)["nextSyncToken"]
    assert priya.list(syncToken=token).status_code == 400
    assert priya.list(syncToken=token, **SINGLE).status_code == 200


def test_outlook_lists_a_series_as_its_master_or_as_its_events(microsoft: MicrosoftCaller) -> None:
    priya = microsoft.connect()
    series = microsoft.simulator.own_series(PRIYA, "Stand-up", SOON, SOON + HOUR, times=2, every_days=1)
    window = {
        "startDateTime": f"{SOON:%Y-%m-%dT%H:%M:%SZ}",
        "endDateTime": f"{SOON + 99 * HOUR:%Y-%m-%dT%H:%M:%SZ}",
    }
    view = priya.listed("/me/calendarView", **window)["value"]
    assert [(event["id"], event["type"], event["subject"]) for event in view] == [
        (event_id, "occurrence", "Stand-up") for event_id in series.events
    ]
    [master] = priya.listed()["value"]
    assert (master["id"], master["type"]) == (series.id, "seriesMaster")
    changes = {event["id"]: event for event in priya.delta().json()["value"]}
    assert set(changes) == {series.id, *series.events}
    assert "subject" not in changes[series.events[0]]
    microsoft.simulator.change_own(PRIYA, series.events[0], title="Retro")
    changes = {event["id"]: event for event in priya.delta().json()["value"]}
    assert (changes[series.events[0]]["type"], changes[series.events[0]]["subject"]) == ("exception", "Retro")
    microsoft.simulator.assert_no_violation()


def test_a_series_keeps_its_time_on_its_owners_clock(google: GoogleCaller) -> None:
    """The clocks in London go forward on the last Sunday in March."""
    priya = google.connect()
    friday = datetime(2031, 3, 28, 9, tzinfo=UTC)
    google.simulator.own_series(PRIYA, "Stand-up", friday, friday + HOUR, times=2)
    starts = [event["start"]["dateTime"] for event in priya.listed(**SINGLE)["items"]]
    assert starts == ["2031-03-28T09:00:00Z", "2031-04-04T09:00:00+01:00"]


def test_whole_days_are_days_in_both(google: GoogleCaller, microsoft: MicrosoftCaller) -> None:
    first, last = date(2031, 3, 28), date(2031, 3, 31)
    google.simulator.own_event(PRIYA, "Away", first, last, busy=False)
    [event] = google.connect().listed()["items"]
    assert (event["start"], event["end"]) == ({"date": "2031-03-28"}, {"date": "2031-04-01"})
    assert event["transparency"] == "transparent"
    microsoft.simulator.own_event(PRIYA, "Away", first, last, busy=False)
    [event] = microsoft.connect().listed()["value"]
    assert (event["isAllDay"], event["showAs"], event["originalStartTimeZone"]) == (
        True,
        "free",
        "Europe/London",
    )
    assert event["end"]["dateTime"] == "2031-04-01T00:00:00.0000000"


def test_an_event_in_another_calendar_is_in_no_list(google: GoogleCaller, microsoft: MicrosoftCaller) -> None:
    made = google.simulator.own_event(PRIYA, "Piano", SOON, SOON + HOUR)
    priya = google.connect()
    token = priya.listed()["nextSyncToken"]
    google.simulator.move_to_other_calendar(PRIYA, made)
    assert [event["status"] for event in priya.listed(syncToken=token)["items"]] == ["cancelled"]
    assert priya.listed()["items"] == []
    assert priya.events("GET", made).status_code == 404
    assert "Piano" not in text_of(f"{google.origin}/calendars/{PRIYA}")
    google.simulator.move_to_other_calendar(PRIYA, made, back=True)
    assert [event["id"] for event in priya.listed()["items"]] == [made]
    made = microsoft.simulator.own_event(PRIYA, "Piano", SOON, SOON + HOUR)
    vera = microsoft.connect()
    link = vera.delta().json()["@odata.deltaLink"]
    microsoft.simulator.move_to_other_calendar(PRIYA, made)
    [removed] = vera.call("GET", link).json()["value"]
    assert (removed["id"], "@removed" in removed) == (made, True)
    # Its id leads to it no matter where it is.
    assert vera.read(made)["subject"] == "Piano"


def test_what_no_calendar_can_move_or_hold_is_refused(google: GoogleCaller) -> None:
    control = f"{google.origin}/_control"
    assert requests.post(f"{control}/events/{PRIYA}/none/move", json={}, timeout=5).status_code == 404
    times = {"start": "2031-03-29", "end": "2031-03-28"}
    assert requests.post(f"{control}/events/{PRIYA}", json=times, timeout=5).status_code == 400


def test_lists_can_go_wrong_while_they_are_read(google: GoogleCaller) -> None:
    priya = google.connect()
    for number in range(5):
        google.simulator.own_event(PRIYA, f"Own {number}", SOON, SOON + HOUR)
    made = [event["id"] for event in priya.listed()["items"]]
    google.simulator.switches(list_page_size=2, repeat_next_pages=1)
    first = priya.listed()
    again = priya.listed(pageToken=first["nextPageToken"])
    assert again["items"] == first["items"]
    google.simulator.switches(delete_while_paging=1)
    second = priya.listed(pageToken=again["nextPageToken"])
    third = priya.listed(pageToken=second["nextPageToken"])
    # By now, the event that was listed last and the next one are deleted; nothing else is missed.
    seen = [event["id"] for page in (first, second, third) for event in page["items"]]
    assert seen == made[:4]
    assert {event["id"] for event in google.simulator.events(PRIYA, deleted=True)} == {made[3], made[4]}
    told = priya.listed(syncToken=third["nextSyncToken"])["items"]
    assert {(event["id"], event["status"]) for event in told} == {
        (event_id, "cancelled") for event_id in made[3:]
    }
    google.simulator.switches(no_next_sync_tokens=1, list_page_size=None)
    assert "nextSyncToken" not in priya.listed()


def test_single_events_can_be_malformed(google: GoogleCaller, microsoft: MicrosoftCaller) -> None:
    bad = google.simulator.own_event(PRIYA, "Bad", SOON, SOON + HOUR)
    good = google.simulator.own_event(PRIYA, "Good", SOON, SOON + HOUR)
    google.simulator.switches(malformed_events=[bad])
    listed = {event["id"]: event for event in google.connect().listed()["items"]}
    assert listed[bad]["end"] == "later"
    assert "dateTime" in listed[good]["end"]
    google.simulator.assert_no_violation()
    bad = microsoft.simulator.own_event(PRIYA, "Bad", SOON, SOON + HOUR)
    microsoft.simulator.switches(malformed_events=[bad])
    [event] = microsoft.connect().delta().json()["value"]
    assert event["end"] == "later"
