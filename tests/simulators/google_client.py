"""A client of the simulated Google for its own tests, written from Google's documents, not from our
client."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.machines.google import CLIENT_ID, CLIENT_SECRET, SimulatedGoogle
from tests.simulators.asking import CHALLENGE, PRIYA, VERIFIER, in_hours

REDIRECT_URI = "http://localhost:8000/connect/google/callback"
AUTH = "https://www.googleapis.com/auth/"
OWNED, FREEBUSY, SEND = f"{AUTH}calendar.events.owned", f"{AUTH}calendar.freebusy", f"{AUTH}gmail.send"
CALENDAR_SCOPES = f"openid email {OWNED} {FREEBUSY}"
GMAIL_SCOPES = f"openid email {SEND}"


def at(hours: float, zone: str = "Europe/London") -> dict[str, str]:
    return {"dateTime": in_hours(hours), "timeZone": zone}


def reason_of(answer: requests.Response) -> str:
    return str(answer.json()["error"]["errors"][0]["reason"])


def encoded(mail: EmailMessage | bytes) -> str:
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    return base64.urlsafe_b64encode(raw).decode()


@dataclass
class GoogleCaller:
    """Calls the simulated Google the way a browser and an app do."""

    simulator: SimulatedGoogle

    @property
    def origin(self) -> str:
        return self.simulator.url

    def consent_fields(self, **changes: str | None) -> dict[str, str]:
        """What an authorization request carries. A change to None leaves the field out."""
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URI,
            "scope": CALENDAR_SCOPES,
            "state": "a-state",
            "nonce": "a-nonce",
            "access_type": "offline",
            "prompt": "consent",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def consent_page(self, **changes: str | None) -> requests.Response:
        return requests.get(
            f"{self.origin}/o/oauth2/v2/auth", params=self.consent_fields(**changes), timeout=5
        )

    def authorize(
        self,
        account: str = PRIYA,
        decision: str = "allow",
        ticked: Iterable[str] | None = None,
        **changes: str | None,
    ) -> requests.Response:
        """Answers the consent page without following the redirect. `ticked` are the boxes to check; None:
        all."""
        form: dict[str, Any] = {
            **self.consent_fields(**changes),
            "account": account,
            "decision": decision,
        }
        if ticked is not None:
            form |= {"boxes": "shown", "granted": list(ticked)}
        return requests.post(f"{self.origin}/o/oauth2/v2/auth", data=form, allow_redirects=False, timeout=5)

    def came_back(self, account: str = PRIYA, **options: Any) -> dict[str, str]:
        """The query that the browser comes back with."""
        answer = self.authorize(account, **options)
        assert answer.status_code == 302, answer.text
        return {
            name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()
        }

    def token_call(
        self, *, secret: str = CLIENT_SECRET, query: str = "", basic: bool = False, **form: str
    ) -> requests.Response:
        if not basic:
            form = {"client_id": CLIENT_ID, "client_secret": secret, **form}
        return requests.post(
            f"{self.origin}/token{query}", data=form, auth=(CLIENT_ID, secret) if basic else None, timeout=5
        )

    def exchange(
        self, code: str, *, verifier: str = VERIFIER, redirect_uri: str = REDIRECT_URI, **options: Any
    ) -> requests.Response:
        form: dict[str, Any] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
        }
        if verifier:
            form["code_verifier"] = verifier
        return self.token_call(**form, **options)

    def refresh(self, refresh_token: str) -> requests.Response:
        return self.token_call(grant_type="refresh_token", refresh_token=refresh_token)

    def revoke(self, token: str) -> requests.Response:
        return requests.post(f"{self.origin}/revoke", data={"token": token}, timeout=5)

    def connect(self, account: str = PRIYA, **options: Any) -> GoogleAccount:
        answer = self.exchange(self.came_back(account, **options)["code"])
        assert answer.status_code == 200, answer.text
        return GoogleAccount(self.origin, answer.json())


@dataclass
class GoogleAccount:
    """Calls the APIs with one account's tokens."""

    origin: str
    tokens: dict[str, Any]

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Call an API. `path` begins after the origin; `query` in the options is the query."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}", **options.pop("headers", {})}
        return requests.request(
            method,
            f"{self.origin}{path}",
            json=body,
            params=options.pop("query", None),
            headers=headers,
            timeout=options.pop("timeout", 5),
            **options,
        )

    def events(self, method: str, event_id: str = "", body: Any = None, **options: Any) -> requests.Response:
        """A call to events of the primary calendar."""
        tail = f"/{event_id}" if event_id else ""
        return self.call(method, f"/calendar/v3/calendars/primary/events{tail}", body, **options)

    def insert(self, *, version: int = 1, **body: Any) -> requests.Response:
        whole = {"summary": "Chef Interview", "start": at(24), "end": at(25), **body}
        return self.events(
            "POST", body=whole, query={"conferenceDataVersion": version, "sendUpdates": "none"}
        )

    def inserted(self, **body: Any) -> dict[str, Any]:
        answer = self.insert(**body)
        assert answer.status_code == 200, answer.text
        event: dict[str, Any] = answer.json()
        return event

    def patch(self, event_id: str, *, version: int = 1, **body: Any) -> requests.Response:
        return self.events("PATCH", event_id, body, query={"conferenceDataVersion": version})

    def list(self, **query: Any) -> requests.Response:
        return self.events("GET", query=query)

    def listed(self, **query: Any) -> dict[str, Any]:
        answer = self.list(**query)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def freebusy(self, first: float, last: float, **body: Any) -> requests.Response:
        whole = {"timeMin": in_hours(first), "timeMax": in_hours(last), "items": [{"id": "primary"}], **body}
        return self.call("POST", "/calendar/v3/freeBusy", whole)

    def send(self, mail: EmailMessage | bytes, **body: Any) -> requests.Response:
        return self.call("POST", "/gmail/v1/users/me/messages/send", {"raw": encoded(mail), **body})


def meet_request(request_id: str = "request-1", kind: str = "hangoutsMeet") -> dict[str, Any]:
    return {"createRequest": {"requestId": request_id, "conferenceSolutionKey": {"type": kind}}}
