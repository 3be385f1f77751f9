"""Entries in Google Calendar, byte for byte: what is sent, and how the answers are understood."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.base import CalendarEntry, EntryChange, EntryTime, Grant
from providers.errors import EntryGoneError, RefusedError, RetryableError
from providers.google.events import MAX_DESCRIPTION, escaped, plain
from providers.google.provider import GoogleCalendarApp
from tests.providers.google_answers import (
    CHANGING,
    DUPLICATE,
    EVENT,
    EVENTS,
    KEY,
    event_with,
    refused,
    said,
    sent,
)
from tests.providers.scripted_server import Script, ScriptedServer, answer, drop

GRANT = Grant("TOKEN-OF-PRIYA")
STARTS_AT = datetime(2031, 3, 10, 9, 30, tzinfo=UTC)
ENTRY = CalendarEntry(
    key=KEY,
    title="Data Engineer Interview: Zoë & Co.",
    description="Ask <why>,\r\nthen R&D.",
    location="https://meet.example/1",
    starts_at=STARTS_AT,
    ends_at=STARTS_AT + timedelta(minutes=45),
    timezone="Europe/Zurich",
    page_url="https://hiring.example/interviews/7",
    product="Northlight Hiring",
)


def test_an_entry_is_exactly_what_the_product_promises(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(EVENT))
    placed = scripted_google.calendar.create_entry(GRANT, ENTRY)
    [request] = scripted_server.requests
    assert sent(request) == (
        "POST",
        EVENTS,
        CHANGING,
        {
            "id": KEY,
            "summary": "Data Engineer Interview: Zoë & Co.",
            "description": "Ask &lt;why&gt;,\nthen R&amp;D.",
            "location": "https://meet.example/1",
            "start": {"dateTime": "2031-03-10T09:30:00Z", "timeZone": "Europe/Zurich"},
            "end": {"dateTime": "2031-03-10T10:15:00Z", "timeZone": "Europe/Zurich"},
            "transparency": "opaque",
            "reminders": {"useDefault": True},
            "extendedProperties": EVENT["extendedProperties"],
            "source": {"title": "Northlight Hiring", "url": "https://hiring.example/interviews/7"},
        },
    )
    assert request.header("Authorization") == "Bearer TOKEN-OF-PRIYA"
    assert (placed.id, placed.key, placed.title, placed.location) == (KEY, KEY, ENTRY.title, ENTRY.location)
    assert placed.description == "Ask <why>,\nthen R&D."
    assert (placed.starts_at, placed.ends_at) == (ENTRY.starts_at, ENTRY.ends_at)
    assert placed.web_url == "https://www.google.com/calendar/event?eid=abc"
    for hidden in (placed.description, placed.web_url, placed.location):
        assert hidden not in repr(placed)


def test_a_person_who_is_not_busy_is_shown_as_free(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(EVENT))
    scripted_google.calendar.create_entry(GRANT, replace(ENTRY, shows_busy=False, page_url=""))
    body = sent(scripted_server.requests[0])[3]
    assert body["transparency"] == "transparent"
    assert "source" not in body


def test_a_repeated_create_finds_its_own_entry_and_brings_it_in_line(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(DUPLICATE, 409), said(event_with(summary="Old")), said(EVENT))
    assert scripted_google.calendar.create_entry(GRANT, ENTRY).title == ENTRY.title
    _, read, change = map(sent, scripted_server.requests)
    assert read == ("GET", f"{EVENTS}/{KEY}", {}, None)
    method, path, query, body = change
    assert (method, path, query) == ("PATCH", f"{EVENTS}/{KEY}", CHANGING)
    assert "id" not in body
    assert body["summary"] == ENTRY.title
    # Whatever day it was moved to, the time replaces the date.
    assert body["start"] == {
        "dateTime": "2031-03-10T09:30:00Z",
        "timeZone": "Europe/Zurich",
        "date": None,
    }


def test_a_key_that_was_deleted_is_used_up(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    for found in (
        said({"id": KEY, "status": "cancelled"}),
        said(event_with(status="cancelled")),
        refused(404, "notFound"),
    ):
        scripted_server.answers(said(DUPLICATE, 409), found)
        with pytest.raises(EntryGoneError):
            scripted_google.calendar.create_entry(GRANT, ENTRY)
    assert not [each for each in scripted_server.requests if each.target.startswith("PATCH")]


@pytest.mark.parametrize(
    "properties",
    [
        ...,
        None,
        {},
        {"private": None},
        {"private": {"smoothhiringKey": "anotherkey"}},
        {"shared": {"smoothhiringKey": KEY}},
    ],
)
def test_what_someone_else_has_there_is_left_alone(
    properties: object, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(DUPLICATE, 409), said(event_with(extendedProperties=properties)))
    with pytest.raises(RefusedError) as caught:
        scripted_google.calendar.create_entry(GRANT, ENTRY)
    assert (caught.value.code, caught.value.facts.provider_code) == ("entry_taken", "duplicate")
    assert len(scripted_server.requests) == 2


def test_a_copy_that_its_owner_made_is_not_ours(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(event_with(id="copied0")))
    assert scripted_google.calendar.read_entry(GRANT, "copied0").key == ""


@pytest.mark.parametrize(
    ("change", "body"),
    [
        (EntryChange(title="Another"), {"summary": "Another"}),
        (EntryChange(description="<b>"), {"description": "&lt;b&gt;"}),
        (EntryChange(location=""), {"location": ""}),
        (EntryChange(shows_busy=False), {"transparency": "transparent"}),
        (
            EntryChange(time=EntryTime(STARTS_AT, STARTS_AT + timedelta(hours=1), "America/New_York")),
            {
                "start": {"dateTime": "2031-03-10T09:30:00Z", "timeZone": "America/New_York", "date": None},
                "end": {"dateTime": "2031-03-10T10:30:00Z", "timeZone": "America/New_York", "date": None},
            },
        ),
    ],
)
def test_a_change_names_what_changes_and_nothing_else(
    change: EntryChange,
    body: dict[str, Any],
    scripted_google: GoogleCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(said(EVENT))
    assert scripted_google.calendar.change_entry(GRANT, KEY, change).id == KEY
    assert sent(scripted_server.requests[0]) == ("PATCH", f"{EVENTS}/{KEY}", CHANGING, body)


@pytest.mark.parametrize(
    "scripts",
    [
        [refused(404, "notFound")],
        [refused(410, "deleted")],
        [said(event_with(status="cancelled"))],
        [refused(403, "forbidden"), said(event_with(status="cancelled"))],
        [refused(403, "forbidden"), refused(404, "notFound")],
    ],
)
def test_a_change_to_a_deleted_entry_says_so_whatever_google_answers(
    scripts: list[Script], scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(*scripts)
    with pytest.raises(EntryGoneError):
        scripted_google.calendar.change_entry(GRANT, KEY, EntryChange(title="Another"))


def test_a_change_that_is_forbidden_to_a_living_entry_stays_a_refusal(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(refused(403, "forbiddenForNonOrganizer", "Shared properties."), said(EVENT))
    with pytest.raises(RefusedError, match="Shared properties"):
        scripted_google.calendar.change_entry(GRANT, KEY, EntryChange(title="Another"))


def test_a_zone_that_google_does_not_know_is_shown_in_utc(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    unknown = refused(400, "invalid", "Invalid time zone definition for start time.")
    scripted_server.answers(unknown, said(EVENT))
    scripted_google.calendar.create_entry(GRANT, replace(ENTRY, timezone="Europe/Kyiv"))
    first, second = (sent(request)[3] for request in scripted_server.requests)
    assert first["start"]["timeZone"] == "Europe/Kyiv"
    assert second["start"] == {"dateTime": "2031-03-10T09:30:00Z", "timeZone": "UTC"}
    scripted_server.answers(unknown)
    with pytest.raises(RefusedError) as caught:
        scripted_google.calendar.create_entry(GRANT, ENTRY)
    assert caught.value.code == "timezone_refused"


def test_an_entry_of_whole_days_begins_at_midnight_in_the_calendars_own_zone(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    days = event_with(start={"date": "2031-03-10"}, end={"date": "2031-03-11"})
    scripted_server.answers(said(days), said({"timeZone": "America/New_York", "items": []}))
    placed = scripted_google.calendar.read_entry(GRANT, KEY)
    assert (placed.starts_at, placed.ends_at) == (
        datetime(2031, 3, 10, 4, tzinfo=UTC),
        datetime(2031, 3, 11, 4, tzinfo=UTC),
    )
    assert sent(scripted_server.requests[1])[2] == {"maxResults": ["1"], "fields": ["timeZone"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"start": ...},
        {"start": None},
        {"start": {}},
        {"start": {"date": "someday"}},
        {"start": {"dateTime": "2031-03-10T10:30:00"}},
        {"start": {"date": "0001-01-01"}},
        {"id": ...},
        {"id": 7},
        {"id": "x" * 256},
    ],
)
def test_an_entry_without_a_time_or_an_id_is_unusable(
    changes: dict[str, Any], scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(event_with(**changes)))
    with pytest.raises(RetryableError) as caught:
        scripted_google.calendar.read_entry(GRANT, KEY)
    assert (caught.value.code, caught.value.maybe_applied) == ("nonsense", False)


@pytest.mark.parametrize("end", [..., None, {}, {"dateTime": "2031-03-10T08:00:00Z"}])
def test_an_entry_without_a_usable_end_ends_as_it_starts(
    end: object, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(event_with(end=end, htmlLink="javascript:alert(1)", etag=7)))
    placed = scripted_google.calendar.read_entry(GRANT, KEY)
    assert placed.ends_at == placed.starts_at
    assert (placed.web_url, placed.version) == ("", "")


def test_a_description_is_read_back_as_the_text_that_was_written() -> None:
    for text in ("a < b && c > d", "<b>bold</b>", "Line one\nLine two", "&lt;", 'R&D\'s "best"', ""):
        assert plain(escaped(text)) == text
    assert escaped("one\r\ntwo") == "one\ntwo"
    assert plain("Hello<br>you<p>and</p><ul><li>one</li></ul>&amp;&nbsp;<a href='x'>more</a>") == (
        "Hello\nyouand\none\n&\N{NO-BREAK SPACE}more"
    )


@pytest.mark.parametrize("text", ["x" * 9000, "&" * 9000, "x" * 7997 + "&&&"])
def test_a_long_description_is_cut_between_characters(text: str) -> None:
    written = escaped(text)
    assert len(written) <= MAX_DESCRIPTION
    assert text.startswith(plain(written).removesuffix("…"))
    assert written.endswith("…")


@pytest.mark.parametrize("key", ["", "abc", "UPPER12", "interv1ew", "a/../b", "a" * 65, "ünter"])
def test_a_key_that_google_would_not_take_never_leaves(
    key: str, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(EVENT))
    with pytest.raises(ValueError):
        scripted_google.calendar.create_entry(GRANT, replace(ENTRY, key=key))
    with pytest.raises(ValueError):
        scripted_google.calendar.entry_id(key)
    assert scripted_server.requests == []


@pytest.mark.parametrize("entry_id", ["", "../calendars", "a b", "x" * 256, "é"])
def test_an_id_that_is_not_one_never_leaves(
    entry_id: str, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(EVENT))
    for call in (scripted_google.calendar.read_entry, scripted_google.calendar.delete_entry):
        with pytest.raises(ValueError):
            call(GRANT, entry_id)
    assert scripted_server.requests == []


def test_deleting_tells_no_one_and_counts_what_is_gone_as_deleted(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    for script in (answer(204), refused(410, "deleted"), refused(404, "notFound")):
        scripted_server.answers(script)
        scripted_google.calendar.delete_entry(GRANT, KEY)
    assert sent(scripted_server.requests[0]) == ("DELETE", f"{EVENTS}/{KEY}", {"sendUpdates": ["none"]}, None)
    scripted_server.answers(drop)
    with pytest.raises(RetryableError):
        scripted_google.calendar.delete_entry(GRANT, KEY)
