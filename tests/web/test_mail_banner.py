"""Every page of owners and admins says that emails cannot leave, why, and how many wait."""

import pytest

from background import work_once
from tests.factories import create_team, schedule
from tests.machines.application import MakeApp
from tests.machines.rows import in_rows
from tests.pages.visitor import Visitor

NO_SERVER = "No mail server is set up: invitations and reminders wait until MAIL_SERVER is set."
NO_SENDER = "There is no address to send from"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, NO_SERVER),
        ({"MAIL_SERVER": "mail.example"}, NO_SENDER),
        ({"MAIL_SERVER": "mail.example", "MAIL_DEFAULT_SENDER": "interviews@localhost"}, NO_SENDER),
    ],
    ids=["no server", "no sender", "a sender that no answer reaches"],
)
def test_emails_that_cannot_leave_are_reported_to_those_who_can_set_up_the_server(
    make_app: MakeApp, settings: dict[str, str], words: str
) -> None:
    app = make_app(settings)
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    assert words in ada.get("/jobs").text
    assert "Waiting now" not in ada.get("/jobs").text
    with in_rows(app):
        schedule(team.ada, team.dina, software=None)
    work_once(app)
    assert "Waiting now: 2." in ada.get("/candidates").text
    assert words not in Visitor(app).enter(team.ben).get("/jobs").text
