"""What every provider has to satisfy, as checks that run against its simulator.

A check takes a `Subject`: the clients of one app as the catalogue builds them, and what its simulator can be
told to do. `test_contract` runs all of them for every app that can be connected.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connections.app_spec import AppClients
from providers.base import (
    Account,
    Grant,
    MeetingChange,
)
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    MeetingGoneError,
    NotRevocableError,
    RefusedError,
)
from scheduling.software import softwares_of, spec_of
from tests.providers.calendar_contract import CALENDAR_CHECKS
from tests.providers.subject import VERIFIER, Check, Subject, lost_answer, wanted_meeting


def checks_for(clients: AppClients) -> Iterator[Check]:
    """The checks that apply to an app with these clients."""
    yield from ACCOUNT_CHECKS
    if clients.meetings is not None:
        yield from MEETING_CHECKS
    if clients.calendar is not None:
        yield from CALENDAR_CHECKS
    if clients.mail is not None:
        yield from MAIL_CHECKS


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
    # The daily check compares what it is told with what was proved originally.
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
        # Some providers give a new one in each answer, which doesn't end older ones.
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


def meeting_lives_from_create_to_delete(subject: Subject) -> None:
    meetings, grant, request = subject.meetings, subject.grant(), wanted_meeting()
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
    # A meeting on an entry is found whatever has happened to it; others are recognized by what was asked for.
    lives_on_entry = any(spec_of(each).lives_on_entry for each in softwares_of(subject.spec.key))
    assert meetings.find_meetings(grant, request, before) == ([moved] if lives_on_entry else [])
    meetings.delete_meeting(grant, made.id)
    meetings.delete_meeting(grant, made.id)
    with pytest.raises(MeetingGoneError):
        meetings.read_meeting(grant, made.id)
    with pytest.raises(MeetingGoneError):
        meetings.update_meeting(grant, made.id, MeetingChange(topic="Another"))


def lost_create_is_found_again(subject: Subject) -> None:
    meetings, grant, request = subject.meetings, subject.grant(), wanted_meeting()
    before = datetime.now(UTC)
    subject.simulator.lose_next("create")
    with lost_answer(maybe_applied=True):
        meetings.create_meeting(grant, request)
    assert len(meetings.find_meetings(grant, request, before)) == 1


def lost_update_shows_when_read(subject: Subject) -> None:
    meetings, grant = subject.meetings, subject.grant()
    made = meetings.create_meeting(grant, wanted_meeting())
    subject.simulator.lose_next("update")
    with lost_answer(maybe_applied=True):
        meetings.update_meeting(grant, made.id, MeetingChange(topic="Another Interview"))
    assert meetings.read_meeting(grant, made.id).topic == "Another Interview"


def lost_delete_may_be_repeated(subject: Subject) -> None:
    meetings, grant = subject.meetings, subject.grant()
    made = meetings.create_meeting(grant, wanted_meeting())
    subject.simulator.lose_next("delete")
    with lost_answer(maybe_applied=False):
        meetings.delete_meeting(grant, made.id)
    meetings.delete_meeting(grant, made.id)


def meeting_call_with_a_dead_token_asks_for_a_refresh(subject: Subject) -> None:
    with pytest.raises(AccessTokenRejectedError):
        subject.meetings.create_meeting(Grant("not-a-token"), wanted_meeting())


MEETING_CHECKS: tuple[Check, ...] = (
    meeting_lives_from_create_to_delete,
    lost_create_is_found_again,
    lost_update_shows_when_read,
    lost_delete_may_be_repeated,
    meeting_call_with_a_dead_token_asks_for_a_refresh,
)


# Mail


def message_leaves_as_it_is(subject: Subject) -> None:
    grant = subject.grant()
    # Providers write their own if one is missing, or is not the account's.
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
