"""Google Meet: `providers.protocols.MeetingProvider`, for meetings on an entry of the host's calendar.

One event is both the host's entry and the home of the meeting, so there are never two in the calendar. Its
title, description and time are the entry's: a meeting that is made on an existing entry leaves them alone.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from providers.base import Grant, ListedMeeting, Meeting, MeetingChange, MeetingRequest, require_utc
from providers.clock import Clock
from providers.errors import (
    EntryGoneError,
    Facts,
    HostNotAllowedError,
    MeetingGoneError,
    NotReadyError,
    ProviderError,
    RefusedError,
    RetryableError,
)
from providers.google.calendar import own_event, read
from providers.google.calendar_client import GET, INSERT, MEETING_FIELDS, PATCH, CalendarClient
from providers.google.conferences import (
    FAILURE,
    PENDING,
    change_body,
    conference_body,
    conference_in,
    listed_in,
    meeting_in,
    new_event_body,
    parts_of,
    request_state,
)
from providers.google.errors import NO_MEET_WORDS, DuplicateError
from providers.google.events import (
    MARK,
    MARK_VALUE,
    UTC_ZONE,
    checked_key,
    is_all_day,
    key_in,
)
from providers.http import Operation

# Taking a conference off twice does no harm.
REMOVE = Operation("remove_conference")

# Google makes a conference a little later, usually right away. How long to wait before each look for it.
PAUSES = (0.5, 1.5)

GONE_WORDS = "This meeting no longer exists in Google Calendar."
PENDING_WORDS = "Google is still making the Meet link."
UNSEEN_WORDS = "Google doesn't show the calendar entry with this Meet meeting."
STAYS_WORDS = "Google keeps the Meet link on the calendar entry."


class GoogleMeet:
    """Makes meetings on the main calendar of a Google account. Threads may share it; it keeps no grant.

    pause: waits between looking for a link that is being made.
    """

    def __init__(
        self, client: CalendarClient, clock: Clock, pause: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._clock = clock
        self._pause = pause

    def create_meeting(self, grant: Grant, request: MeetingRequest) -> Meeting:
        """Make the meeting on the entry of `request.entry_key`, and the entry if there is none yet.

        A conference that is on it already is the meeting: an entry has one. Raises EntryGoneError if there
        was such an entry and its owner has deleted it, and HostNotAllowedError for an account without Meet.
        Google mostly makes nothing in that case; otherwise the entry stays.
        """
        body = new_event_body(request)
        try:
            event = self._client.insert(grant, body)
        except DuplicateError as duplicate:
            event = own_event(self._client, grant, request.entry_key, duplicate)
            # After a request failed, the same request is ignored and gives the same answer.
            if conference_in(event) is None and request_state(event) != PENDING:
                event = self._requested(grant, request, event)
        return self._made(grant, request.entry_key, event)

    def read_meeting(self, grant: Grant, meeting_id: str) -> Meeting:
        return self._meeting(grant, GET, self._event(grant, meeting_id))

    def update_meeting(self, grant: Grant, meeting_id: str, change: MeetingChange) -> Meeting:
        """Change the event that the meeting lives on. Google answers with the whole of it."""
        event_id, _ = parts_of(meeting_id)
        event = self._event(grant, meeting_id)
        body = read(GET, lambda answer: change_body(change, answer), event)
        if body:
            try:
                event = self._client.patch(grant, event_id, body)
            except EntryGoneError as gone:
                raise _meeting_gone(gone) from None
            _require(event, meeting_id)
        return self._meeting(grant, PATCH, event)

    def delete_meeting(self, grant: Grant, meeting_id: str, *, keeps_entry: bool = False) -> None:
        """Remove the meeting, with the entry or without it. An entry that no longer has this meeting is left
        alone: it may have a newer one.

        Raises RefusedError with code "meeting_stays" if Google leaves the link on an entry that is to stay,
        which is not documented either way. Only deleting the entry removes it then. RetryableError if Google
        denies an entry that is to stay, instead of showing it as deleted: its meeting would stay on it.
        """
        event_id, _ = parts_of(meeting_id)
        try:
            self._event(grant, meeting_id)
            if not keeps_entry:
                self._client.delete(grant, event_id)
                return
            self._client.patch(grant, event_id, {"conferenceData": None}, REMOVE)
            # Read again, because an answer may show what is about to be made of it.
            self._event(grant, meeting_id)
        except (MeetingGoneError, EntryGoneError) as gone:
            if keeps_entry and gone.facts.status is not None:
                raise RetryableError(UNSEEN_WORDS, gone.facts) from None
            return
        raise RefusedError(STAYS_WORDS, Facts(code="meeting_stays"))

    def find_meetings(self, grant: Grant, request: MeetingRequest, created_since: datetime) -> list[Meeting]:
        """Return the meeting on the entry of `request.entry_key`, whenever it was made: an entry has one."""
        require_utc(created_since, "created_since")
        try:
            event = self._client.get(grant, checked_key(request.entry_key))
        except EntryGoneError:
            return []
        if key_in(event) != request.entry_key:
            return []
        if conference_in(event) is not None:
            return [self._meeting(grant, GET, event)]
        if request_state(event) == PENDING:
            raise NotReadyError(PENDING_WORDS)
        return []

    def list_meetings(self, grant: Grant) -> list[ListedMeeting]:
        """Return the meetings that this product has made. Google lists no conferences apart from events, and
        those that the host made themselves are not asked for."""
        now = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        events, last = self._client.events(
            grant, MEETING_FIELDS, {"timeMin": now, "privateExtendedProperty": f"{MARK}={MARK_VALUE}"}
        )
        zone = last.get("timeZone")
        found = (listed_in(event, zone if isinstance(zone, str) else UTC_ZONE) for event in events)
        return [listed for listed in found if listed is not None]

    def _requested(self, grant: Grant, request: MeetingRequest, event: dict[str, Any]) -> dict[str, Any]:
        """Request a conference on an event that is there already; return it as it is then."""
        try:
            return self._client.patch(grant, request.entry_key, conference_body(request))
        except HostNotAllowedError as refusal:
            refusal.entry_id = request.entry_key
            raise

    def _made(self, grant: Grant, key: str, event: dict[str, Any]) -> Meeting:
        """Return the meeting that was requested, waiting a moment for it."""
        try:
            for pause in PAUSES:
                if conference_in(event) is not None or request_state(event) != PENDING:
                    break
                self._pause(pause)
                event = self._client.get(grant, key)
            if conference_in(event) is not None:
                return self._meeting(grant, INSERT, event)
        except RetryableError as error:
            # It has been requested; only the result is unknown.
            error.maybe_applied = True
            raise
        if request_state(event) == PENDING:
            raise NotReadyError(PENDING_WORDS)
        state = FAILURE if request_state(event) == FAILURE else None
        raise HostNotAllowedError(NO_MEET_WORDS, Facts(status=200, provider_code=state), entry_id=key)

    def _event(self, grant: Grant, meeting_id: str) -> dict[str, Any]:
        """Return the event of a meeting. Raises MeetingGoneError if it is gone, or has another meeting."""
        event_id, _ = parts_of(meeting_id)
        try:
            event = self._client.get(grant, event_id)
        except EntryGoneError as gone:
            raise _meeting_gone(gone) from None
        _require(event, meeting_id)
        return event

    def _meeting(self, grant: Grant, operation: Operation, event: dict[str, Any]) -> Meeting:
        zone = self._client.zone(grant) if is_all_day(event) else UTC_ZONE
        return read(operation, lambda answer: meeting_in(answer, zone), event)


def _require(event: dict[str, Any], meeting_id: str) -> None:
    conference = conference_in(event)
    if conference is None or conference.id != parts_of(meeting_id)[1]:
        raise MeetingGoneError(GONE_WORDS)


def _meeting_gone(gone: ProviderError) -> MeetingGoneError:
    return MeetingGoneError(GONE_WORDS, gone.facts)
