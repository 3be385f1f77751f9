"""Blocking time of one's own and planning an interview day, in a browser."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, StorageState, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.conftest import create_owner_and_candidate
from tests.browser.entering import signed_in_as
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess
from tests.pages.visitor import Visitor


@pytest.fixture(scope="module")
def server(shared_server: ServerProcess) -> ServerProcess:
    """One server for all: no test here is disturbed by another's rows."""
    return shared_server


@pytest.fixture(scope="module")
def signed_in(shared_app: Flask, server: ServerProcess) -> StorageState:
    """The owner's cookies."""
    with in_rows(shared_app):
        owner = create_owner_and_candidate()
    return signed_in_as(shared_app, Visitor(shared_app).enter(owner))


@pytest.fixture
def page(new_browser_context: Callable[..., BrowserContext], signed_in: StorageState) -> Page:
    """A page of the owner's browser."""
    return new_browser_context(storage_state=signed_in).new_page()


def test_form_asks_only_for_what_concerns_the_choice(page: Page, server: ServerProcess) -> None:
    page.goto(f"{server.base_url}/calendar/events/new?on=2030-02-12")
    assert_no_barrier(page)
    expect(page.get_by_label("Job", exact=True)).to_be_hidden()
    page.get_by_role("radio", name="Interview day").check()
    expect(page.get_by_label("Job", exact=True)).to_be_visible()
    expect(page.get_by_label("Begins at")).to_be_visible()
    page.get_by_label("All day").check()
    expect(page.get_by_label("Begins at")).to_be_hidden()
    assert_no_barrier(page)


def test_time_is_blocked_by_keyboard(page: Page, server: ServerProcess) -> None:
    page.goto(f"{server.base_url}/calendar/events/new?at=2027-06-02T10:00Z")
    page.get_by_label("Title").focus()
    page.keyboard.type("Dentist")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Added: Dentist.")).to_be_visible()
