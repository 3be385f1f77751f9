"""The guides in the browser: pictures in the theme of the page, and what is printed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.conftest import EnterAsOwner
from tests.machines.servers import ServerProcesses

GUIDE = "/help/guides/hiring-managers"


def shown(page: Page) -> set[str]:
    """The pictures that are shown, by the theme in their names."""
    names = page.locator(".picture:visible img").evaluate_all("all => all.map((each) => each.src)")
    return {str(name).removesuffix(".webp").rpartition("-")[2] for name in names}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pictures_are_those_of_the_pages_theme_and_no_other_is_fetched(
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
    enter_as_owner: EnterAsOwner,
) -> None:
    [server] = server_processes.start(1)
    page = new_browser_context(color_scheme="dark").new_page()
    enter_as_owner(page, server.base_url)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(server.base_url + GUIDE, wait_until="networkidle")
    assert_no_barrier(page)
    assert shown(page) == {"dark"}
    pictures = [address for address in fetched if address.endswith(".webp")]
    assert pictures
    assert all(address.endswith("-dark.webp") for address in pictures)
    # A person's own choice takes precedence over the system's.
    page.locator(".user-button").click()
    page.get_by_role("button", name="Light", exact=True).click()
    assert shown(page) == {"light"}
    page.get_by_role("button", name="Dark", exact=True).click()
    assert shown(page) == {"dark"}
    page.keyboard.press("Escape")
    page.emulate_media(media="print")
    assert shown(page) == {"light"}
    expect(page.get_by_role("navigation", name="On this page")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Guides")).to_be_hidden()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_help_is_found_and_searched_without_a_script(
    server_processes: ServerProcesses,
    new_browser_context: Callable[..., BrowserContext],
    enter_as_owner: EnterAsOwner,
) -> None:
    [server] = server_processes.start(1)
    page = new_browser_context(java_script_enabled=False).new_page()
    enter_as_owner(page, server.base_url)
    page.goto(f"{server.base_url}/help")
    page.get_by_label("Search Help").fill("undo")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("link", name="Move to another time").click()
    expect(page.get_by_role("heading", name="Move to another time")).to_be_in_viewport()
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Candidates").click()
    expect(page.get_by_role("heading", name="Candidates")).to_be_in_viewport()
