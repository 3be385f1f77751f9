"""The clock of tests that move through time."""

from datetime import datetime, timedelta

import timezones
from tests.machines.simulators import Simulators


class FrozenClock:
    """Stopped until it is moved, and the simulated Zoom's clock with it; those of the simulated Google and
    Microsoft after `take_google_along` and `take_microsoft_along`.

    It begins at noon (UTC) today: how long it is until a given hour of another day does not depend on when
    the tests run. With `at` (aware UTC), it begins there instead.
    """

    def __init__(self, simulators: Simulators, at: datetime | None = None) -> None:
        self.now = at or timezones.system_clock().replace(hour=12, minute=0, second=0, microsecond=0)
        self._simulators = simulators
        self._moves_google = self._moves_microsoft = False
        self.forward(timedelta())

    def __call__(self) -> datetime:
        return self.now

    def forward(self, time: timedelta) -> None:
        """Move on, the providers included: one at another time would not recognize its own meetings."""
        self.now += time
        self._simulators.zoom_switches(clock_offset_seconds=self._ahead)
        if self._moves_google:
            self._simulators.google.switches(clock_offset_seconds=self._ahead)
        if self._moves_microsoft:
            self._simulators.microsoft.switches(clock_offset_seconds=self._ahead)

    def take_google_along(self) -> None:
        """From now on, move the simulated Google's clock as well."""
        self._moves_google = True
        self.forward(timedelta())

    def take_microsoft_along(self) -> None:
        """The same for the simulated Microsoft."""
        self._moves_microsoft = True
        self.forward(timedelta())

    @property
    def _ahead(self) -> int:
        # From the current real time, because real time goes on while this clock is stopped.
        return int((self.now - timezones.system_clock()).total_seconds())
