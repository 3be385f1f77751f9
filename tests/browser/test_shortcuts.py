"""Keyboard shortcuts in a browser: each leads where it says, none works while someone types, and all can be
turned off."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, StorageState, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.entering import signed_in_as
from tests.factories import create_team
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess


@pytest.fixture(scope="module")
def state(shared_app: Flask, shared_server: ServerProcess) -> StorageState:
    """The cookies of the owner."""
    with in_rows(shared_app):
        team = create_team()
    return signed_in_as(shared_app, team.ada)


@pytest.fixture
def page(
    new_browser_context: Callable[..., BrowserContext], state: StorageState, shared_server: ServerProcess
) -> Iterator[Page]:
    context = new_browser_context(storage_state=state, base_url=shared_server.base_url)
    yield context.new_page()
    context.close()


def open_page(page: Page, address: str) -> None:
    """A page whose script has run, so that it reacts to keys from now on."""
    page.goto(address, wait_until="load")


def test_keys_lead_where_they_say(page: Page) -> None:
    open_page(page, "/jobs")
    for keys, address in (
        ("gd", "/"),
        ("gi", "/interviews"),
        ("gc", "/candidates"),
        ("gk", "/calendar"),
        ("gj", "/jobs"),
    ):
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_url(re.compile(rf"{re.escape(address)}(\?|$)"), wait_until="load")
    search = page.get_by_role("combobox", name="Search candidates")
    for key in ("/", "Control+k", "Meta+k"):
        page.keyboard.press(key)
        expect(search).to_be_focused()
        expect(search).to_have_value("")
        search.blur()
    page.keyboard.press("c")
    picker = page.get_by_role("dialog", name="Schedule an interview")
    expect(picker.get_by_role("combobox", name="Candidate")).to_be_focused()
    page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    expect(page).to_have_url(re.compile("/jobs$"))


def test_list_opens_over_the_page_and_gives_the_focus_back(page: Page) -> None:
    open_page(page, "/candidates")
    new = page.get_by_role("link", name="Add candidate").first
    new.focus()
    page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(shown.get_by_role("row", name="Go to Interviews g then i")).to_be_visible()
    assert_no_barrier(page)
    # Keys go to what is open over the page.
    page.keyboard.press("/")
    page.keyboard.press("g")
    page.keyboard.press("j")
    expect(shown).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(new).to_be_focused()
    expect(page).to_have_url(re.compile("/candidates$"))


def test_keys_that_someone_types_stay_theirs(page: Page) -> None:
    open_page(page, "/candidates/new")
    name = page.get_by_label("Name", exact=True)
    name.press_sequentially("g cc /?gj")
    expect(name).to_have_value("g cc /?gj")
    page.keyboard.press("Control+k")
    expect(name).to_be_focused()
    zone = page.get_by_label("Time zone")
    zone.focus()
    page.keyboard.press("c")
    expect(page.get_by_role("dialog")).to_have_count(0)
    zone.blur()
    # They don't work in text that is edited in place either, or while a key is held down.
    page.evaluate("document.querySelector('h1').contentEditable = 'true'")
    page.locator("h1").focus()
    page.keyboard.press("c")
    expect(page.locator("h1")).to_contain_text("c")
    page.locator("h1").blur()
    page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'c', repeat: true, bubbles: true }))"
    )
    # Nor do the browser's own keys, or a key that is not the second of a pair.
    for keys in ("Alt+c", "Shift+C", "g", "x", "j"):
        page.keyboard.press(keys)
    # The next key works after these, and is the only one that does.
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="Search candidates")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(re.compile("/candidates/new$"))
    expect(name).to_have_value("g cc /?gj")


def test_shortcuts_can_be_turned_off_and_on_again(page: Page) -> None:
    open_page(page, "/settings/account/profile")
    switch = page.get_by_role("checkbox", name="Keyboard shortcuts")
    expect(switch).to_be_checked()
    switch.uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Profile saved.").first).to_be_visible()
    expect(switch).not_to_be_checked()
    open_page(page, "/jobs")
    assert page.locator("[data-shortcuts]").count() == 0
    for key in ("/", "Control+k", "c", "?"):
        page.keyboard.press(key)
    expect(page.locator("#shell-search")).not_to_be_focused()
    open_page(page, "/help/keyboard-shortcuts")
    expect(page.get_by_text("You've turned the shortcuts off")).to_be_visible()
    assert_no_barrier(page)
    page.get_by_role("main").get_by_role("link", name="your profile").click()
    switch.check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Profile saved.").first).to_be_visible()
    open_page(page, "/jobs")
    page.keyboard.press("/")
    expect(page.locator("#shell-search")).to_be_focused()
