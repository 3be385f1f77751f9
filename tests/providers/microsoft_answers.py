"""What the answers of Microsoft Graph contain, and what was sent for them."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from providers.base import Grant, MeetingRequest
from providers.microsoft.meetings import meeting_id
from simulators.microsoft.shapes import wrong_in_request
from tests.providers.scripted_server import ReceivedRequest, Script, ScriptedServer, answer

KEY = "interv1e7g1"
ID = "AAkALgAAAAAAHYQDEapmEc2byACqAC-EWg0A1u2v3w4x5y6z7A8B9C0D_1eAACQyXWAA="
OTHER_ID = ID.replace("Ww", "Zz").replace("XWAA", "XWBB")
PROPERTY = "String {38f9cc40-f629-4f63-9f81-80a0f25ba6f7} Name "
LINK = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_M2I%40thread.v2/0?context=%7b%22Tid%22%3a%22x%22%7d"
JOINING = (
    '<div style="width:100%; height:20px"><span style="white-space:nowrap; color:#5F5F5F; opacity:.36">'
    + "_" * 80
    + '</span></div>\r\n<div class="me-email-text" lang="en-US"><div><span>Microsoft Teams</span></div>'
    + f'<a class="me-email-headline" href="{LINK}">Click here to join the meeting</a></div>\r\n'
)


def html(inner: str) -> dict[str, str]:
    """A body as Exchange returns it."""
    head = '<html><head>\r\n<meta http-equiv="Content-Type" content="text/html">\r\n</head>\r\n'
    return {"contentType": "html", "content": f"{head}<body>\r\n{inner}\r\n</body>\r\n</html>\r\n"}


EVENT: dict[str, Any] = {
    "@odata.etag": 'W/"wgMLBV3JBEOnWI9UGI4kTQADJmgusw=="',
    "id": ID,
    "createdDateTime": "2031-03-04T15:30:00.3760425Z",
    "lastModifiedDateTime": "2031-03-04T15:30:00.5256557Z",
    "changeKey": "wgMLBV3JBEOnWI9UGI4kTQADJmgusw==",
    "transactionId": KEY,
    "originalStartTimeZone": "UTC",
    "originalEndTimeZone": "UTC",
    "subject": "Data Engineer Interview: Zoë & Co.",
    "body": html("<div>Ask &lt;why&gt;,<br>\r\nthen R&amp;D.</div>"),
    "location": {"displayName": "https://meet.example/1", "locationType": "default"},
    "start": {"dateTime": "2031-03-10T09:30:00.0000000", "timeZone": "UTC"},
    "end": {"dateTime": "2031-03-10T10:15:00.0000000", "timeZone": "UTC"},
    "isAllDay": False,
    "isCancelled": False,
    "showAs": "busy",
    "type": "singleInstance",
    "webLink": "https://outlook.office365.com/owa/?itemid=AAkAL",
    "isOnlineMeeting": False,
    "onlineMeetingProvider": "unknown",
    "onlineMeeting": None,
}
OURS = {
    "singleValueExtendedProperties": [
        {"id": f"{PROPERTY}SmoothHiringKey", "value": KEY},
    ]
}
TEAMS_ONLY = {"allowedOnlineMeetingProviders": ["teamsForBusiness"]}


def event_with(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**EVENT, **changes}.items() if value is not ...}


def online(**changes: Any) -> dict[str, Any]:
    """The same event with a Teams meeting on it."""
    return event_with(
        **{
            "isOnlineMeeting": True,
            "onlineMeetingProvider": "teamsForBusiness",
            "onlineMeeting": {"joinUrl": LINK, "conferenceId": "123"},
            "body": html(f"<div>Ask &lt;why&gt;,<br>\r\nthen R&amp;D.</div>\r\n{JOINING}"),
            **changes,
        }
    )


def listed(*events: dict[str, Any], **more: str) -> dict[str, Any]:
    return {"value": list(events), **{f"@odata.{name}": value for name, value in more.items()}}


def said(content: object, status: int = 200) -> Script:
    return answer(status, json.dumps(content).encode())


def refused(status: int, code: str, message: str = "Said by Microsoft.", **more: object) -> Script:
    error = {"code": code, "message": message, "innerError": {"request-id": "r-1"}, **more}
    return said({"error": error}, status)


def duplicate(status: int = 409, event_id: str | None = None) -> Script:
    more = {"@event.existingEventId": event_id} if event_id else {}
    return refused(status, "ErrorDuplicateTransactionId", **more)


def sent(request: ReceivedRequest) -> tuple[str, str, dict[str, list[str]], Any]:
    """Method, path, query and JSON body of a request."""
    method, _, target = request.target.partition(" ")
    parts = urlsplit(target)
    is_json = (request.header("Content-Type") or "").startswith("application/json")
    body = json.loads(request.body) if is_json else (request.body or None)
    return method, parts.path.removeprefix("/v1.0"), parse_qs(parts.query), body


def methods(server: ScriptedServer) -> list[str]:
    return [request.target.partition(" ")[0] for request in server.requests]


def assert_kept_to_the_documents(server: ScriptedServer) -> None:
    """Fail if a request to Graph does not conform to Microsoft's own description."""
    for request in server.requests:
        method, path, query, body = sent(request)
        if not request.target.partition(" ")[2].startswith("/v1.0/"):
            continue
        headers = {name: request.header(name) or "" for name in ("prefer", "content-type")}
        assert wrong_in_request(method, path, query, headers, body) == [], request.target


GRANT = Grant("TOKEN-OF-PRIYA")
STARTS_AT = datetime(2031, 3, 10, 9, 30, tzinfo=UTC)
REQUEST = MeetingRequest(
    "Data Engineer Interview", "Ask <why>.", STARTS_AT, 45, "Europe/Zurich", entry_key=KEY, creation="c-1"
)
MEETING_ID = meeting_id(KEY, LINK)
CAN, MADE, PLAIN = said(TEAMS_ONLY), online(**OURS), event_with(**OURS)
PENDING = online(onlineMeeting=None, body=html("Ask"), **OURS)
SKYPE = {
    "onlineMeetingProvider": "skypeForConsumer",
    "onlineMeeting": {"joinUrl": "https://join.skype.com/abc"},
}
WANTED = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
LISTED = said(listed({**EVENT, **OURS}))
