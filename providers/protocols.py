"""What a provider can do, as Protocols. A provider implements those that its apps need.

The contract suite in `tests/providers` runs every implementation against its simulator. Every method that
calls the provider may raise any `ProviderError`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from providers.base import (
    Account,
    AdminAnswer,
    BusySpan,
    CalendarEntry,
    EntryChange,
    EntryChanges,
    EventChanges,
    Grant,
    ListedMeeting,
    Meeting,
    MeetingChange,
    MeetingRequest,
    PlacedEntry,
    TokenSet,
)
from providers.errors import ProviderError
from providers.events import Event


class OAuthProvider(Protocol):
    """Gets, renews and revokes grants. What calls the provider may raise any `ProviderError`."""

    def authorize_url(self, *, redirect_uri: str, state: str, code_verifier: str) -> str:
        """Return the address at which the user is asked for consent (PKCE, S256)."""
        ...

    def exchange_code(self, *, code: str, redirect_uri: str, code_verifier: str) -> TokenSet:
        """Spend the code of the callback. A refused code is a `RefusedError` with code "code_refused".

        Other refusals may have the codes "no_refresh_token" and "admin_consent_needed", which only an
        administrator of the account's organization can put right. If the tokens are fine but their account is
        not, the refusal is their `account`, with the code "account_unproven" or "account_not_allowed".
        """
        ...

    def refresh(self, refresh_token: str) -> TokenSet:
        """Renew the grant; `ConnectionRevokedError` is the only answer that means the user must reconnect.

        With a `RetryableError` that is `maybe_applied` the provider may have rotated the token already. The
        old one is then worth one more try and may turn out to be dead.
        """
        ...

    def revoke(self, access_token: str) -> None:
        """End the grant. One that is already dead counts as revoked.

        Raises `NotRevocableError` where the provider has no way to do that.
        """
        ...

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        """Return the required scopes that `granted` does not cover, in the order to list them in."""
        ...


class AdminApprovals(Protocol):
    """What an administrator of an organization allows for its people, before any of them can consent."""

    def redirect_error(self, error: str, description: str = "", subcode: str = "") -> ProviderError:
        """Return what it means that the provider sent someone back from its consent page with these. The code
        of the error is "admin_consent_needed" or "declined" for the usual ones."""
        ...

    def admin_consent_url(self, *, redirect_uri: str, state: str, directory: str = "") -> str:
        """Return the address at which an administrator allows this app for everyone in their organization:
        the one called `directory`, or their own."""
        ...

    def admin_answer(self, answer: Mapping[str, str]) -> AdminAnswer:
        """Return what an administrator comes back with. `answer` is the query of the redirect, which anyone
        can make up."""
        ...

    def directory_of(self, account_id: str) -> str:
        """Return which organization an account belongs to, as `AdminAnswer` names it; "" for an account that
        belongs to none, or where the id does not say."""
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

        After a `RetryableError` with `maybe_applied`, call `find_meetings` before trying again. One of them
        is `NotReadyError`: the provider is still making it. A `HostNotAllowedError` names the calendar entry
        that is left without a meeting.
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

    def delete_meeting(self, grant: Grant, meeting_id: str, *, keeps_entry: bool = False) -> None:
        """Remove one meeting. One that is already gone counts as removed, so this may be repeated.

        `keeps_entry`: only the meeting goes, and the entry in the host's calendar on which it lives stays. It
        means nothing to software whose meetings live elsewhere. While that entry is denied, this raises
        `RetryableError`, because the meeting would be forgotten and stay: looking at the entry tells whether
        it is gone.
        """
        ...

    def find_meetings(self, grant: Grant, request: MeetingRequest, created_since: datetime) -> list[Meeting]:
        """Return this host's meetings that a lost `create_meeting(grant, request)` may have made, oldest
        first.

        They have the request's topic, agenda, start and duration and were made at `created_since` (aware,
        UTC, by this server's clock) or later; the provider's clock may tell another time. The caller leaves
        out those that it already knows as its own. Raises `NotReadyError` while it is still being made.
        Software whose meetings live on an entry returns the one on the entry of the request, whenever it was
        made and whatever it is like.
        """
        ...

    def list_meetings(self, grant: Grant) -> list[ListedMeeting]:
        """Return this host's upcoming meetings, however they were made; others may be among them."""
        ...


class CalendarProvider(Protocol):
    """Keeps entries in the main calendar of the account that a grant belongs to. The provider invites no one,
    whatever is done to an entry. Every method may raise any `ProviderError`.
    """

    def create_entry(self, grant: Grant, entry: CalendarEntry) -> PlacedEntry:
        """Make the entry of this key and return it as it is afterwards.

        May be repeated, with `entry.may_exist`: the same key never makes a second entry, and one that exists
        is brought in line.
        Raises `EntryGoneError` if there was one of this key and its owner has deleted it: the key is used up.
        """
        ...

    def change_entry(self, grant: Grant, entry_id: str, change: EntryChange) -> PlacedEntry:
        """Change what `change` names and nothing else; an online meeting on the entry stays. May be repeated.
        Raises `EntryGoneError`."""
        ...

    def read_entry(self, grant: Grant, entry_id: str) -> PlacedEntry:
        """Return one entry as it is; raises `EntryGoneError`."""
        ...

    def delete_entry(self, grant: Grant, entry_id: str) -> None:
        """Remove one entry, and the online meeting on it. One that is already gone counts as removed."""
        ...

    def entry_id(self, key: str) -> str | None:
        """The provider's id of the entry of a key, if it follows from the key alone: with it, what a lost
        answer may have left can be removed. None if only the provider knows it. Calls no one."""
        ...

    def busy(self, grant: Grant, since: datetime, until: datetime) -> list[BusySpan]:
        """Return when the owner is busy between two instants (aware, UTC), earliest first."""
        ...

    def changes(self, grant: Grant, position: str | None) -> EntryChanges:
        """Return what has changed since `position`; with None, only the position to begin from.

        Raises `RefusedError` with code "position_expired" when the provider no longer knows the position.
        """
        ...

    def events(self, grant: Grant, position: str | None, since: datetime, until: datetime) -> EventChanges:
        """Return what touches the time between two instants (aware, UTC), or, from a position that an earlier
        call with the same two returned, what has changed since then. Series come as their occurrences.

        An event that cannot be read is counted and left out. Raises `RefusedError` with code
        "position_expired" when the provider no longer knows the position: read everything again.
        """
        ...


class MailProvider(Protocol):
    """Sends mail from the address of the grant's account."""

    def send(self, grant: Grant, message: bytes, recipients: tuple[str, ...]) -> str:
        """Send one finished message (MIME, with CRLF line ends) to these addresses, and return the provider's
        own name for it. Raises `RefusedError` with code "address_refused" for an address that it does not
        accept, and "too_large" for a message that it finds too large.

        After a `RetryableError` with `maybe_applied` the message may have been sent. There is no way to look
        that up, so it must not be sent again without asking someone.
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
        """Return a short text by which a copy of a message is recognized. It reveals nothing of the
        content."""
        ...
