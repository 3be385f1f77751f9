"""Connecting Google's apps, and sending with Gmail, against the simulated Google."""

import pytest

from providers.base import (
    Grant,
)
from providers.errors import (
    AccessTokenRejectedError,
    ConnectionRevokedError,
    DailyLimitError,
    HostNotAllowedError,
    InvalidClientError,
    ProviderError,
    RefusedError,
    RetryableError,
    ScopeMissingError,
)
from providers.google.scopes import EMAIL, EVENTS, FREE_BUSY, SEND
from tests.providers.google_apps import BEN, PRIYA, Google


def test_the_account_is_proved_and_asked_for_alike(google: Google) -> None:
    for key in ("google-calendar", "gmail"):
        tokens = google.connect(key=key)
        account = google.app(key).accounts.account(Grant(tokens.access_token))
        assert tokens.account == account
        assert account.email == PRIYA
        assert google.app(key).oauth.missing_scopes(tokens.scopes) == []
        assert tokens.scopes.isdisjoint({SEND} if key == "google-calendar" else {EVENTS, FREE_BUSY})


@pytest.mark.parametrize(
    ("key", "scope"), [("google-calendar", EVENTS), ("google-calendar", FREE_BUSY), ("gmail", SEND)]
)
def test_an_unchecked_box_is_named(key: str, scope: str, google: Google) -> None:
    tokens = google.connect(key=key, leave=scope)
    assert google.app(key).oauth.missing_scopes(tokens.scopes) == [scope]
    assert EMAIL in tokens.scopes


def test_without_a_lasting_permission_nothing_is_connected(google: Google) -> None:
    google.simulator.switches(no_refresh_token=1)
    with pytest.raises(RefusedError) as caught:
        google.connect()
    assert caught.value.code == "no_refresh_token"


@pytest.mark.parametrize(
    "spoiled", ["missing", "garbled", "wrong_audience", "wrong_issuer", "expired", "wrong_nonce", "no_nonce"]
)
def test_an_id_token_that_proves_nothing_connects_no_one(spoiled: str, google: Google) -> None:
    google.simulator.switches(id_token=spoiled)
    account = google.connect().account
    assert isinstance(account, RefusedError)
    assert account.code == "account_unproven"


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ("server_error", RetryableError),
        ("invalid_client", InvalidClientError),
        ("invalid_grant", ConnectionRevokedError),
        ("invalid_rapt", ConnectionRevokedError),
        ("html", RetryableError),
        ("drop", RetryableError),
    ],
)
def test_a_refresh_that_fails(failure: str, expected: type[ProviderError], google: Google) -> None:
    tokens = google.connect()
    google.simulator.switches(token_endpoint=failure)
    with pytest.raises(expected) as caught:
        google.app().oauth.refresh(tokens.refresh_token)
    assert type(caught.value) is expected


def test_revoking_one_app_ends_the_other(google: Google) -> None:
    calendar, mail = google.connect(), google.connect(key="gmail")
    google.app().oauth.revoke(calendar.access_token)
    with pytest.raises(ConnectionRevokedError):
        google.app("gmail").oauth.refresh(mail.refresh_token)


def test_a_new_password_ends_gmail_and_not_the_calendar(google: Google) -> None:
    calendar, mail = google.connect(), google.connect(key="gmail")
    google.simulator.change_password(PRIYA)
    assert google.app().oauth.refresh(calendar.refresh_token).refresh_token == calendar.refresh_token
    with pytest.raises(ConnectionRevokedError):
        google.app("gmail").oauth.refresh(mail.refresh_token)


def test_a_grant_given_in_testing_dies_on_the_seventh_day(google: Google) -> None:
    google.simulator.switches(testing_mode=True)
    tokens = google.connect()
    google.simulator.switches(clock_offset_seconds=6 * 86400)
    assert google.app().oauth.refresh(tokens.refresh_token)
    google.simulator.switches(clock_offset_seconds=7 * 86400 + 60)
    with pytest.raises(ConnectionRevokedError):
        google.app().oauth.refresh(tokens.refresh_token)


def _message(*to: str) -> bytes:
    lines = (
        f"From: {PRIYA}",
        f"To: {', '.join(to)}",
        "Subject: Hi",
        "Message-ID: <1@x.example>",
        "",
        "Hi",
        "",
    )
    return "\r\n".join(lines).encode()


def test_a_message_reaches_its_recipient_alone(google: Google) -> None:
    dina = "dina@mail.example"
    sent_as = google.mail.send(google.grant(key="gmail"), _message(dina), (dina,))
    [mail] = google.simulator.sent()
    assert (mail["id"], mail["recipients"]) == (sent_as, [dina])


@pytest.mark.parametrize(
    ("switches", "expected", "code", "sent"),
    [
        ({"refused_recipients": ["dina@mail.example"]}, RefusedError, "address_refused", 0),
        ({"largest_message": 10}, RefusedError, "too_large", 0),
        ({"no_gmail": [PRIYA]}, HostNotAllowedError, "host_not_allowed", 0),
        ({"send_limit_reached": [PRIYA]}, DailyLimitError, "daily_limit", 0),
        ({"lose_next_sends": 1}, RetryableError, "dropped", 1),
        ({"drop_next_sends": 1}, RetryableError, "dropped", 0),
        ({"bad_answer": "html", "bad_answer_calls": 1}, RetryableError, "nonsense", 1),
        ({"withheld_scopes": ["gmail.send"]}, ScopeMissingError, "scope_missing", 0),
        ({"reject_next_tokens": 1}, AccessTokenRejectedError, "token_rejected", 0),
    ],
)
def test_each_fault_of_sending_is_told_apart(
    switches: dict[str, object], expected: type[ProviderError], code: str, sent: int, google: Google
) -> None:
    grant = google.grant(key="gmail")
    google.simulator.switches(**switches)
    with pytest.raises(expected) as caught:
        google.mail.send(grant, _message("dina@mail.example"), ("dina@mail.example",))
    assert (type(caught.value), caught.value.code) == (expected, code)
    assert len(google.simulator.sent()) == sent
    if isinstance(caught.value, DailyLimitError):
        assert caught.value.retry_at is not None
    elif isinstance(caught.value, RetryableError):
        # It may have left: there is no way to tell.
        assert caught.value.maybe_applied


def test_an_account_without_gmail_is_said_to_have_none(google: Google) -> None:
    with pytest.raises(HostNotAllowedError, match="Gmail is not switched on"):
        google.mail.send(google.grant(BEN, "gmail"), _message("a@x.example"), ("a@x.example",))
