"""The calendar of Microsoft Graph on the wire: one method per call, always on the account's main calendar."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from providers.answers import optional_text
from providers.base import Grant
from providers.errors import EntryGoneError, Facts, RetryableError
from providers.http import Operation
from providers.microsoft.client import GraphClient, prefer
from providers.microsoft.errors import GONE_WORDS, nonsense
from providers.microsoft.events import (
    EXPANDED,
    KEY,
    SELECTED,
    checked_key,
    is_made_by,
    is_of_transaction,
    key_in,
    made_at,
)
from providers.microsoft.times import in_query
from providers.troubles import ANY_CALL, Meaning

INSERT = Operation("create_event", changes_once=True)
PATCH = Operation("update_event", changes_once=True)
GET = Operation("get_event")
FIND = Operation("find_event")
DELETE = Operation("delete_event")
LIST = Operation("list_events")
VIEW = Operation("calendar_view")
DELTA = Operation("calendar_changes")
GET_CALENDAR = Operation("get_calendar")

# The facts of an event that a list lacks. They name a status, as those of a "not found" do: neither is sure.
NOT_LISTED = Facts(status=200, provider_code="not_listed")

ON_ENTRY = Meaning(entry=True)
FROM_POSITION = Meaning(position=True)

PAGE_SIZE = 200
# The bound on pages stops a list that never ends.
MAX_PAGES = 100
# A page of events may hold this much text.
PAGE_BYTES = 8 * 1024 * 1024


class CalendarClient:
    """Calls the API with the grant it is given. All methods raise `ProviderError`s."""

    def __init__(self, client: GraphClient) -> None:
        self._client = client

    def insert(self, grant: Grant, body: dict[str, Any]) -> dict[str, Any]:
        """POST an event that names its transaction. Raises DuplicateError if there was one of it already;
        Graph may as well answer with that event."""
        event = self._client.object(grant, INSERT, "POST", "/me/events", expected=201, json=body)
        if not is_made_by(event, body):
            raise nonsense(INSERT)
        return event

    def patch(
        self, grant: Grant, event_id: str, body: dict[str, Any], operation: Operation = PATCH
    ) -> dict[str, Any]:
        """PATCH an event, and return it as it is now. Raises EntryGoneError."""
        path = _path(event_id)
        event = self._client.object(grant, operation, "PATCH", path, meaning=ON_ENTRY, json=body)
        return _about(operation, event, event_id)

    def get(self, grant: Grant, event_id: str) -> dict[str, Any]:
        """GET an event with our properties on it. Raises EntryGoneError."""
        params = {"$select": SELECTED, "$expand": EXPANDED}
        event = self._client.object(grant, GET, "GET", _path(event_id), meaning=ON_ENTRY, params=params)
        return _about(GET, event, event_id)

    def master(self, grant: Grant, event_id: str, selected: str) -> dict[str, Any]:
        """GET some fields of the master of a series. Raises EntryGoneError."""
        params = {"$select": selected}
        event = self._client.object(grant, GET, "GET", _path(event_id), meaning=ON_ENTRY, params=params)
        return _about(GET, event, event_id)

    def get_listed(self, grant: Grant, event_id: str) -> dict[str, Any]:
        """The same, for an event that is in the calendar. Raises EntryGoneError for one that is not.

        What its owner deletes is moved into another folder. Ids that stay when something is moved may go on
        leading to it there, so an event of ours has to be listed as well.
        """
        event = self.get(grant, event_id)
        key = key_in(event)
        if key:
            listed = self.of_key(grant, key)
            if listed is None or listed.get("id") != event.get("id"):
                # With the status of an answer, since a list may also be behind: someone looks again later.
                raise EntryGoneError(GONE_WORDS, NOT_LISTED)
        return event

    def delete(self, grant: Grant, event_id: str) -> None:
        """DELETE an event. One that is gone already is no error, if Microsoft says so twice: providers in
        trouble have denied what exists."""
        try:
            self._client.nothing(grant, DELETE, "DELETE", _path(event_id), expected=204, meaning=ON_ENTRY)
        except EntryGoneError:
            self._require_gone(grant, event_id)

    def _require_gone(self, grant: Grant, event_id: str) -> None:
        try:
            self.get_listed(grant, event_id)
        except EntryGoneError:
            return
        raise RetryableError("The Outlook calendar still has the entry.", Facts(code="conflict"))

    def of_key(self, grant: Grant, key: str) -> dict[str, Any] | None:
        """GET the event that was made under a key, by our property on it; None if there is none."""
        params = {
            "$filter": f"singleValueExtendedProperties/any(ep: ep/id eq '{KEY}' "
            f"and ep/value eq '{checked_key(key)}')",
            "$select": SELECTED,
            "$expand": EXPANDED,
            "$top": "10",
        }
        # A page may be empty although another one follows.
        events, _ = self._pages(grant, FIND, "/me/events", params)
        own = [event for event in events if key_in(event) == key]
        # Copies come last.
        own.sort(key=lambda event: (not is_of_transaction(event, key), made_at(event)))
        return own[0] if own else None

    def events(self, grant: Grant, params: Mapping[str, str]) -> list[dict[str, Any]]:
        """GET events, all pages. Series are not expanded."""
        return self._pages(grant, LIST, "/me/events", {**params, "$top": str(PAGE_SIZE)})[0]

    def view(self, grant: Grant, since: datetime, until: datetime, selected: str) -> list[dict[str, Any]]:
        """GET everything that is in the calendar between two instants, all pages; of a series, each event."""
        params = {**_window(since, until), "$select": selected, "$top": str(PAGE_SIZE)}
        return self._pages(grant, VIEW, "/me/calendarView", params)[0]

    def changes(
        self, grant: Grant, link: str | None, since: datetime, until: datetime
    ) -> tuple[list[dict[str, Any]], str]:
        """GET what has changed since the position `link`, all pages, and the next position. Without one,
        everything between two instants, which is where every later position stays."""
        found, position = self.delta(grant, link, since, until)
        if not position:
            raise nonsense(DELTA)
        return found, position

    def delta(
        self, grant: Grant, link: str | None, since: datetime, until: datetime
    ) -> tuple[list[dict[str, Any]], str]:
        """The same; the next position is "" where Graph names none."""
        pages = prefer(f"odata.maxpagesize={PAGE_SIZE}")
        if link is None:
            params = _window(since, until)
            found, last = self._pages(grant, DELTA, "/me/calendarView/delta", params, pages)
        else:
            found, last = self._pages(grant, DELTA, link, {}, pages, FROM_POSITION)
        return found, self._client.next_page(last, "@odata.deltaLink")

    def is_position(self, link: str) -> bool:
        """Tell whether a text may be a position that this Graph gave."""
        return self._client.is_own(link)

    def meeting_providers(self, grant: Grant) -> frozenset[str] | None:
        """GET what the account can make online meetings with; None if the answer does not say."""
        params = {"$select": "allowedOnlineMeetingProviders,defaultOnlineMeetingProvider"}
        answer = self._client.object(grant, GET_CALENDAR, "GET", "/me/calendar", params=params)
        listed = answer.get("allowedOnlineMeetingProviders")
        if not isinstance(listed, list):
            return None
        return frozenset(each for each in listed if isinstance(each, str))

    def _pages(
        self,
        grant: Grant,
        operation: Operation,
        path: str,
        params: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        meaning: Meaning = ANY_CALL,
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """Return the items of all pages, and the last page. The addresses of the following ones are taken as
        they are: they hold all that was asked for."""
        bounds = self._client.bounds_for(operation, more_bytes=PAGE_BYTES)
        found: list[dict[str, Any]] = []
        for _page in range(MAX_PAGES):
            page = self._client.object(
                grant,
                operation,
                "GET",
                path,
                params=params,
                headers=headers,
                meaning=meaning,
                bounds=bounds,
            )
            found += _items(page, operation)
            if not optional_text(page, "@odata.nextLink"):
                return found, page
            following = self._client.next_page(page, "@odata.nextLink")
            # One that leads to itself or elsewhere brings nothing new.
            if following in ("", path):
                break
            path, params = following, {}
        raise nonsense(operation)


def _about(operation: Operation, event: dict[str, Any], event_id: str) -> dict[str, Any]:
    """Return an event; raise RetryableError "nonsense" for another one, which would be changed next."""
    if event.get("id") != event_id:
        raise nonsense(operation)
    return event


def _path(event_id: str) -> str:
    return f"/me/events/{quote(event_id, safe='')}"


def _window(since: datetime, until: datetime) -> dict[str, str]:
    return {"startDateTime": in_query(since), "endDateTime": in_query(until)}


def _items(page: dict[str, Any], operation: Operation) -> list[dict[str, Any]]:
    items = page.get("value")
    if not isinstance(items, list):
        raise nonsense(operation)
    return [item for item in items if isinstance(item, dict)]
