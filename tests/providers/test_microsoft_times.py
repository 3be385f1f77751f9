"""When an Outlook calendar says that things are, in any zone, and when its owner is busy."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.base import BusySpan, EntryChange, Grant
from providers.errors import (
    RateLimitedError,
    RetryableError,
)
from providers.microsoft.provider import OutlookCalendarApp
from tests.providers.conftest import NOW
from tests.providers.microsoft_answers import (
    ID,
    LISTED,
    PROPERTY,
    event_with,
    listed,
    refused,
    said,
    sent,
)
from tests.providers.scripted_server import Script, ScriptedServer, answer

GRANT = Grant("TOKEN-OF-PRIYA")
STARTS_AT = datetime(2031, 3, 10, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "starts_at"),
    [
        ("UTC", datetime(2031, 3, 10, 9, 30, tzinfo=UTC)),
        ("tzone://Microsoft/Utc", datetime(2031, 3, 10, 9, 30, tzinfo=UTC)),
        ("W. Europe Standard Time", datetime(2031, 3, 10, 8, 30, tzinfo=UTC)),
        ("Europe/Zurich", datetime(2031, 3, 10, 8, 30, tzinfo=UTC)),
        ("Pacific Standard Time", datetime(2031, 3, 10, 16, 30, tzinfo=UTC)),
    ],
)
def test_a_zone_is_read_by_any_of_its_names(
    zone: str, starts_at: datetime, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    start = {"dateTime": "2031-03-10T09:30:00.0000000", "timeZone": zone}
    scripted_server.answers(said(event_with(start=start)), LISTED)
    assert scripted_outlook.calendar.read_entry(GRANT, ID).starts_at == starts_at


@pytest.mark.parametrize(
    "zone", ["tzone://Microsoft/Custom", "Customized Time Zone", "", "(UTC+01:00) Nowhere"]
)
def test_an_event_that_was_made_in_a_zone_of_its_own_is_still_read(
    zone: str, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(event_with(originalStartTimeZone=zone)), LISTED)
    assert scripted_outlook.calendar.read_entry(GRANT, ID).starts_at == STARTS_AT


@pytest.mark.parametrize(
    ("zone", "starts_at"),
    [
        ("W. Europe Standard Time", datetime(2031, 3, 9, 23, tzinfo=UTC)),
        ("tzone://Microsoft/Custom", datetime(2031, 3, 10, tzinfo=UTC)),
        ("UTC", datetime(2031, 3, 10, tzinfo=UTC)),
    ],
)
def test_whole_days_begin_in_the_zone_in_which_the_event_was_made(
    zone: str, starts_at: datetime, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    changes = {
        "isAllDay": True,
        "originalStartTimeZone": zone,
        "start": {"dateTime": "2031-03-10T00:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2031-03-11T00:00:00.0000000", "timeZone": "UTC"},
    }
    scripted_server.answers(said(event_with(**changes)), LISTED)
    placed = scripted_outlook.calendar.read_entry(GRANT, ID)
    assert (placed.starts_at, placed.ends_at) == (starts_at, starts_at + timedelta(days=1))


@pytest.mark.parametrize(
    "start",
    [
        None,
        {},
        {"dateTime": "2031-03-10"},
        {"dateTime": "soon", "timeZone": "UTC"},
        {"dateTime": "2031-03-10T09:30:00", "timeZone": "tzone://Microsoft/Custom"},
        {"dateTime": "0001-01-01T00:00:00.0000000", "timeZone": "UTC"},
        {"dateTime": "9999-12-31T23:59:59.0000000", "timeZone": "Pacific Standard Time"},
        {"dateTime": 7},
        "2031-03-10T09:30:00Z",
    ],
)
def test_an_event_without_a_certain_time_is_not_an_entry(
    start: object, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(event_with(start=start)), LISTED)
    if start == {"dateTime": "2031-03-10"}:
        assert scripted_outlook.calendar.read_entry(GRANT, ID).starts_at == datetime(2031, 3, 10, tzinfo=UTC)
        return
    with pytest.raises(RetryableError) as caught:
        scripted_outlook.calendar.read_entry(GRANT, ID)
    assert caught.value.code == "nonsense"


@pytest.mark.parametrize(
    "changes",
    [
        {"singleValueExtendedProperties": [{"id": f"{PROPERTY}SmoothHiringKey", "value": "an0therkey"}]},
        {"transactionId": "localevent:7f1c-4b"},
        {"transactionId": None},
        {"transactionId": ...},
    ],
)
def test_an_event_of_someone_else_has_no_key(
    changes: dict[str, Any], scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said(event_with(**changes)), LISTED)
    assert scripted_outlook.calendar.read_entry(GRANT, ID).key == ""


def _span(hour: int, minutes: int = 60) -> BusySpan:
    starts_at = datetime(2031, 3, 10, hour, tzinfo=UTC)
    return BusySpan(starts_at, starts_at + timedelta(minutes=minutes))


def _at(hour: int, minutes: int = 60, **more: Any) -> dict[str, Any]:
    span = _span(hour, minutes)
    clock = "%Y-%m-%dT%H:%M:%S.0000000"
    return {
        "start": {"dateTime": span.starts_at.strftime(clock), "timeZone": "UTC"},
        "end": {"dateTime": span.ends_at.strftime(clock), "timeZone": "UTC"},
        "showAs": "busy",
        **more,
    }


def test_busy_is_what_is_in_the_calendar_and_takes_time(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    first = listed(
        _at(15),
        _at(8, showAs="tentative"),
        _at(9, 30, showAs="oof"),
        nextLink=f"{scripted_server.url}/v1.0/me/calendarView?$skip=3&startDateTime=a&endDateTime=b",
    )
    second = listed(
        _at(11, showAs="free"),
        _at(11, showAs="workingElsewhere"),
        _at(12, isCancelled=True),
        _at(13, responseStatus={"response": "declined", "time": "2031-03-01T08:00:00Z"}),
        _at(14, start={"dateTime": "2031-03-10T14:00:00", "timeZone": "tzone://Microsoft/Custom"}),
        _at(15, 90, responseStatus={"response": "organizer"}),
        _at(16, 0),
        _at(23, 120),
    )
    scripted_server.answers(said(first), said(second))
    until = datetime(2031, 3, 10, 23, tzinfo=UTC)
    busy = scripted_outlook.calendar.busy(GRANT, STARTS_AT - timedelta(hours=6), until)
    assert busy == [_span(8, 90), _span(15, 90)]
    assert sent(scripted_server.requests[0])[1:3] == (
        "/me/calendarView",
        {
            "startDateTime": ["2031-03-10T03:30:00Z"],
            "endDateTime": ["2031-03-10T23:00:00Z"],
            "$select": ["start,end,isAllDay,originalStartTimeZone,showAs,isCancelled,responseStatus"],
            "$top": ["200"],
        },
    )
    assert scripted_server.requests[1].target.endswith("?$skip=3&startDateTime=a&endDateTime=b")


@pytest.mark.parametrize("where", ["https://evil.example/v1.0/me/events", "itself"])
def test_a_token_is_not_taken_where_an_answer_leads(
    where: str, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    link = f"{scripted_server.url}/v1.0/me/calendarView?startDateTime=a&endDateTime=b"
    scripted_server.answers(said(listed(nextLink=link if where == "itself" else where)))
    with pytest.raises(RetryableError) as caught:
        scripted_outlook.calendar.busy(GRANT, STARTS_AT, STARTS_AT + timedelta(hours=1))
    assert caught.value.code == "nonsense"
    assert len(scripted_server.requests) == (2 if where == "itself" else 1)


@pytest.mark.parametrize(
    ("script", "seconds"),
    [
        (answer(429, b"{}", headers={"Retry-After": "2.128"}), 2.128),
        (answer(429, b"<html>", headers={"Retry-After": "30"}), 30),
        (refused(429, "ApplicationThrottled"), 10),
        (refused(503, "MailboxConcurrency"), 10),
        (refused(403, "activityLimitReached"), 10),
    ],
)
def test_too_many_calls_are_waited_for(
    script: Script, seconds: float, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RateLimitedError) as caught:
        scripted_outlook.calendar.change_entry(GRANT, ID, EntryChange(title="T"))
    assert caught.value.retry_at == NOW + timedelta(seconds=seconds)
    assert not caught.value.maybe_applied
