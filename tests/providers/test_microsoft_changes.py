"""What has changed in an Outlook calendar, from one position to the next."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from providers.base import Grant
from providers.errors import ProviderError, RateLimitedError, RefusedError, RetryableError
from providers.microsoft.provider import OutlookCalendarApp
from tests.providers.conftest import NOW, microsoft_settings_on
from tests.providers.microsoft_answers import (
    ID,
    KEY,
    OTHER_ID,
    event_with,
    listed,
    methods,
    refused,
    said,
    sent,
)
from tests.providers.scripted_server import Script, ScriptedServer, answer

GRANT = Grant("TOKEN-OF-PRIYA")
REMOVED: dict[str, Any] = {"id": ID, "@removed": {"reason": "deleted"}}


def _link(server: ScriptedServer, token: str, kind: str = "delta") -> str:
    return f"{server.url}/v1.0/me/calendarView/delta?${kind}token={token}"


def _position(server: ScriptedServer, token: str = "t-1", until: datetime = NOW + timedelta(days=90)) -> str:
    return json.dumps({"link": _link(server, token), "until": until.isoformat()})


def test_the_first_position_is_after_everything_that_is_there(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    server = scripted_server
    server.answers(
        said(listed(event_with(), nextLink=_link(server, "s-1", "skip"))),
        said(listed(nextLink=_link(server, "s-2", "skip"))),
        said(listed(event_with(id=OTHER_ID), deltaLink=_link(server, "t-1"))),
    )
    changes = scripted_outlook.calendar.changes(GRANT, None)
    assert (changes.changed, changes.gone) == ((), ())
    assert json.loads(changes.position) == {
        "link": _link(server, "t-1"),
        "until": "2031-08-31T15:30:00+00:00",
    }
    assert "t-1" not in repr(changes)
    assert sent(server.requests[0])[1:3] == (
        "/me/calendarView/delta",
        {"startDateTime": ["2031-03-03T15:30:00Z"], "endDateTime": ["2031-08-31T15:30:00Z"]},
    )
    assert server.requests[0].header("Prefer") == (
        'IdType="ImmutableId", outlook.timezone="UTC", odata.maxpagesize=200'
    )
    assert sent(server.requests[2])[2] == {"$skiptoken": ["s-2"]}


def test_changes_are_those_since_the_position(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    stub = {
        "id": "OCC=",
        "type": "occurrence",
        "seriesMasterId": "M=",
        "start": {"dateTime": "2031-03-11T09:00:00.0000000", "timeZone": "UTC"},
        "end": {"dateTime": "2031-03-11T10:00:00.0000000", "timeZone": "UTC"},
    }
    scripted_server.answers(
        said(
            listed(
                event_with(subject="First"),
                stub,
                event_with(id="NOTIME=", start=None),
                {"type": "singleInstance"},
                event_with(subject="Last"),
                deltaLink=_link(scripted_server, "t-2"),
            )
        )
    )
    changes = scripted_outlook.calendar.changes(GRANT, _position(scripted_server))
    assert [(entry.id, entry.key, entry.title) for entry in changes.changed] == [(ID, KEY, "Last")]
    assert changes.gone == ()
    assert json.loads(changes.position) == json.loads(_position(scripted_server, "t-2"))
    assert sent(scripted_server.requests[0])[2] == {"$deltatoken": ["t-1"]}


def test_removed_event_is_gone_only_if_it_is_not_there(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    """An event that was moved out of the period that is read is listed as deleted too."""
    moved = {**REMOVED, "id": OTHER_ID}
    scripted_server.answers(
        said(listed(event_with(), REMOVED, moved, deltaLink=_link(scripted_server, "t-2"))),
        refused(404, "ErrorItemNotFound"),
        said(event_with(id=OTHER_ID, subject="In a year")),
        said(listed(event_with(id=OTHER_ID))),
    )
    changes = scripted_outlook.calendar.changes(GRANT, _position(scripted_server))
    assert changes.gone == (ID,)
    assert [(entry.id, entry.title) for entry in changes.changed] == [(OTHER_ID, "In a year")]


def test_what_is_in_the_folder_of_deleted_things_is_gone(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(
        said(listed(REMOVED, deltaLink=_link(scripted_server, "t-2"))), said(event_with()), said(listed())
    )
    changes = scripted_outlook.calendar.changes(GRANT, _position(scripted_server))
    assert (changes.changed, changes.gone) == ((), (ID,))


def test_what_was_restored_is_not_gone(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(
        said(listed(REMOVED, event_with(), deltaLink=_link(scripted_server, "t-2"))),
        refused(404, "ErrorItemNotFound"),
    )
    changes = scripted_outlook.calendar.changes(GRANT, _position(scripted_server))
    assert (len(changes.changed), changes.gone) == (1, ())


@pytest.mark.parametrize(
    "script",
    [
        refused(410, "syncStateNotFound"),
        refused(410, "resyncRequired"),
        answer(410, b'{"error": {}}'),
        refused(400, "SyncStateInvalid"),
        refused(404, "SyncStateNotFound"),
    ],
)
def test_a_position_that_is_too_old_is_told_apart(
    script: Script, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RefusedError) as caught:
        scripted_outlook.calendar.changes(GRANT, _position(scripted_server))
    assert caught.value.code == "position_expired"


@pytest.mark.parametrize(
    "position",
    [
        "not-a-position",
        "[]",
        "{}",
        "[" * 100_000,
        '{"link": "https://evil.example/v1.0/me/calendarView/delta", "until": "2031-08-31T15:30:00+00:00"}',
        '{"link": 7, "until": "2031-08-31T15:30:00+00:00"}',
    ],
)
def test_what_is_not_a_position_is_sent_nowhere(
    position: str, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    with pytest.raises(RefusedError) as caught:
        scripted_outlook.calendar.changes(GRANT, position)
    assert caught.value.code == "position_expired"
    assert scripted_server.requests == []


def test_a_position_whose_time_is_nearly_over_starts_over(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    until = NOW + timedelta(days=59)
    with pytest.raises(RefusedError) as caught:
        scripted_outlook.calendar.changes(GRANT, _position(scripted_server, until=until))
    assert caught.value.code == "position_expired"


def test_a_position_from_another_server_does_not_count(scripted_server: ScriptedServer) -> None:
    settings = microsoft_settings_on(scripted_server)
    app = OutlookCalendarApp(settings, clock=lambda: NOW)
    for address in (scripted_server.url.replace("127.0.0.1", "127.0.0.1.evil.example"), "http://u@127.0.0.1"):
        position = json.dumps({"link": f"{address}/v1.0/x", "until": "2031-08-31T15:30:00+00:00"})
        with pytest.raises(RefusedError):
            app.calendar.changes(GRANT, position)
    assert scripted_server.requests == []


@pytest.mark.parametrize(
    ("script", "expected", "code"),
    [
        (said(listed()), RetryableError, "nonsense"),
        (said({"value": 7}), RetryableError, "nonsense"),
        (said(listed(deltaLink="https://evil.example/")), RetryableError, "nonsense"),
        (answer(429, b"{}"), RateLimitedError, "rate_limit"),
        (answer(503, b""), RetryableError, "unavailable"),
    ],
)
def test_an_answer_without_a_position_changes_nothing(
    script: Script,
    expected: type[ProviderError],
    code: str,
    scripted_outlook: OutlookCalendarApp,
    scripted_server: ScriptedServer,
) -> None:
    scripted_server.answers(script)
    with pytest.raises(ProviderError) as caught:
        scripted_outlook.calendar.changes(GRANT, _position(scripted_server))
    assert (type(caught.value), caught.value.code) == (expected, code)
    assert methods(scripted_server) == ["GET"]
