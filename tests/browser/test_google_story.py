"""Google Calendar and Google Meet as a person uses them: connected, in the calendar, moved, and gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calendar_story import CalendarStory, undo_passes
from tests.browser.conftest import EnterAsOwner
from tests.machines.apps import LendApp
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_interview_on_google_meet_is_in_the_calendar_moves_there_and_goes(
    server_processes: ServerProcesses,
    enter_as_owner: EnterAsOwner,
    simulators: Simulators,
    browser_page: Page,
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
) -> None:
    [server] = server_processes.start(1, settings=simulators.google.settings())
    page = browser_page
    story = CalendarStory(
        app="google-calendar",
        provider="google",
        url=simulators.google.url,
        software="Google Meet",
        value="google_meet",
        account="Google account",
        allows="Allow",
        joins="Join with Google Meet",
        link_begins=f"{simulators.google.url}/meet/",
    )
    enter_as_owner(page, server.base_url)
    story.connect(page, server.base_url)
    story.choose_software(page, server.base_url)

    # What was typed while Zoom was chosen is back when Zoom is chosen again.
    password = page.get_by_label("Password")
    page.get_by_label("Meeting Software").select_option("Zoom")
    password.fill("s3cret-1")
    expect(page.locator("#hosting").get_by_text("Zoom isn't connected")).to_be_visible()
    page.get_by_label("Meeting Software").select_option("Google Meet")
    expect(password).to_be_hidden()
    page.get_by_label("Meeting Software").select_option("Zoom")
    expect(password).to_have_value("s3cret-1")
    page.get_by_label("Meeting Software").select_option("Google Meet")

    story.run(page, simulators, undo_passes(lend_app, database_url, instance_path))
    simulators.google.assert_no_violation()
