"""When people are busy in Google Calendar, and what has changed: what hides something is never believed."""

from datetime import UTC, datetime, timedelta

import pytest

from providers.base import BusySpan, Grant
from providers.errors import HostNotAllowedError, RefusedError, RetryableError
from providers.google.provider import GoogleCalendarApp
from tests.providers.conftest import NOW
from tests.providers.google_answers import EVENT, KEY, event_with, refused, said, sent
from tests.providers.scripted_server import Script, ScriptedServer, answer

GRANT = Grant("TOKEN-OF-PRIYA")


def _free_busy(**calendar: object) -> Script:
    return said({"kind": "calendar#freeBusy", "calendars": {"primary": calendar}})


def test_busy_times_come_in_order_and_joined(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(
        _free_busy(
            busy=[
                {"start": "2031-03-05T10:00:00Z", "end": "2031-03-05T11:00:00Z"},
                {"start": "2031-03-04T10:00:00+01:00", "end": "2031-03-04T11:00:00+01:00"},
                {"start": "2031-03-05T11:00:00Z", "end": "2031-03-05T11:30:00Z"},
            ]
        )
    )
    assert scripted_google.calendar.busy(GRANT, NOW, NOW + timedelta(days=7)) == [
        BusySpan(datetime(2031, 3, 4, 9, tzinfo=UTC), datetime(2031, 3, 4, 10, tzinfo=UTC)),
        BusySpan(datetime(2031, 3, 5, 10, tzinfo=UTC), datetime(2031, 3, 5, 11, 30, tzinfo=UTC)),
    ]
    assert sent(scripted_server.requests[0]) == (
        "POST",
        "/calendar/v3/freeBusy",
        {},
        {
            "timeMin": "2031-03-04T15:30:00Z",
            "timeMax": "2031-03-11T15:30:00Z",
            "timeZone": "UTC",
            "items": [{"id": "primary"}],
        },
    )


def test_a_long_time_is_asked_about_in_pieces(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_free_busy(busy=[]))
    assert scripted_google.calendar.busy(GRANT, NOW, NOW + timedelta(days=100)) == []
    asked = [sent(request)[3] for request in scripted_server.requests]
    assert [each["timeMin"] for each in asked] == ["2031-03-04T15:30:00Z", "2031-05-03T15:30:00Z"]
    assert asked[0]["timeMax"] == asked[1]["timeMin"]
    assert asked[1]["timeMax"] == "2031-06-12T15:30:00Z"


@pytest.mark.parametrize(
    ("script", "expected", "code"),
    [
        (
            _free_busy(errors=[{"domain": "global", "reason": "internalError"}], busy=[]),
            RetryableError,
            "unavailable",
        ),
        (
            _free_busy(errors=[{"domain": "global", "reason": "notFound"}]),
            HostNotAllowedError,
            "host_not_allowed",
        ),
        (_free_busy(errors="many"), RetryableError, "unavailable"),
        (_free_busy(busy="all day"), RetryableError, "nonsense"),
        (_free_busy(busy=[7]), RetryableError, "nonsense"),
        (_free_busy(busy=[{"start": "2031-03-05"}]), RetryableError, "nonsense"),
        (said({"calendars": {}}), RetryableError, "nonsense"),
        (said({"calendars": {"primary": 7}}), RetryableError, "nonsense"),
        (said({}), RetryableError, "nonsense"),
    ],
)
def test_an_answer_that_hides_when_someone_is_busy_is_never_taken_for_free(
    script: Script,
    expected: type[Exception],
    code: str,
    scripted_google: GoogleCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(expected) as caught:
        scripted_google.calendar.busy(GRANT, NOW, NOW + timedelta(days=1))
    assert caught.value.code == code  # type: ignore[attr-defined]


def test_the_calendar_may_answer_under_its_address(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said({"calendars": {"priya@x.example": {"busy": []}}}))
    assert scripted_google.calendar.busy(GRANT, NOW, NOW + timedelta(days=1)) == []


def test_times_that_are_not_times_are_refused(scripted_google: GoogleCalendarApp) -> None:
    with pytest.raises(ValueError, match="since"):
        scripted_google.calendar.busy(GRANT, NOW.replace(tzinfo=None), NOW)
    with pytest.raises(ValueError, match="until"):
        scripted_google.calendar.busy(GRANT, NOW, NOW)


def _page(*items: object, **last: object) -> Script:
    return said({"kind": "calendar#events", "timeZone": "America/New_York", "items": list(items), **last})


def test_the_first_position_is_that_of_the_last_page(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(
        _page(EVENT, nextPageToken="p2"), _page(nextPageToken="p3"), _page(nextSyncToken="s1")
    )
    changes = scripted_google.calendar.changes(GRANT, None)
    assert (changes.changed, changes.gone, changes.position) == ((), (), "s1")
    queries = [sent(request)[2] for request in scripted_server.requests]
    assert [query.get("pageToken") for query in queries] == [None, ["p2"], ["p3"]]
    assert all(query["timeMin"] == ["2031-03-03T15:30:00Z"] for query in queries)


@pytest.mark.parametrize("first", [[_page()], [refused(400, "invalid")]])
def test_where_a_limited_list_names_no_position_the_whole_one_is_read(
    first: list[Script], scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(*first, _page(nextSyncToken="s1"))
    assert scripted_google.calendar.changes(GRANT, None).position == "s1"
    assert "timeMin" not in sent(scripted_server.requests[1])[2]


def test_changes_are_read_whole_and_odd_ones_do_no_harm(
    scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(
        _page(
            EVENT,
            {"id": "gone1", "status": "cancelled"},
            {"id": "gone2_20310310", "status": "cancelled", "recurringEventId": "gone2"},
            nextPageToken="p2",
        ),
        _page(
            event_with(id="days0", start={"date": "2031-03-10"}, end={"date": "2031-03-11"}),
            {"id": "stub0", "status": "confirmed"},
            {"status": "cancelled"},
            "nonsense",
            nextSyncToken="s2",
        ),
    )
    changes = scripted_google.calendar.changes(GRANT, "s1")
    assert [(entry.id, entry.key) for entry in changes.changed] == [(KEY, KEY), ("days0", "")]
    assert changes.changed[1].starts_at == datetime(2031, 3, 10, 4, tzinfo=UTC)
    assert changes.gone == ("gone1", "gone2_20310310")
    assert changes.position == "s2"
    first, second = (sent(request)[2] for request in scripted_server.requests)
    assert first["syncToken"] == second["syncToken"] == ["s1"]
    # Nothing else may differ from the first list.
    assert set(first) == {"syncToken", "maxResults", "maxAttendees", "fields"}


@pytest.mark.parametrize(
    "script",
    [refused(410, "fullSyncRequired"), refused(410, "updatedMinTooLongAgo"), refused(400, "invalid")],
)
def test_a_position_that_is_too_old_is_told_apart(
    script: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RefusedError) as caught:
        scripted_google.calendar.changes(GRANT, "s1")
    assert caught.value.code == "position_expired"


@pytest.mark.parametrize(
    "script", [_page(nextPageToken="p1"), said({"items": "many"}), _page(), answer(200, b"<html>")]
)
def test_a_list_that_never_ends_or_names_no_position_is_unusable(
    script: Script, scripted_google: GoogleCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RetryableError) as caught:
        scripted_google.calendar.changes(GRANT, None)
    assert caught.value.code == "nonsense"
    assert len(scripted_server.requests) <= 3
