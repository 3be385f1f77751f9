"""Google Calendar and its simulator, for the contract suite."""

from tests.machines.simulators import Simulators
from tests.providers.conftest import consent

PRIYA = "priya.raman@northlight.example"
_SWITCHES = {
    "refresh": "lose_next_token_answers",
    "create": "lose_next_creates",
    "update": "lose_next_updates",
    "delete": "lose_next_deletes",
}


class SimulatedGoogleApps:
    """The simulated Google, always used as Priya, who may do everything."""

    def __init__(self, simulators: Simulators) -> None:
        self._google = simulators.google

    def consent(self, address: str) -> str:
        return consent(address, PRIYA)["code"]

    def lose_next(self, call: str) -> None:
        self._google.switches(**{_SWITCHES[call]: 1})

    def mails(self) -> list[bytes]:
        return [mail["raw"].encode() for mail in self._google.sent(PRIYA)]


def simulator(simulators: Simulators) -> SimulatedGoogleApps:
    return SimulatedGoogleApps(simulators)
