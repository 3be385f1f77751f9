"""From a free time in the calendar to an interview, and from an event back to the view in which it was
clicked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Locator, Page, StorageState, expect

from tests.browser.barriers import assert_no_barrier
from tests.browser.entering import signed_in_as
from tests.browser.hands import Hands
from tests.browser.steps import step_heading
from tests.factories import create_candidate, create_team, schedule
from tests.machines.rows import in_rows
from tests.machines.servers import ServerProcess
from tests.outside_events import create_custom_event
from timezones import in_zone, local_moment, parse_local, utc_now
from web.times import instant_as_text

ZONE = "Europe/Zurich"


@pytest.fixture(scope="module")
def state(shared_app: Flask, shared_server: ServerProcess) -> StorageState:
    """The owner's cookies. The last interview on the job was by phone; the dentist is on Tuesday."""
    with in_rows(shared_app):
        team = create_team()
        create_candidate("Omar Haddad", "omar@mail.example", team.job_id)
        create_candidate("Nora Lund", "nora@mail.example", team.job_id)
        schedule(team.ada, team.dina, software=None)
        create_custom_event(team.ada, on_tuesday(14), title="Dentist")
    return signed_in_as(shared_app, team.ada)


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def has_script(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def page(
    has_script: bool,
    new_browser_context: Callable[..., BrowserContext],
    state: StorageState,
    shared_server: ServerProcess,
) -> Page:
    context = new_browser_context(
        storage_state=state, base_url=shared_server.base_url, java_script_enabled=has_script
    )
    return context.new_page()


def tuesday() -> date:
    """The Tuesday of the week after next, which is in the future on any day."""
    today = in_zone(utc_now(), ZONE).date()
    return today + timedelta(days=15 - today.weekday())


def on_tuesday(hour: int) -> datetime:
    return parse_local(tuesday(), time(hour), ZONE)


def free_time(page: Page, at: datetime) -> Locator:
    return page.locator(f".cal-cells a[href$='at={instant_as_text(at)}']")


def pick(page: Page, hands: Hands, at: datetime, name: str, has_script: bool) -> None:
    """Click a free time of that week, and the candidate."""
    page.goto(f"/calendar/week/{tuesday()}")
    hands.click(free_time(page, at))
    place = page.get_by_role("dialog" if has_script else "main")
    expect(place.get_by_text(f"For {local_moment(at, ZONE).full}")).to_be_visible()
    if has_script:
        assert_no_barrier(page)
        # The list that is updated while typing keeps the time.
        page.keyboard.type(name)
        expect(place.get_by_role("option")).to_have_count(1)
    row = place.get_by_role("option" if has_script else "button", name=re.compile(name))
    hands.click(row)
    expect(step_heading(page)).to_have_text("Setup")
    expect(page.locator("#so-far")).to_contain_text(local_moment(at, ZONE).short)


def test_click_on_a_free_time_is_the_first_of_four_to_an_interview(page: Page, has_script: bool) -> None:
    hands, at = Hands(page), on_tuesday(10 if has_script else 12)
    pick(page, hands, at, "Dina Kaur", has_script)
    hands.click(page.get_by_role("button", name="Save and go to Finalize"))
    expect(step_heading(page)).to_have_text("Finalize")
    hands.click(page.get_by_role("button", name="Schedule Interview"))
    expect(page.get_by_role("status").filter(has_text="Interview scheduled.")).to_be_visible()
    expect(page.get_by_text(local_moment(at, ZONE).date).first).to_be_visible()
    assert hands.clicks == 4


def test_clicked_time_is_filled_in_on_date_and_time(page: Page, has_script: bool) -> None:
    name = "Omar Haddad" if has_script else "Nora Lund"
    pick(page, Hands(page), on_tuesday(11), name, has_script)
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(step_heading(page)).to_have_text("Date & Time")
    expect(page.get_by_label("Date", exact=True)).to_have_value(f"{tuesday()}")
    expect(page.get_by_label("Time", exact=True)).to_have_value("11:00")
    # Clicking another one replaces it.
    page.goto(f"/calendar/week/{tuesday()}")
    free_time(page, on_tuesday(13)).click()
    page.get_by_role("dialog" if has_script else "main").get_by_text(name).click()
    expect(step_heading(page)).to_have_text("Date & Time")
    expect(page.get_by_label("Time", exact=True)).to_have_value("13:00")


def test_event_leads_back_to_the_week_in_which_it_was_clicked(page: Page) -> None:
    week = f"/calendar/week/{tuesday()}?whose=everyone"
    page.goto(f"/calendar/week/{tuesday()}")
    page.get_by_role("link", name=re.compile("Dentist")).first.click()
    page.get_by_label("Title").fill("Dentist again")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(f"**/calendar/week/{tuesday()}")
    page.goto(week)
    page.get_by_role("link", name="Add event").click()
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(f"**{week}")
