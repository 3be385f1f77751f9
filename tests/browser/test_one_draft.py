"""An unfinished draft is opened again by the same button, started over, and brought back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import go_on_scheduling, open_the_dialog, step_heading
from tests.machines.servers import ServerProcesses

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_schedule_interview_goes_on_and_starting_over_can_be_undone(
    enter_as_owner: EnterAsOwner, server_processes: ServerProcesses, browser_page: Page
) -> None:
    page = browser_page
    [server] = server_processes.start(1)
    enter_as_owner(page, server.base_url)
    open_the_dialog(page, server.base_url)
    page.get_by_label("Agenda").fill("The first attempt")
    page.get_by_role("button", name="Continue").click()
    expect(step_heading(page)).to_have_text("Date & Time")

    # One click leads there, with no question in between.
    go_on_scheduling(page, server.base_url)
    expect(step_heading(page)).to_have_text("Date & Time")
    expect(page.get_by_text("This is your unfinished interview from")).to_be_visible()
    page.get_by_label("Time", exact=True).fill("16:45")
    page.get_by_role("button", name="Start over").click()
    expect(step_heading(page)).to_have_text("Setup")
    expect(page.get_by_label("Agenda")).to_have_value("")
    page.get_by_role("button", name="Undo").click()
    expect(step_heading(page)).to_have_text("Date & Time")
    expect(page.get_by_label("Time", exact=True)).to_have_value("16:45")
