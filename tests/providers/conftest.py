"""A Zoom provider against the simulated Zoom, and one against a server that answers byte for byte as told."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from config import load_settings
from connections.catalogue import spec_of
from providers.base import Grant, MeetingRequest, TokenSet
from providers.clock import Clock, system_clock
from providers.google.provider import GmailApp, GoogleCalendarApp, GoogleSettings
from providers.http import Bounds
from providers.microsoft.provider import MicrosoftSettings, OutlookCalendarApp, OutlookMailApp
from providers.zoom.provider import ZoomProvider
from providers.zoom.settings import ZoomSettings
from tests.machines.office import SimulatedOffice
from tests.machines.simulators import CLIENT_ID, CLIENT_SECRET, Simulators
from tests.providers.calendar_reading import PRIYA, Reading
from tests.providers.google_apps import Google
from tests.providers.microsoft_answers import assert_kept_to_the_documents
from tests.providers.scripted_server import ScriptedServer
from tests.providers.subject import VERIFIER

REDIRECT_URI = "http://localhost:8000/connect/zoom/callback"
CODE_VERIFIER = (
    base64.urlsafe_b64encode(hashlib.sha512(b"a verifier for tests").digest()).decode().rstrip("=")
)
NOW = datetime(2031, 3, 4, 15, 30, tzinfo=UTC)


@pytest.fixture
def meeting_request() -> MeetingRequest:
    """An interview a week from now. The simulated Zoom lives in the present, so the date is not fixed."""
    starts_at = (datetime.now(UTC) + timedelta(days=7)).replace(hour=9, minute=30, second=0, microsecond=0)
    return MeetingRequest(
        topic="Data Engineer Interview",
        agenda="Your last project, then ours.\r\nBring questions.",
        starts_at=starts_at,
        duration_minutes=45,
        timezone="Europe/Zurich",
    )


@pytest.fixture
def zoom(simulators: Simulators) -> ZoomProvider:
    """The provider on the simulated Zoom, with short time-outs."""
    return zoom_provider(simulators)


def zoom_provider(simulators: Simulators, clock: Clock = system_clock) -> ZoomProvider:
    """The same with another clock."""
    settings = ZoomSettings(
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        oauth_url=simulators.zoom_url,
        api_url=f"{simulators.zoom_url}/v2",
        api_url_is_configured=True,
    )
    return ZoomProvider(settings, clock=clock, bounds=Bounds(timeout_seconds=3, deadline_seconds=3))


def consent(url: str, account: str, decision: str = "allow") -> dict[str, str]:
    """Answer a consent page without a browser; return the query of the redirect back."""
    parts = urlsplit(url)
    form = {**dict(parse_qsl(parts.query)), "account": account, "decision": decision}
    answer = requests.post(
        f"{parts.scheme}://{parts.netloc}{parts.path}", data=form, allow_redirects=False, timeout=5
    )
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


@pytest.fixture
def connect(zoom: ZoomProvider) -> Callable[[str], TokenSet]:
    """Connects an account with the whole round trip."""

    def connect(account: str) -> TokenSet:
        url = zoom.authorize_url(redirect_uri=REDIRECT_URI, state="s", code_verifier=CODE_VERIFIER)
        code = consent(url, account)["code"]
        return zoom.exchange_code(code=code, redirect_uri=REDIRECT_URI, code_verifier=CODE_VERIFIER)

    return connect


@pytest.fixture
def host(connect: Callable[[str], TokenSet]) -> Grant:
    """The grant of someone who may do everything."""
    return Grant(connect("priya.raman@northlight.example").access_token)


@pytest.fixture
def scripted_server() -> Iterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def scripted_zoom(scripted_server: ScriptedServer) -> ZoomProvider:
    """The provider on the scripted server, with a body of at most 64 KiB."""
    return _on(scripted_server, Bounds(max_bytes=64 * 1024))


@pytest.fixture
def impatient_zoom(scripted_server: ScriptedServer) -> ZoomProvider:
    """The provider on the scripted server, for tests that wait for the end of its patience."""
    return _on(scripted_server, Bounds(timeout_seconds=0.5, deadline_seconds=0.8))


def _on(scripted_server: ScriptedServer, bounds: Bounds) -> ZoomProvider:
    settings = ZoomSettings(
        client_id="id-of-the-app",
        client_secret="SECRET-OF-THE-APP",
        oauth_url=scripted_server.url,
        api_url=f"{scripted_server.url}/v2",
        api_url_is_configured=True,
    )
    return ZoomProvider(settings, clock=lambda: NOW, bounds=bounds)


def google_settings_on(server: ScriptedServer) -> GoogleSettings:
    """Google's addresses, all on one server."""
    return GoogleSettings(
        client_id="id-of-the-app",
        client_secret="SECRET-OF-THE-APP",
        auth_url=f"{server.url}/o/oauth2/v2/auth",
        token_url=f"{server.url}/token",
        revoke_url=f"{server.url}/revoke",
        userinfo_url=f"{server.url}/v1/userinfo",
        calendar_url=f"{server.url}/calendar/v3",
        gmail_url=f"{server.url}/gmail/v1",
    )


@pytest.fixture
def pauses() -> list[float]:
    """How long the provider wanted to wait for a Meet link, each time; no test really waits."""
    return []


@pytest.fixture
def scripted_google(scripted_server: ScriptedServer, pauses: list[float]) -> GoogleCalendarApp:
    """Google Calendar on the scripted server."""
    bounds = Bounds(timeout_seconds=3, deadline_seconds=5)
    settings = google_settings_on(scripted_server)
    return GoogleCalendarApp(settings, clock=lambda: NOW, bounds=bounds, pause=pauses.append)


@pytest.fixture
def scripted_gmail(scripted_server: ScriptedServer) -> GmailApp:
    """Gmail on the scripted server."""
    bounds = Bounds(timeout_seconds=3, deadline_seconds=5)
    return GmailApp(google_settings_on(scripted_server), clock=lambda: NOW, bounds=bounds)


@pytest.fixture
def google(simulators: Simulators) -> Iterator[Google]:
    """Both apps on the simulated Google. It checks every request against Google's own description of its
    APIs, and a test that makes a request that violates it fails."""
    made = Google(simulators)
    yield made
    made.simulator.assert_no_violation()


def microsoft_settings_on(server: ScriptedServer, tenant: str = "common") -> MicrosoftSettings:
    """Microsoft's addresses, all on one server."""
    return MicrosoftSettings(
        client_id="id-of-the-app",
        client_secret="SECRET-OF-THE-APP",
        tenant=tenant,
        login_url=server.url,
        graph_url=f"{server.url}/v1.0",
    )


@pytest.fixture
def scripted_outlook(scripted_server: ScriptedServer, pauses: list[float]) -> Iterator[OutlookCalendarApp]:
    """Outlook Calendar on the scripted server. Every request has to follow Microsoft's own documents."""
    bounds = Bounds(timeout_seconds=3, deadline_seconds=5)
    settings = microsoft_settings_on(scripted_server)
    yield OutlookCalendarApp(settings, clock=lambda: NOW, bounds=bounds, pause=pauses.append)
    assert_kept_to_the_documents(scripted_server)


@pytest.fixture
def scripted_outlook_mail(scripted_server: ScriptedServer) -> Iterator[OutlookMailApp]:
    """Outlook Mail on the scripted server, under the same condition."""
    bounds = Bounds(timeout_seconds=3, deadline_seconds=5)
    settings = microsoft_settings_on(scripted_server)
    yield OutlookMailApp(settings, clock=lambda: NOW, bounds=bounds)
    assert_kept_to_the_documents(scripted_server)


@pytest.fixture(params=["google-calendar", "outlook-calendar"])
def priya(request: pytest.FixtureRequest, simulators: Simulators) -> Iterator[Reading]:
    """Priya's calendar. Every request and answer has to follow the provider's own documents."""
    app = str(request.param)
    simulator: SimulatedOffice = simulators.google if app == "google-calendar" else simulators.microsoft
    spec = spec_of(app)
    assert spec.build is not None
    clients = spec.build(
        load_settings({}, {**simulators.google.settings(), **simulators.microsoft.settings()})
    )
    assert clients is not None
    assert clients.calendar is not None
    redirect_uri = f"http://localhost:8000/connect/{spec.provider}/callback"
    address = clients.oauth.authorize_url(redirect_uri=redirect_uri, state="s", code_verifier=VERIFIER)
    tokens = clients.oauth.exchange_code(
        code=consent(address, PRIYA)["code"], redirect_uri=redirect_uri, code_verifier=VERIFIER
    )
    yield Reading(clients.calendar, simulator, Grant(tokens.access_token, tokens.api_url))
    simulator.assert_no_violation()
