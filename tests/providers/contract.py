"""What every provider has to keep to, as checks that run against its simulator.

A check takes a `Subject`: the clients of one app as the catalogue builds them, and what its simulator can be
made to do. `test_contract` runs all of them for every app that can be connected.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from connections.app_spec import AppClients, AppSpec
from providers.base import (
    Account,
    CalendarEntry,
    EntryChange,
    EntryTime,
    Grant,
    MeetingChange,
    MeetingRequest,
    TokenSet,
)
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    EntryGoneError,
    MeetingGoneError,
    NotRevocableError,
    RefusedError,
    RetryableError,
)
from providers.protocols import CalendarProvider, MailProvider, MeetingProvider
from scheduling.software import softwares_of, spec_of

VERIFIER = "v" * 64


class Simulator(Protocol):
    """What the simulated provider of an app can be made to do."""

    def consent(self, address: str) -> str:
        """Allow everything on the consent page at `address`, always as the same person; return the code."""
        ...

    def lose_next(self, call: str) -> None:
        """Let the next call of this kind take effect and lose its answer: "refresh", "create", "update" or
        "delete"."""
        ...

    def mails(self) -> list[bytes]:
        """The messages that were sent through it, for apps that send mail."""
        ...


@dataclass(frozen=True)
class Subject:
    """One app under test."""

    spec: AppSpec
    clients: AppClients
    simulator: Simulator

    @property
    def redirect_uri(self) -> str:
        return f"http://localhost:8000/connect/{self.spec.provider}/callback"

    def connect(self) -> TokenSet:
        """The whole round trip."""
        oauth = self.clients.oauth
        address = oauth.authorize_url(redirect_uri=self.redirect_uri, state="s-1", code_verifier=VERIFIER)
        code = self.simulator.consent(address)
        return oauth.exchange_code(code=code, redirect_uri=self.redirect_uri, code_verifier=VERIFIER)

    def grant(self) -> Grant:
        tokens = self.connect()
        return Grant(tokens.access_token, tokens.api_url)

    @property
    def meetings(self) -> MeetingProvider:
        assert self.clients.meetings is not None
        return self.clients.meetings

    @property
    def calendar(self) -> CalendarProvider:
        assert self.clients.calendar is not None
        return self.clients.calendar

    @property
    def mail(self) -> MailProvider:
        assert self.clients.mail is not None
        return self.clients.mail


Check = Callable[[Subject], None]


def checks_for(clients: AppClients) -> Iterator[Check]:
    """The checks that apply to an app with these clients."""
    yield from ACCOUNT_CHECKS
    if clients.meetings is not None:
        yield from MEETING_CHECKS
    if clients.calendar is not None:
        yield from CALENDAR_CHECKS
    if clients.mail is not None:
        yield from MAIL_CHECKS


@contextmanager
def lost_answer(*, maybe_applied: bool) -> Iterator[None]:
    """The block ends in a lost answer that says whether the call may be repeated blindly."""
    with pytest.raises(RetryableError) as caught:
        yield
    assert caught.value.maybe_applied is maybe_applied


# Grants and accounts


def consent_address_binds_the_answer_and_shows_no_verifier(subject: Subject) -> None:
    address = subject.clients.oauth.authorize_url(
        redirect_uri=subject.redirect_uri, state="state-7", code_verifier=VERIFIER
    )
    assert "state=state-7" in address
    assert VERIFIER not in address


def round_trip_gives_a_grant_that_covers_everything(subject: Subject) -> None:
    tokens = subject.connect()
    assert subject.clients.oauth.missing_scopes(tokens.scopes) == []
    asked_for = [permission.scope for permission in subject.spec.permissions]
    assert subject.clients.oauth.missing_scopes(frozenset()) == asked_for
    account = subject.clients.accounts.account(Grant(tokens.access_token, tokens.api_url))
    assert account.id
    # The daily check compares what it is told with what was proved at first.
    assert account.is_known_as(tokens.account.id if isinstance(tokens.account, Account) else account.id)
    assert "@" in account.email
    assert tokens.expires_at > datetime.now(UTC)
    for secret in (tokens.access_token, tokens.refresh_token):
        assert secret not in repr(tokens)


def code_works_once(subject: Subject) -> None:
    oauth = subject.clients.oauth
    address = oauth.authorize_url(redirect_uri=subject.redirect_uri, state="s-1", code_verifier=VERIFIER)
    code = subject.simulator.consent(address)
    oauth.exchange_code(code=code, redirect_uri=subject.redirect_uri, code_verifier=VERIFIER)
    with pytest.raises(RefusedError) as caught:
        oauth.exchange_code(code=code, redirect_uri=subject.redirect_uri, code_verifier=VERIFIER)
    assert caught.value.code == "code_refused"


def refreshed_grant_works_and_rotation_is_as_the_traits_say(subject: Subject) -> None:
    oauth, first = subject.clients.oauth, subject.connect()
    second = oauth.refresh(first.refresh_token)
    assert subject.clients.accounts.account(Grant(second.access_token, second.api_url)).id
    if subject.spec.traits.rotates_refresh_tokens:
        assert first.refresh_token != second.refresh_token
        with pytest.raises(ConnectionRevokedError):
            oauth.refresh(first.refresh_token)
    else:
        # Some providers name a new one in each answer, which ends no older one.
        assert oauth.refresh(first.refresh_token).access_token


def lost_refresh_may_have_rotated(subject: Subject) -> None:
    tokens = subject.connect()
    subject.simulator.lose_next("refresh")
    with lost_answer(maybe_applied=subject.spec.traits.rotates_refresh_tokens):
        subject.clients.oauth.refresh(tokens.refresh_token)


def revoked_grant_is_dead_and_may_be_revoked_again(subject: Subject) -> None:
    tokens, oauth = subject.connect(), subject.clients.oauth
    try:
        oauth.revoke(tokens.access_token)
    except NotRevocableError:
        assert not subject.spec.traits.can_be_told
        assert oauth.refresh(tokens.refresh_token).access_token
        return
    assert subject.spec.traits.can_be_told
    oauth.revoke(tokens.access_token)
    with pytest.raises(ConnectionRevokedError):
        oauth.refresh(tokens.refresh_token)


def token_that_is_none_asks_for_a_refresh(subject: Subject) -> None:
    with pytest.raises(AccessTokenRejectedError):
        subject.clients.accounts.account(Grant("not-a-token"))


def second_grant_ends_the_first_only_if_the_traits_say_so(subject: Subject) -> None:
    first = subject.connect()
    subject.connect()
    if subject.spec.traits.newest_grant_ends_others:
        with pytest.raises(ConnectionRevokedError):
            subject.clients.oauth.refresh(first.refresh_token)
    else:
        assert subject.clients.oauth.refresh(first.refresh_token).access_token


ACCOUNT_CHECKS: tuple[Check, ...] = (
    consent_address_binds_the_answer_and_shows_no_verifier,
    round_trip_gives_a_grant_that_covers_everything,
    code_works_once,
    refreshed_grant_works_and_rotation_is_as_the_traits_say,
    lost_refresh_may_have_rotated,
    revoked_grant_is_dead_and_may_be_revoked_again,
    token_that_is_none_asks_for_a_refresh,
    second_grant_ends_the_first_only_if_the_traits_say_so,
)

# Meetings


def _wanted() -> MeetingRequest:
    in_a_week = (datetime.now(UTC) + timedelta(days=7)).replace(minute=30, second=0, microsecond=0)
    return MeetingRequest(
        "Data Engineer Interview",
        "Bring questions.",
        in_a_week,
        45,
        "Europe/Zurich",
        entry_key="interv1e7",
        creation="creation-1",
    )


def meeting_lives_from_create_to_delete(subject: Subject) -> None:
    meetings, grant, request = subject.meetings, subject.grant(), _wanted()
    before = datetime.now(UTC)
    made = meetings.create_meeting(grant, request)
    assert (made.topic, made.starts_at, made.duration_minutes) == (
        request.topic,
        request.starts_at,
        request.duration_minutes,
    )
    assert made.join_url not in repr(made)
    assert meetings.read_meeting(grant, made.id) == made
    assert [found.id for found in meetings.find_meetings(grant, request, before)] == [made.id]
    [listed] = [each for each in meetings.list_meetings(grant) if each.id == made.id]
    assert (listed.topic, listed.starts_at, listed.join_url) == (made.topic, made.starts_at, made.join_url)
    later = request.starts_at + timedelta(days=1)
    moved = meetings.update_meeting(grant, made.id, MeetingChange(starts_at=later))
    assert moved == replace(made, starts_at=later)
    assert meetings.read_meeting(grant, made.id) == moved
    # The one on an entry is found whatever has become of it; elsewhere it is known by what was asked for.
    lives_on_entry = any(spec_of(each).lives_on_entry for each in softwares_of(subject.spec.key))
    assert meetings.find_meetings(grant, request, before) == ([moved] if lives_on_entry else [])
    meetings.delete_meeting(grant, made.id)
    meetings.delete_meeting(grant, made.id)
    with pytest.raises(MeetingGoneError):
        meetings.read_meeting(grant, made.id)
    with pytest.raises(MeetingGoneError):
        meetings.update_meeting(grant, made.id, MeetingChange(topic="Another"))


def lost_create_is_found_again(subject: Subject) -> None:
    meetings, grant, request = subject.meetings, subject.grant(), _wanted()
    before = datetime.now(UTC)
    subject.simulator.lose_next("create")
    with lost_answer(maybe_applied=True):
        meetings.create_meeting(grant, request)
    assert len(meetings.find_meetings(grant, request, before)) == 1


def lost_update_shows_when_read(subject: Subject) -> None:
    meetings, grant = subject.meetings, subject.grant()
    made = meetings.create_meeting(grant, _wanted())
    subject.simulator.lose_next("update")
    with lost_answer(maybe_applied=True):
        meetings.update_meeting(grant, made.id, MeetingChange(topic="Another Interview"))
    assert meetings.read_meeting(grant, made.id).topic == "Another Interview"


def lost_delete_may_be_repeated(subject: Subject) -> None:
    meetings, grant = subject.meetings, subject.grant()
    made = meetings.create_meeting(grant, _wanted())
    subject.simulator.lose_next("delete")
    with lost_answer(maybe_applied=False):
        meetings.delete_meeting(grant, made.id)
    meetings.delete_meeting(grant, made.id)


def meeting_call_with_a_dead_token_asks_for_a_refresh(subject: Subject) -> None:
    with pytest.raises(AccessTokenRejectedError):
        subject.meetings.create_meeting(Grant("not-a-token"), _wanted())


MEETING_CHECKS: tuple[Check, ...] = (
    meeting_lives_from_create_to_delete,
    lost_create_is_found_again,
    lost_update_shows_when_read,
    lost_delete_may_be_repeated,
    meeting_call_with_a_dead_token_asks_for_a_refresh,
)

# Calendars


def _entry(key: str = "interv1e7") -> CalendarEntry:
    wanted = _wanted()
    return CalendarEntry(
        key=key,
        title=wanted.topic,
        description=wanted.agenda,
        location="https://meet.example/1",
        starts_at=wanted.starts_at,
        ends_at=wanted.starts_at + timedelta(minutes=45),
        timezone=wanted.timezone,
        page_url="http://localhost:8000/interviews/7",
    )


def entry_lives_from_create_to_delete(subject: Subject) -> None:
    calendar, grant, entry = subject.calendar, subject.grant(), _entry()
    position = calendar.changes(grant, None).position
    placed = calendar.create_entry(grant, entry)
    assert (placed.key, placed.title, placed.location) == (entry.key, entry.title, entry.location)
    assert calendar.create_entry(grant, entry).id == placed.id
    assert calendar.entry_id(entry.key) in (placed.id, None)
    day = timedelta(days=1)
    busy = calendar.busy(grant, entry.starts_at - day, entry.ends_at + day)
    assert [(span.starts_at, span.ends_at) for span in busy] == [(entry.starts_at, entry.ends_at)]
    before = calendar.read_entry(grant, placed.id)
    later = EntryTime(entry.starts_at + day, entry.ends_at + day, entry.timezone)
    moved = calendar.change_entry(grant, placed.id, EntryChange(time=later))
    assert (moved.id, moved.starts_at, moved.title) == (placed.id, later.starts_at, entry.title)
    assert moved.version != before.version
    assert calendar.read_entry(grant, placed.id) == moved
    seen = calendar.changes(grant, position)
    assert [changed.id for changed in seen.changed] == [placed.id]
    calendar.delete_entry(grant, placed.id)
    calendar.delete_entry(grant, placed.id)
    assert calendar.changes(grant, seen.position).gone == (placed.id,)
    assert calendar.busy(grant, entry.starts_at - day, entry.ends_at + 2 * day) == []


def deleted_entry_is_gone_and_keeps_its_key(subject: Subject) -> None:
    calendar, grant, entry = subject.calendar, subject.grant(), _entry()
    placed = calendar.create_entry(grant, entry)
    calendar.delete_entry(grant, placed.id)
    with pytest.raises(EntryGoneError):
        calendar.read_entry(grant, placed.id)
    with pytest.raises(EntryGoneError):
        calendar.change_entry(grant, placed.id, EntryChange(title="Another"))
    with pytest.raises(EntryGoneError):
        calendar.create_entry(grant, entry)
    assert calendar.create_entry(grant, _entry("interv1e7g2")).id != placed.id


def lost_answer_to_a_created_entry_makes_no_second_one(subject: Subject) -> None:
    calendar, grant, entry = subject.calendar, subject.grant(), _entry()
    subject.simulator.lose_next("create")
    with lost_answer(maybe_applied=True):
        calendar.create_entry(grant, entry)
    calendar.create_entry(grant, entry)
    day = timedelta(days=1)
    assert len(calendar.busy(grant, entry.starts_at - day, entry.ends_at + day)) == 1


def position_that_is_none_is_told_apart(subject: Subject) -> None:
    with pytest.raises(RefusedError) as caught:
        subject.calendar.changes(subject.grant(), "not-a-position")
    assert caught.value.code == "position_expired"


CALENDAR_CHECKS: tuple[Check, ...] = (
    entry_lives_from_create_to_delete,
    deleted_entry_is_gone_and_keeps_its_key,
    lost_answer_to_a_created_entry_makes_no_second_one,
    position_that_is_none_is_told_apart,
)

# Mail


def message_leaves_as_it_is(subject: Subject) -> None:
    grant = subject.grant()
    # Providers write their own where one is missing, or is not the account's.
    lines = (
        f"From: {subject.clients.accounts.account(grant).email}",
        "To: b@example.com",
        "Subject: Hello",
        "Date: Sat, 01 Mar 2031 09:30:00 +0000",
        "Message-ID: <1@example.com>",
        "",
        "Hello",
        "",
    )
    message = "\r\n".join(lines).encode()
    assert subject.mail.send(grant, message, ("b@example.com",))
    assert subject.simulator.mails() == [message]


MAIL_CHECKS: tuple[Check, ...] = (message_leaves_as_it_is,)
