"""The Calendar API v3 on the wire: one method per call, always on the account's main calendar.

No call invites or tells anyone (`sendUpdates=none`), and every change names version 1 of the conference data,
without which Google leaves out what a change says about a Meet link, and may drop the link.
"""

from typing import Any
from urllib.parse import quote

from providers.base import Grant
from providers.errors import EntryGoneError, Facts, RefusedError, RetryableError
from providers.google.client import GoogleClient
from providers.google.errors import GONE_WORDS, nonsense
from providers.google.events import UTC_ZONE, in_utc, is_cancelled
from providers.google.settings import GoogleSettings
from providers.http import Operation
from providers.troubles import Meaning

INSERT = Operation("insert_event", changes_once=True)
PATCH = Operation("patch_event", changes_once=True)
GET = Operation("get_event")
DELETE = Operation("delete_event")
LIST = Operation("list_events")
FREE_BUSY = Operation("free_busy")

ON_ENTRY = Meaning(entry=True)
FROM_POSITION = Meaning(position=True)
CHANGING = {"sendUpdates": "none", "conferenceDataVersion": "1"}

PAGE_SIZE = 250
# The bound on pages stops a list that never ends.
MAX_PAGES = 100
# A page of events may hold this much text.
PAGE_BYTES = 8 * 1024 * 1024
# All fields that are read of listed events. Guests, attachments and everything else that belongs to others
# stay with Google.
_LIST = "timeZone,nextPageToken,nextSyncToken"
_ITEM = "id,status,etag,updated,summary,description,location,start,end,htmlLink,extendedProperties/private"
ENTRY_FIELDS = f"{_LIST},items({_ITEM})"
# The fields that say when someone is busy, and with what. Texts and places stay with Google.
LISTED_FIELDS = (
    f"{_LIST},items(id,iCalUID,status,summary,start,end,transparency,eventType,"
    "attendees(self,responseStatus),extendedProperties/private)"
)
MEETING_FIELDS = f"{_LIST},items({_ITEM},created,hangoutLink,conferenceData)"


class CalendarClient:
    """Calls the API with the grant it is given. All methods raise `ProviderError`s."""

    def __init__(self, settings: GoogleSettings, client: GoogleClient) -> None:
        base = settings.calendar_url.rstrip("/")
        self._events = f"{base}/calendars/primary/events"
        self._free_busy = f"{base}/freeBusy"
        self._client = client

    def insert(self, grant: Grant, body: dict[str, Any]) -> dict[str, Any]:
        """POST events, with an id of ours. Raises DuplicateError if there is an event of that id, or was one
        that has been deleted."""
        event = self._written(grant, INSERT, "POST", self._events, body, Meaning())
        return _living(INSERT, event, body["id"])

    def patch(
        self, grant: Grant, event_id: str, body: dict[str, Any], operation: Operation = PATCH
    ) -> dict[str, Any]:
        """PATCH events/{id}, and return the event as it is now. Raises EntryGoneError.

        What Google does with a change to a deleted event is not documented: it has answered 403, and it may
        take the change and leave the event deleted.
        """
        try:
            event = self._written(grant, operation, "PATCH", self._event(event_id), body, ON_ENTRY)
        except RefusedError as refusal:
            if refusal.facts.status == 403:
                self.get(grant, event_id)
            raise
        return _living(operation, event, event_id)

    def get(self, grant: Grant, event_id: str) -> dict[str, Any]:
        """GET events/{id}. Raises EntryGoneError, for one that Google still shows as deleted too."""
        event = self._client.object(grant, GET, "GET", self._event(event_id), meaning=ON_ENTRY)
        return _living(GET, event, event_id)

    def delete(self, grant: Grant, event_id: str) -> None:
        """DELETE events/{id}. One that is gone already is no error, if Google says so twice: in trouble, it
        has denied what exists."""
        try:
            self._client.nothing(
                grant,
                DELETE,
                "DELETE",
                self._event(event_id),
                meaning=ON_ENTRY,
                params={"sendUpdates": "none"},
            )
        except EntryGoneError:
            self._require_gone(grant, event_id)

    def _require_gone(self, grant: Grant, event_id: str) -> None:
        try:
            self.get(grant, event_id)
        except EntryGoneError:
            return
        raise RetryableError("Google Calendar still has the entry.", Facts(code="conflict"))

    def events(
        self, grant: Grant, fields: str, params: dict[str, str]
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """GET events, all pages; the events with these fields, and the last page, which names the next
        position and the calendar's zone."""
        found: list[dict[str, Any]] = []
        asked = {"maxResults": str(PAGE_SIZE), "maxAttendees": "1", "fields": fields, **params}
        for _page in range(MAX_PAGES):
            page = self.page(grant, asked)
            items = page.get("items", [])
            if not isinstance(items, list):
                raise nonsense(LIST)
            found += [item for item in items if isinstance(item, dict)]
            token = page.get("nextPageToken")
            if not isinstance(token, str) or not token:
                return found, page
            if token == asked.get("pageToken"):
                # A page that leads to itself; asking a hundred times would tell nothing more.
                break
            asked = {**asked, "pageToken": token}
        raise nonsense(LIST)

    def page(self, grant: Grant, params: dict[str, str]) -> dict[str, Any]:
        """GET events, one page."""
        return self._client.object(
            grant,
            LIST,
            "GET",
            self._events,
            meaning=FROM_POSITION if "syncToken" in params else Meaning(),
            params=params,
            bounds=self._client.bounds_for(LIST, more_bytes=PAGE_BYTES),
        )

    def zone(self, grant: Grant) -> str:
        """Return the calendar's zone. The list of its events names it; asking for the calendar itself would
        take a further permission."""
        page = self.page(grant, {"maxResults": "1", "fields": "timeZone"})
        zone = page.get("timeZone")
        return zone if isinstance(zone, str) and zone else UTC_ZONE

    def free_busy(self, grant: Grant, body: dict[str, Any]) -> dict[str, Any]:
        """POST freeBusy."""
        return self._client.object(grant, FREE_BUSY, "POST", self._free_busy, json=body)

    def _written(
        self,
        grant: Grant,
        operation: Operation,
        method: str,
        url: str,
        body: dict[str, Any],
        meaning: Meaning,
    ) -> dict[str, Any]:
        def write(content: dict[str, Any]) -> dict[str, Any]:
            return self._client.object(
                grant, operation, method, url, meaning=meaning, json=content, params=dict(CHANGING)
            )

        try:
            return write(body)
        except RefusedError as refusal:
            if refusal.code != "timezone_refused":
                raise
        # The instant is the same in every zone. Ours are newer than some calendars'.
        return write(in_utc(body))

    def _event(self, event_id: str) -> str:
        return f"{self._events}/{quote(event_id, safe='')}"


def _living(operation: Operation, event: dict[str, Any], event_id: str) -> dict[str, Any]:
    """Return the event if it is the one that was asked about, and was not deleted."""
    if event.get("id") != event_id:
        # Its link would lead people into another meeting.
        raise nonsense(operation)
    if is_cancelled(event):
        raise EntryGoneError(GONE_WORDS)
    return event
