"""Connecting, disconnecting and connecting again, as a person does it, with a script and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import OWNER, PASSWORD, connect_zoom
from tests.machines.servers import ServerProcesses

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

APPS = "/settings/account/connected-apps"


def test_account_is_connected_disconnected_and_connected_again(
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
    browser_page: Page,
    enter_as_owner: EnterAsOwner,
) -> None:
    [server] = server_processes.start(1)
    page = browser_page
    enter_as_owner(page, server.base_url)

    page.goto(server.base_url + APPS)
    card = page.locator("#app-zoom")
    card.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("You declined on Zoom's page. Nothing was connected.")).to_be_visible()
    expect(card.get_by_role("button", name="Connect", exact=True)).to_be_visible()

    connect_zoom(page, server.base_url)
    expect(card.locator(".badge")).to_have_text("Connected")
    summary = card.locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(card.get_by_text("Create meetings")).to_be_visible()
    _look_over(page)

    card.get_by_role("link", name="Disconnect").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Disconnect Zoom?")
    _look_over(page)
    page.get_by_role("link", name="Cancel").click()
    expect(card.locator(".badge")).to_have_text("Connected")

    # The same person without scripts.
    plain = new_browser_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, color_scheme="dark"
    ).new_page()
    plain.goto(f"{server.base_url}/login?next={APPS}")
    plain.get_by_label("Email").fill(OWNER)
    plain.get_by_label("Password").fill(PASSWORD)
    plain.get_by_role("button", name="Sign in").click()
    plain_card = plain.locator("#app-zoom")
    plain_card.get_by_role("link", name="Disconnect").click()
    plain.get_by_role("button", name="Disconnect").click()
    expect(plain.get_by_text("Zoom is disconnected.")).to_be_visible()
    plain_card.get_by_role("button", name="Connect", exact=True).click()
    plain.get_by_label(re.compile("Priya Raman")).check()
    plain.get_by_role("button", name="Allow").click()
    expect(plain.locator("#round-trip")).to_contain_text("priya.raman@northlight.example")
    expect(plain_card.locator(".badge")).to_have_text("Connected")

    page.reload()
    expect(card).to_contain_text("priya.raman@northlight.example")


def _look_over(page: Page) -> None:
    """Check that there are no barriers, and that nothing is cut off on a phone."""
    assert_no_barrier(page)
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 800})
