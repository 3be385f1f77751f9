"""Acme as the product sees it: every protocol, answered from memory."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.headerregistry import Address
from email.policy import SMTP
from typing import Any
from urllib.parse import urlencode

from providers.base import (
    Account,
    BusySpan,
    CalendarEntry,
    EntryChange,
    EntryChanges,
    EventChanges,
    Grant,
    ListedEvent,
    ListedMeeting,
    Meeting,
    MeetingChange,
    MeetingRequest,
    PlacedEntry,
    TokenSet,
)
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    EntryGoneError,
    Facts,
    MeetingGoneError,
    RefusedError,
    RetryableError,
)
from tests.made_up_provider.simulator import AcmeServer
from timezones import utc_now


class AcmeProvider:
    """Refresh tokens stay as they are, and people may have as many grants as they like."""

    def __init__(self, server: AcmeServer) -> None:
        self._server = server

    def authorize_url(self, *, redirect_uri: str, state: str, code_verifier: str) -> str:
        return f"https://acme.example/consent?{urlencode({'redirect_uri': redirect_uri, 'state': state})}"

    def exchange_code(self, *, code: str, redirect_uri: str, code_verifier: str) -> TokenSet:
        if code not in self._server.codes:
            raise RefusedError("Acme did not accept the code.", Facts(code="code_refused"))
        self._server.codes.remove(code)
        refresh_token = secrets.token_hex(8)
        self._server.refresh_tokens.add(refresh_token)
        return self._tokens(refresh_token)

    def refresh(self, refresh_token: str) -> TokenSet:
        if refresh_token not in self._server.refresh_tokens:
            raise ConnectionRevokedError("Acme no longer accepts this connection.")
        if self._server.loses("refresh"):
            raise RetryableError("Acme did not answer.")
        return self._tokens(refresh_token)

    def _tokens(self, refresh_token: str) -> TokenSet:
        access_token = secrets.token_hex(8)
        self._server.access_tokens[access_token] = refresh_token
        expires_at = utc_now() + timedelta(hours=1)
        return TokenSet(access_token, refresh_token, expires_at, frozenset({"rooms"}))

    def revoke(self, access_token: str) -> None:
        self._server.refresh_tokens.discard(self._server.access_tokens.pop(access_token, ""))

    def missing_scopes(self, granted: frozenset[str]) -> list[str]:
        return sorted({"rooms"} - granted)

    def account(self, grant: Grant) -> Account:
        self._check(grant)
        return Account("person-1", "pat@acme.example", "Pat Acme", "licensed")

    def create_meeting(self, grant: Grant, request: MeetingRequest) -> Meeting:
        self._check(grant)
        number = secrets.token_hex(4)
        made = Meeting(
            id=number,
            join_url=f"https://acme.example/{number}",
            passcode=request.passcode,
            starts_at=request.starts_at,
            duration_minutes=request.duration_minutes,
            topic=request.topic,
            agenda=request.agenda,
            created_at=datetime.now(UTC),
            host_account_id="person-1",
            timezone=request.timezone,
        )
        self._server.meetings[number] = made
        self._lose("create", maybe_applied=True)
        return made

    def read_meeting(self, grant: Grant, meeting_id: str) -> Meeting:
        self._check(grant)
        if meeting_id not in self._server.meetings:
            raise MeetingGoneError("This room no longer exists.")
        return self._server.meetings[meeting_id]

    def update_meeting(self, grant: Grant, meeting_id: str, change: MeetingChange) -> Meeting:
        as_it_was = self.read_meeting(grant, meeting_id)
        changed = replace(
            as_it_was,
            topic=change.topic or as_it_was.topic,
            starts_at=change.starts_at or as_it_was.starts_at,
        )
        self._server.meetings[meeting_id] = changed
        self._lose("update", maybe_applied=True)
        return changed

    def delete_meeting(self, grant: Grant, meeting_id: str, *, keeps_entry: bool = False) -> None:
        self._check(grant)
        self._server.meetings.pop(meeting_id, None)
        self._lose("delete", maybe_applied=False)

    def find_meetings(self, grant: Grant, request: MeetingRequest, created_since: datetime) -> list[Meeting]:
        self._check(grant)
        return [
            meeting
            for meeting in self._server.meetings.values()
            if (meeting.topic, meeting.starts_at) == (request.topic, request.starts_at)
            and meeting.created_at is not None
            and meeting.created_at >= created_since
        ]

    def list_meetings(self, grant: Grant) -> list[ListedMeeting]:
        self._check(grant)
        return [
            ListedMeeting(each.id, each.join_url, each.topic, each.starts_at, each.duration_minutes)
            for each in self._server.meetings.values()
        ]

    def create_entry(self, grant: Grant, entry: CalendarEntry) -> PlacedEntry:
        self._check(grant)
        if f"id-{entry.key}" in self._server.history and f"id-{entry.key}" not in self._server.entries:
            raise EntryGoneError("This entry was deleted.")
        made = self._keep(
            PlacedEntry(
                id=f"id-{entry.key}",
                key=entry.key,
                version="",
                title=entry.title,
                description=entry.description,
                location=entry.location,
                starts_at=entry.starts_at,
                ends_at=entry.ends_at,
            )
        )
        self._lose("create", maybe_applied=True)
        return made

    def change_entry(self, grant: Grant, entry_id: str, change: EntryChange) -> PlacedEntry:
        entry = self.read_entry(grant, entry_id)
        texts = {
            name: value
            for name in ("title", "description", "location")
            if (value := getattr(change, name)) is not None
        }
        if change.time is not None:
            entry = replace(entry, starts_at=change.time.starts_at, ends_at=change.time.ends_at)
        return self._keep(replace(entry, **texts))

    def read_entry(self, grant: Grant, entry_id: str) -> PlacedEntry:
        self._check(grant)
        if entry_id not in self._server.entries:
            raise EntryGoneError("This entry was deleted.")
        return self._server.entries[entry_id]

    def entry_id(self, key: str) -> str | None:
        return f"id-{key}"

    def _keep(self, entry: PlacedEntry) -> PlacedEntry:
        kept = replace(entry, version=secrets.token_hex(4))
        self._server.entries[kept.id] = kept
        self._server.history.append(kept.id)
        return kept

    def delete_entry(self, grant: Grant, entry_id: str) -> None:
        self._check(grant)
        if self._server.entries.pop(entry_id, None) is not None:
            self._server.history.append(entry_id)

    def busy(self, grant: Grant, since: datetime, until: datetime) -> list[BusySpan]:
        self._check(grant)
        entries = sorted(self._server.entries.values(), key=lambda entry: entry.starts_at)
        return [
            BusySpan(entry.starts_at, entry.ends_at)
            for entry in entries
            if entry.starts_at < until and entry.ends_at > since
        ]

    def changes(self, grant: Grant, position: str | None) -> EntryChanges:
        self._check(grant)
        history, entries = self._server.history, self._server.entries
        if position is not None and not position.isdigit():
            raise RefusedError("Acme no longer knows this position.", Facts(code="position_expired"))
        touched = dict.fromkeys(history[len(history) if position is None else int(position) :])
        return EntryChanges(
            changed=tuple(entries[number] for number in touched if number in entries),
            gone=tuple(number for number in touched if number not in entries),
            position=str(len(history)),
        )

    def events(self, grant: Grant, position: str | None, since: datetime, until: datetime) -> EventChanges:
        touched = self.changes(grant, "0" if position is None else position)
        within = [entry for entry in touched.changed if entry.starts_at < until and entry.ends_at > since]
        outside = [entry.id for entry in touched.changed if entry not in within]
        return EventChanges(
            events=tuple(
                ListedEvent(entry.id, entry.starts_at, entry.ends_at, True, entry.title, key=entry.key)
                for entry in within
            ),
            gone=() if position is None else (*touched.gone, *outside),
            is_everything=position is None,
            position=touched.position,
        )

    def send(self, grant: Grant, message: bytes, recipients: tuple[str, ...]) -> str:
        headers = message_from_bytes(message, policy=SMTP)
        named = [entry.addr_spec for name in ("To", "Cc") for entry in _addresses(headers[name])]
        if sorted(named) != sorted(recipients):
            raise ValueError("the headers name other people than those who are to get it")
        self._check(grant)
        error, but_sends = self._server.send_faults.pop(0) if self._server.send_faults else (None, True)
        if but_sends:
            self._server.sent.append(message)
        if error is not None:
            raise error
        return f"acme-{len(self._server.sent)}"

    def _check(self, grant: Grant) -> None:
        refresh_token = self._server.access_tokens.get(grant.access_token)
        if refresh_token not in self._server.refresh_tokens:
            raise AccessTokenRejectedError("Acme did not accept the sign-in.")

    def _lose(self, call: str, *, maybe_applied: bool) -> None:
        if self._server.loses(call):
            raise RetryableError("Acme did not answer.", maybe_applied=maybe_applied)


def _addresses(header: Any) -> tuple[Address, ...]:
    return tuple(header.addresses) if header is not None else ()
