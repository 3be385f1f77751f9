"""What is read from an Outlook calendar, answer by answer: series and odd answers."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from providers.base import Grant
from providers.errors import RefusedError, RetryableError
from providers.microsoft.provider import OutlookCalendarApp
from tests.providers.conftest import NOW
from tests.providers.microsoft_answers import ID, KEY, event_with, listed, refused, said, sent
from tests.providers.scripted_server import Script, ScriptedServer

GRANT = Grant("TOKEN-OF-PRIYA")
UNTIL = NOW + timedelta(days=100)
STARTS_AT = datetime(2031, 3, 10, 9, 30, tzinfo=UTC)
MASTER = event_with(id="M=", type="seriesMaster", subject="Stand-up", showAs="free", transactionId=...)


def _at(hour: int, day: int = 11) -> dict[str, str]:
    return {"dateTime": f"2031-03-{day}T{hour:02}:00:00.0000000", "timeZone": "UTC"}


def _bare(number: int, master: str = "M=", **changes: Any) -> dict[str, Any]:
    stub = {"id": f"O{number}=", "type": "occurrence", "seriesMasterId": master}
    return {**stub, "start": _at(number), "end": _at(number + 1), **changes}


def _link(server: ScriptedServer, token: str, kind: str = "delta") -> str:
    return f"{server.url}/v1.0/me/calendarView/delta?${kind}token={token}"


def _position(server: ScriptedServer, token: str = "t-1") -> str:
    content = {"mark": _link(server, token), "since": NOW.isoformat(), "until": UNTIL.isoformat()}
    return json.dumps(content)


def _list(server: ScriptedServer, *events: Any) -> Script:
    return said(listed(*events, deltaLink=_link(server, "t-2")))


def test_everything_is_asked_for_once_and_changes_from_there(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    server = scripted_server
    server.answers(
        said(listed(event_with(), nextLink=_link(server, "s-1", "skip"))),
        said(listed(event_with(subject="Later"), deltaLink=_link(server, "t-1"))),
        _list(server),
    )
    found = scripted_outlook.calendar.events(GRANT, None, NOW, UNTIL)
    [event] = found.events
    assert (event.id, event.key, event.title, event.starts_at) == (ID, KEY, "Later", STARTS_AT)
    assert (found.position, found.is_everything) == (_position(server), True)
    assert "t-1" not in repr(found)
    found = scripted_outlook.calendar.events(GRANT, found.position, NOW, UNTIL)
    assert (found.position, found.is_everything) == (_position(server, "t-2"), False)
    assert sent(server.requests[0])[2] == {
        "startDateTime": ["2031-03-04T15:30:00Z"],
        "endDateTime": ["2031-06-12T15:30:00Z"],
    }
    assert 'IdType="ImmutableId"' in (server.requests[0].header("Prefer") or "")
    assert [sent(request)[2] for request in server.requests[1:]] == [
        {"$skiptoken": ["s-1"]},
        {"$deltatoken": ["t-1"]},
    ]


@pytest.mark.parametrize("order", [1, -1])
def test_events_of_a_series_are_called_as_their_master_in_any_order(
    order: int, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    exception = {**event_with(id="E=", type="exception", subject="Retro"), "seriesMasterId": "M="}
    scripted_server.answers(_list(scripted_server, *[MASTER, _bare(9), _bare(10), exception][::order]))
    found = scripted_outlook.calendar.events(GRANT, None, NOW, UNTIL)
    assert {event.id: (event.title, event.is_busy) for event in found.events} == {
        "O9=": ("Stand-up", False),
        "O10=": ("Stand-up", False),
        "E=": ("Retro", True),
    }
    assert len(scripted_server.requests) == 1


def test_a_master_that_is_not_listed_is_looked_up_once(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_list(scripted_server, _bare(9), _bare(10)), said(MASTER))
    found = scripted_outlook.calendar.events(GRANT, _position(scripted_server), NOW, UNTIL)
    assert [event.title for event in found.events] == ["Stand-up", "Stand-up"]
    [_, asked] = scripted_server.requests
    method, path, query, _ = sent(asked)
    assert (method, path) == ("GET", "/me/events/M%3D")
    assert "body" not in query["$select"][0]


def test_a_series_that_went_away_meanwhile_is_gone(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(_list(scripted_server, _bare(9), event_with()), refused(404, "ErrorItemNotFound"))
    found = scripted_outlook.calendar.events(GRANT, _position(scripted_server), NOW, UNTIL)
    assert ([event.id for event in found.events], found.gone) == ([ID], ("O9=",))


def test_a_series_that_is_said_to_be_removed_is_asked_about_once_more(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    """Its master counts as removed even if it was only moved; its events may still be there."""
    removed: dict[str, Any] = {"id": "M=", "@removed": {"reason": "deleted"}}
    for again, titles in ((refused(404, "ErrorItemNotFound"), []), (said(MASTER), ["Stand-up"])):
        scripted_server.answers(_list(scripted_server, MASTER, removed, _bare(9)), again)
        found = scripted_outlook.calendar.events(GRANT, _position(scripted_server), NOW, UNTIL)
        assert [event.title for event in found.events] == titles
        assert "M=" in found.gone
        assert ("O9=" in found.gone) is not bool(titles)


def test_a_series_of_which_only_the_master_has_changed_is_read_whole(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    whole = {**event_with(id="O9=", type="occurrence", subject="Stand-up"), "seriesMasterId": "M="}
    other = {**event_with(id="X=", type="occurrence", subject="Other"), "seriesMasterId": "N="}
    scripted_server.answers(_list(scripted_server, MASTER), said(listed(whole, other, event_with())))
    found = scripted_outlook.calendar.events(GRANT, _position(scripted_server), NOW, UNTIL)
    assert [(event.id, event.title) for event in found.events] == [("O9=", "Stand-up")]
    assert sent(scripted_server.requests[1])[1] == "/me/calendarView"


def test_a_series_of_whole_days_has_days(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    master = {**MASTER, "isAllDay": True, "originalStartTimeZone": "Eastern Standard Time"}
    bare = _bare(9, start=_at(0, 12), end=_at(0, 14))
    scripted_server.answers(_list(scripted_server, bare, master))
    [event] = scripted_outlook.calendar.events(GRANT, None, NOW, UNTIL).events
    assert (event.first_day, event.last_day) == (date(2031, 3, 12), date(2031, 3, 13))
    assert event.starts_at == datetime(2031, 3, 12, 4, tzinfo=UTC)
    assert event.ends_at == datetime(2031, 3, 14, 4, tzinfo=UTC)


def test_the_last_thing_that_is_said_about_an_event_counts(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    removed: dict[str, Any] = {"id": "O9=", "@removed": {"reason": "deleted"}}
    for items, ids in (
        ([_bare(9), removed], []),
        ([removed, _bare(9)], ["O9="]),
        ([_bare(9), _bare(9, start=_at(7), end=_at(8))], ["O9="]),
        ([_bare(9), _bare(9, start=None)], []),
    ):
        scripted_server.answers(_list(scripted_server, MASTER, _bare(12), *items))
        found = scripted_outlook.calendar.events(GRANT, _position(scripted_server), NOW, UNTIL)
        assert [event.id for event in found.events] == ["O12=", *ids]
        # What was known about an event that can no longer be read is out of date.
        assert found.gone == (() if found.events[1:] else ("O9=",))
        assert found.left_out == (items[-1].get("start", 1) is None)


def test_what_cannot_be_read_is_counted_and_left_out(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    odd: list[dict[str, Any]] = [
        event_with(id="A=", start={"dateTime": "soon", "timeZone": "UTC"}),
        event_with(
            id="B=", start={"dateTime": "2031-03-10T09:30:00", "timeZone": "tzone://Microsoft/Custom"}
        ),
        event_with(id="C=", start=7),
        event_with(id=7),
        event_with(id="x y"),
        {},
    ]
    scripted_server.answers(_list(scripted_server, *odd, event_with()))
    found = scripted_outlook.calendar.events(GRANT, None, NOW, UNTIL)
    assert [event.id for event in found.events] == [ID]
    assert found.left_out == len(odd)


@pytest.mark.parametrize("mark", ["https://elsewhere.example/v1.0/me", "", 7, None])
def test_the_token_goes_nowhere_else(
    mark: object, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    content = {**json.loads(_position(scripted_server)), "mark": mark}
    with pytest.raises(RefusedError) as caught:
        scripted_outlook.calendar.events(GRANT, json.dumps(content), NOW, UNTIL)
    assert caught.value.code == "position_expired"
    assert scripted_server.requests == []


@pytest.mark.parametrize(
    "script",
    [
        refused(410, "SyncStateNotFound"),
        refused(410, "resyncRequired"),
        refused(400, "syncStateNotFound"),
        refused(404, "ErrorItemNotFound"),
    ],
)
def test_a_position_that_microsoft_does_not_know_anymore_is_told_apart(
    script: Script, scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(script)
    with pytest.raises(RefusedError) as caught:
        scripted_outlook.calendar.events(GRANT, _position(scripted_server), NOW, UNTIL)
    assert caught.value.code == "position_expired"


def test_something_that_is_not_a_list_is_not_taken_for_an_empty_one(
    scripted_outlook: OutlookCalendarApp, scripted_server: ScriptedServer
) -> None:
    scripted_server.answers(said({"value": "none", "@odata.deltaLink": _link(scripted_server, "t-2")}))
    with pytest.raises(RetryableError) as caught:
        scripted_outlook.calendar.events(GRANT, None, NOW, UNTIL)
    assert caught.value.code == "nonsense"
