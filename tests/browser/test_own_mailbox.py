"""One's own mailbox in a real browser: connected, turned off and on, and an email that may have left."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import (
    CANDIDATE,
    OWNER,
    PASSWORD,
    in_two_days_at_nine,
    open_the_dialog,
    walk_through_the_steps,
)
from tests.machines.servers import ServerProcesses
from tests.machines.simulators import Simulators
from tests.web.own_mailbox import GMAIL, LABEL, OUTLOOK, PRIYA, SERVER, Box

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

APPS = "/settings/account/connected-apps"


# The consent pages differ here, and nothing else does.
@pytest.mark.parametrize(
    "mailbox", [GMAIL, pytest.param(OUTLOOK, marks=pytest.mark.full)], ids=lambda each: each.key
)
def test_mailbox_is_connected_turned_off_and_on_and_asked_about(
    mailbox: Box,
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
    browser_page: Page,
    enter_as_owner: EnterAsOwner,
    simulators: Simulators,
) -> None:
    [server] = server_processes.start(1, settings=mailbox.at(simulators).settings())
    page = browser_page
    enter_as_owner(page, server.base_url)
    page.goto(server.base_url + APPS)
    card = page.locator(f"#app-{mailbox.key}")
    card.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_label(re.compile("Priya Raman")).check()
    page.get_by_role("button", name=re.compile("Allow|Continue|Accept")).click()
    expect(card.locator(".badge")).to_have_text("Connected")

    box = card.get_by_label(LABEL)
    expect(box).to_be_checked()
    assert_no_barrier(page)
    box.focus()
    page.keyboard.press("Space")
    expect(page.get_by_text(f"Emails about interviews you schedule now come from {SERVER}.")).to_be_visible()
    expect(box).not_to_be_checked()
    # The focus is where it was.
    expect(box).to_be_focused()
    _look_at(page)

    plain = new_browser_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, color_scheme="dark"
    ).new_page()
    plain.goto(f"{server.base_url}/login?next={APPS}")
    plain.get_by_label("Email").fill(OWNER)
    plain.get_by_label("Password").fill(PASSWORD)
    plain.get_by_role("button", name="Sign in").click()
    plain.get_by_label(LABEL).check()
    plain.locator(f"#app-{mailbox.key}").get_by_role("button", name="Save").click()
    expect(plain.get_by_label(LABEL)).to_be_checked()
    _look_at(plain)

    # The open tab notices it on its own.
    expect(box).to_be_checked(timeout=10_000)
    mailbox.at(simulators).switches(lose_next_sends=1)
    open_the_dialog(page, server.base_url)
    walk_through_the_steps(page, in_two_days_at_nine())
    expect(page.get_by_text(f"Ana Berg <{PRIYA}>, with {mailbox.label}")).to_be_visible()
    _look_at(page)
    page.get_by_role("button", name="Schedule Interview").click()
    asked = page.get_by_text("Invitation to Dina Kaur may have left. Send it again?")
    expect(asked.first).to_be_visible(timeout=15_000)
    _look_at(page)
    page.get_by_role("link", name="Invitation to Dina Kaur").first.click()
    expect(page.get_by_text("No one knows whether this email left.")).to_be_visible()
    assert_no_barrier(page)
    _look_at(page)
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#delivery")).to_contain_text(f"{PRIYA} with {mailbox.label}")
    simulators.wait_for_mails(2, to=CANDIDATE)
    page.reload()
    expect(page.locator("#delivery")).to_contain_text("Sent from")
    _look_at(page)


def _look_at(page: Page) -> None:
    """Check that nothing is cut off, on a desktop and on a phone."""
    size = page.viewport_size
    assert size is not None
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size(size)
