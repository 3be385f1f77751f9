"""Outlook Calendar and its simulator, for the contract suite."""

from tests.machines.simulators import Simulators
from tests.providers.conftest import consent

PRIYA = "priya.raman@northlight.example"
_SWITCHES = {
    "refresh": "lose_next_token_answers",
    "create": "lose_next_creates",
    "update": "lose_next_updates",
    "delete": "lose_next_deletes",
}


class SimulatedMicrosoftApps:
    """The simulated Microsoft, always used as Priya, who may do everything."""

    def __init__(self, simulators: Simulators) -> None:
        self._microsoft = simulators.microsoft

    def consent(self, address: str) -> str:
        return consent(address, PRIYA)["code"]

    def lose_next(self, call: str) -> None:
        self._microsoft.switches(**{_SWITCHES[call]: 1})

    def mails(self) -> list[bytes]:
        return [mail["raw"].encode() for mail in self._microsoft.sent(PRIYA)]


def simulator(simulators: Simulators) -> SimulatedMicrosoftApps:
    return SimulatedMicrosoftApps(simulators)
