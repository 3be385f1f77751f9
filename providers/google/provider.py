"""Google's two apps as the product sees them: the Protocols of `providers.protocols`.

Each has scopes and grants of its own, so that one can be connected, refused or dead without the other.
"""

import time
from collections.abc import Callable

from providers.clock import Clock, system_clock
from providers.google.calendar import GoogleCalendar
from providers.google.calendar_client import CalendarClient
from providers.google.client import GoogleAccounts, GoogleClient, google_peer
from providers.google.gmail import Gmail
from providers.google.meet import GoogleMeet
from providers.google.oauth import GoogleOAuth
from providers.google.scopes import CALENDAR_APP, GMAIL_APP
from providers.google.settings import GoogleSettings, google_settings
from providers.http import Bounds

__all__ = ["GmailApp", "GoogleCalendarApp", "GoogleSettings", "google_settings"]


class _App:
    """What both apps have. Make one per process; threads may share it. It keeps no grant between calls.

    bounds: limits of each call; by default those of `providers.http` with the settings' time-out.
    """

    def __init__(
        self, settings: GoogleSettings, required: tuple[str, ...], clock: Clock, bounds: Bounds | None
    ) -> None:
        peer = google_peer(settings)
        bounds = bounds or Bounds(timeout_seconds=settings.timeout_seconds)
        self._client = GoogleClient(peer, bounds, clock)
        self.oauth = GoogleOAuth(settings, required, peer, bounds, clock)
        self.accounts = GoogleAccounts(settings, self._client)


class GoogleCalendarApp(_App):
    """Entries in people's calendars, and Google Meet.

    pause: waits between looking for a Meet link that is being made.
    """

    def __init__(
        self,
        settings: GoogleSettings,
        *,
        clock: Clock = system_clock,
        bounds: Bounds | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(settings, CALENDAR_APP, clock, bounds)
        client = CalendarClient(settings, self._client)
        self.calendar = GoogleCalendar(client, clock)
        self.meetings = GoogleMeet(client, clock, pause)


class GmailApp(_App):
    """Mail from people's own addresses."""

    def __init__(
        self, settings: GoogleSettings, *, clock: Clock = system_clock, bounds: Bounds | None = None
    ) -> None:
        super().__init__(settings, GMAIL_APP, clock, bounds)
        self.mail = Gmail(settings, self._client)
