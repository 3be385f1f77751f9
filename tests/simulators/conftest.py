"""A client of the simulated Zoom for its own tests, written from Zoom's documents, not from our client."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.machines.simulators import CLIENT_ID, CLIENT_SECRET, Simulators
from tests.simulators.google_client import GoogleCaller
from tests.simulators.microsoft_client import MicrosoftCaller

REDIRECT_URI = "http://localhost:8000/connect/zoom/callback"
VERIFIER = "correct-horse-battery-staple-correct-horse-battery"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
PRIYA = "priya.raman@northlight.example"


def in_hours(hours: float) -> str:
    """This many hours from now, in the form Zoom wants for a start: UTC with Z, whole seconds."""
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class ZoomCaller:
    """Calls the simulated Zoom the way a browser and an app do."""

    simulators: Simulators

    @property
    def origin(self) -> str:
        return self.simulators.zoom_url

    def authorize(
        self, account: str = PRIYA, decision: str = "allow", **changes: str | None
    ) -> requests.Response:
        """Answers the consent page without following the redirect. A change to None leaves the field out."""
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URI,
            "state": "a-state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "account": account,
            "decision": decision,
            **changes,
        }
        return requests.post(
            f"{self.origin}/oauth/authorize",
            data={name: value for name, value in fields.items() if value is not None},
            allow_redirects=False,
            timeout=5,
        )

    def code(self, account: str = PRIYA, **changes: str | None) -> str:
        answer = self.authorize(account, "allow", **changes)
        assert answer.status_code == 302, answer.text
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]

    def token_call(self, secret: str = CLIENT_SECRET, query: str = "", **form: str) -> requests.Response:
        return requests.post(
            f"{self.origin}/oauth/token{query}", data=form, auth=(CLIENT_ID, secret), timeout=5
        )

    def exchange(
        self, code: str, verifier: str = VERIFIER, redirect_uri: str = REDIRECT_URI
    ) -> requests.Response:
        return self.token_call(
            grant_type="authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=verifier
        )

    def refresh(self, refresh_token: str) -> requests.Response:
        return self.token_call(grant_type="refresh_token", refresh_token=refresh_token)

    def connect(self, account: str = PRIYA) -> ConnectedAccount:
        answer = self.exchange(self.code(account))
        assert answer.status_code == 200, answer.text
        return ConnectedAccount(self.origin, answer.json())


@dataclass
class ConnectedAccount:
    """Calls the API with one account's tokens."""

    origin: str
    tokens: dict[str, Any]

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        return requests.request(
            method,
            f"{self.origin}/v2{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.tokens['access_token']}"},
            timeout=options.pop("timeout", 5),
            **options,
        )

    def create(self, **body: Any) -> requests.Response:
        return self.call(
            "POST", "/users/me/meetings", {"topic": "Chef Interview", "start_time": in_hours(24), **body}
        )

    def created(self, **body: Any) -> dict[str, Any]:
        answer = self.create(**body)
        assert answer.status_code == 201, answer.text
        meeting: dict[str, Any] = answer.json()
        return meeting


@pytest.fixture
def zoom(simulators: Simulators) -> ZoomCaller:
    """The simulated Zoom on its first day."""
    return ZoomCaller(simulators)


@pytest.fixture
def priya(zoom: ZoomCaller) -> ConnectedAccount:
    """A licensed host without peculiarities who has allowed the app."""
    return zoom.connect()


@pytest.fixture
def google(simulators: Simulators) -> Iterator[GoogleCaller]:
    """The simulated Google on its first day. Everything it answers has to follow Google's own documents."""
    yield GoogleCaller(simulators.google)
    assert simulators.google.ledger()["bad_answers"] == []
    # Here, the requests that it refuses are made on purpose.
    simulators.google.reset()


@pytest.fixture
def microsoft(simulators: Simulators) -> Iterator[MicrosoftCaller]:
    """The simulated Microsoft on its first day. Everything it answers has to conform to Microsoft's own
    types."""
    yield MicrosoftCaller(simulators.microsoft)
    assert simulators.microsoft.ledger()["bad_answers"] == []
    # Here, the requests that it refuses are made on purpose.
    simulators.microsoft.reset()
