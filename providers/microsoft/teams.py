"""Microsoft Teams: `providers.protocols.MeetingProvider`, for meetings on an entry of the host's calendar.

One event is both the host's entry and the home of the meeting, so there are never two in the calendar. Its
title, description and time are the entry's: a meeting that is made on an existing entry leaves them alone.
"""

import time
from collections.abc import Callable
from datetime import datetime
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
from providers.microsoft.calendar import beside_meeting, once_begun, present_or_new, read
from providers.microsoft.calendar_client import FIND, INSERT, NOT_LISTED, PATCH, CalendarClient
from providers.microsoft.errors import NO_TEAMS_WORDS
from providers.microsoft.events import (
    EXPANDED,
    MARK,
    MARK_VALUE,
    SELECTED,
    checked_key,
    id_in,
)
from providers.microsoft.meetings import (
    PERSONAL,
    TEAMS,
    UNKNOWN,
    WANTED,
    change_body,
    is_online,
    join_url_in,
    key_of,
    listed_in,
    meeting_id,
    meeting_in,
    new_event_body,
    provider_in,
)
from providers.microsoft.times import in_query

# A link that is not there yet comes within seconds. How long to wait before each look for it.
PAUSES = (0.5, 1.5, 3.0)

GONE_WORDS = "This meeting no longer exists in the Outlook calendar."
PENDING_WORDS = "Microsoft is still making the Teams link."
PERSONAL_WORDS = "A personal Microsoft account can't make Teams meetings."
OTHER_SOFTWARE_WORDS = (
    "This Microsoft account makes online meetings with something other than Teams, which can't be used here."
)
UNSEEN_WORDS = "Outlook doesn't show the calendar entry with this Teams meeting."
STAYS_WORDS = "Outlook keeps the Teams link on a calendar entry that has one."


class MicrosoftTeams:
    """Makes meetings on the main calendar of a Microsoft account. Threads may share it; it keeps no grant.

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

        A Teams meeting that is on it already is the meeting: an entry has one. Raises EntryGoneError if there
        was such an entry and its owner has deleted it, and HostNotAllowedError for an account without Teams,
        as all personal accounts are. Usually that is known before anything is made; otherwise the entry
        stays.
        """
        body = new_event_body(request)
        self._require_teams(grant)
        event, _ = present_or_new(
            self._client, grant, request.entry_key, body, self._pause, may_exist=request.entry_may_exist
        )
        with once_begun():
            return self._made_on(grant, event)

    def read_meeting(self, grant: Grant, meeting_id: str) -> Meeting:
        return read(FIND, meeting_in, self._event(grant, meeting_id))

    def update_meeting(self, grant: Grant, meeting_id: str, change: MeetingChange) -> Meeting:
        """Change the event that the meeting lives on, and look whether its link is still the same: Microsoft
        has given events another one for changes to their text."""
        event = self._event(grant, meeting_id)
        body = read(FIND, lambda answer: change_body(change, answer), event)
        body = beside_meeting(self._client, grant, event, body, self._pause)
        if not body:
            return read(FIND, meeting_in, event)
        try:
            self._client.patch(grant, read(FIND, id_in, event), body)
        except EntryGoneError as gone:
            raise _meeting_gone(gone) from None
        with once_begun():
            return read(PATCH, meeting_in, self._event(grant, meeting_id))

    def delete_meeting(self, grant: Grant, meeting_id: str, *, keeps_entry: bool = False) -> None:
        """Remove the meeting together with its entry. An entry that no longer has this meeting is left alone:
        it may have a newer one.

        Raises RefusedError with code "meeting_stays" for an entry that is to stay: Outlook can't switch an
        online meeting off. Only deleting the entry removes it. RetryableError while an entry that is to stay
        is not listed: lists may be behind, and its meeting would stay on it.
        """
        try:
            event = self._event(grant, meeting_id)
        except MeetingGoneError as gone:
            if keeps_entry and gone.facts.status is not None:
                raise RetryableError(UNSEEN_WORDS, gone.facts) from None
            return
        if keeps_entry:
            raise RefusedError(STAYS_WORDS, Facts(code="meeting_stays"))
        self._client.delete(grant, read(FIND, id_in, event))

    def find_meetings(self, grant: Grant, request: MeetingRequest, created_since: datetime) -> list[Meeting]:
        """Return the meeting on the entry of `request.entry_key`, whenever it was made: an entry has one."""
        require_utc(created_since, "created_since")
        event = self._client.of_key(grant, checked_key(request.entry_key))
        if event is None:
            return []
        if join_url_in(event):
            return [read(FIND, meeting_in, event)]
        if provider_in(event) == TEAMS:
            raise NotReadyError(PENDING_WORDS)
        return []

    def list_meetings(self, grant: Grant) -> list[ListedMeeting]:
        """Return the meetings that this product has made. Graph lists no meetings apart from events, and
        those that the host made themselves are not asked for."""
        now = self._clock()
        mark = f"singleValueExtendedProperties/any(ep: ep/id eq '{MARK}' and ep/value eq '{MARK_VALUE}')"
        asked = {"$select": SELECTED, "$expand": EXPANDED}
        try:
            ahead = f"start/dateTime ge '{in_query(now).rstrip('Z')}' and {mark}"
            events = self._client.events(grant, {**asked, "$filter": ahead})
        except RefusedError as refusal:
            # Exchange does not take every combination of conditions.
            if refusal.facts.status != 400:
                raise
            events = self._client.events(grant, {**asked, "$filter": mark})
        found = (listed_in(event) for event in events)
        return [listed for listed in found if listed is not None and listed.starts_at >= now]

    def _require_teams(self, grant: Grant) -> None:
        """Raise HostNotAllowedError for an account that can't make Teams meetings, before anything is made.
        Otherwise Microsoft would make the event without a meeting."""
        possible = self._client.meeting_providers(grant)
        if not possible or TEAMS in possible:
            return
        if possible == {UNKNOWN}:
            raise HostNotAllowedError(NO_TEAMS_WORDS)
        raise HostNotAllowedError(PERSONAL_WORDS if possible <= PERSONAL else OTHER_SOFTWARE_WORDS)

    def _made_on(self, grant: Grant, event: dict[str, Any]) -> Meeting:
        """Return the meeting on an event, asking for it if need be."""
        # This may be an existing entry without a meeting, which is not a refusal.
        if not is_online(event):
            event = self._client.patch(grant, read(INSERT, id_in, event), dict(WANTED), INSERT)
        # The link may take a moment.
        for pause in PAUSES:
            if join_url_in(event) or _is_of_others(event):
                break
            self._pause(pause)
            event = self._client.get(grant, read(INSERT, id_in, event))
        if join_url_in(event):
            return read(INSERT, meeting_in, event)
        if provider_in(event) == TEAMS:
            raise NotReadyError(PENDING_WORDS)
        facts = Facts(status=200, provider_code=provider_in(event)[:60] or None)
        raise HostNotAllowedError(
            OTHER_SOFTWARE_WORDS if _is_of_others(event) else NO_TEAMS_WORDS,
            facts,
            entry_id=read(INSERT, id_in, event),
            # Outlook can't switch it off, and lets no one write beside it.
            is_spoiled=is_online(event),
        )

    def _event(self, grant: Grant, wanted: str) -> dict[str, Any]:
        """Return the event of a meeting. Raises MeetingGoneError if it is not listed, with the status of the
        answer, or if it has another meeting."""
        key = key_of(wanted)
        event = self._client.of_key(grant, key)
        if event is None:
            raise MeetingGoneError(GONE_WORDS, NOT_LISTED)
        if meeting_id(key, join_url_in(event)) != wanted:
            raise MeetingGoneError(GONE_WORDS)
        return event


def _is_of_others(event: dict[str, Any]) -> bool:
    """Tell whether an event is an online meeting of other software, such as Skype."""
    return provider_in(event) not in ("", TEAMS, UNKNOWN)


def _meeting_gone(gone: ProviderError) -> MeetingGoneError:
    return MeetingGoneError(GONE_WORDS, gone.facts)
