"""What is read from a Google calendar, answer by answer: odd ones do no harm."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from providers.base import Grant, ListedEvent
from providers.errors import RefusedError, RetryableError
from providers.google.provider import GoogleCalendarApp
from tests.providers.conftest import NOW
from tests.providers.google_answers import EVENT, KEY, event_with, refused, said, sent
from tests.providers.scripted_server import Script, ScriptedServer

GRANT = Grant("TOKEN-OF-PRIYA")
UNTIL = NOW + timedelta(days=100)
STARTS_AT = datetime(2031, 3, 10, 9, 30, tzinfo=UTC)


def _page(*items: object, **last: object) -> Script:
    return said({"kind": "calendar#events", "timeZone": "America/New_York", "items": list(items), **last})


def _position(token: str) -> str:
    return json.dumps({"mark": token, "since": NOW.isoformat(), "until": UNTIL.isoformat()})


def _days(first: str, after: object = ..., **changes: Any) -> dict[str, Any]:
    end = {"end": after if after is ... else {"date": after}}
    return event_with(id="days0", extendedProperties=..., start={"date": first}, **end, **changes)


def test_everything_is_asked_for_once_and_changes_by_the_same_words(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(
        _page(EVENT, nextPageToken="p2"), _page(EVENT, nextSyncToken="s1"), _page(nextSyncToken="s2")
    )
    found = scripted_google.calendar.events(GRANT, None, NOW, UNTIL)
    ends_at = STARTS_AT + timedelta(minutes=45)
    assert found.events == (ListedEvent(KEY, STARTS_AT, ends_at, True, EVENT["summary"], key=KEY),)
    assert (found.position, found.is_everything) == (_position("s1"), True)
    assert "s1" not in repr(found)
    assert EVENT["summary"] not in repr(found)
    assert scripted_google.calendar.events(GRANT, found.position, NOW, UNTIL).position == _position("s2")
    first, second, third = (sent(request)[2] for request in scripted_server.requests)
    assert first["singleEvents"] == third["singleEvents"] == ["true"]
    assert (first["timeMin"], first["timeMax"]) == (["2031-03-04T15:30:00Z"], ["2031-06-12T15:30:00Z"])
    assert second == {**first, "pageToken": ["p2"]}
    assert set(third) == {"syncToken", "singleEvents", "maxResults", "maxAttendees", "fields"}
    # Descriptions, places and other people's names are not even requested.
    assert not {"description", "location", "email", "hangoutLink"} & set(first["fields"][0].split(","))


def test_the_last_thing_that_is_said_about_an_event_counts(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    gone = {"id": KEY, "status": "cancelled"}
    for items, titles in (
        ([EVENT, event_with(summary="Later")], ["Later"]),
        ([EVENT, gone], []),
        ([gone, EVENT], [EVENT["summary"]]),
        ([EVENT, event_with(start=None)], []),
        ([event_with(start=None), EVENT], [EVENT["summary"]]),
    ):
        scripted_server.answers(_page(*items, nextSyncToken="s2"))
        found = scripted_google.calendar.events(GRANT, _position("s1"), NOW, UNTIL)
        assert [event.title for event in found.events] == titles
        # What was known about an event that can no longer be read is out of date.
        assert found.gone == (() if found.events else (KEY,))
        assert found.left_out == (items[-1].get("start") is None and items[-1] is not gone)


@pytest.mark.parametrize(
    ("event", "first_day", "last_day"),
    [
        (_days("2031-03-10", "2031-03-11"), 10, 10),
        (_days("2031-03-10", "2031-03-13"), 10, 12),
        (_days("2031-03-10"), 10, 10),
        (_days("2031-03-10", "2031-03-10"), 10, 10),
        (_days("2031-03-10", "2031-03-01"), 10, 10),
        (_days("2031-03-10", "soon"), 10, 10),
    ],
)
def test_whole_days_end_with_the_last_one(
    event: dict[str, Any],
    first_day: int,
    last_day: int,
    scripted_google: GoogleCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(_page(event, nextSyncToken="s1"))
    [found] = scripted_google.calendar.events(GRANT, None, NOW, UNTIL).events
    assert (found.first_day, found.last_day) == (date(2031, 3, first_day), date(2031, 3, last_day))
    # In New York, where it is four hours earlier than in UTC by then.
    assert found.starts_at == datetime(2031, 3, first_day, 4, tzinfo=UTC)
    assert found.ends_at == datetime(2031, 3, last_day + 1, 4, tzinfo=UTC)


def test_what_cannot_be_read_is_counted_and_left_out(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    odd: list[Any] = [
        event_with(id="odd00", start={"dateTime": "soon"}),
        event_with(id="odd01", start={"dateTime": "9999-12-31T23:00:00Z"}),
        _days("9999-12-31", "9999-12-31", status="confirmed"),
        event_with(id="odd02", start=7, end="later"),
        event_with(id=7),
        event_with(id="x" * 256),
        {},
    ]
    scripted_server.answers(_page(*odd, EVENT, nextSyncToken="s1"))
    found = scripted_google.calendar.events(GRANT, None, NOW, UNTIL)
    assert [event.id for event in found.events] == [KEY]
    assert found.left_out == len(odd)


def test_odd_fields_do_no_harm(scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer) -> None:
    event = event_with(
        summary=["a"],
        end=None,
        transparency=7,
        eventType={},
        attendees=[7, {"self": "yes", "responseStatus": "declined"}, {"responseStatus": "declined"}],
        extendedProperties={"private": {"smoothhiringKey": "anotherkey1"}},
    )
    scripted_server.answers(_page(event, nextSyncToken="s1"))
    [found] = scripted_google.calendar.events(GRANT, None, NOW, UNTIL).events
    assert found == ListedEvent(KEY, STARTS_AT, STARTS_AT, True, "")


@pytest.mark.parametrize("items", ["none", None, {}])
def test_something_that_is_not_a_list_is_not_taken_for_an_empty_one(
    items: object, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said({"items": items, "nextSyncToken": "s1"}))
    with pytest.raises(RetryableError) as caught:
        scripted_google.calendar.events(GRANT, None, NOW, UNTIL)
    assert caught.value.code == "nonsense"


def test_a_list_that_never_ends_is_given_up(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_page(EVENT, nextPageToken="p1"))
    with pytest.raises(RetryableError):
        scripted_google.calendar.events(GRANT, None, NOW, UNTIL)
    assert len(scripted_server.requests) == 2


@pytest.mark.parametrize(
    "script",
    [refused(410, "fullSyncRequired"), refused(410, "updatedMinTooLongAgo"), refused(400, "invalid")],
)
def test_a_position_that_google_does_not_know_anymore_is_told_apart(
    script: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RefusedError) as caught:
        scripted_google.calendar.events(GRANT, _position("s1"), NOW, UNTIL)
    assert caught.value.code == "position_expired"
