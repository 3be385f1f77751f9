"""Open pages keep up with what happens to a connection, in this browser and in another one, and leave alone
what someone is typing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import make_url

from tests.browser.conftest import EnterAsOwner
from tests.browser.steps import (
    OWNER,
    PASSWORD,
    connect_zoom,
    open_the_dialog,
)
from tests.machines.browser import BrowserComplaints
from tests.machines.servers import ServerProcesses

APPS = "/settings/account/connected-apps"
AGENDA = "Introduction, then a walk through"
# How far behind a page that someone is looking at may be.
BOUND = 5_000


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_open_pages_keep_up_with_a_connection(
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
    enter_as_owner: EnterAsOwner,
    database_url: str,
    browser_complaints: BrowserComplaints,
) -> None:
    base_url = server_processes.start(1)[0].base_url
    dialog = new_browser_context().new_page()
    enter_as_owner(dialog, base_url)
    elsewhere = _sign_in(new_browser_context().new_page(), base_url)
    elsewhere.goto(base_url + APPS)
    card = elsewhere.locator("#app-zoom")
    elsewhere.get_by_role("button", name="Connect", exact=True).focus()

    # Someone types, notices that Zoom isn't connected, and connects it in the tab that the link opens.
    # Meanwhile no one looks at the first tab, so it hears only from the other tab.
    open_the_dialog(dialog, base_url)
    hosting = dialog.locator("#hosting")
    with dialog.context.expect_page() as opened:
        hosting.get_by_role("link", name="Open Connected Apps").click()
    agenda = dialog.get_by_label("Agenda")
    agenda.fill(AGENDA)
    agenda.evaluate("area => area.setSelectionRange(12, 12)")
    _hide(dialog)
    apps = opened.value
    connect_zoom(apps, base_url)
    expect(hosting.locator(".badge")).to_have_text("Connected", timeout=BOUND)
    expect(agenda).to_have_value(AGENDA)
    expect(agenda).to_be_focused()
    assert agenda.evaluate("area => area.selectionStart") == 12

    # No one tells the other browser, so it asks on its own.
    expect(card.locator(".badge")).to_have_text("Connected", timeout=BOUND)

    # A card that is replaced keeps the focus, and what was opened in it stays open.
    summary = card.locator("summary")
    summary.focus()
    elsewhere.keyboard.press("Enter")
    with closing(sqlite3.connect(make_url(database_url).database or "")) as database, database:
        database.execute("UPDATE connections SET trouble = 'Zoom is away.', trouble_since = connected_at")
    expect(card.get_by_text("Zoom is away.")).to_be_visible(timeout=BOUND)
    expect(card.get_by_text("Create meetings")).to_be_visible()
    expect(summary).to_be_focused()

    # No one looks at the other browser, so it does not ask; when someone does, it asks at once.
    _hide(elsewhere)
    apps.get_by_role("link", name="Disconnect").click()
    apps.get_by_role("button", name="Disconnect").click()
    expect(hosting).to_contain_text("Zoom isn't connected", timeout=BOUND)
    expect(agenda).to_have_value(AGENDA)
    expect(card.locator(".badge")).to_have_text("Connected")
    _show(elsewhere)
    expect(card.get_by_role("button", name="Connect", exact=True)).to_be_visible(timeout=BOUND)

    # The session ends elsewhere: the page says so, and what is typed stays where it is.
    browser_complaints.expect("401")
    _show(dialog)
    apps.get_by_role("button", name="Ana Berg").click()
    apps.get_by_role("button", name="Sign out").click()
    expect(dialog.locator("#announcement")).to_contain_text("You've been signed out", timeout=BOUND)
    expect(agenda).to_have_value(AGENDA)

    # It stops asking until someone has signed in and looks at it again.
    asked: list[str] = []
    dialog.on("request", lambda request: asked.append(request.url))
    _sign_in(apps, base_url)
    connect_zoom(apps, base_url)
    assert asked == []
    dialog.locator("#hosting-zoom").focus()
    _show(dialog)
    expect(hosting.locator(".badge")).to_have_text("Connected", timeout=BOUND)
    # The link that had the focus is gone; its replacement has it now.
    expect(hosting).to_be_focused()
    expect(dialog.locator("#announcement")).not_to_contain_text("You've been signed out")
    expect(agenda).to_have_value(AGENDA)


def _sign_in(page: Page, base_url: str) -> Page:
    page.goto(f"{base_url}/login")
    page.get_by_label("Email").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{base_url}/")
    return page


def _hide(page: Page) -> None:
    """Make the page believe that another tab covers it; a browser without windows never does that."""
    page.evaluate("Object.defineProperty(document, 'hidden', {configurable: true, get: () => true})")


def _show(page: Page) -> None:
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
