"""An app under test for the contract that all apps of its kind satisfy."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from connections.app_spec import AppClients, AppSpec
from providers.base import Grant, MeetingRequest, TokenSet
from providers.errors import RetryableError
from providers.protocols import CalendarProvider, MailProvider, MeetingProvider

VERIFIER = "v" * 64


class Simulator(Protocol):
    """What the simulated provider of an app can be told to do."""

    def consent(self, address: str) -> str:
        """Allow everything on the consent page at `address`, always as the same person; return the code."""
        ...

    def lose_next(self, call: str) -> None:
        """Let the next call of this kind take effect but lose its answer: "refresh", "create", "update" or
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
        """Go through the whole round trip."""
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


@contextmanager
def lost_answer(*, maybe_applied: bool) -> Iterator[None]:
    """Expect the block to end with a lost answer that says whether the call may be repeated blindly."""
    with pytest.raises(RetryableError) as caught:
        yield
    assert caught.value.maybe_applied is maybe_applied


def wanted_meeting() -> MeetingRequest:
    """A meeting in a week, at half past the hour."""
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
