"""The simulated Google Calendar: events, lists, free and busy times."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.simulators.asking import PRIYA, in_hours
from tests.simulators.google_client import GoogleAccount, GoogleCaller, at, reason_of

MINE = {"private": {"interview": "17"}}


@pytest.fixture
def priya(google: GoogleCaller) -> GoogleAccount:
    """A person who has allowed the app to write into her calendar."""
    return google.connect()


def test_event_is_made_as_it_was_described(google: GoogleCaller, priya: GoogleAccount) -> None:
    event = priya.inserted(
        id="abcde12345",
        description="With <b>Dina</b>",
        location="Room 4",
        extendedProperties=MINE,
        source={"title": "Interview", "url": "https://interviews.example/i/1"},
        reminders={"useDefault": False, "overrides": [{"method": "popup", "minutes": 5}]},
        transparency="opaque",
        visibility="private",
    )
    assert (event["id"], event["iCalUID"], event["status"]) == (
        "abcde12345",
        "abcde12345@google.com",
        "confirmed",
    )
    assert (event["summary"], event["extendedProperties"]) == ("Chef Interview", MINE)
    assert event["organizer"] == {"email": PRIYA, "displayName": "Priya Raman", "self": True}
    assert event["sequence"] == 0
    assert event["htmlLink"].startswith(f"{google.origin}/calendar/event?eid=")
    again = priya.events("GET", "abcde12345")
    assert (again.json(), again.headers["ETag"]) == (event, event["etag"])
    assert google.simulator.events(PRIYA)[0]["by_app"] is True


def test_times_are_shown_on_the_calendars_clock(priya: GoogleAccount) -> None:
    start = {"dateTime": "2027-01-15T10:00:00", "timeZone": "Europe/Berlin"}
    end = {"dateTime": "2027-01-15T06:00:00-05:00", "timeZone": "America/New_York"}
    event = priya.inserted(start=start, end=end)
    assert event["start"] == {"dateTime": "2027-01-15T09:00:00Z", "timeZone": "Europe/Berlin"}
    assert event["end"] == {"dateTime": "2027-01-15T11:00:00Z", "timeZone": "America/New_York"}
    shown = priya.events("GET", event["id"], query={"timeZone": "Asia/Kolkata"}).json()
    assert shown["start"]["dateTime"] == "2027-01-15T14:30:00+05:30"


def test_id_that_was_used_once_is_never_free_again(priya: GoogleAccount) -> None:
    priya.inserted(id="abcde12345")
    twice = priya.insert(id="abcde12345")
    assert (twice.status_code, reason_of(twice)) == (409, "duplicate")
    assert twice.json()["error"]["message"] == "The requested identifier already exists."
    assert priya.events("DELETE", "abcde12345").status_code == 204
    assert reason_of(priya.insert(id="abcde12345")) == "duplicate"


def test_same_id_is_free_in_another_calendar(google: GoogleCaller, priya: GoogleAccount) -> None:
    priya.inserted(id="abcde12345")
    grace = google.connect("grace.kim@northlight.example")
    assert grace.events("GET", "abcde12345").status_code == 404
    assert grace.insert(id="abcde12345").status_code == 200


def test_deleted_event_is_cancelled_and_deleting_it_again_is_refused(priya: GoogleAccount) -> None:
    event_id = priya.inserted()["id"]
    gone = priya.events("DELETE", event_id)
    assert (gone.status_code, gone.content) == (204, b"")
    again = priya.events("DELETE", event_id)
    assert (again.status_code, reason_of(again)) == (410, "deleted")
    read = priya.events("GET", event_id).json()
    assert (read["status"], read["summary"]) == ("cancelled", "Chef Interview")
    assert priya.listed()["items"] == []
    unknown = priya.events("DELETE", "unknown")
    assert (unknown.status_code, reason_of(unknown)) == (404, "notFound")


def test_cancelled_event_can_only_be_restored(priya: GoogleAccount) -> None:
    event_id = priya.inserted()["id"]
    priya.events("DELETE", event_id)
    refused = priya.patch(event_id, summary="Another")
    assert (refused.status_code, reason_of(refused)) == (403, "forbidden")
    restored = priya.patch(event_id, summary="Another", status="confirmed").json()
    assert (restored["status"], restored["summary"]) == ("confirmed", "Another")


def test_patch_merges_and_null_takes_out(priya: GoogleAccount) -> None:
    event = priya.inserted(description="Agenda", extendedProperties={"private": {"a": "1", "b": "2"}})
    changed = priya.patch(
        event["id"], description=None, extendedProperties={"private": {"b": None, "c": "3"}}
    ).json()
    assert "description" not in changed
    assert changed["extendedProperties"] == {"private": {"a": "1", "c": "3"}}
    assert changed["summary"] == "Chef Interview"
    assert changed["etag"] != event["etag"]
    assert changed["sequence"] == 0
    moved = priya.patch(event["id"], start=at(30), end=at(31)).json()
    assert (moved["sequence"], moved["id"]) == (1, event["id"])


def test_update_replaces_everything(priya: GoogleAccount) -> None:
    event = priya.inserted(description="Agenda", location="Room 4")
    whole = {"summary": "Other", "start": at(24), "end": at(25)}
    changed = priya.events("PUT", event["id"], whole).json()
    assert changed["summary"] == "Other"
    assert "description" not in changed
    assert "location" not in changed
    missing = priya.events("PUT", event["id"], {"summary": "Other"})
    assert (missing.status_code, reason_of(missing)) == (400, "required")


def test_event_that_is_written_as_it_was_keeps_its_etag(priya: GoogleAccount) -> None:
    event = priya.inserted()
    assert priya.patch(event["id"], summary="Chef Interview").json()["etag"] == event["etag"]


def test_reminders_do_not_change_when_it_was_updated(google: GoogleCaller, priya: GoogleAccount) -> None:
    event = priya.inserted()
    google.simulator.switches(clock_offset_seconds=60)
    changed = priya.patch(event["id"], reminders={"useDefault": False}).json()
    assert changed["etag"] != event["etag"]
    assert changed["updated"] == event["updated"]
    assert priya.patch(event["id"], summary="Other").json()["updated"] > event["updated"]


def test_write_for_another_version_is_refused(priya: GoogleAccount) -> None:
    event = priya.inserted()
    priya.patch(event["id"], summary="Theirs")
    for method, body in (("PATCH", {"summary": "Ours"}), ("DELETE", None)):
        stale = priya.events(method, event["id"], body, headers={"If-Match": event["etag"]})
        assert (stale.status_code, reason_of(stale)) == (412, "conditionNotMet")
    current = priya.events("GET", event["id"]).json()["etag"]
    assert priya.events("DELETE", event["id"], headers={"If-Match": current}).status_code == 204


def test_event_that_has_not_changed_is_not_sent_again(priya: GoogleAccount) -> None:
    event = priya.inserted()
    same = priya.events("GET", event["id"], headers={"If-None-Match": event["etag"]})
    assert (same.status_code, same.content) == (304, b"")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "UPPER"}, "invalid"),
        ({"id": "abcd"}, "invalid"),
        ({"id": "xyzxyz"}, "invalid"),
        ({"id": "abcde", "iCalUID": "a@b"}, "invalid"),
        ({"end": at(23)}, "timeRangeEmpty"),
        ({"end": {"date": "2027-01-15"}}, "invalid"),
        ({"status": "off"}, "invalid"),
        ({"transparency": "busy"}, "invalid"),
        ({"attendees": [{"email": "not an address"}]}, "invalid"),
        ({"source": {"url": "ftp://interviews.example"}}, "invalid"),
        ({"reminders": {"useDefault": False, "overrides": [{"method": "sms", "minutes": 1}]}}, "invalid"),
        (
            {"reminders": {"useDefault": True, "overrides": [{"method": "email", "minutes": 1}]}},
            "cannotUseDefaultRemindersAndSpecifyOverride",
        ),
    ],
)
def test_values_that_google_does_not_take(
    google: GoogleCaller, priya: GoogleAccount, changes: dict[str, Any], reason: str
) -> None:
    refused = priya.insert(**changes)
    assert (refused.status_code, reason_of(refused)) == (400, reason)
    assert len(google.simulator.ledger()["violations"]) == 1
    assert google.simulator.events(PRIYA) == []


def test_patch_that_leaves_date_and_instant_is_refused(priya: GoogleAccount) -> None:
    event_id = priya.inserted()["id"]
    day = {"date": "2027-01-15"}, {"date": "2027-01-16"}
    assert priya.patch(event_id, start=day[0], end=day[1]).status_code == 400
    nothing = {"dateTime": None, "timeZone": None}
    whole_day = priya.patch(event_id, start={**day[0], **nothing}, end={**day[1], **nothing}).json()
    assert (whole_day["start"], whole_day["end"]) == day


def test_extended_properties_are_cut_silently(priya: GoogleAccount) -> None:
    private = {"a" * 45: "dropped", "b" * 44: "c" * 1025}
    assert priya.inserted(extendedProperties={"private": private})["extendedProperties"] == {
        "private": {"b" * 44: "c" * 1024}
    }


def test_calendars_of_others_are_not_found(priya: GoogleAccount) -> None:
    for name, status in ((PRIYA, 200), ("grace.kim@northlight.example", 404), ("team@group.example", 404)):
        assert priya.call("GET", f"/calendar/v3/calendars/{name}/events").status_code == status


def test_list_is_bounded_by_ends_and_starts(priya: GoogleAccount) -> None:
    first, second, third = (priya.inserted(start=at(n), end=at(n + 1))["id"] for n in (10, 20, 30))

    def ids(**query: str) -> list[str]:
        return [
            event["id"] for event in priya.listed(singleEvents="true", orderBy="startTime", **query)["items"]
        ]

    assert ids() == [first, second, third]
    assert ids(timeMin=in_hours(10.5)) == [first, second, third]
    assert ids(timeMin=in_hours(11.01), timeMax=in_hours(29.99)) == [second]
    page = priya.listed()
    assert (page["timeZone"], page["accessRole"]) == ("Europe/London", "owner")


def test_list_finds_by_private_property_uid_and_words(priya: GoogleAccount) -> None:
    ours = priya.inserted(extendedProperties=MINE, summary="Interview with Dina")
    priya.inserted(summary="Dentist")
    for query in ({"privateExtendedProperty": "interview=17"}, {"iCalUID": ours["iCalUID"]}, {"q": "dina"}):
        assert [event["id"] for event in priya.listed(**query)["items"]] == [ours["id"]]
    both = {"privateExtendedProperty": ["interview=17", "interview=18"]}
    assert priya.listed(**both)["items"] == []


def test_long_lists_come_in_pages(google: GoogleCaller, priya: GoogleAccount) -> None:
    made = [priya.inserted(start=at(n), end=at(n + 1))["id"] for n in range(5)]
    found, token = [], None
    for _ in range(3):
        page = priya.listed(maxResults="2", **({"pageToken": token} if token else {}))
        found += [event["id"] for event in page["items"]]
        token = page.get("nextPageToken")
        assert ("nextSyncToken" in page) == (token is None)
    # Google doesn't say in which order.
    assert (sorted(found), token) == (sorted(made), None)
    first = priya.listed(maxResults="2")["nextPageToken"]
    assert priya.list(pageToken=first, showDeleted="true").status_code == 400
    google.simulator.switches(list_page_size=1, empty_next_pages=1)
    empty = priya.listed()
    assert empty["items"] == []
    assert len(priya.listed(pageToken=empty["nextPageToken"])["items"]) == 1


def test_sync_brings_what_has_changed_since(google: GoogleCaller, priya: GoogleAccount) -> None:
    kept, gone = priya.inserted()["id"], priya.inserted()["id"]
    token = priya.listed(timeMin=in_hours(-1))["nextSyncToken"]
    assert priya.listed(syncToken=token)["items"] == []
    google.simulator.change_event(PRIYA, kept, summary="Moved", move_minutes=30)
    google.simulator.delete_event(PRIYA, gone)
    new = google.simulator.add_event(PRIYA, in_hours(3), in_hours(4), summary="Dentist")["id"]
    page = priya.listed(syncToken=token)
    changed, cancelled, added = page["items"]
    assert (changed["id"], changed["summary"]) == (kept, "Moved")
    assert (cancelled["id"], cancelled["status"], "summary" in cancelled) == (gone, "cancelled", False)
    assert added["id"] == new
    assert priya.listed(syncToken=page["nextSyncToken"])["items"] == []


def test_old_sync_tokens_ask_for_a_full_list(google: GoogleCaller, priya: GoogleAccount) -> None:
    token = priya.listed()["nextSyncToken"]
    google.simulator.switches(forget_next_sync_tokens=1)
    forgotten = priya.list(syncToken=token)
    assert (forgotten.status_code, reason_of(forgotten)) == (410, "fullSyncRequired")
    assert priya.list(syncToken=token).status_code == 200
    google.simulator.switches(clock_offset_seconds=29 * 24 * 3600, expires_in=60 * 24 * 3600)
    assert google.connect().list(syncToken=token).status_code == 410


@pytest.mark.parametrize(
    "beside",
    [
        {"timeMin": "2027-01-15T10:00:00Z"},
        {"timeMax": "2027-01-15T10:00:00Z"},
        {"updatedMin": "2027-01-15T10:00:00Z"},
        {"orderBy": "updated"},
        {"q": "dina"},
        {"iCalUID": "a@google.com"},
        {"privateExtendedProperty": "a=b"},
        {"sharedExtendedProperty": "a=b"},
        {"showDeleted": "false"},
    ],
)
def test_sync_tokens_stand_alone(priya: GoogleAccount, beside: dict[str, str]) -> None:
    assert priya.list(syncToken=priya.listed()["nextSyncToken"], **beside).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"orderBy": "startTime"},
        {"timeMin": "2027-01-15T10:00:00Z", "timeMax": "2027-01-15T10:00:00Z"},
        {"privateExtendedProperty": "interview"},
        {"timeZone": "Mars/Olympus"},
        {"pageToken": "nonsense"},
        {"syncToken": "nonsense"},
    ],
)
def test_lists_that_google_does_not_give(google: GoogleCaller, query: dict[str, str]) -> None:
    assert google.connect().list(**query).status_code == 400
    assert len(google.simulator.ledger()["violations"]) == 1


def test_changes_too_long_ago_are_not_listed(google: GoogleCaller) -> None:
    answer = google.connect().list(updatedMin=in_hours(-24 * 60))
    assert (answer.status_code, reason_of(answer)) == (410, "updatedMinTooLongAgo")


def test_busy_times_are_put_together(google: GoogleCaller, priya: GoogleAccount) -> None:
    for first, last in ((1, 2), (1.5, 3), (5, 6), (9, 12)):
        google.simulator.add_event(PRIYA, in_hours(first), in_hours(last))
    google.simulator.add_event(PRIYA, in_hours(7), in_hours(8), transparency="transparent")
    google.simulator.delete_event(PRIYA, priya.inserted(start=at(7), end=at(8))["id"])
    answer = priya.freebusy(0, 10).json()
    assert _hours(answer["calendars"]["primary"]["busy"], answer["timeMin"]) == [(1, 3), (5, 6), (9, 10)]


def test_all_day_events_keep_busy_on_the_calendars_clock(google: GoogleCaller) -> None:
    grace = google.connect("grace.kim@northlight.example")
    grace.inserted(start={"date": "2027-01-15"}, end={"date": "2027-01-16"})
    body = {"timeMin": "2027-01-14T00:00:00Z", "timeMax": "2027-01-18T00:00:00Z"}
    busy = grace.freebusy(0, 1, **body).json()["calendars"]["primary"]["busy"]
    assert busy == [{"start": "2027-01-15T08:00:00Z", "end": "2027-01-16T08:00:00Z"}]


def test_busy_times_of_others_come_as_an_error_inside(google: GoogleCaller, priya: GoogleAccount) -> None:
    other = "grace.kim@northlight.example"
    answer = priya.freebusy(0, 10, items=[{"id": "primary"}, {"id": other}])
    assert answer.status_code == 200
    assert answer.json()["calendars"][other]["errors"] == [{"domain": "global", "reason": "notFound"}]
    google.simulator.switches(freebusy_error="internalError")
    errors = priya.freebusy(0, 10).json()["calendars"]["primary"]["errors"]
    assert errors[0]["reason"] == "internalError"
    empty = priya.freebusy(10, 10)
    assert (empty.status_code, reason_of(empty)) == (400, "timeRangeEmpty")
    google.simulator.switches(freebusy_error="")
    many = priya.freebusy(0, 1, items=[{"id": f"c{n}@group.example"} for n in range(51)]).json()
    assert many["calendars"]["c0@group.example"]["errors"][0]["reason"] == "tooManyCalendarsRequested"


def test_owner_moves_deletes_purges_and_restores(google: GoogleCaller, priya: GoogleAccount) -> None:
    event = priya.inserted()
    google.simulator.change_event(PRIYA, event["id"], move_minutes=60)
    read = priya.events("GET", event["id"]).json()
    moved = datetime.fromisoformat(read["start"]["dateTime"]) - datetime.fromisoformat(
        event["start"]["dateTime"]
    )
    assert (moved.total_seconds(), read["start"]["timeZone"]) == (3600, "Europe/London")
    google.simulator.delete_event(PRIYA, event["id"])
    assert google.simulator.events(PRIYA, deleted=True)[0]["deleted_by"] == "the owner"
    google.simulator.restore_event(PRIYA, event["id"])
    assert priya.events("GET", event["id"]).json()["status"] == "confirmed"
    google.simulator.delete_event(PRIYA, event["id"], forever=True)
    assert priya.events("GET", event["id"]).status_code == 404
    assert priya.events("DELETE", event["id"]).status_code == 404
    assert priya.insert(id=event["id"]).status_code == 409


def test_calendar_and_settings_need_scopes_of_their_own(google: GoogleCaller, priya: GoogleAccount) -> None:
    assert priya.call("GET", "/calendar/v3/calendars/primary").status_code == 403
    assert priya.call("GET", "/calendar/v3/users/me/settings/timezone").status_code == 403
    whole = google.connect(scope="openid email https://www.googleapis.com/auth/calendar")
    calendar = whole.call("GET", "/calendar/v3/calendars/primary").json()
    assert calendar["conferenceProperties"] == {"allowedConferenceSolutionTypes": ["hangoutsMeet"]}
    assert whole.call("GET", "/calendar/v3/users/me/settings/timezone").json()["value"] == "Europe/London"


def _hours(busy: list[dict[str, str]], first: str) -> list[tuple[float, float]]:
    begin = datetime.fromisoformat(first)

    def since(text: str) -> float:
        return round((datetime.fromisoformat(text) - begin).total_seconds() / 3600, 1)

    return [(since(period["start"]), since(period["end"])) for period in busy]
