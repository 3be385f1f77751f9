"""Zoom as the product sees it: the Protocols of `providers.protocols`, made from the client, the bodies and
OAuth.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from providers.answers import UnusableAnswerError
from providers.base import (
    Account,
    Grant,
    ListedMeeting,
    Meeting,
    MeetingChange,
    MeetingRequest,
    TokenSet,
    require_utc,
)
from providers.clock import Clock, system_clock
from providers.errors import MeetingGoneError, RetryableError
from providers.http import Bounds, Operation, Peer, origin_of
from providers.zoom.client import CREATE_MEETING, GET_USER, READ_MEETING, ZoomClient
from providers.zoom.errors import TRACKING_HEADER, nonsense
from providers.zoom.meetings import (
    account_in,
    create_body,
    has_agenda_of,
    id_in,
    is_meeting_id,
    listed_in,
    may_be,
    meeting_in,
    update_body,
)
from providers.zoom.oauth import ZoomOAuth
from providers.zoom.scopes import missing_scopes
from providers.zoom.settings import ZoomSettings

__all__ = ["ZoomProvider", "ZoomSettings"]

T = TypeVar("T")

EARLIEST = datetime.min.replace(tzinfo=UTC)


class ZoomProvider:
    """One Zoom app. Make one per process; threads may share it. It keeps no grant between calls.

    bounds: limits of each call; by default those of `providers.http` with the settings' time-out.
    """

    def __init__(
        self, settings: ZoomSettings, *, clock: Clock = system_clock, bounds: Bounds | None = None
    ) -> None:
        addresses = (settings.oauth_url, settings.api_url)
        peer = Peer(
            name="zoom",
            label="Zoom",
            tracking_header=TRACKING_HEADER,
            plain_http_origins=frozenset(
                origin_of(url) for url in addresses if url.lower().startswith("http://")
            ),
        )
        bounds = bounds or Bounds(timeout_seconds=settings.timeout_seconds)
        self._clock = clock
        self._client = ZoomClient(settings, peer, bounds, clock)
        self._oauth = ZoomOAuth(settings, peer, bounds, clock)

    def account(self, grant: Grant) -> Account:
        return _read(GET_USER, account_in, self._client.user(grant))

    def create_meeting(self, grant: Grant, request: MeetingRequest) -> Meeting:
        """Make the meeting. `PasscodeRefusedError` means: try again with `passcode=None`, and Zoom chooses
        one.
        """
        return _read(CREATE_MEETING, meeting_in, self._client.create_meeting(grant, create_body(request)))

    def read_meeting(self, grant: Grant, meeting_id: str) -> Meeting:
        meeting = _read(READ_MEETING, meeting_in, self._client.meeting(grant, _checked(meeting_id)))
        if meeting.id != meeting_id:
            # Its link would lead people into another meeting.
            raise nonsense(READ_MEETING)
        return meeting

    def update_meeting(self, grant: Grant, meeting_id: str, change: MeetingChange) -> Meeting:
        """Change the meeting and read it back. `PasscodeRefusedError` means that nothing was changed."""
        self._client.update_meeting(grant, _checked(meeting_id), update_body(change, self._clock()))
        try:
            return self.read_meeting(grant, meeting_id)
        except RetryableError as error:
            # Zoom has made the change; only what it looks like now is unknown.
            error.maybe_applied = True
            raise

    def delete_meeting(self, grant: Grant, meeting_id: str, *, keeps_entry: bool = False) -> None:
        try:
            self._client.delete_meeting(grant, _checked(meeting_id))
        except MeetingGoneError:
            return

    def find_meetings(self, grant: Grant, request: MeetingRequest, created_since: datetime) -> list[Meeting]:
        """Look a lost create up: whatever fits in the list is read whole, as the list cuts agendas.

        `created_since` is told by our clock and `created_at` by Zoom's. A server whose clock runs ahead would
        take what it has just made for something older, so the difference is taken off. A clock that is behind
        needs nothing: what fits in every other way was made by us, however long ago that seems.
        """
        require_utc(created_since, "created_since")
        entries, behind = self._client.meetings(grant)
        # At the edge of the calendar there is nothing to take off.
        since = created_since - behind if created_since - EARLIEST > behind else EARLIEST
        found: list[Meeting] = []
        for entry in entries:
            if not may_be(entry, request, since):
                continue
            try:
                meeting = self.read_meeting(grant, _read(READ_MEETING, id_in, entry))
            except MeetingGoneError:
                continue
            if has_agenda_of(meeting, request):
                found.append(meeting)
        return sorted(found, key=lambda meeting: (meeting.created_at or EARLIEST, meeting.id))

    def list_meetings(self, grant: Grant) -> list[ListedMeeting]:
        """Entries without a start or a link are left out: meetings without a fixed time have none."""
        entries, _ = self._client.meetings(grant)
        return [listed for entry in entries if (listed := listed_in(entry)) is not None]

    def authorize_url(self, *, redirect_uri: str, state: str, code_verifier: str) -> str:
        return self._oauth.authorize_url(redirect_uri=redirect_uri, state=state, code_verifier=code_verifier)

    def exchange_code(self, *, code: str, redirect_uri: str, code_verifier: str) -> TokenSet:
        return self._oauth.exchange_code(code=code, redirect_uri=redirect_uri, code_verifier=code_verifier)

    def refresh(self, refresh_token: str) -> TokenSet:
        return self._oauth.refresh(refresh_token)

    def revoke(self, access_token: str) -> None:
        self._oauth.revoke(access_token)

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        return missing_scopes(granted)


def _read(operation: Operation, reader: Callable[[dict[str, Any]], T], answer: dict[str, Any]) -> T:
    """Return what `reader` makes of an answer; raise RetryableError "nonsense" if it lacks what is needed."""
    try:
        return reader(answer)
    except UnusableAnswerError:
        raise nonsense(operation) from None


def _checked(meeting_id: str) -> str:
    """Return the id if it is one; raise ValueError, since an address is made of it."""
    if not is_meeting_id(meeting_id):
        raise ValueError("not a Zoom meeting id")
    return meeting_id
