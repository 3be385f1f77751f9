"""The clock of tests that move through time."""

from datetime import datetime, timedelta

import timezones
from tests.machines.simulators import Simulators


class FrozenClock:
    """Stands still until it is moved, and the simulated Zoom's clock with it.

    It begins at noon (UTC) of today: how long it is until a given hour of another day does not depend on
    when the tests run.
    """

    def __init__(self, simulators: Simulators) -> None:
        self._really = timezones.system_clock()
        self.now = self._really.replace(hour=12, minute=0, second=0, microsecond=0)
        self._simulators = simulators
        self.forward(timedelta())

    def __call__(self) -> datetime:
        return self.now

    def forward(self, time: timedelta) -> None:
        """Move on; a provider that lived in another time would not recognize its own meetings."""
        self.now += time
        ahead = int((self.now - self._really).total_seconds())
        self._simulators.zoom_switches(clock_offset_seconds=ahead)
