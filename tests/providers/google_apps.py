"""Google's apps as the catalogue builds them, and the simulated Google behind them."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from config import load_settings
from connections.app_spec import AppClients
from connections.catalogue import spec_of
from providers.base import (
    Grant,
    TokenSet,
)
from providers.google.provider import GoogleCalendarApp, google_settings
from providers.protocols import CalendarProvider, MailProvider, MeetingProvider
from tests.machines.google import SimulatedGoogle
from tests.machines.simulators import Simulators

PRIYA = "priya.raman@northlight.example"
VERA = "vera.costa@northlight.example"
BEN = "ben.hollis@northlight.example"
CODE_VERIFIER = "correct-horse-battery-staple-correct-horse-battery"
REDIRECT_URI = "http://localhost:8000/connect/google/callback"


class Google:
    """Both apps as the catalogue builds them, with the simulator behind them."""

    def __init__(self, simulators: Simulators) -> None:
        self.simulator: SimulatedGoogle = simulators.google
        settings = load_settings({}, {**simulators.settings(), **simulators.google.settings()})
        self._apps: dict[str, AppClients] = {}
        for key in ("google-calendar", "gmail"):
            build = spec_of(key).build
            assert build is not None
            built = build(settings)
            assert built is not None
            self._apps[key] = built

    def app(self, key: str = "google-calendar") -> AppClients:
        return self._apps[key]

    def connect(self, account: str = PRIYA, key: str = "google-calendar", leave: str = "") -> TokenSet:
        """Go through the round trip; the box for the scope `leave` stays unchecked."""
        oauth = self.app(key).oauth
        url = oauth.authorize_url(redirect_uri=REDIRECT_URI, state="s", code_verifier=CODE_VERIFIER)
        code = self._consent(url, account, leave)
        return oauth.exchange_code(code=code, redirect_uri=REDIRECT_URI, code_verifier=CODE_VERIFIER)

    def grant(self, account: str = PRIYA, key: str = "google-calendar") -> Grant:
        return Grant(self.connect(account, key).access_token)

    @staticmethod
    def _consent(url: str, account: str, leave: str) -> str:
        parts = urlsplit(url)
        form: dict[str, Any] = {**dict(parse_qsl(parts.query)), "account": account, "decision": "allow"}
        if leave:
            form |= {"boxes": "shown", "granted": [each for each in form["scope"].split() if each != leave]}
        answer = requests.post(
            f"{parts.scheme}://{parts.netloc}{parts.path}", data=form, allow_redirects=False, timeout=5
        )
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["code"]

    @property
    def calendar(self) -> CalendarProvider:
        calendar = self.app().calendar
        assert calendar is not None
        return calendar

    @property
    def meetings(self) -> MeetingProvider:
        meetings = self.app().meetings
        assert meetings is not None
        return meetings

    @property
    def mail(self) -> MailProvider:
        mail = self.app("gmail").mail
        assert mail is not None
        return mail

    @property
    def patient_meetings(self) -> MeetingProvider:
        """As built, but without the real pauses."""
        settings = google_settings(load_settings({}, self.simulator.settings()))
        assert settings is not None
        return GoogleCalendarApp(settings, pause=lambda _seconds: None).meetings
