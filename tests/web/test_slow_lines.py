"""Files that do not get through a slow line to the mail server: the invitation leaves anyway."""

from datetime import timedelta

import pytest

from tests.factories import create_team
from tests.files_to_attach import PDF
from tests.machines.application import MakeApp
from tests.machines.clock import Clock
from tests.machines.rows import in_rows
from tests.machines.simulators import Simulators
from tests.pages.visitor import Visitor
from tests.web.dialog_steps import schedule_by_hand
from tests.web.test_attachments import PHONE, chosen, files_in, run_everything


@pytest.mark.slow
def test_files_that_are_twice_too_slow_for_the_line_stay_behind(
    make_app: MakeApp, simulators: Simulators, clock: Clock
) -> None:
    app = make_app({**simulators.settings(), "MAIL_TIMEOUT": "0.2"})
    with in_rows(app):
        team = create_team()
    ada = Visitor(app).enter(team.ada)
    schedule_by_hand(ada, team.dina.id, {"setup": PHONE, "details": {"files": chosen(("a.pdf", PDF))}})
    simulators.mail_switches(delay_ms=1000)
    # A single failure may have any cause.
    run_everything(app)
    assert "without them" not in ada.get("/interviews/1").text
    clock.move(timedelta(minutes=5))
    run_everything(app)
    simulators.mail_switches(delay_ms=0)
    clock.move(timedelta(hours=2))
    run_everything(app)
    simulators.wait_for_mails(1, to=team.dina.email)
    newest = simulators.mails(team.dina.email)[-1]
    assert files_in(newest.message) == {}
    page = ada.get("/interviews/1")
    why = "The connection to the mail server is too slow for the attached files."
    assert f"{why} The invitation to Dina Kaur is going out without them." in page.text
    assert "Invitation to Dina Kaur was sent without files" in page.text
