"""A client of the simulated Microsoft for its own tests, written from Microsoft's documents, not from our
client."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import requests

from tests.machines.microsoft import CLIENT_ID, CLIENT_SECRET, SimulatedMicrosoft
from tests.simulators.asking import CHALLENGE, PRIYA, VERIFIER, in_hours

REDIRECT_URI = "http://localhost:8000/connect/microsoft/callback"
TOM = "tom.adeyemi@northlight.example"
ADA, OWEN = "ada.brook@harborview.example", "owen.park@harborview.example"
MAYA, VERA = "maya.lind@stonefield.example", "vera.costa@northlight.example"
PERSONAL = "lena.vogel.private@mail.example"
CALENDAR_SCOPES = "openid profile email offline_access User.Read Calendars.ReadWrite"
MAIL_SCOPES = "openid profile email offline_access User.Read Mail.Send"
IMMUTABLE = 'IdType="ImmutableId"'
KEY = "String {38f9cc40-f629-4f63-9f81-80a0f25ba6f7} Name Key"
TEAMS = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}


def at(hours: float) -> dict[str, str]:
    return {"dateTime": in_hours(hours).rstrip("Z"), "timeZone": "UTC"}


def code_of(answer: requests.Response) -> str:
    return str(answer.json()["error"]["code"])


@dataclass
class MicrosoftCaller:
    """Calls the simulated Microsoft the way a browser and an app do."""

    simulator: SimulatedMicrosoft

    @property
    def origin(self) -> str:
        return self.simulator.url

    def consent_fields(self, **changes: str | None) -> dict[str, str]:
        """What an authorization request carries. A change to None leaves the field out."""
        fields: dict[str, str | None] = {
            "response_type": "code",
            "response_mode": "query",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URI,
            "scope": CALENDAR_SCOPES,
            "state": "a-state",
            "nonce": "a-nonce",
            "prompt": "select_account",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def consent_page(self, tenant: str = "common", **changes: str | None) -> requests.Response:
        address = f"{self.origin}/{tenant}/oauth2/v2.0/authorize"
        return requests.get(address, params=self.consent_fields(**changes), timeout=5)

    def authorize(
        self, account: str = PRIYA, decision: str = "allow", tenant: str = "common", **changes: str | None
    ) -> requests.Response:
        """Answers the consent page without following the redirect."""
        form = {**self.consent_fields(**changes), "account": account, "decision": decision}
        address = f"{self.origin}/{tenant}/oauth2/v2.0/authorize"
        return requests.post(address, data=form, allow_redirects=False, timeout=5)

    def came_back(self, account: str = PRIYA, **options: Any) -> dict[str, str]:
        """The query that the browser comes back with."""
        answer = self.authorize(account, **options)
        assert answer.status_code == 302, answer.text
        return query_of(answer)

    def admin_consent(
        self, account: str = OWEN, decision: str = "allow", tenant: str = "organizations", **changes: str
    ) -> requests.Response:
        form = {
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URI,
            "state": "a-state",
            "scope": CALENDAR_SCOPES,
            "account": account,
            "decision": decision,
            **changes,
        }
        address = f"{self.origin}/{tenant}/v2.0/adminconsent"
        return requests.post(address, data=form, allow_redirects=False, timeout=5)

    def token_call(
        self,
        *,
        secret: str = CLIENT_SECRET,
        query: str = "",
        basic: bool = False,
        tenant: str = "common",
        **form: str,
    ) -> requests.Response:
        if not basic:
            form = {"client_id": CLIENT_ID, "client_secret": secret, **form}
        address = f"{self.origin}/{tenant}/oauth2/v2.0/token{query}"
        return requests.post(address, data=form, auth=(CLIENT_ID, secret) if basic else None, timeout=5)

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

    def refresh(self, refresh_token: str, *, scope: str = "") -> requests.Response:
        """Use the refresh token. A `scope` of "" names none."""
        named = {"scope": scope} if scope else {}
        form: dict[str, Any] = {"grant_type": "refresh_token", "refresh_token": refresh_token, **named}
        return self.token_call(**form)

    def connect(self, account: str = PRIYA, **options: Any) -> MicrosoftAccount:
        answer = self.exchange(self.came_back(account, **options)["code"])
        assert answer.status_code == 200, answer.text
        return MicrosoftAccount(self.origin, answer.json())


def query_of(answer: requests.Response) -> dict[str, str]:
    found = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in found.items()}


@dataclass
class MicrosoftAccount:
    """Calls Graph with one account's tokens."""

    origin: str
    tokens: dict[str, Any]

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> requests.Response:
        """Call Graph. `path` begins after the version, or is a whole address; `query` in the options is the
        query."""
        headers = {
            "Authorization": f"Bearer {self.tokens['access_token']}",
            "Prefer": options.pop("prefer", IMMUTABLE),
            **options.pop("headers", {}),
        }
        return requests.request(
            method,
            path if path.startswith("http") else f"{self.origin}/v1.0{path}",
            json=body,
            params=options.pop("query", None),
            headers=headers,
            timeout=options.pop("timeout", 5),
            **options,
        )

    def events(self, method: str, event_id: str = "", body: Any = None, **options: Any) -> requests.Response:
        tail = f"/{quote(event_id, safe='')}" if event_id else ""
        return self.call(method, f"/me/events{tail}", body, **options)

    def create(self, **body: Any) -> requests.Response:
        whole = {"subject": "Chef Interview", "start": at(24), "end": at(25), **body}
        return self.events("POST", body=whole)

    def created(self, **body: Any) -> dict[str, Any]:
        answer = self.create(**body)
        assert answer.status_code == 201, answer.text
        event: dict[str, Any] = answer.json()
        return event

    def patch(self, event_id: str, **body: Any) -> requests.Response:
        return self.events("PATCH", event_id, body)

    def read(self, event_id: str, **query: Any) -> dict[str, Any]:
        answer = self.events("GET", event_id, query=query)
        assert answer.status_code == 200, answer.text
        event: dict[str, Any] = answer.json()
        return event

    def listed(self, path: str = "/me/events", **query: Any) -> dict[str, Any]:
        asked = {name.replace("_", "$", 1): value for name, value in query.items()}
        answer = self.call("GET", path, query=asked)
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def delta(self, first: float = -1, last: float = 48, **options: Any) -> requests.Response:
        window = {"startDateTime": in_hours(first), "endDateTime": in_hours(last)}
        return self.call("GET", "/me/calendarView/delta", query=window, **options)

    def send(self, mail: EmailMessage | bytes) -> requests.Response:
        """Send a message as MIME."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        headers = {"Content-Type": "text/plain"}
        return self.call("POST", "/me/sendMail", headers=headers, data=base64.b64encode(raw))
