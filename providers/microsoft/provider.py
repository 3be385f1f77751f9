"""Microsoft's two apps as the product sees them: the Protocols of `providers.protocols`.

Each is connected on its own, because what an organization's people may allow for themselves differs.
"""

import time
from collections.abc import Callable

from providers.base import Grant
from providers.clock import Clock, system_clock
from providers.http import Bounds
from providers.microsoft.calendar import OutlookCalendar
from providers.microsoft.calendar_client import CalendarClient
from providers.microsoft.client import GraphClient, MicrosoftAccounts, microsoft_peer
from providers.microsoft.oauth import MicrosoftOAuth
from providers.microsoft.outlook_mail import OutlookMail
from providers.microsoft.scopes import CALENDAR_APP, MAIL_APP
from providers.microsoft.settings import MicrosoftSettings, microsoft_settings
from providers.microsoft.teams import MicrosoftTeams

__all__ = ["MicrosoftSettings", "OutlookCalendarApp", "OutlookMailApp", "microsoft_settings"]


class _App:
    """What both apps have. Make one per process; threads may share it. It keeps no grant between calls.

    bounds: limits of each call; by default those of `providers.http` with the settings' time-out.
    """

    def __init__(
        self, settings: MicrosoftSettings, required: tuple[str, ...], clock: Clock, bounds: Bounds | None
    ) -> None:
        peer = microsoft_peer(settings)
        bounds = bounds or Bounds(timeout_seconds=settings.timeout_seconds)
        self._client = GraphClient(settings, peer, bounds, clock)
        self.oauth = MicrosoftOAuth(settings, required, peer, bounds, clock)
        self.accounts = MicrosoftAccounts(self._client)


class OutlookCalendarApp(_App):
    """Entries in people's calendars, and Microsoft Teams.

    pause: waits between looking for what is being made.
    """

    def __init__(
        self,
        settings: MicrosoftSettings,
        *,
        clock: Clock = system_clock,
        bounds: Bounds | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(settings, CALENDAR_APP, clock, bounds)
        self._calendar_client = CalendarClient(self._client)
        self.calendar = OutlookCalendar(self._calendar_client, clock, pause)
        self.meetings = MicrosoftTeams(self._calendar_client, clock, pause)

    def try_out(self, grant: Grant) -> None:
        """Raise HostNotAllowedError for an account without a mailbox that apps can use: its owner may allow
        everything, and Microsoft says who they are, but nothing can be entered anywhere."""
        self._calendar_client.meeting_providers(grant)


class OutlookMailApp(_App):
    """Mail from people's own addresses."""

    def __init__(
        self, settings: MicrosoftSettings, *, clock: Clock = system_clock, bounds: Bounds | None = None
    ) -> None:
        super().__init__(settings, MAIL_APP, clock, bounds)
        self.mail = OutlookMail(self._client)
