"""What a provider can be asked, as Protocols. A provider implements those that its apps need.

The contract suite in `tests/providers` runs every implementation against its simulator. Every method that
calls the provider may raise any `ProviderError`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from providers.base import (
    Account,
    BusySpan,
    CalendarEntry,
    EntryChanges,
    Grant,
    ListedMeeting,
    Meeting,
    MeetingChange,
    MeetingRequest,
    PlacedEntry,
    TokenSet,
)
from providers.events import Event


class OAuthProvider(Protocol):
    """Gets, renews and revokes grants. What calls the provider may raise any `ProviderError`."""

    def authorize_url(self, *, redirect_uri: str, state: str, code_verifier: str) -> str:
        """Return the address at which the user is asked for consent (PKCE, S256)."""
        ...

    def exchange_code(self, *, code: str, redirect_uri: str, code_verifier: str) -> TokenSet:
        """Spend the code of the callback. A refused code is a `RefusedError` with code "code_refused"."""
        ...

    def refresh(self, refresh_token: str) -> TokenSet:
        """Renew the grant; `ConnectionRevokedError` is the only answer that means the user must reconnect.

        With a `RetryableError` that is `maybe_applied` the provider may have rotated the token already. The
        old one is then worth one more try and may turn out to be dead.
        """
        ...

    def revoke(self, access_token: str) -> None:
        """End the grant. One that is already dead counts as revoked."""
        ...

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        """Return the required scopes that `granted` does not cover, in the order to list them in."""
        ...


class AccountProvider(Protocol):
    """Tells whose grant it is."""

    def account(self, grant: Grant) -> Account:
        """Return the account behind the grant."""
        ...


class MeetingProvider(Protocol):
    """Makes meetings on the account that a grant belongs to. Every method may raise any `ProviderError`."""

    def create_meeting(self, grant: Grant, request: MeetingRequest) -> Meeting:
        """Make one meeting and return it as the provider made it, which may differ from what was asked.

        After a `RetryableError` with `maybe_applied`, call `find_meetings` before trying again.
        """
        ...

    def read_meeting(self, grant: Grant, meeting_id: str) -> Meeting:
        """Return one meeting; raise `MeetingGoneError` if there is none of that id."""
        ...

    def update_meeting(self, grant: Grant, meeting_id: str, change: MeetingChange) -> Meeting:
        """Change what `change` names and nothing else; return the meeting as read back afterwards.

        Compare what comes back: providers ignore some values without an error, such as a start in the past.
        A new passcode makes a new join link. Raises `MeetingGoneError` if there is none of that id. After a
        `RetryableError` with `maybe_applied`, call `read_meeting` before trying again: the change may have
        been made, and providers count changes against a daily limit.
        """
        ...

    def delete_meeting(self, grant: Grant, meeting_id: str) -> None:
        """Remove one meeting. One that is already gone counts as removed, so this may be repeated."""
        ...

    def find_meetings(self, grant: Grant, request: MeetingRequest, created_since: datetime) -> list[Meeting]:
        """Return this host's meetings that a lost `create_meeting(grant, request)` may have made, oldest
        first.

        They have the request's topic, agenda, start and duration and were made at `created_since` (aware,
        UTC, by this server's clock) or later; the provider's clock may tell another time. The caller leaves
        out those that it already knows as its own.
        """
        ...

    def list_meetings(self, grant: Grant) -> list[ListedMeeting]:
        """Return this host's meetings that lie ahead, made by whatever means; others may be among them."""
        ...


class CalendarProvider(Protocol):
    """Keeps entries in the calendar of the account that a grant belongs to."""

    def put_entry(self, grant: Grant, entry: CalendarEntry) -> PlacedEntry:
        """Make the entry of this key, or bring the one that exists in line; return it as it is afterwards.

        May be repeated: the same key never makes a second entry. The provider invites no one.
        """
        ...

    def delete_entry(self, grant: Grant, entry_id: str) -> None:
        """Remove one entry. One that is already gone counts as removed."""
        ...

    def busy(self, grant: Grant, since: datetime, until: datetime) -> list[BusySpan]:
        """Return when the owner is busy between two instants (aware, UTC), earliest first."""
        ...

    def changes(self, grant: Grant, position: str | None) -> EntryChanges:
        """Return what has changed since `position`; with None, only the position to begin from.

        Raises `RefusedError` with code "position_expired" when the provider no longer knows the position.
        """
        ...


class MailProvider(Protocol):
    """Sends mail from the address of the account that a grant belongs to."""

    def send(self, grant: Grant, message: bytes, recipients: tuple[str, ...]) -> None:
        """Send one finished message (MIME, with CRLF line ends) to these addresses.

        After a `RetryableError` with `maybe_applied` the message may have been sent.
        """
        ...


class WebhookReader(Protocol):
    """Reads what a provider sends to this server on its own."""

    def is_genuine(self, body: bytes, headers: Mapping[str, str], now: datetime) -> bool:
        """Tell whether the provider sent these very bytes, not long before `now` (aware, UTC). The names of
        `headers` are in lower case."""
        ...

    def read(self, body: bytes, now: datetime) -> Event:
        """Return what a message says, genuine or not. Raises `UnreadableMessageError`."""
        ...

    def digest(self, body: bytes) -> str:
        """Return a short text by which a copy of a message is recognized. It tells nothing of the content."""
        ...
