"""Zoom and its simulator, for the contract suite."""

from tests.machines.simulators import Simulators
from tests.providers.conftest import consent

PRIYA = "priya.raman@northlight.example"
_SWITCHES = {
    "refresh": "lose_next_token_answers",
    "create": "lose_next_creates",
    "update": "lose_next_updates",
    "delete": "lose_next_deletes",
}


class SimulatedZoom:
    """The simulated Zoom, always used as Priya, who may do everything."""

    def __init__(self, simulators: Simulators) -> None:
        self._simulators = simulators

    def consent(self, address: str) -> str:
        return consent(address, PRIYA)["code"]

    def lose_next(self, call: str) -> None:
        self._simulators.zoom_switches(**{_SWITCHES[call]: 1})

    def mails(self) -> list[bytes]:
        raise NotImplementedError("Zoom sends no mail")


def simulator(simulators: Simulators) -> SimulatedZoom:
    """The simulator of this app."""
    return SimulatedZoom(simulators)
