"""The time zone that the first run offers: the one of the browser."""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.barriers import PHONE, assert_no_barrier
from tests.machines.servers import ServerProcesses

NewContext = Callable[..., BrowserContext]


def _setup_page(new_browser_context: NewContext, address: str, **options: object) -> Page:
    page = new_browser_context(**options).new_page()
    page.goto(address)
    return page


def test_first_run_offers_the_time_zone_of_the_browser(
    server_processes: ServerProcesses, new_browser_context: NewContext
) -> None:
    [server] = server_processes.start(1)
    address = f"{server.base_url}/setup"
    # Chromium still calls the last one Asia/Calcutta, a name that the list does not have.
    for zone in ("America/New York", "Europe/Zurich", "Asia/Kolkata"):
        page = _setup_page(new_browser_context, address, timezone_id=zone.replace(" ", "_"))
        expect(page.locator("input[name=timezone]")).to_have_value(zone)
    # The one page that is gone once anyone has been added.
    page.set_viewport_size(PHONE)
    assert_no_barrier(page)


def test_no_zone_is_chosen_for_those_who_did_not_choose_one(
    server_processes: ServerProcesses, new_browser_context: NewContext
) -> None:
    [server] = server_processes.start(1)
    page = _setup_page(new_browser_context, f"{server.base_url}/setup", java_script_enabled=False)
    expect(page.locator("input[name=timezone]")).to_have_value("")
