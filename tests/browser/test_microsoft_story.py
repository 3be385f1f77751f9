"""Outlook Calendar and Microsoft Teams as a person uses them: connected, in the calendar, moved, and gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calendar_story import CalendarStory, check_invitations, undo_passes
from tests.browser.conftest import EnterAsOwner
from tests.machines.apps import LendApp
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_interview_on_teams_is_in_the_calendar_moves_there_and_goes(
    server_processes: ServerProcesses,
    enter_as_owner: EnterAsOwner,
    simulators: Simulators,
    browser_page: Page,
    database_url: str,
    instance_path: Path,
    lend_app: LendApp,
) -> None:
    [server] = server_processes.start(1, settings=simulators.microsoft.settings())
    page = browser_page
    story = CalendarStory(
        app="outlook-calendar",
        provider="microsoft",
        url=simulators.microsoft.url,
        software="Microsoft Teams",
        value="teams",
        account="Microsoft account",
        allows="Accept",
        joins="Join Teams meeting",
        link_begins=f"{simulators.microsoft.url}/l/meetup-join/",
    )
    enter_as_owner(page, server.base_url)
    story.connect(page, server.base_url)
    story.choose_software(page, server.base_url)
    link = story.schedule(page)
    check_invitations(simulators, link)
    calendar = page.context.new_page()
    hours = story.check_in_calendar(calendar, link)

    # The link leads into the meeting as long as the meeting exists.
    calendar.goto(link)
    expect(calendar.get_by_role("heading", name=re.compile("Dina Kaur"))).to_be_visible()
    undo_pass = undo_passes(lend_app, database_url, instance_path)
    story.reschedule_and_cancel(page, calendar, simulators, link, hours, undo_pass)
    answer = page.request.get(link)
    assert answer.status == 404
    simulators.microsoft.assert_no_violation()
