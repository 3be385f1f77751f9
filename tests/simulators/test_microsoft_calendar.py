"""Events of the simulated Outlook calendar."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.asking import PRIYA, in_hours
from tests.simulators.microsoft_client import (
    KEY,
    PERSONAL,
    TOM,
    MicrosoftAccount,
    MicrosoftCaller,
    at,
    code_of,
)

MARK = [{"id": KEY, "value": "abc"}]
EXPAND = f"singleValueExtendedProperties($filter=id eq '{KEY}')"


@pytest.fixture
def priya(microsoft: MicrosoftCaller) -> MicrosoftAccount:
    """A person who has allowed the app to write into her calendar."""
    return microsoft.connect()


def of_key(value: str) -> str:
    return f"singleValueExtendedProperties/any(ep: ep/id eq '{KEY}' and ep/value eq '{value}')"


def test_event_is_made_read_changed_and_deleted(priya: MicrosoftAccount) -> None:
    event = priya.created(
        body={"contentType": "html", "content": "<html><body><div>One<br>two</div></body></html>"},
        location={"displayName": "Room 4"},
    )
    assert event["id"].startswith("AAkAL")
    assert event["start"]["timeZone"] == "UTC"
    assert event["start"]["dateTime"].endswith(".0000000")
    assert "<div>One<br>\r\ntwo</div>" in event["body"]["content"]
    changed = priya.patch(event["id"], subject="Lunch").json()
    assert (changed["subject"], changed["location"]["displayName"]) == ("Lunch", "Room 4")
    assert changed["changeKey"] != event["changeKey"]
    assert priya.read(event["id"])["bodyPreview"] == "One\ntwo"
    assert priya.events("DELETE", event["id"]).status_code == 204
    again = priya.events("DELETE", event["id"])
    assert (again.status_code, code_of(again)) == (404, "ErrorItemNotFound")


def test_every_request_keeps_to_microsofts_types(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    for wrong in (
        {"title": "Not a property"},
        {"subject": 7},
        {"start": {"dateTime": in_hours(1), "timeZone": "UTC"}},
        {"body": {"contentType": "HTML", "content": ""}},
        {"showAs": "absent"},
        {"webLink": "https://a.example"},
        {"attendees": [{"email": "a@b.example"}]},
    ):
        assert priya.create(**wrong).status_code == 400, wrong
    event = priya.created()
    assert priya.patch(event["id"], transactionId="another").status_code == 400
    assert priya.call("GET", "/me/events", query={"$colour": "red"}).status_code == 400
    assert priya.call("GET", "/me/events", query={"$select": "title"}).status_code == 400
    assert priya.call("GET", "/me/calendarView").status_code == 400
    assert priya.call("GET", "/me/messages").status_code == 400
    assert (
        priya.call("POST", "/me/events", data="{", headers={"Content-Type": "application/json"}).status_code
        == 400
    )
    assert len(microsoft.simulator.ledger()["violations"]) >= 13
    assert len(microsoft.simulator.events(PRIYA)) == 1


def test_sound_requests_leave_no_violation(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    priya.patch(priya.created()["id"], subject="Other")
    microsoft.simulator.assert_no_violation()


@pytest.mark.parametrize("answer", ["409", "400", "409_without_id", "201"])
def test_transaction_makes_one_event(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount, answer: str
) -> None:
    microsoft.simulator.switches(duplicate_answer=answer)
    first = priya.created(transactionId="t-1")
    again = priya.create(transactionId="t-1", subject="Another")
    assert len(microsoft.simulator.events(PRIYA)) == 1
    assert again.status_code == int(answer[:3])
    if answer == "201":
        assert again.json()["id"] == first["id"]
        assert again.json()["subject"] == "Chef Interview"
    else:
        assert code_of(again) == "ErrorDuplicateTransactionId"
        named = again.json()["error"].get("@event.existingEventId")
        assert named == (None if answer == "409_without_id" else first["id"])


def test_transaction_stays_used_after_its_event_was_deleted(priya: MicrosoftAccount) -> None:
    event = priya.created(transactionId="t-1")
    priya.events("DELETE", event["id"])
    assert priya.create(transactionId="t-1").status_code == 409
    assert priya.create(transactionId="t-2").status_code == 201


def test_times_are_shown_in_the_zone_that_is_preferred(priya: MicrosoftAccount) -> None:
    body = {
        "start": {"dateTime": "2031-07-01T09:00:00", "timeZone": "Europe/Berlin"},
        "end": {"dateTime": "2031-07-01T10:00:00", "timeZone": "W. Europe Standard Time"},
    }
    event = priya.created(**body)
    assert event["start"] == {"dateTime": "2031-07-01T07:00:00.0000000", "timeZone": "UTC"}
    assert event["originalStartTimeZone"] == "Europe/Berlin"
    prefer = 'outlook.timezone="Eastern Standard Time", IdType="ImmutableId"'
    shown = priya.events("GET", event["id"], prefer=prefer).json()
    assert shown["start"] == {"dateTime": "2031-07-01T03:00:00.0000000", "timeZone": "Eastern Standard Time"}
    unknown = priya.create(start={"dateTime": "2031-07-01T09:00:00", "timeZone": "Nowhere"})
    assert code_of(unknown) == "TimeZoneNotSupportedException"


def test_ids_of_both_kinds_lead_to_the_event(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    event = priya.created()
    plain = priya.events("GET", event["id"], prefer="").json()
    assert plain["id"] != event["id"]
    assert priya.read(plain["id"])["id"] == event["id"]
    assert "ids" in microsoft.simulator.ledger()["violations"][0]["message"]


def test_text_is_given_as_text_where_it_is_preferred(priya: MicrosoftAccount) -> None:
    event = priya.created(body={"contentType": "text", "content": "a < b\nc"})
    assert "a &lt; b" in event["body"]["content"]
    prefer = 'outlook.body-content-type="text", IdType="ImmutableId"'
    assert priya.events("GET", event["id"], prefer=prefer).json()["body"] == {
        "contentType": "text",
        "content": "a < b\nc",
    }


def test_our_properties_are_found_and_shown_only_when_asked_for(priya: MicrosoftAccount) -> None:
    event = priya.created(singleValueExtendedProperties=MARK)
    priya.created(singleValueExtendedProperties=[{"id": KEY, "value": "other"}])
    priya.created()
    assert "singleValueExtendedProperties" not in priya.read(event["id"])
    shown = priya.read(event["id"], **{"$expand": EXPAND, "$select": "subject"})
    assert shown["singleValueExtendedProperties"] == MARK
    assert set(shown) == {"@odata.etag", "id", "subject", "singleValueExtendedProperties"}
    found = priya.listed(_filter=of_key("abc"))["value"]
    assert [each["id"] for each in found] == [event["id"]]
    late = priya.listed(_filter=f"start/dateTime ge '{in_hours(30).rstrip('Z')}' and {of_key('abc')}")
    assert late["value"] == []
    assert priya.call("GET", "/me/events", query={"$filter": "contains(subject,'a')"}).status_code == 400
    assert (
        priya.call("GET", "/me/events", query={"$expand": "singleValueExtendedProperties"}).status_code == 400
    )


def test_lists_have_pages(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    ids = {priya.created(start=at(hour), end=at(hour + 1))["id"] for hour in range(5)}
    page = priya.listed(_top="2", _orderby="start/dateTime desc", _select="id")
    seen = [each["id"] for each in page["value"]]
    while "@odata.nextLink" in page:
        page = priya.call("GET", page["@odata.nextLink"]).json()
        seen += [each["id"] for each in page["value"]]
    assert len(seen) == 5
    assert set(seen) == ids
    microsoft.simulator.switches(empty_next_pages=1)
    empty = priya.listed()
    assert empty["value"] == []
    assert len(priya.call("GET", empty["@odata.nextLink"]).json()["value"]) == 5


def test_view_has_what_touches_a_time(priya: MicrosoftAccount) -> None:
    inside = priya.created(start=at(5), end=at(7))["id"]
    priya.created(start=at(8), end=at(9))
    for path in ("/me/calendarView", "/me/calendar/calendarView"):
        page = priya.listed(path, startDateTime=in_hours(6), endDateTime=in_hours(7.5))
        assert [each["id"] for each in page["value"]] == [inside]


def test_changes_since_a_delta_link_are_listed(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    kept, moved, dropped = (priya.created(start=at(hour), end=at(hour + 1))["id"] for hour in (2, 4, 6))
    first = priya.delta(prefer='odata.maxpagesize=2, IdType="ImmutableId"').json()
    assert len(first["value"]) == 2
    rest = priya.call("GET", first["@odata.nextLink"]).json()
    assert len(rest["value"]) == 1
    priya.patch(kept, subject="Changed")
    priya.patch(moved, start=at(100), end=at(101))
    priya.events("DELETE", dropped)
    new = priya.created(start=at(10), end=at(11))["id"]
    told = priya.call("GET", rest["@odata.deltaLink"]).json()
    assert {each["id"]: "@removed" in each for each in told["value"]} == {
        kept: False,
        moved: True,
        dropped: True,
        new: False,
    }
    assert priya.call("GET", told["@odata.deltaLink"]).json()["value"] == []
    microsoft.simulator.switches(forget_next_sync_tokens=1)
    gone = priya.call("GET", told["@odata.deltaLink"])
    assert (gone.status_code, code_of(gone)) == (410, "SyncStateNotFound")
    assert priya.delta(prefer="").status_code == 200
    selected = priya.call("GET", "/me/calendarView/delta", query={"$select": "id"})
    assert selected.status_code == 400


def test_single_events_of_a_series_are_bare_in_changes(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    microsoft.simulator.add_event(PRIYA, in_hours(1), in_hours(2), type="occurrence", seriesMasterId="AAkM=")
    stub = priya.delta().json()["value"][0]
    assert set(stub) == {"@odata.etag", "id", "type", "seriesMasterId", "start", "end"}


def test_owner_changes_deletes_and_restores(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    event = priya.created()
    simulator = microsoft.simulator
    simulator.change_event(PRIYA, event["id"], move_minutes=30, subject="Moved")
    assert priya.read(event["id"])["subject"] == "Moved"
    simulator.delete_event(PRIYA, event["id"])
    assert priya.events("GET", event["id"]).status_code == 404
    simulator.restore_event(PRIYA, event["id"])
    assert priya.read(event["id"])["subject"] == "Moved"
    simulator.delete_event(PRIYA, event["id"], forever=True)
    assert simulator.events(PRIYA, deleted=True) == []


def test_foreign_zones_and_whole_days_come_as_exchange_has_them(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount
) -> None:
    microsoft.simulator.add_event(
        PRIYA,
        "2031-03-04T00:00:00Z",
        "2031-03-05T00:00:00Z",
        isAllDay=True,
        originalStartTimeZone="tzone://Microsoft/Custom",
        originalEndTimeZone="Customized Time Zone",
    )
    prefer = 'outlook.timezone="Tokyo Standard Time", IdType="ImmutableId"'
    event = priya.call("GET", "/me/events", prefer=prefer).json()["value"][0]
    assert event["originalStartTimeZone"] == "tzone://Microsoft/Custom"
    assert event["start"] == {
        "dateTime": "2031-03-04T00:00:00.0000000",
        "timeZone": "Tokyo Standard Time",
    }
    assert priya.create(isAllDay=True).status_code == 400


def schedule(account: MicrosoftAccount, *addresses: str, **changes: Any) -> Any:
    body = {
        "schedules": list(addresses),
        "startTime": at(0),
        "endTime": at(4),
        "availabilityViewInterval": 60,
        **changes,
    }
    return account.call("POST", "/me/calendar/getSchedule", body)


def test_colleagues_are_seen_to_be_busy(microsoft: MicrosoftCaller, priya: MicrosoftAccount) -> None:
    priya.created(start=at(1.01), end=at(1.9))
    microsoft.simulator.add_event(TOM, in_hours(2.01), in_hours(2.9), showAs="oof")
    found = schedule(priya, PRIYA, TOM, PERSONAL).json()["value"]
    assert [each["availabilityView"] for each in found] == ["0200", "0030", ""]
    assert found[1]["scheduleItems"][0]["status"] == "oof"
    assert found[2]["error"]["responseCode"] == "ErrorMailRecipientNotFound"
    pascal = {"Schedules": [PRIYA], "StartTime": at(0), "EndTime": at(4)}
    assert priya.call("POST", "/me/calendar/getSchedule", pascal).status_code == 200
    assert schedule(priya, PRIYA, availabilityViewInterval=None).status_code == 500
    assert schedule(priya, PRIYA, endTime=at(24 * 63)).status_code == 400
    personal = microsoft.connect(PERSONAL)
    assert schedule(personal, PERSONAL).status_code == 403


def test_attendees_hear_from_microsoft(
    microsoft: MicrosoftCaller, priya: MicrosoftAccount, simulators: Any
) -> None:
    guest = {"emailAddress": {"address": "dina@mail.example", "name": "Dina"}, "type": "required"}
    priya.events("DELETE", priya.created(attendees=[guest])["id"])
    subjects = [mail.message["Subject"] for mail in simulators.wait_for_mails(2, to="dina@mail.example")]
    assert subjects == ["Invitation: Chef Interview", "Canceled: Chef Interview"]


def test_change_that_does_not_match_is_refused(priya: MicrosoftAccount) -> None:
    event = priya.created()
    priya.patch(event["id"], subject="Other")
    stale = priya.events(
        "PATCH", event["id"], {"subject": "Third"}, headers={"If-Match": event["@odata.etag"]}
    )
    assert stale.status_code == 412
