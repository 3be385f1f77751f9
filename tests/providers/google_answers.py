"""What the scripted answers of Google's calendar contain, and what was sent for them."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.providers.scripted_server import ReceivedRequest, Script, ScriptedServer, answer

KEY = "interv1e7g1"
EVENTS = "/calendar/v3/calendars/primary/events"
CHANGING = {"sendUpdates": ["none"], "conferenceDataVersion": ["1"]}
EVENT: dict[str, Any] = {
    "kind": "calendar#event",
    "id": KEY,
    "status": "confirmed",
    "etag": '"3500000000001000"',
    "htmlLink": "https://www.google.com/calendar/event?eid=abc",
    "summary": "Data Engineer Interview: Zoë & Co.",
    "description": "Ask &lt;why&gt;,\nthen R&amp;D.",
    "location": "https://meet.example/1",
    "start": {"dateTime": "2031-03-10T10:30:00+01:00", "timeZone": "Europe/Zurich"},
    "end": {"dateTime": "2031-03-10T11:15:00+01:00", "timeZone": "Europe/Zurich"},
    "extendedProperties": {"private": {"smoothhiring": "interview", "smoothhiringKey": KEY}},
}
DUPLICATE = {
    "error": {
        "code": 409,
        "message": "The requested identifier already exists.",
        "errors": [
            {"domain": "global", "reason": "duplicate", "message": "The requested identifier already exists."}
        ],
    }
}


def said(content: object, status: int = 200) -> Script:
    return answer(status, json.dumps(content).encode())


def sent(request: ReceivedRequest) -> tuple[str, str, dict[str, list[str]], Any]:
    """Method, path, query and JSON body of a request."""
    method, _, target = request.target.partition(" ")
    parts = urlsplit(target)
    return method, parts.path, parse_qs(parts.query), json.loads(request.body) if request.body else None


def refused(status: int, reason: str, message: str = "Said by Google.") -> Script:
    error = {"code": status, "message": message, "errors": [{"domain": "global", "reason": reason}]}
    return said({"error": error}, status)


def event_with(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**EVENT, **changes}.items() if value is not ...}


LINK = "https://meet.google.com/abc-defg-hij"
ASKED = {"requestId": "c-1", "conferenceSolutionKey": {"type": "hangoutsMeet"}}
MEETING_ID = f"{KEY}/abc-defg-hij"
POINTS = [
    {"entryPointType": "more", "uri": "https://tel.meet/abc-defg-hij?pin=1"},
    {"entryPointType": "video", "uri": LINK, "label": "meet.google.com/abc-defg-hij"},
]


def conference(status: str = "success", **changes: Any) -> dict[str, Any]:
    data = {"createRequest": {**ASKED, "status": {"statusCode": status}}}
    if status == "success":
        solution = {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"}
        data |= {"conferenceId": "abc-defg-hij", "conferenceSolution": solution, "entryPoints": POINTS}  # type: ignore[dict-item]
    return {name: value for name, value in {**data, **changes}.items() if value is not ...}


def meeting_event(status: str = "success", **changes: Any) -> dict[str, Any]:
    return event_with(conferenceData=conference(status), created="2031-03-04T15:30:00.000Z", **changes)


MADE, PENDING, FAILED = meeting_event(), meeting_event("pending"), meeting_event("failure")
PLAIN, CANCELLED = event_with(), event_with(status="cancelled")


def methods(server: ScriptedServer) -> list[str]:
    return [request.target.partition(" ")[0] for request in server.requests]
