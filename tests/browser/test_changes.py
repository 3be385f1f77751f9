"""Rescheduling, undoing and cancelling an interview as a person does it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from extensions import db
from models import Application, Candidate, User
from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import CANDIDATE
from tests.factories import CreatedCandidate, Member, in_three_days, schedule
from tests.machines.application import settings_for
from tests.machines.apps import LendApp
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    # It lets the ten seconds pass in which a change can be undone.
    pytest.mark.slow,
]


@pytest.fixture
def interview_id(
    enter_as_owner: EnterAsOwner, database_url: str, instance_path: Path, lend_app: LendApp
) -> int:
    """Ana's interview with Dina, by phone."""
    app = lend_app(settings_for(database_url, instance_path))
    with in_rows(app):
        [ana], [dina] = db.session.scalars(db.select(User)), db.session.scalars(db.select(Candidate))
        [application_id] = db.session.scalars(db.select(Application.id))
        owner = Member(ana.id, ana.name, ana.email, ana.role)
        candidate = CreatedCandidate(dina.id, dina.name, dina.email, application_id)
        return schedule(owner, candidate, software=None)


def test_interview_is_moved_in_two_clicks_undone_and_cancelled(
    interview_id: int,
    enter_as_owner: EnterAsOwner,
    server_processes: ServerProcesses,
    simulators: Simulators,
    browser_page: Page,
) -> None:
    [server] = server_processes.start(1)
    page, address = browser_page, f"{server.base_url}/interviews/{interview_id}"
    enter_as_owner(page, server.base_url)
    simulators.wait_for_mails(1, to=CANDIDATE)
    page.goto(address)
    before = page.locator(".when-main").inner_text()

    def reschedule() -> None:
        page.get_by_role("link", name="Reschedule").click()
        hour = (in_three_days().hour + 3) % 24
        page.get_by_label("Time", exact=True).fill(f"{hour:02d}:30")
        # Old and new are there before anything is confirmed.
        expect(page.locator(".from-to-new").first).to_contain_text(f"{hour:02d}:30")
        expect(page.locator(".from-to-old").first).to_be_visible()
        page.get_by_role("button", name="Reschedule").click()
        page.wait_for_url(address)

    reschedule()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The interview is at its old time again.")).to_be_visible()
    expect(page.locator(".when-main")).to_have_text(before)
    assert len(simulators.mails(CANDIDATE)) == 1

    reschedule()
    expect(page.locator(".when-main")).not_to_have_text(before)
    moved = simulators.wait_for_mails(2, to=CANDIDATE)[-1]
    assert str(moved.message["Subject"]).startswith("Rescheduled: Interview on ")
    expect(page.get_by_text("Updated invitation sent to 2 people").first).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()

    page.get_by_role("link", name="Cancel interview").click()
    page.get_by_label("Message").fill("The role is filled.")
    page.get_by_role("button", name="Cancel interview").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    cancelled = simulators.wait_for_mails(3, to=CANDIDATE)[-1]
    assert str(cancelled.message["Subject"]).startswith("Cancelled: Interview on ")
    body = cancelled.message.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "The role is filled." in text
