"""What tests of people's own mailboxes do on the pages: connect one, schedule, and let emails leave."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from background import make_runner
from scheduling.plans import Participant
from tests.factories import Team, consent, schedule
from tests.machines.application import MakeApp
from tests.machines.google import SimulatedGoogle
from tests.machines.microsoft import SimulatedMicrosoft
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.round_trips import come_back

PRIYA = "priya.raman@northlight.example"
SERVER = "interviews@smoothhiring.example"
DINA, SAM = "dina.kaur@mail.example", "sam@partner.example"
LABEL = f"Send emails about interviews you schedule from {PRIYA}"


@dataclass(frozen=True)
class Box:
    """An app that sends emails, and whose it is."""

    key: str
    label: str
    provider: str

    def at(self, simulators: Simulators) -> SimulatedGoogle | SimulatedMicrosoft:
        return simulators.google if self.provider == "google" else simulators.microsoft


GMAIL = Box("gmail", "Gmail", "google")
OUTLOOK = Box("outlook-mail", "Outlook Mail", "microsoft")


def both_providers(simulators: Simulators) -> dict[str, str]:
    """The settings of a server on which either mailbox can be connected."""
    return {**simulators.settings(), **simulators.google.settings(), **simulators.microsoft.settings()}


def without_mail_server(make_app: MakeApp, simulators: Simulators) -> Flask:
    return make_app({**both_providers(simulators), "MAIL_SERVER": "", "MAIL_DEFAULT_SENDER": ""})


def connect(visitor: Visitor, box: Box = GMAIL, account: str = PRIYA) -> None:
    address = visitor.post(f"/connect/{box.key}", status=303).headers["Location"]
    back = come_back(visitor, consent(address, account), box.provider)
    assert back.headers["Location"].endswith(f"?{box.provider}=connected")


def run_everything(app: Flask) -> None:
    with app.app_context():
        runner = make_runner(app)
        while runner.run_due():
            pass


def arranged(app: Flask, team: Team) -> int:
    with in_rows(app):
        return schedule(team.ada, team.dina, attendees=(Participant("Sam Ortiz", SAM),))
