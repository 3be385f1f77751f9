"""What is typed before a page's scripts are ready still counts."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, Route, StorageState, expect

from tests.browser.entering import signed_in_as
from tests.factories import create_candidate, create_team, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess
from timezones import utc_now


@pytest.fixture(scope="module")
def arranged(shared_app: Flask, shared_server: ServerProcess) -> tuple[StorageState, int]:
    """The owner's cookies, and an interview at nine o'clock beside one of another candidate."""
    with in_rows(shared_app):
        team = create_team()
        start = (utc_now() + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)
        interview_id = schedule(team.ada, team.dina, starts_at=start, software=None)
        omar = create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        schedule(team.ada, omar, starts_at=start + timedelta(days=1), software=None)
    return signed_in_as(shared_app, team.ada), interview_id


@pytest.fixture
def page(
    new_browser_context: Callable[..., BrowserContext],
    arranged: tuple[StorageState, int],
    shared_server: ServerProcess,
) -> Page:
    return new_browser_context(storage_state=arranged[0], base_url=shared_server.base_url).new_page()


@contextmanager
def without_htmx_yet(page: Page, path: str) -> Iterator[None]:
    """Open a page whose htmx arrives only after the block."""
    held: list[Route] = []
    page.route(re.compile("htmx"), lambda route: held.append(route))
    page.goto(path, wait_until="commit")
    yield
    assert held, "htmx came before the typing"
    for route in held:
        route.continue_()
    page.unroute_all()


def test_a_time_typed_early_is_shown_beside_the_old_one(
    page: Page, arranged: tuple[StorageState, int]
) -> None:
    with without_htmx_yet(page, f"/interviews/{arranged[1]}/reschedule"):
        page.get_by_label("Time", exact=True).fill("17:30")
    expect(page.locator(".from-to-new").first).to_contain_text("17:30")


def test_a_search_typed_early_narrows_the_list(page: Page) -> None:
    with without_htmx_yet(page, "/interviews"):
        page.locator("#list-search").fill("omar")
    expect(page.locator("#list")).not_to_contain_text("Dina Kaur")
    expect(page.locator("#list")).to_contain_text("Omar Haddad")
