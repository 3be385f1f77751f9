"""The same story in other ways: without Zoom, without JavaScript, by keyboard, on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import (
    CANDIDATE,
    connect_zoom,
    in_two_days_at_nine,
    open_the_dialog,
    step_heading,
    walk_through_the_steps,
)
from tests.machines.servers import ServerProcess, ServerProcesses
from tests.machines.simulators import Simulators

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def server(enter_as_owner: EnterAsOwner, server_processes: ServerProcesses) -> ServerProcess:
    return server_processes.start(1)[0]


def test_without_zoom_people_are_invited_and_the_link_follows_once_it_is_connected(
    server: ServerProcess, enter_as_owner: EnterAsOwner, simulators: Simulators, browser_page: Page
) -> None:
    page = browser_page
    enter_as_owner(page, server.base_url)
    open_the_dialog(page, server.base_url)
    expect(page.get_by_text("Zoom isn't connected").first).to_be_visible()
    walk_through_the_steps(page, in_two_days_at_nine())
    page.get_by_role("button", name="Schedule Interview").click()

    expect(page.get_by_text("No one who can host has connected Zoom").first).to_be_visible()
    expect(page.get_by_text("Invitation sent to 2 people").first).to_be_visible()
    interview_url = page.url
    [first] = simulators.wait_for_mails(1, to=CANDIDATE)
    plain = first.message.get_body(("plain",))
    assert plain is not None
    assert "in a separate email" in plain.get_content()
    own_address = re.search(rf"{re.escape(server.base_url)}/j/\S+", plain.get_content())
    assert own_address is not None

    page.get_by_role("link", name="Connect", exact=True).click()
    connect_zoom(page, server.base_url)
    second = simulators.wait_for_mails(2, to=CANDIDATE)[1]
    assert "Link added" in second.message["Subject"]
    page.goto(interview_url)
    expect(page.get_by_role("link", name=re.compile("Join Zoom Meeting"))).to_be_visible()
    expect(page.get_by_text("Updated invitation sent to 2 people").first).to_be_visible()
    # The address from the first mail, which had no link, leads to the meeting now.
    page.goto(own_address.group())
    page.get_by_role("link", name="Join Zoom Meeting").click()
    page.wait_for_url(f"{simulators.zoom_url}/j/**")


def test_everything_works_without_javascript(
    server: ServerProcess,
    enter_as_owner: EnterAsOwner,
    simulators: Simulators,
    new_browser_context: Callable[..., BrowserContext],
) -> None:
    page = new_browser_context(java_script_enabled=False).new_page()
    enter_as_owner(page, server.base_url)
    connect_zoom(page, server.base_url)
    open_the_dialog(page, server.base_url)
    walk_through_the_steps(page, in_two_days_at_nine())
    page.get_by_role("button", name="Schedule Interview").click()
    simulators.wait_for_mails(1, to=CANDIDATE)
    refresh = page.get_by_role("link", name="Refresh")
    if refresh.count():
        refresh.click()
    expect(page.get_by_role("link", name=re.compile("Join Zoom Meeting"))).to_be_visible()


@pytest.mark.full
def test_the_dialog_works_on_a_phone_and_by_keyboard_alone(
    server: ServerProcess,
    enter_as_owner: EnterAsOwner,
    simulators: Simulators,
    new_browser_context: Callable[..., BrowserContext],
) -> None:
    page = new_browser_context(viewport={"width": 360, "height": 740}).new_page()
    enter_as_owner(page, server.base_url)
    connect_zoom(page, server.base_url)
    open_the_dialog(page, server.base_url)

    # Enter continues from a field; from the agenda, where it ends a line, the Tab key leads on.
    page.get_by_label("Agenda").focus()
    page.keyboard.type("Introduction")
    page.get_by_label("Password").focus()
    page.keyboard.press("Enter")
    expect(step_heading(page)).to_have_text("Date & Time")
    expect(step_heading(page)).to_be_focused()
    start = in_two_days_at_nine()
    page.get_by_label("Date", exact=True).fill(f"{start:%Y-%m-%d}")
    page.get_by_label("Time", exact=True).fill("09:00")
    page.get_by_label("Duration in minutes").focus()
    page.keyboard.press("Enter")
    expect(step_heading(page)).to_have_text("Attendees")
    for following in ("Details", "Preview", "Finalize"):
        page.get_by_role("button", name="Continue").focus()
        page.keyboard.press("Enter")
        expect(step_heading(page)).to_have_text(following)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="Schedule Interview").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=re.compile("Join Zoom Meeting"))).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
